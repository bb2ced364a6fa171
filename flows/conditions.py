"""Whom a rule is for: which of its conditions hold, which rule is closer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from flows.terms import EU, When

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.terms import Rule

#: How specific a condition is; the most specific rule is applied last and wins.
_WEIGHT = {"order": 16, "sku": 8, "category": 4, "customer_group": 2, "market": 1}
#: A country that no rule names, so that "rest" has one.
_ELSEWHERE = "ZZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Who and what is asked about; None where it is not known."""

    order: str | None = None
    sku: str | None = None
    category: str | None = None
    customer_group: str | None = None
    market: str | None = None


class Match(NamedTuple):
    """A condition that holds: the value found, and what the rule calls it."""

    condition: str
    value: str
    named: str


def applying(rules: Sequence[Rule], facts: Facts) -> tuple[int, ...]:
    """Return the places of the rules whose conditions all hold; the last one wins."""
    fitting = [n for n, rule in enumerate(rules) if _holds(rule.when, facts)]
    return tuple(sorted(fitting, key=lambda n: _specificity(rules[n].when)))


def matches(when: When, facts: Facts) -> list[Match]:
    """Return why a rule applies: each of its conditions with what it found."""
    found = []
    for condition in When.model_fields:
        value = getattr(facts, condition)
        wanted = getattr(when, condition)
        named = [name for name in wanted if _is_one(condition, value, (name,))]
        found += [Match(condition, value, name) for name in named[:1]]
    return found


def meetings(one: When, other: When, every: Sequence[When]) -> Iterator[Facts]:
    """Yield whom both conditions are for, once for each way the others see them.

    What neither names is not known, so that as few other rules as possible apply.
    """
    values = []
    for condition in _WEIGHT:
        values.append(_shared(condition, one, other, every))
        if not values[-1]:
            return
    for found in product(*values):
        yield Facts(**dict(zip(_WEIGHT, found, strict=True)))


def _shared(
    condition: str, one: When, other: When, every: Sequence[When]
) -> list[str | None]:
    """Return the values both allow; of those that no rule tells apart, one."""
    asked = [w for when in (one, other) if (w := getattr(when, condition))]
    if not asked:
        return [None]
    values = set.intersection(*map(set, asked))
    if condition == "market":
        values = {*asked[0], *asked[-1], *EU, _ELSEWHERE} - {"EU", "rest"}
        values = {v for v in values if all(_is_one(condition, v, w) for w in asked)}
    alike: dict[tuple[bool, ...], str | None] = {}
    for value in sorted(values):
        seen = (_is_one(condition, value, getattr(when, condition)) for when in every)
        alike.setdefault(tuple(seen), value)
    return list(alike.values())


def _holds(when: When, facts: Facts) -> bool:
    for condition in _WEIGHT:
        wanted = getattr(when, condition)
        if wanted and not _is_one(condition, getattr(facts, condition), wanted):
            return False
    return True


def _is_one(condition: str, value: str | None, wanted: tuple[str, ...]) -> bool:
    if value is None or value in wanted:
        return value is not None
    if condition != "market":
        return False
    in_eu = value in EU
    return (in_eu and "EU" in wanted) or (
        "rest" in wanted and not in_eu and value != "US"
    )


def _specificity(when: When) -> int:
    return sum(weight for name, weight in _WEIGHT.items() if getattr(when, name))
