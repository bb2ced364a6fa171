"""Words that would decide something are repeated as a button; a plain no needs none.

What was asked so is remembered (``flows/asked.py``), and a typed yes or no answers it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.asked import expect
from flows.case import OfferState
from flows.change_requests import ask_change
from flows.choices import refuse_substitutes
from flows.codes import OfferPress, handle, menu_data, offer_data
from flows.effects import Button
from flows.fewer import units_answered
from flows.intents import Intent, Outcome, understand
from flows.keyboards import offer_rows
from flows.naming import lines_named
from flows.privacy import ask_forget, ask_mute
from flows.proposals import context
from flows.status import answer_status
from flows.wishes import confirm_cancel, open_orders, orders_meant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.case import Chat, Offer
    from flows.codes import CustomerPress, MenuPress
    from flows.draft import Draft
    from flows.intents import Understanding
    from flows.shop import Order
    from flows.wording import Rows

#: A longer no is about something; what it refuses is asked.
_PLAIN_WORDS = 4


def is_plain(meant: Understanding, text: str) -> bool:
    """Return whether words are a yes or a no and nothing else."""
    certain = meant.outcome is Outcome.ACT and meant.confidence >= 1
    return certain and "?" not in text and len(text.split()) <= _PLAIN_WORDS


def answer_asked(
    draft: Draft, chat: Chat, presses: tuple[CustomerPress, ...], text: str
) -> bool:
    """Take a plain yes or no to what was asked, or how many; else return False."""
    if not presses:
        return False
    target = units_answered(draft, chat, presses, text)
    if target is not None:
        confirm_cancel(draft, chat, target)
        return True
    meant = understand(text)
    if not is_plain(meant, text):
        return False
    match meant.intent:
        case Intent.ACCEPT_YES:
            _ask_again(draft, chat, presses)
        case Intent.DECLINE_NO:
            _let_be(draft, chat, presses[0])
        case _:
            return False
    return True


def confirm_choice(draft: Draft, chat: Chat, offer: Offer, code: str) -> None:
    """Repeat the choice that was understood as one button."""
    order = draft.case.order(offer.order_id)
    found = offer.find(code)
    if order is None or found is None:
        return
    expect(draft, offer_data(offer.token, code))
    rows = offer_rows(draft.words(chat), offer, order, only=code)
    about = context(draft, offer, order)
    draft.reply(chat, "confirm", rows, item=found[0], choice=found[1], **about)


def confirm_cancelling(draft: Draft, chat: Chat, offer: Offer, text: str) -> None:
    """Repeat the wish to cancel what is being asked about as one button.

    Of several things it is the one that the words name, else the first.
    """
    named = {line.id for line in lines_named(draft, open_orders(draft), text)}
    items = [i for i in offer.unanswered if i.line_id in named] or offer.unanswered
    choices = (c for item in items for c in item.choices)
    choice = next((choice for choice in choices if choice.kind == "cancel"), None)
    if choice is not None:
        confirm_choice(draft, chat, offer, choice.code)


def confirm_change(
    draft: Draft, chat: Chat, words: str, numbers: Iterable[str]
) -> None:
    """Repeat the wish for a change, with a button per order."""
    orders = orders_meant(draft, numbers)
    ask_change(draft, chat, words, [order.number for order in orders])
    expect(draft, *(menu_data("change", handle(order.id)) for order in orders))


def decline(draft: Draft, chat: Chat, offer: Offer) -> None:
    """Take a no to other products: silence sends none; one may wait or cancel."""
    order = draft.case.order(offer.order_id)
    if order is None:
        return
    rows = offer_rows(draft.words(chat), offer, order, without_substitutes=True)
    left = refuse_substitutes(draft, offer, order)
    draft.reply(chat, "declined", rows, **_about(draft, left, order))


def ask_decline(draft: Draft, chat: Chat, offer: Offer) -> None:
    """Show the choices anew where a no may be to any of them; it refuses nothing."""
    order = draft.case.order(offer.order_id)
    if order is None:
        return
    *choices, person = offer_rows(draft.words(chat), offer, order)
    rows = (*choices, *decline_rows(draft, chat, offer), person)
    draft.reply(chat, "declining", rows, **_about(draft, offer, order))


def decline_rows(draft: Draft, chat: Chat, offer: Offer) -> Rows:
    """Return the button that refuses other products, where one is offered."""
    kinds = {choice.kind for item in offer.unanswered for choice in item.choices}
    if "substitute" not in kinds:
        return ()
    label = draft.words(chat).label("meant_decline_no")
    return ((Button(label=label, data=menu_data("meant", Intent.DECLINE_NO)),),)


def _about(draft: Draft, offer: Offer, order: Order) -> dict[str, Any]:
    """Return what a template may know; a deadline only while the clock runs."""
    about = context(draft, offer, order)
    resting = offer.state is OfferState.RESTING
    return about | ({"deadline": None} if resting else {})


def _ask_again(draft: Draft, chat: Chat, presses: tuple[CustomerPress, ...]) -> None:
    first = presses[0]
    if not isinstance(first, OfferPress):
        _ask_menu_again(draft, chat, first, presses)
        return
    offer = _offer(draft, first)
    if offer is not None:
        confirm_choice(draft, chat, offer, first.option)


def _ask_menu_again(
    draft: Draft, chat: Chat, first: MenuPress, presses: tuple[CustomerPress, ...]
) -> None:
    match first.action:
        case "mute":
            ask_mute(draft, chat)
        case "forget_yes":
            ask_forget(draft, chat)
        case "change":
            confirm_change(
                draft, chat, draft.case.memory.wish, _numbers(draft, presses)
            )
        case "cancel":
            confirm_cancel(draft, chat, first.argument.partition(".")[0])
        case _:
            answer_status(draft, chat)


def _let_be(draft: Draft, chat: Chat, press: CustomerPress) -> None:
    """Leave everything as it is; a no to another product is one for silence, too."""
    if not isinstance(press, OfferPress):
        draft.reply(chat, "let_be", draft.menu("orders", "person", chat=chat))
        return
    offer = _offer(draft, press)
    order = draft.case.order(offer.order_id) if offer else None
    found = offer.find(press.option) if offer else None
    if offer is None or order is None or found is None:
        return
    if found[1].kind == "substitute":
        decline(draft, chat, offer)
    else:
        draft.reply(chat, "let_be", offer_rows(draft.words(chat), offer, order))


def _offer(draft: Draft, press: OfferPress) -> Offer | None:
    found = (offer for offer in draft.case.offers if offer.token == press.token)
    return next(found, None)


def _numbers(draft: Draft, presses: tuple[CustomerPress, ...]) -> list[str]:
    """Return the numbers of the orders that the expected buttons name."""
    named = {press.argument for press in presses if not isinstance(press, OfferPress)}
    return [order.number for order in open_orders(draft) if handle(order.id) in named]
