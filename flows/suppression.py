"""Short waits that need no word: what still comes in the time the customer expects.

The merchant says what that time is. What is left unsaid is recorded with its reason;
who asks is told the date; and once it no longer comes in time they hear of it in that
turn, as of any other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from flows.backorder import BACKORDER
from flows.case import BackorderState
from flows.hours import out_of_quiet
from flows.ledger import POLICY
from flows.promise import Estimate
from flows.wanted_by import needed_by

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.case import Backorder
    from flows.draft import Draft
    from flows.shop import Line, Order


def to_be_told(
    draft: Draft, order: Order, backorders: Iterable[Backorder]
) -> list[Backorder]:
    """Return what the customer has to hear of; the rest is noted as left unsaid."""
    told = []
    for backorder in backorders:
        line = order.line(backorder.line_id)
        limit = _limit(draft, order, line) if line else None
        when = draft.expected(order, line, backorder.quantity) if line else Estimate()
        if limit is None or when.expected_to is None or when.expected_to > limit:
            told.append(backorder)
        elif backorder.state is not BackorderState.SUPPRESSED:
            state = BACKORDER.step(backorder.state, "suppress", None)
            draft.put_backorder(replace(backorder, state=state))
            reason = f"comes by {when.expected_to}, in time until {limit}"
            draft.record(POLICY, "left unsaid", f"{backorder.line_id}: {reason}")
    return told


def suppressed_until(draft: Draft) -> datetime | None:
    """Return when the first day passes on which something unsaid was to come.

    None where nothing is left unsaid; a date that is gone already is due now.
    """
    found = []
    for backorder in draft.case.backorders:
        order = draft.case.order(backorder.order_id)
        line = order.line(backorder.line_id) if order else None
        unsaid = backorder.state is BackorderState.SUPPRESSED
        if order is None or line is None or not unsaid:
            continue
        day = draft.expected(order, line, backorder.quantity).expected_from
        passed = day + timedelta(days=1) if day else draft.today
        terms = draft.terms(order, line).terms
        midnight = datetime.combine(passed, time(), draft.zone)
        awake = max(midnight, draft.now)
        found.append(out_of_quiet(awake, terms.quiet_hours, draft.zone))
    return min(found, default=None)


def _limit(draft: Draft, order: Order, line: Line) -> date | None:
    """Return the last day that is in time; None where everything is told."""
    days = draft.terms(order, line).terms.suppress_within_days
    if not days:
        return None
    ordered = order.placed_at.astimezone(draft.zone).date()
    wanted = needed_by(draft.case, order)
    return min(ordered + timedelta(days=days), wanted or date.max)
