"""Trains the model from our own phrase files; run offline, never by the bot.

`python -m flows.understanding.train` reads `flows/phrases/*.toml`, makes messages
from their templates (with typing mistakes and polite noise), fits a softmax
classifier by stochastic gradient descent in plain Python, and writes
`flows/phrases/model.bin`. The same phrases give the same file, byte by byte.
"""

import json
import tomllib
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from math import exp, log, sqrt
from operator import itemgetter
from pathlib import Path
from random import Random
from typing import Any

from flows.understanding.features import ROWS, Features, features
from flows.understanding.grammar import texts
from flows.understanding.kinds import Intent
from flows.understanding.lexicon import Lexicon
from flows.understanding.normalise import fold, plain, tokens

PHRASES = Path(__file__).parent.parent / "phrases"
MODEL = PHRASES / "model.bin"

_SEED = 20250
_MOST_PER_TEMPLATE = 60
_EPOCHS = 7
_RATE = 1.2
#: What is left of a weight after training when nothing pushes it.
_LEFT = 0.15
#: Templates a word must occur in to be known; rare words stay "unknown", so that
#: training sees what an unknown word in a message means.
_KNOWN_FROM = 2
#: The weight of a template's message, were it its only one.
_FULL_WEIGHT = 6.0
#: English has the most phrases by far; the others count this much more.
_OTHER_LANGUAGES = 1.3
#: The share of the weights that keep their size when they become bytes.
_UNCLIPPED = 0.99995
_CLOSED_INTENT = {
    "yes": Intent.ACCEPT_YES,
    "no": Intent.DECLINE_NO,
    "thanks": Intent.THANKS,
    "greeting": Intent.GREETING,
    "stop": Intent.OPT_OUT,
    "person": Intent.TALK_TO_HUMAN,
    "bye": Intent.OTHER,
    "other": Intent.OTHER,
}


@dataclass(slots=True)
class Material:
    """Collects what all phrase files say."""

    languages: list[str] = field(default_factory=list)
    ideas: dict[str, list[str]] = field(default_factory=dict)
    closed: dict[str, set[str]] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    #: Tokens, intent and weight of each message.
    messages: list[tuple[list[str], Intent, float]] = field(default_factory=list)


def tokens_of(text: str) -> list[str]:
    """Returns the tokens of a phrase, as the answering side would see them."""
    return tokens(plain(fold(text)))


def collect(paths: list[Path]) -> Material:
    """Returns the material of the phrase files, in a repeatable order."""
    material = Material()
    word_lines: Counter[str] = Counter()
    for path in paths:
        _collect_file(path, material, word_lines)
    bits = material.known
    material.known = {w: bits[w] for w in sorted(bits) if word_lines[w] >= _KNOWN_FROM}
    return material


def _collect_file(path: Path, material: Material, word_lines: Counter[str]) -> None:
    data = tomllib.loads(path.read_text("utf-8"))
    bit = 1 << len(material.languages)
    material.languages.append(data["language"])
    for idea, words in data.get("ideas", {}).items():
        stems = material.ideas.setdefault(idea, [])
        plain_words = [plain(fold(word)) for word in words.split()]
        stems.extend(word for word in plain_words if word not in stems)

    def note(line: set[str]) -> None:
        word_lines.update(line)
        for token in filter(str.isalpha, line):
            material.known[token] = material.known.get(token, 0) | bit

    for kind, block in data.get("closed", {}).items():
        for text in "|".join(block.split("\n")).split("|"):
            if found := tokens_of(text):
                material.closed.setdefault(kind, set()).add(" ".join(found))
                note(set(found))
                if kind in _CLOSED_INTENT:
                    material.messages.append((found, _CLOSED_INTENT[kind], 1.0))
    _collect_phrases(data, Random(f"{_SEED} {path.name}"), material, note)


def _collect_phrases(
    data: dict[str, Any],
    random: Random,
    material: Material,
    note: Callable[[set[str]], None],
) -> None:
    slots = {name: line.split("|") for name, line in data.get("slots", {}).items()}
    for intent, block in data.get("phrases", {}).items():
        for line in filter(None, block.splitlines()):
            made = texts(line, slots, _MOST_PER_TEMPLATE, random)
            found_all = [tokens_of(text) for text in made]
            note({token for found in found_all for token in found})
            weight = min(1.0, _FULL_WEIGHT / sqrt(len(made)))
            if data["language"] != "en":
                weight *= _OTHER_LANGUAGES
            for found in found_all:
                noisy = _noise(found, data["language"], random)
                material.messages.append((noisy, Intent(intent), weight))


