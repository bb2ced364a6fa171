"""Chats that close and open again: where a customer can be reached now.

Time in which a chat cannot be reached does not count against the customer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.backorder import LIVE
from flows.offer import PENDING
from flows.proposals import propose
from flows.receipts import close_chat

if TYPE_CHECKING:
    from flows.case import Chat
    from flows.draft import Draft


def on_blocked(draft: Draft, chat: Chat) -> None:
    """A customer closed the chat: open questions go another way, with a new window."""
    close_chat(draft, chat.id)
    draft.record("customer", "blocked chat", chat.address)
    if not draft.case.reachable_chats:
        ask_again(draft)


def on_returned(draft: Draft, chat: Chat) -> None:
    """A customer opened the chat again: open questions are asked anew, once."""
    was_unreached = not draft.case.reachable_chats
    chats = tuple(
        replace(item, reachable=True) if item.id == chat.id else item
        for item in draft.case.chats
    )
    draft.case = replace(draft.case, chats=chats)
    draft.record("customer", "opened chat again", chat.address)
    if was_unreached:
        ask_again(draft)


def ask_again(draft: Draft) -> None:
    """Propose every open question once more, with a window of its own."""
    for offer in draft.case.offers:
        order = draft.case.order(offer.order_id)
        if offer.state not in PENDING or order is None or not offer.window_seconds:
            continue
        found = [draft.case.backorder(item.backorder_id) for item in offer.unanswered]
        propose(draft, order, [b for b in found if b and b.state in LIVE])
