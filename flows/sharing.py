"""An order that its buyer shares: somebody else sees where it stands, and nothing more.

A shared order has no names of people, no money, no tracking number (carriers show
addresses) and nothing to decide; the link that opens it ties no chat to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from flows.codes import handle, menu_data
from flows.effects import Button
from flows.links import mint

if TYPE_CHECKING:
    from flows.case import Chat
    from flows.draft import Draft
    from flows.events import CustomerStarted
    from flows.shop import Order

#: How long a shared order can be looked at.
SHARE_LASTS = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLine:
    """Some units of a line; ``state`` is shipped, delivered, ready or waiting."""

    title: str
    quantity: int
    state: str
    expected_from: date | None = None
    expected_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedOrder:
    """What the person a buyer shared an order with may know of it."""

    number: str
    lines: tuple[SharedLine, ...]


def ask_what_to_share(draft: Draft, chat: Chat) -> None:
    """Let the buyer say which order; with one open order that is the one."""
    orders = [order for order in draft.case.orders if order.status == "open"]
    if draft.case.customer is None or not orders:
        draft.reply(chat, "no_orders", draft.menu("person", chat=chat))
        return
    if len(orders) == 1:
        _share(draft, chat, orders[0])
        return
    words = draft.words(chat)
    rows = tuple(
        (
            Button(
                label=words.label("share_order", order=order),
                data=menu_data("share", handle(order.id)),
            ),
        )
        for order in orders[:8]
    )
    draft.reply(chat, "share_which", (*rows, *draft.menu("person", chat=chat)))


def share(draft: Draft, chat: Chat, argument: str) -> bool:
    """Make a link for the order a button names; False when it is not theirs."""
    orders = (order for order in draft.case.orders if handle(order.id) == argument)
    order = next(orders, None)
    if order is None:
        return False
    _share(draft, chat, order)
    return True


def show_shared(draft: Draft, chat: Chat, event: CustomerStarted) -> None:
    """Tell where a shared order stands, to whoever came by its link."""
    draft.reply(chat, "shared", draft.menu("person", chat=chat), order=event.shared)


def _share(draft: Draft, chat: Chat, order: Order) -> None:
    base, secret = draft.setting.chat_link, draft.setting.link_secret
    until = draft.now + SHARE_LASTS
    try:
        token = mint(order.id, until, secret, shared=True)
    except ValueError:
        base = ""
        token = ""
    if not base or not secret:
        draft.reply(chat, "share_off", draft.menu("person", chat=chat))
        return
    draft.record("customer", "shared order", order.id)
    draft.reply(
        chat,
        "share",
        draft.menu("person", chat=chat),
        url=f"{base}?start={token}",
        number=order.number,
        until=until,
    )
