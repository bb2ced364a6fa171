"""Says how well messages were understood, in the figures we aim at.

One rule: a wrong action is worse than no answer, so both are counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.understanding.kinds import Intent

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What the bot would act on; even a wrong "you are welcome" swallows a question.
ACTIONS = frozenset(Intent) - {Intent.OTHER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Holds one message's right answers and what was understood."""

    label: str
    #: Other labels that are just as right.
    also: frozenset[str] = frozenset()
    found: str

    @property
    def right(self) -> bool:
        """Returns whether one of the right answers was found."""
        return self.found == self.label or self.found in self.also


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Holds the figures of many messages, each a share from 0 to 1."""

    count: int
    #: The mean of the F1 of every label that occurs.
    macro_f1: float
    #: Messages answered with an action that is wrong, of all messages.
    wrong_action: float
    #: Messages labelled "other" that were left alone, of those.
    kept_out: float
    right: float
    #: The F1 of each label that occurs.
    by_label: dict[str, float]


def score(rows: Iterable[Labelled]) -> Score:
    """Returns the figures; a found label that is also right counts as its own."""
    rows = tuple(rows)
    hits: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for row in rows:
        truth = row.found if row.right else row.label
        hits[truth] += row.right
        sizes[truth] += 1
        sizes[row.found] += 1
    # A label whose rows were all found as another right one has no F1 of its own.
    labels = sorted({row.label for row in rows if sizes[row.label]})
    by_label = {label: 2 * hits[label] / sizes[label] for label in labels}
    outside = [row for row in rows if row.label == Intent.OTHER]
    wrong = [row for row in rows if not row.right and row.found in ACTIONS]
    return Score(
        count=len(rows),
        macro_f1=_share(sum(by_label.values()), len(by_label)),
        wrong_action=_share(len(wrong), len(rows)),
        kept_out=_share(sum(row.right for row in outside), len(outside)),
        right=_share(sum(row.right for row in rows), len(rows)),
        by_label=by_label,
    )


def _share(part: float, whole: int) -> float:
    return part / whole if whole else 0.0
