"""A word in a set rhythm: who waits hears that their date still holds.

Nobody waits longer than the merchant's days without one, even if nothing changed.
What is told is the stored promise; telling it again renews only its day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flows.case import BackorderState
from flows.hours import out_of_quiet
from flows.promise import Estimate
from flows.proposals import tell_date
from flows.ways_out import ways_out

if TYPE_CHECKING:
    from flows.case import Backorder, Told
    from flows.draft import Draft
    from flows.shop import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """Units that still wait, as a customer is told of them."""

    title: str
    quantity: int
    told: Told


def rhythm_due(draft: Draft) -> datetime | None:
    """Return when the next customer's wait was long enough without a word, or None."""
    found = [_due(draft, order, b) for order, b in _waiting(draft)]
    return min((at for at in found if at is not None), default=None)


def still_waiting(draft: Draft) -> None:
    """Say what still holds where it is time: one message an order, of all of it."""
    waiting = _waiting(draft)
    for order in draft.case.orders:
        own = [backorder for o, backorder in waiting if o.id == order.id]
        instants = [_due(draft, order, backorder) for backorder in own]
        if any(at is not None and at <= draft.now for at in instants):
            _tell(draft, order, own)


def _waiting(draft: Draft) -> list[tuple[Order, Backorder]]:
    """Return what waits under a told date; nothing where nobody may be written to."""
    chats = [chat for chat in draft.case.chats if chat.reachable]
    opted_out = bool(chats) and all(chat.muted for chat in chats)
    if draft.hushed or opted_out:
        return []
    return [
        (order, backorder)
        for order in draft.case.orders
        for backorder in draft.case.backorders
        if backorder.order_id == order.id and order.line(backorder.line_id)
        if backorder.state is BackorderState.WAITING
        if backorder.closed_at is None and backorder.told is not None
    ]


def _due(draft: Draft, order: Order, backorder: Backorder) -> datetime | None:
    terms = draft.terms(order, order.line(backorder.line_id)).terms
    if backorder.told is None or not terms.update_every_days:
        return None
    at = backorder.told.told_at + timedelta(days=terms.update_every_days)
    return out_of_quiet(max(at, draft.now), terms.quiet_hours, draft.zone)


def _tell(draft: Draft, order: Order, backorders: list[Backorder]) -> None:
    items = []
    for backorder in backorders:
        line, told = order.line(backorder.line_id), backorder.told
        if line is None or told is None:
            continue
        title = draft.named(line).title
        items.append(Awaited(title=title, quantity=backorder.quantity, told=told))
        when = Estimate(expected_from=told.expected_from, expected_to=told.expected_to)
        draft.put_backorder(tell_date(draft, backorder, when))
    rows = ways_out(draft, order, backorders)
    draft.push("still_waiting", rows, order=order, awaited=items)
