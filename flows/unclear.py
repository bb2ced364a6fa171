"""What was not understood: a question with buttons, a menu, and then a person.

The second miss in a row brings a person, who gets both messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.case import DialogueState
from flows.codes import handle, menu_data
from flows.confirming import decline_rows
from flows.effects import Button
from flows.handover import hand_over
from flows.intents import Intent
from flows.keyboards import offer_rows
from flows.misses import count_miss, with_missed
from flows.wishes import open_orders

if TYPE_CHECKING:
    from flows.case import Chat, Offer
    from flows.draft import Draft
    from flows.intents import Understanding
    from flows.wording import Rows

#: Misses in a row after which nothing more is asked.
_PATIENCE = 2
#: Choices that make a question.
_FEWEST = 2
#: Orders shown as buttons at most.
_MOST = 3
#: Intents that make sense on a "did you mean" button, whatever else is open.
_MEANT = frozenset(
    (
        Intent.WHERE_IS_MY_ORDER,
        Intent.ETA_QUESTION,
        Intent.CANCEL_ORDER,
        Intent.CHANGE_ORDER_OR_ADDRESS,
        Intent.REFUND_STATUS,
        Intent.COMPLAINT,
        Intent.OPT_OUT,
    )
)


def miss(draft: Draft, chat: Chat, text: str) -> None:
    """Show what the bot can do; the second time in a row a person takes over."""
    if draft.case.dialogue is DialogueState.UNSURE:
        _give_up(draft, chat, text)
        return
    count_miss(draft, text)
    draft.reply(chat, "unsure", ways_on(draft, chat))


def ask_meaning(
    draft: Draft, chat: Chat, meant: Understanding, offer: Offer | None, text: str
) -> None:
    """Ask which of the likeliest it is; with nothing to choose from it is a miss."""
    rows = tuple(
        row
        for candidate in meant.candidates
        for row in _rows_for(draft, chat, offer, candidate)
    )
    if len(rows) + (Intent.TALK_TO_HUMAN in meant.candidates) < _FEWEST:
        miss(draft, chat, text)
    elif draft.case.misses >= _PATIENCE:
        _give_up(draft, chat, text)
    else:
        count_miss(draft, text)
        person = draft.menu("person", chat=chat)
        rows = (*person, *rows) if meant.person_first else (*rows, *person)
        draft.reply(chat, "did_you_mean", rows)


def ways_on(draft: Draft, chat: Chat) -> Rows:
    """Return the newest open orders as buttons, then a person."""
    words = draft.words(chat)
    orders = sorted(open_orders(draft), key=lambda o: o.placed_at, reverse=True)
    made = tuple(
        (
            Button(
                label=words.label("order", order=order),
                data=menu_data("order", handle(order.id)),
            ),
        )
        for order in orders[:_MOST]
    )
    names = ("person",) if 0 < len(orders) <= _MOST else ("orders", "person")
    return (*made, *draft.menu(*names, chat=chat))


def _rows_for(draft: Draft, chat: Chat, offer: Offer | None, candidate: Intent) -> Rows:
    """Return the button that a candidate gets, none where it has no place on one."""
    words = draft.words(chat)
    if candidate in _MEANT:
        label = words.label(f"meant_{candidate.value}")
        return ((Button(label=label, data=menu_data("meant", candidate.value)),),)
    order = draft.case.order(offer.order_id) if offer else None
    if offer is None or order is None or not offer.unanswered:
        return ()
    if candidate is Intent.ACCEPT_YES:
        return offer_rows(words, offer, order, only=offer.unanswered[0].recommended)[:1]
    if candidate is Intent.DECLINE_NO:
        return decline_rows(draft, chat, offer)
    return ()


def _give_up(draft: Draft, chat: Chat, text: str) -> None:
    hand_over(draft, "missed", chat, with_missed(draft.case, text))