def _noise(words: list[str], language: str, random: Random) -> list[str]:
    """Returns the words as a hasty or polite person would type them."""
    words = list(words)
    if random.random() < 0.18 and words:
        at = random.randrange(len(words))
        words[at] = _typo(words[at], random)
    if random.random() < 0.03 and len(words) > 2:
        at = random.randrange(len(words) - 1)
        words[at : at + 2] = [words[at] + words[at + 1]]
    if language == "en":
        swap = {
            "you": "u",
            "your": "ur",
            "please": "pls",
            "are": "r",
            "to": "2",
            "want": "wnt",
        }
        words = [swap[w] if w in swap and random.random() < 0.1 else w for w in words]
    return words


def _typo(word: str, random: Random) -> str:
    if len(word) < 4 or not word.isalpha():
        return word
    at = random.randrange(1, len(word) - 1)
    kind = random.randrange(3)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at] + word[at:]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def fit(
    samples: list[tuple[Features, int, float]],
    labels: int,
    *,
    epochs: int = _EPOCHS,
) -> list[list[float]]:
    """Returns the weights of a softmax classifier, one list per label."""
    random = Random(_SEED)
    weights = [[0.0] * ROWS for _ in range(labels)]
    shrink = 1.0  # all weights are worth this much: decay without touching them
    step = 0
    total = epochs * len(samples)
    decay = -log(_LEFT) / (total * _RATE / 2)
    order = list(range(len(samples)))
    for _ in range(epochs):
        random.shuffle(order)
        for i in order:
            found, truth, importance = samples[i]
            rate = _RATE * (1 - step / total) + 0.02
            step += 1
            groups = [
                (rows, 1 / sqrt(len(rows)))
                for rows in (found.letters, found.words, found.ideas)
                if len(rows) > 1
            ]
            scores = [0.0] * labels
            for rows, factor in groups:
                pick = itemgetter(*rows)
                for label in range(labels):
                    scores[label] += factor * sum(pick(weights[label]))
            top = max(scores) * shrink
            raised = [exp(score * shrink - top) for score in scores]
            norm = sum(raised)
            shrink *= 1 - rate * decay
            for label in range(labels):
                wrong = raised[label] / norm - (label == truth)
                if -0.03 < wrong < 0.03:
                    continue
                push = rate * importance * wrong / shrink
                for rows, factor in groups:
                    by = push * factor
                    own = weights[label]
                    for row in rows:
                        own[row] -= by
    return [[w * shrink for w in own] for own in weights]


def train(paths: list[Path], *, epochs: int = _EPOCHS) -> bytes:
    """Returns the model file for these phrase files."""
    material = collect(paths)
    lexicon = Lexicon(material.ideas, material.known)
    labels = list(Intent)
    samples = [
        (features(words, lexicon), labels.index(intent), weight)
        for words, intent, weight in material.messages
        if words
    ]
    weights = fit(samples, len(labels), epochs=epochs)
    return _pack(material, labels, weights, fingerprint(paths))


def _pack(
    material: Material,
    labels: list[Intent],
    weights: list[list[float]],
    made_from: str,
) -> bytes:
    # The few largest weights are clipped so that the many small ones keep detail.
    sizes = sorted(abs(w) for own in weights for w in own if w)
    scale = sizes[int(len(sizes) * _UNCLIPPED)] / 127
    blocks = b"".join(
        bytes(max(-127, min(127, round(w / scale))) & 0xFF for w in own)
        for own in weights
    )
    head: dict[str, Any] = {
        "made_from": made_from,
        "labels": labels,
        "scale": round(scale, 9),
        "languages": material.languages,
        "ideas": material.ideas,
        "closed": {kind: sorted(words) for kind, words in material.closed.items()},
        "known": material.known,
    }
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    return text.encode() + b"\n" + zlib.compress(blocks, 9)


def fingerprint(paths: list[Path]) -> str:
    """Returns a digest of the phrase files: what a model was made from."""
    digest = sha256()
    for path in paths:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def phrase_files() -> list[Path]:
    """Returns our phrase files in the order the model numbers languages."""
    return sorted(PHRASES.glob("*.toml"))


if __name__ == "__main__":
    MODEL.write_bytes(train(phrase_files()))
