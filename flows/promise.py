"""The date we may tell a customer, and why.

A date is the day the supply arrives that covers this line's place in the queue;
it is never in the past, and never computed anew when somebody merely asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.case import Told
    from flows.shop import SkuFacts
    from flows.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A date range, or none when nobody can say; ``cause`` is the supplier's reason.

    ``overdue``: there is none because the day of what would do has passed.
    """

    expected_from: date | None = None
    expected_to: date | None = None
    cause: str = ""
    overdue: bool = False

    @property
    def known(self) -> bool:
        """Whether there is a date at all."""
        return self.expected_to is not None


def estimate(
    line_id: str, quantity: int, facts: SkuFacts, today: date, terms: Terms
) -> Estimate:
    """Return when ``quantity`` units for a line should be here.

    Earlier orders are served first. A supply whose day has passed without goods
    proves nothing and counts as unknown.
    """
    needed = facts.units_ahead(line_id) + quantity
    reason = next((item.reason for item in facts.supplies if item.reason), "")
    dated = [item for item in facts.supplies if item.expected_on]
    for supply in sorted(dated, key=lambda item: (item.expected_on or today, item.id)):
        if supply.expected_on is None or supply.expected_on < today:
            continue
        needed -= supply.quantity
        if needed <= 0:
            return Estimate(
                expected_from=supply.expected_on,
                expected_to=supply.expected_on + timedelta(days=terms.range_days),
                cause=supply.reason or reason,
            )
    passed = sum(s.quantity for s in dated if s.expected_on and s.expected_on < today)
    return Estimate(cause=reason, overdue=0 < needed <= passed)


def is_worse(told: Told, new: Estimate, terms: Terms, today: date) -> bool:
    """Return whether the new date is later than told by more than the terms ignore.

    What was told and has passed is worse whatever it is now.
    """
    if told.expected_to is None:
        return False
    if new.expected_to is None or told.passed(today):
        return True
    slip = new.expected_to - told.expected_to
    return slip >= timedelta(days=max(terms.material_days, 1))


def is_better(told: Told, new: Estimate) -> bool:
    """Return whether there is a date where there was none, or an earlier one."""
    if new.expected_to is None:
        return False
    return told.expected_to is None or new.expected_to < told.expected_to
