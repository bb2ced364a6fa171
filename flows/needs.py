"""A customer named a day by which an order is needed: kept, said back, acted on.

What was told and comes later than that day no longer waits in silence: it is asked
about at once, and whenever a date moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.case import BackorderState
from flows.intents import Intent
from flows.proposals import propose
from flows.suppression import to_be_told
from flows.wanted_by import keep_day, wanted_by

if TYPE_CHECKING:
    from datetime import date

    from flows.case import Backorder, Chat
    from flows.draft import Draft
    from flows.intents import Understanding
    from flows.shop import Order

#: Somebody who wants this gets it; a day in the same words changes nothing.
_FIRST = frozenset(
    (
        Intent.TALK_TO_HUMAN,
        Intent.COMPLAINT,
        Intent.CHANGE_ORDER_OR_ADDRESS,
        Intent.CANCEL_ORDER,
        Intent.REFUND_STATUS,
        Intent.OPT_OUT,
    )
)
_ASKABLE = frozenset(
    (BackorderState.OFFERED, BackorderState.WAITING, BackorderState.SUPPRESSED)
)


def named_day(draft: Draft, chat: Chat, text: str, meant: Understanding) -> date | None:
    """Return the day a customer needs something by, if that is what these words say."""
    customer = draft.case.customer
    if meant.intent in _FIRST or customer is None:
        return None
    language = draft.case.language or chat.language or customer.locale
    return wanted_by(text, draft.now.astimezone(draft.zone).date(), language)


def note_day(draft: Draft, chat: Chat, day: date, numbers: tuple[str, ...]) -> None:
    """Keep a customer's day for the orders it is about, and ask where it is missed."""
    orders = _orders(draft, numbers)
    if not orders:
        draft.reply(chat, "no_orders", draft.menu("person", chat=chat))
        return
    draft.case = keep_day(draft.case, orders, day)
    missed = {order.id: _missed(draft, order, day) for order in orders}
    for order in orders:
        draft.record("customer", "needed by", f"{order.number}: {day.isoformat()}")
    draft.reply(
        chat,
        "wanted_by",
        draft.menu("orders", "person", chat=chat),
        wanted=day,
        numbers=[order.number for order in orders],
        asked=any(missed.values()),
        waiting=any(_waiting(draft, order) for order in orders),
    )
    for order in orders:
        if missed[order.id]:
            propose(draft, order, missed[order.id])


def _orders(draft: Draft, numbers: tuple[str, ...]) -> tuple[Order, ...]:
    """Return the orders meant: the named ones, else the late ones, else all."""
    open_ = tuple(order for order in draft.case.orders if order.status == "open")
    named = tuple(order for order in open_ if order.number in numbers)
    waiting = tuple(order for order in open_ if _waiting(draft, order))
    return named or waiting or open_


def _waiting(draft: Draft, order: Order) -> list[Backorder]:
    return [
        b
        for b in draft.case.backorders
        if b.order_id == order.id and b.closed_at is None and b.state in _ASKABLE
    ]


def _missed(draft: Draft, order: Order, day: date) -> list[Backorder]:
    waiting = _waiting(draft, order)
    unsaid = [b for b in waiting if b.state is BackorderState.SUPPRESSED]
    told = [
        b
        for b in waiting
        if b.told is not None
        and (b.told.expected_to is None or b.told.expected_to > day)
    ]
    return [*told, *to_be_told(draft, order, unsaid)]
