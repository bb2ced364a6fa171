"""Reads how many units of something a customer speaks of, and whether they go or stay.

One rule: only what can be nothing else counts. A number with a label (an order's, a
size, a price), a measure behind it or a part behind its point is none.
"""

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import takewhile
from typing import Final

from flows.understanding.model import load_model
from flows.understanding.negation import is_negated, texts_of_clauses
from flows.understanding.normalise import fold, plain
from flows.understanding.numbers import Surroundings

_DATA: Final[dict[str, dict[str, str]]] = tomllib.loads(
    (files("flows") / "phrases" / "numbers" / "quantities.toml").read_text("utf-8"),
)
#: A number that no part, price, label or sign belongs to.
_PLAIN: Final = re.compile(
    r"(?<![\w#.,:/$€£¥₹₺₴₽-])\d{1,6}(?:(?=x\W)|(?!\w|[.,:/-]\d|\s?[$€£¥₹₺₴₽%]))"
)
_ANY: Final = re.compile(r"\d+")
_WORD: Final = re.compile(r"\d+|[^\W\d_]+")
_LONGEST_READ: Final = 600
#: How far before its number "but" or "except" may stand, in words.
_NEAR: Final = 2
#: How far behind "one" the thing may stand that it counts, in words.
_SOON: Final = 2
_MOST_NUMBERS: Final = 2
_SHORTEST_NAME: Final = 3
_SHORTEST_STEM: Final = 4
_LONGEST_ENDING: Final = 2
_NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Units that a customer speaks of.

    ``keep``: they shall stay and the others go. ``of`` is a second number, as in
    "2 of 5", in no known order.
    """

    units: int
    keep: bool
    of: int | None = None

    def out_of(self, whole: int) -> int | None:
        """Returns the number that counts where there were ``whole``; None: unclear."""
        if self.of is None:
            return self.units
        if whole not in {self.units, self.of}:
            return None
        return self.units if self.of == whole else self.of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """The words of a customer's languages that tell quantities, stems with a "*"."""

    numbers: dict[str, int]
    of: frozenset[str]
    only: frozenset[str]
    need: frozenset[str]
    but: frozenset[str]
    measure: frozenset[str]
    beside: frozenset[str]
    wish: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clause:
    """The words between two commas, and what those of them that count count."""

    words: list[str]
    counts: dict[int, int]
    #: Where words stand that change nothing about what is counted.
    plain: frozenset[int]

    def has(self, ideas: frozenset[str]) -> bool:
        """Returns whether any of the words is one of these."""
        return any(_is_one(word, ideas) for word in self.words)

    def cancels(self) -> list[int]:
        """Returns where it speaks of cancelling."""
        ideas = load_model().lexicon.ideas
        return [at for at, word in enumerate(self.words) if "cancel" in ideas(word)]

    def beside(self, start: int, end: int, also: frozenset[str] = _NOTHING) -> bool:
        """Returns whether nothing in a stretch is about anything but the number."""
        return all(
            at in self.plain or _is_one(self.words[at], also)
            for at in range(start, end)
        )


def quantity_said(
    text: str,
    languages: Collection[str],
    *,
    names: Collection[str] = (),
    refs: Collection[str] = (),
) -> Quantity | None:
    """Returns the quantity to cancel or to keep that a message speaks of, if any.

    Args:
        text: The message as written.
        languages: ISO 639 codes of what the customer speaks.
        names: Words of the titles; "one" and "a" count only beside such a word.
        refs: Numbers that are known to be an order's.
    """
    known = _words_of(frozenset(languages))
    low = plain(fold(text[:_LONGEST_READ]))
    kept = {match.start() for match in _PLAIN.finditer(low) if match[0] not in refs}
    low = _ANY.sub(lambda m: m[0] if m.start() in kept else "\x00" * len(m[0]), low)
    clauses = [_clause(part, known, names) for part in texts_of_clauses(low)]
    counting = [clause for clause in clauses if clause.counts]
    if len(counting) != 1 or len(counting[0].counts) > _MOST_NUMBERS:
        return None
    keep = _keeps(counting[0], clauses, known)
    if keep is None:
        return None
    units, of, *_ = *counting[0].counts.values(), None
    return None if units is None else Quantity(units=units, keep=keep, of=of)


def number_alone(text: str, languages: Collection[str]) -> int | None:
    """Returns the number that a message is, perhaps with "only"; else None."""
    known = _words_of(frozenset(languages))
    low = plain(fold(text[:_LONGEST_READ]))
    said = [word for word in _WORD.findall(low) if not _is_one(word, known.only)]
    if len(said) != 1:
        return None
    match = _PLAIN.search(low)
    return int(match[0]) if match else known.numbers.get(said[0])


