"""The linear model: adds up what each feature says for each intent.

The file: one line of JSON (labels, scale, ideas, known words, closed lists), a
line feed, then the weights as zlib-packed signed bytes, one block per label.
"""

import json
import zlib
from array import array
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import exp, sqrt
from operator import itemgetter
from typing import Any

from flows.understanding.features import ROWS, Features
from flows.understanding.kinds import Intent
from flows.understanding.lexicon import Lexicon

#: How much each group of features counts: letters, words, ideas.
GROUPS = (1.0, 1.0, 1.0)
_FILE = "model.bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Holds what training learned; `load_model` reads it."""

    labels: tuple[Intent, ...]
    weights: "tuple[array[int], ...]"
    #: What one step of a weight's byte is worth.
    scale: float
    lexicon: Lexicon
    #: Names of the languages, in the order of their bits.
    languages: tuple[str, ...]
    #: Whole messages and openings by kind, as tuples of tokens joined by " ".
    closed: dict[str, frozenset[str]]

    @property
    def english(self) -> int:
        """Returns the bit of English among the languages."""
        return 1 << self.languages.index("en")

    def probabilities(self, features: Features) -> dict[Intent, float]:
        """Returns how likely each intent is; the values add up to 1."""
        scores = [0.0] * len(self.labels)
        groups = (features.letters, features.words, features.ideas)
        for group, rows in zip(GROUPS, groups, strict=True):
            if not rows:
                continue
            # itemgetter returns a tuple only for two or more; a lone row counts twice.
            pick = itemgetter(*rows, *(rows if len(rows) == 1 else ()))
            factor = group * self.scale / sqrt(len(rows))
            for i, weights in enumerate(self.weights):
                scores[i] += factor * sum(pick(weights))
        top = max(scores)
        raised = [exp(score - top) for score in scores]
        total = sum(raised)
        return {label: r / total for label, r in zip(self.labels, raised, strict=True)}


@lru_cache(maxsize=1)
def load_model() -> Model:
    """Returns the shipped model, read once per process."""
    return parse_model((files("flows") / "phrases" / _FILE).read_bytes())


def parse_model(raw: bytes) -> Model:
    """Returns the model that `flows.understanding.train` wrote."""
    end = raw.index(b"\n")
    head: dict[str, Any] = json.loads(raw[:end])
    blocks = zlib.decompress(raw[end + 1 :])
    labels = tuple(Intent(label) for label in head["labels"])
    weights = tuple(
        array("b", blocks[i * ROWS : (i + 1) * ROWS]) for i in range(len(labels))
    )
    return Model(
        labels=labels,
        weights=weights,
        scale=head["scale"],
        lexicon=Lexicon(head["ideas"], head["known"]),
        languages=tuple(head["languages"]),
        closed={kind: frozenset(words) for kind, words in head["closed"].items()},
    )
