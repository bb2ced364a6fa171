"""What is kept about a person: telling it, and forgetting it when they say so.

Facts of accounting stay (what was decided, when, by whom), words and names go; see
``store/erasure.py``. Opting out stops what is sent unasked, never an answer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.asked import expect
from flows.case import OfferState
from flows.codes import menu_data
from flows.effects import Forget
from flows.identity import leave, masked
from flows.offer import PENDING

if TYPE_CHECKING:
    from flows.case import Chat
    from flows.draft import Draft


#: Offers whose deadline is nearing; while the clock rests nobody has to hurry.
_RUNNING = PENDING - {OfferState.RESTING}


def tell_privacy(draft: Draft, chat: Chat) -> None:
    """Tell what is kept and where to read more, with the ways to have less of it."""
    known = draft.case.customer is not None
    names = ("unlink", "forget", "person") if known else ("forget", "person")
    draft.reply(chat, "privacy", draft.menu(*names, chat=chat), linked=known)


def ask_forget(draft: Draft, chat: Chat) -> None:
    """Say what forgetting means; a button confirms it."""
    waits = any(offer.state in PENDING for offer in draft.case.offers)
    expect(draft, menu_data("forget_yes"))
    rows = draft.menu("forget_yes", "person", chat=chat)
    draft.reply(chat, "forget_asked", rows, waits=waits, mail=_mail(draft))


def forget(draft: Draft, chat: Chat) -> None:
    """Erase this chat; what is open goes by mail, and colleagues in the middle know."""
    leave(draft, chat)
    draft.record("customer", "forgotten", "")
    ticket = draft.case.ticket
    if ticket is not None and ticket.resolved_at is None:
        draft.thread(ticket.subject, "customer_forgotten")
    draft.effects.append(Forget(chat_id=chat.id))
    draft.reply(chat, "forgotten", mail=_mail(draft))


def ask_mute(draft: Draft, chat: Chat) -> None:
    """Say what stopping means; a button confirms it."""
    expect(draft, menu_data("mute"))
    draft.reply(chat, "confirm_mute", draft.menu("mute", "person", chat=chat))


def set_muted(draft: Draft, chat: Chat, *, muted: bool) -> None:
    """Stop or start unasked messages to a chat; questions are always answered.

    Who stops them hears what can then no longer be told in time.
    """
    chats = tuple(
        replace(item, muted=muted) if item.id == chat.id else item
        for item in draft.case.chats
    )
    draft.case = replace(draft.case, chats=chats)
    draft.record("customer", "muted" if muted else "unmuted", chat.address)
    rows = draft.menu("unmute" if muted else "orders", "person", chat=chat)
    if not muted:
        draft.reply(chat, "unmuted", rows)
        return
    waiting = [b for b in draft.case.backorders if b.closed_at is None]
    asked = [
        offer.deadline_at or offer.told_deadline
        for offer in draft.case.offers
        if offer.state in _RUNNING and offer.window_seconds
    ]
    draft.reply(
        chat,
        "muted",
        rows,
        waiting=bool(waiting),
        deadline=min((at for at in asked if at is not None), default=None),
        mail=_mail(draft),
        elsewhere=bool(draft.case.reachable_chats),
    )


def _mail(draft: Draft) -> str:
    """Return the address that mail goes to, masked; empty where there is none."""
    customer = draft.case.customer
    return masked(customer.email) if customer else ""