def words_of_name(title: str) -> frozenset[str]:
    """Returns the words of a title that people may call the thing by."""
    found = _WORD.findall(plain(fold(title)))
    return frozenset(word for word in found if len(word) >= _SHORTEST_NAME)


def names_said(text: str, names: Collection[str]) -> frozenset[str]:
    """Returns which words of titles a message has, endings apart."""
    said = _WORD.findall(plain(fold(text[:_LONGEST_READ])))
    return frozenset(n for n in names if any(_same_name(word, n) for word in said))


def _keeps(clause: _Clause, clauses: list[_Clause], known: _Words) -> bool | None:
    """Returns whether the number is what stays, None where that is not clear."""
    if is_negated(clause.words, load_model()):
        return None
    first = min(clause.counts)
    cancels = clause.cancels()
    if cancels:
        before = clause.words[max(first - _NEAR, 0) : first]
        if any(_is_one(word, known.but) for word in before):
            return True
        return False if _goes(clause, cancels, known) else None
    if _stays(clause, first, known):
        return True
    elsewhere = any(other.cancels() for other in clauses)
    wanted = any(other.has(known.need) for other in clauses)
    alone = clause.beside(0, len(clause.words))
    return False if elsewhere and alone and not wanted else None


def _goes(clause: _Clause, cancels: list[int], known: _Words) -> bool:
    """Returns whether the number belongs to a word for cancelling: "cancel my 2"."""
    first = min(clause.counts)
    if cancels[0] > first:
        needs = clause.has(known.need - known.wish) and clause.has(known.only)
        return not needs and clause.beside(first, cancels[0], known.wish)
    nearest = max(at for at in cancels if at < first)
    return clause.beside(nearest + 1, first)


def _stays(clause: _Clause, first: int, known: _Words) -> bool:
    """Returns whether only so many are wanted, and nothing else about them."""
    start = first
    said = known.need | known.only | known.of
    while start and _is_one(clause.words[start - 1], said):
        start -= 1
    before, behind = clause.words[start:first], clause.words[first + 1 :]
    near = [*before, *behind[: _SOON + 1]]
    return (
        any(_is_one(word, known.only) for word in [*before, *behind[-1:]])
        and any(_is_one(word, known.need) for word in near)
        and clause.beside(first, len(clause.words), known.need)
    )


def _clause(text: str, known: _Words, names: Collection[str]) -> _Clause:
    around = Surroundings(text)
    found = list(_WORD.finditer(text))
    words = [match[0] for match in found]
    counts: dict[int, int] = {}
    for at, match in enumerate(found):
        behind = words[at + 1 : at + 1 + _SOON]
        word = match[0]
        count = int(word) if word.isdecimal() else known.numbers.get(word)
        if count is None or (behind and _is_one(behind[0], known.measure)):
            continue
        beside = bool(behind) and behind[0] in known.of
        if not word.isdecimal() and count == 1:
            # "One" and "ein" are articles, too.
            beside = beside or any(_same_name(w, n) for w in behind for n in names)
            count = count if beside else 0
        if (count or word.isdecimal()) and not around.label_before(match.start()):
            counts[at] = count
    small = known.beside | known.of | known.only
    unchanging = frozenset(
        at
        for at, word in enumerate(words)
        if at in counts
        or _is_one(word, small)
        or any(_same_name(word, name) for name in names)
    )
    return _Clause(words=words, counts=counts, plain=unchanging)


def _same_name(word: str, name: str) -> bool:
    """Returns whether a word names what a title's does: "tazze", "tazza"."""
    pairs = zip(word, name, strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    if max(len(word), len(name)) - same > _LONGEST_ENDING:
        return False
    return same >= min(len(word), len(name), _SHORTEST_STEM) >= _SHORTEST_NAME


def _is_one(word: str, ideas: frozenset[str]) -> bool:
    stems = (word[:end] + "*" for end in range(1, len(word) + 1))
    return word in ideas or any(stem in ideas for stem in stems)


@lru_cache(maxsize=32)
def _words_of(languages: frozenset[str]) -> _Words:
    data = [words for language, words in _DATA.items() if language in languages]

    def listed(words: dict[str, str], kind: str) -> list[str]:
        return plain(fold(words[kind])).split()

    def any_of(kind: str) -> frozenset[str]:
        return frozenset(word for words in data for word in listed(words, kind))

    return _Words(
        numbers={
            form: count
            for words in data
            for count, forms in enumerate(listed(words, "numbers"), start=1)
            for form in forms.split("|")
        },
        of=any_of("of"),
        only=any_of("only"),
        need=any_of("need"),
        but=any_of("except"),
        measure=any_of("measure"),
        beside=any_of("beside"),
        wish=any_of("wish"),
    )
