"""A new address or size is never ours to grant: it becomes a request, with a card.

Nothing is called changed before the shop or a colleague says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.codes import handle, menu_data
from flows.effects import Button, Decide, DecisionKind
from flows.handover import hand_over, open_ticket
from flows.ledger import CUSTOMER
from flows.wishes import begun, open_orders, orders_meant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.case import Case, Chat, DecisionRow
    from flows.draft import Draft
    from flows.shop import Order

#: Characters of a wish that are kept; the chat has the rest.
_KEPT = 1000
#: Orders shown as buttons at most.
_MOST = 8


def ask_change(draft: Draft, chat: Chat, words: str, numbers: Iterable[str]) -> None:
    """Repeat a wish for a change, to be passed on by a button."""
    orders = orders_meant(draft, numbers)[:_MOST]
    if not orders or not words.strip():
        hand_over(draft, "change_order_or_address", chat, words)
        return
    draft.case = remember_wish(draft.case, words)
    speech = draft.words(chat)
    rows = tuple(
        (
            Button(
                label=speech.label("ask_change", order=order),
                data=menu_data("change", handle(order.id)),
            ),
        )
        for order in orders
    )
    draft.reply(
        chat, "change_confirm", (*rows, *draft.menu("person", chat=chat)), words=words
    )


def remember_wish(case: Case, words: str) -> Case:
    """Keep the words of a wish until a button says what to do with them."""
    return replace(case, memory=replace(case.memory, wish=words[:_KEPT]))


def change(draft: Draft, chat: Chat, argument: str) -> None:
    """Write a request to change an order, and ask the team to hold the parcel."""
    order = next((o for o in open_orders(draft) if handle(o.id) == argument), None)
    words = draft.case.memory.wish
    if order is None or not words:
        draft.toast("old_button")
        return
    draft.case = remember_wish(draft.case, "")
    draft.effects.append(
        Decide(
            order_id=order.id,
            line_id=None,
            kind=DecisionKind.CHANGE_REQUEST,
            quantity=1,
            decided_by=CUSTOMER,
            reason=words,
        )
    )
    started = begun(draft, [order])
    about = {"order": order, "words": words, "started": started, "gone": _gone(order)}
    opened = open_ticket(draft, "change_order_or_address")
    ticket = draft.case.ticket
    if opened and ticket is not None:
        draft.thread(ticket.subject, "change_request", **about)
    else:
        subject = f"change:{draft.setting.new_id()}"
        draft.card(subject, "change_request", **about)
    draft.toast("passed_on")
    draft.reply(
        chat,
        "change_asked",
        draft.menu("person", chat=chat),
        order=order,
        words=words,
        late=bool(started) or _gone(order),
    )


def tell_change(draft: Draft, row: DecisionRow) -> None:
    """Tell what became of a request to change something."""
    order = draft.case.order(row.order_id)
    if order is None:
        return
    person = draft.menu("person")
    if row.rejected_at is not None:
        draft.push("change_refused", person, order=order, words=row.reason)
    else:
        draft.push("change_done", person, order=order, words=row.reason)


def _gone(order: Order) -> bool:
    return all(line.shipped + line.cancelled >= line.quantity for line in order.lines)
