"""Who is speaking: greeting people, hearing proofs, and letting a chat go.

Before a chat has proved whose it is it hears nothing of any order, only what stands in
``TOLD_BEFORE``. One answer for wrong and for unknown: trying teaches nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.case import DialogueState, OfferState
from flows.claims import claimed_with_several
from flows.codes import menu_data
from flows.effects import Button, Message, Say, Unlink
from flows.handover import draw, hand_over, heard
from flows.intents import Intent
from flows.offer import PENDING, rested
from flows.proposals import show_in
from flows.reach import ask_again
from flows.sharing import show_shared
from flows.speaker import DIALOGUE

if TYPE_CHECKING:
    from flows.case import Chat
    from flows.draft import Draft
    from flows.events import ContactShared, CustomerSaid, CustomerStarted
    from flows.intents import Understanding
    from flows.wording import Rows

#: The data of the button that shows the next of several customers of one chat.
SWITCH = menu_data("switch")

#: Every key a chat may hear before it has proved whose it is. None of their
#: templates is given a customer, an order or a line, a shared order excepted.
TOLD_BEFORE = frozenset(
    (
        *("hello_stranger", "prove", "share_number", "not_your_number", "received"),
        *("privacy", "forget_asked", "forgotten", "language", "shared", "group"),
        *("handed_over", "staff_reply", "back_to_bot", "media", "old_button"),
        *("no_orders", "edited", "muted", "unmuted", "confirm_mute", "one_proof"),
    )
)


def say_hello(draft: Draft, chat: Chat, event: CustomerStarted) -> None:
    """Greet: a customer who is tied now, a known one, or a stranger with ways on."""
    if event.outcome == "shared":
        show_shared(draft, chat, event)
        return
    linked = event.outcome == "linked"
    if linked and event.how == "contact":
        _say(draft, chat, "received", remove_keyboard=True)
    if draft.case.customer is None:
        greet_stranger(draft, chat, event.outcome)
        return
    if draft.case.dialogue is not DialogueState.WITH_STAFF:
        trigger = "link" if linked else "understand"
        state = DIALOGUE.step(draft.case.dialogue, trigger, None)
        draft.case = replace(draft.case, dialogue=state, misses=0)
    if linked:
        _note_link(draft, chat, event)
    orders = [order for order in draft.case.orders if order.status == "open"]
    draft.reply(
        chat,
        "hello_linked",
        _known_rows(draft, chat),
        customer=draft.case.customer,
        orders=orders,
        problem="" if linked else event.outcome,
        switched=event.tied == "switched",
    )
    for offer in draft.case.offers:
        order = draft.case.order(offer.order_id)
        if linked and offer.state in PENDING and order:
            show_in(draft, chat, offer, order)


def greet_stranger(draft: Draft, chat: Chat, problem: str = "") -> None:
    """Tell who we are, why nothing is shown yet, and each way to change that."""
    rows = draft.menu("contact", "person", "privacy", chat=chat)
    draft.reply(chat, "hello_stranger", rows, problem=problem)


def hear_stranger(
    draft: Draft, chat: Chat, event: CustomerSaid, meant: Understanding
) -> None:
    """Answer somebody we do not know: a person, a proof to give, or the ways on."""
    if meant.intent in {Intent.TALK_TO_HUMAN, Intent.COMPLAINT}:
        hand_over(draft, meant.intent.value, chat, event.text)
        return
    several = claimed_with_several(event.text, draft.case.memory.claimed)
    number = several or next(iter(meant.order_refs), None)
    if number is None:
        greet_stranger(draft, chat)
        return
    memory = replace(draft.case.memory, claimed=number)
    draft.case = replace(draft.case, memory=memory)
    rows = draft.menu("person", chat=chat)
    draft.reply(chat, "one_proof" if several else "prove", rows, number=number)


def ask_for_contact(draft: Draft, chat: Chat) -> None:
    """Show the key that shares a person's own number, in the place of the keyboard."""
    label = draft.words(chat).label("share_number")
    _say(draft, chat, "share_number", ((Button(label=label),),), contact_request=True)


def hear_contact(draft: Draft, chat: Chat, event: ContactShared) -> None:
    """Answer a card that opened nothing: not their own, or no customer's number.

    One answer for both kinds of number we do not know.
    """
    if draft.case.customer is not None:
        draft.reply(chat, "unsure", draft.menu("orders", "person", chat=chat))
        return
    _say(draft, chat, "not_your_number", remove_keyboard=True, own=event.own)
    greet_stranger(draft, chat)


def unlink(draft: Draft, chat: Chat) -> None:
    """Let a chat go: what is open is asked another way, with a window of its own."""
    if draft.case.customer is None:
        greet_stranger(draft, chat)
        return
    leave(draft, chat)
    draft.record("customer", "unlinked chat", chat.address)
    heard(draft, draft.staff_words().label("unlink"))
    draft.effects.append(Unlink(chat_id=chat.id))
    draft.reply(chat, "unlinked", draft.menu("person", chat=chat))


def leave(draft: Draft, chat: Chat) -> None:
    """Ask open questions anew if nobody else could answer them once a chat is gone."""
    chats = draft.case.chats
    draft.case = replace(
        draft.case, chats=tuple(item for item in chats if item.id != chat.id)
    )
    if not draft.case.reachable_chats:
        ask_again(draft)
    draft.case = replace(draft.case, chats=chats)


def masked(email: str | None) -> str:
    """Return an address so that only its owner recognises it."""
    name, at, domain = (email or "").partition("@")
    if not at or not name or not domain:
        return ""
    return f"{name[0]}•••@{domain}"


def _note_link(draft: Draft, chat: Chat, event: CustomerStarted) -> None:
    """Remember the link; other chats hear of a new one, and so does who waits."""
    action = "switched chat" if event.how == "switch" else "linked chat"
    draft.record("customer", action, chat.address)
    if draft.case.dialogue is DialogueState.WITH_STAFF and event.tied:
        for offer in draft.case.offers:
            if offer.state is OfferState.OPEN:
                draft.put_offer(rested(offer, draft.now))
        draw(draft)
    if event.tied != "new":
        return
    for other in draft.case.reachable_chats:
        if other.id != chat.id:
            rows = draft.menu("person", chat=other)
            draft.reply(other, "another_chat", rows)


def _known_rows(draft: Draft, chat: Chat) -> Rows:
    names = ("orders", "person", "privacy")
    return draft.menu(*names, *(("switch",) if chat.others else ()), chat=chat)


def _say(
    draft: Draft,
    chat: Chat,
    key: str,
    rows: Rows = (),
    *,
    contact_request: bool = False,
    remove_keyboard: bool = False,
    **context: object,
) -> None:
    """Say something that changes what stands in the place of the keyboard."""
    said: Message = draft.words(chat).message(key, rows, **context)
    said = replace(
        said, contact_request=contact_request, remove_keyboard=remove_keyboard
    )
    draft.effects.append(Say(chat_id=chat.id, message=said))
