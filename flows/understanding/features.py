"""Turns a message into the numbers of the features it has.

One rule: training and answering call the same function, so they cannot differ.
Three groups, each summed and scaled by itself: letter sequences, words, ideas.
"""

from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

from flows.understanding.lexicon import Lexicon

#: The number of rows of the model; features are hashed into them.
ROWS = 1 << 16
_MASK = ROWS - 1
_LETTERS = (2, 3, 4, 5)
_MOST_TOKENS = 60
_MOST_IDEAS = 14
_WIDE = 0x2E80


@dataclass(frozen=True, slots=True)
class Features:
    """Holds the rows of the model that a message touches, in three groups."""

    letters: list[int]
    words: list[int]
    ideas: list[int]


def _row(name: str) -> int:
    return crc32(name.encode()) & _MASK


def features(tokens: list[str], lexicon: Lexicon) -> Features:
    """Returns the features of a message; anything behind 60 words is ignored."""
    tokens = tokens[:_MOST_TOKENS]
    return Features(_letters(tokens), _words(tokens), _ideas(tokens, lexicon))


def _letters(tokens: list[str]) -> list[int]:
    raw = f" {' '.join(tokens)} ".encode("utf-32-le")
    size = len(raw)
    rows: set[int] = set()
    for n in _LETTERS:
        step = 4 * n
        rows.update(
            [crc32(raw[i : i + step], n) & _MASK for i in range(0, size - step + 1, 4)],
        )
    rows.update(
        [
            _row("1" + letter)
            for token in tokens
            if ord(token[0]) >= _WIDE
            for letter in token
        ],
    )
    return list(rows)


def _words(tokens: list[str]) -> list[int]:
    padded = ["^", *tokens, "$"]
    names = {f"w{token}" for token in tokens}
    names.update([f"b{a} {b}" for a, b in pairwise(padded)])
    return [_row(name) for name in names]


def _ideas(tokens: list[str], lexicon: Lexicon) -> list[int]:
    seen: list[str] = []
    unknown = 0
    for token in tokens:
        found = lexicon.ideas(token)
        if found:
            seen.extend(idea for idea in found if not seen or seen[-1] != idea)
        elif token.isalpha() and not lexicon.languages(token):
            unknown += 1
    seen = seen[:_MOST_IDEAS]
    different = sorted(set(seen))
    names = {f"i{idea}" for idea in different}
    names.update([f"j{a} {b}" for a, b in pairwise(["^", *seen, "$"])])
    names.update(
        [f"p{a} {b}" for i, a in enumerate(different) for b in different[i + 1 :]],
    )
    names.add(f"u{min(unknown, 4)}")
    names.add(f"l{min(len(tokens), 12) // 2}")
    names.add(f"n{min(len(different), 4)} {min(unknown, 2)}")
    return [_row(name) for name in names]
