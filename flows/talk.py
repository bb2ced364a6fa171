"""Free text: what the customer said is understood, answered, or passed to a person.

The bot acts on what it is sure of, asks where it is not, and two misses in a row
bring a person. What costs something is always confirmed by a button.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.asked import awaited, settle
from flows.case import DialogueState, OfferState
from flows.codes import handle
from flows.commands import on_command
from flows.confirming import (
    answer_asked,
    ask_decline,
    confirm_cancelling,
    confirm_change,
    confirm_choice,
    decline,
    is_plain,
)
from flows.effects import Forget, Say, Unlink
from flows.fewer import units_meant
from flows.handover import hand_over, heard
from flows.identity import greet_stranger, hear_stranger
from flows.intents import (
    DialogueContext,
    Intent,
    Outcome,
    ProposalOption,
    Understanding,
    understand,
)
from flows.keyboards import choice_label
from flows.misses import understood
from flows.naming import lines_named
from flows.needs import named_day, note_day
from flows.offer import PENDING
from flows.policy import after_question, reminder_at
from flows.preferences import show_preference
from flows.privacy import ask_mute, set_muted
from flows.proposals import context
from flows.refunds import money_back
from flows.status import answer_status
from flows.unclear import ask_meaning, miss
from flows.wishes import ask_cancel, confirm_cancel, open_orders, orders_meant

if TYPE_CHECKING:
    from flows.case import Chat, Offer
    from flows.draft import Draft
    from flows.events import CustomerSaid

#: The understanding names a choice as the shop's decisions do.
_OPTION_KINDS = {"cancel": "cancel_refund"}

_COMMANDS = {
    "/orders": Intent.WHERE_IS_MY_ORDER,
    "/person": Intent.TALK_TO_HUMAN,
}


def talk(draft: Draft, chat: Chat, event: CustomerSaid) -> None:
    """Answer what a customer wrote; an answer to corrected words says so."""
    before = len(draft.effects)
    _answer(draft, chat, event)
    if event.edited:
        _mark_edited(draft, chat, before)


def _answer(draft: Draft, chat: Chat, event: CustomerSaid) -> None:
    if on_command(draft, chat, event.text):
        return
    offer = _pending(draft)
    meant = understand(event.text, dialogue=_dialogue(draft, offer))
    if draft.case.dialogue is DialogueState.WITH_STAFF:
        _beside_staff(draft, chat, event, meant)
        return
    command = _COMMANDS.get(event.text.partition(" ")[0].lower())
    if command is not None:
        meant = replace(meant, intent=command, outcome=Outcome.ACT)
    expected = awaited(draft)
    settle(draft)
    if draft.case.customer is None:
        hear_stranger(draft, chat, event, meant)
    elif answer_asked(draft, chat, expected, event.text):
        understood(draft)
    else:
        _answer_customer(draft, chat, event, meant, offer)
    question_asked(draft, chat)


def _beside_staff(
    draft: Draft, chat: Chat, event: CustomerSaid, meant: Understanding
) -> None:
    """Pass words on to the colleague who has the word; only STOP is obeyed, too."""
    heard(draft, event.text, edited=event.edited)
    if meant.bare_stop:
        set_muted(draft, chat, muted=True)


def _answer_customer(
    draft: Draft,
    chat: Chat,
    event: CustomerSaid,
    meant: Understanding,
    offer: Offer | None,
) -> None:
    if event.text.startswith("/preferences"):
        understood(draft)
        show_preference(draft, chat)
    elif (day := named_day(draft, chat, event.text, meant)) is not None:
        understood(draft)
        note_day(draft, chat, day, meant.order_refs)
    elif (target := units_meant(draft, chat, event.text, meant)) is not None:
        understood(draft)
        confirm_cancel(draft, chat, target)
    elif offer is not None and _cancels_another(draft, offer, meant, event.text):
        understood(draft)
        _cancel_another(draft, chat, event.text, meant.order_refs)
    elif meant.chosen_option and offer is not None:
        understood(draft)
        confirm_choice(draft, chat, offer, meant.chosen_option)
    elif meant.outcome is Outcome.ACT:
        understood(draft)
        _act(draft, chat, event, meant, offer)
    elif meant.outcome is Outcome.ASK:
        ask_meaning(draft, chat, meant, offer, event.text)
    else:
        miss(draft, chat, event.text)


def _mark_edited(draft: Draft, chat: Chat, before: int) -> None:
    """Begin the first answer with a line that says what it answers."""
    for place, effect in enumerate(draft.effects):
        if place >= before and isinstance(effect, Say) and effect.chat_id == chat.id:
            mark = draft.words(chat).message("edited").text
            text = f"{mark}\n{effect.message.text}"
            marked = replace(effect.message, text=text)
            draft.effects[place] = replace(effect, message=marked)
            return


def question_asked(draft: Draft, chat: Chat) -> None:
    """Somebody who asks is not silent: enough opening time remains, and is told."""
    if any(isinstance(effect, Unlink | Forget) for effect in draft.effects):
        return
    for offer in draft.case.offers:
        order = draft.case.order(offer.order_id)
        if offer.state is not OfferState.OPEN or not offer.deadline_at or not order:
            continue
        terms = draft.terms(order, order.line(offer.items[0].line_id)).terms
        hours = draft.setting.policy.hours
        fair = after_question(offer.deadline_at, draft.now, terms, hours, draft.zone)
        if fair <= offer.deadline_at:
            continue
        moved = replace(
            offer,
            told_deadline=fair,
            deadline_at=fair,
            remind_at=reminder_at(fair, terms, draft.zone),
        )
        draft.put_offer(moved)
        draft.reply(chat, "deadline_moved", **context(draft, moved, order))


def act_on(draft: Draft, chat: Chat, intent: Intent) -> None:
    """Do what a "did you mean" button says."""
    if draft.case.customer is None:
        greet_stranger(draft, chat)
        return
    words = draft.case.memory.missed
    understood(draft)
    offer = _pending(draft)
    match intent:
        case Intent.WHERE_IS_MY_ORDER | Intent.ETA_QUESTION:
            answer_status(draft, chat)
        case Intent.CANCEL_ORDER if offer is not None and _is_meant(
            draft, offer, (), words
        ):
            confirm_cancelling(draft, chat, offer, words)
        case Intent.CANCEL_ORDER:
            ask_cancel(draft, chat, words, ())
        case Intent.CHANGE_ORDER_OR_ADDRESS:
            confirm_change(draft, chat, words, ())
        case Intent.REFUND_STATUS:
            _refunds(draft, chat)
        case Intent.OPT_OUT:
            ask_mute(draft, chat)
        case Intent.DECLINE_NO if offer is not None:
            decline(draft, chat, offer)
        case Intent.DECLINE_NO:
            draft.toast("too_late")
            answer_status(draft, chat)
        case _:
            hand_over(draft, intent.value, chat, words)


def _act(
    draft: Draft,
    chat: Chat,
    event: CustomerSaid,
    meant: Understanding,
    offer: Offer | None,
) -> None:
    match meant.intent:
        case Intent.WHERE_IS_MY_ORDER | Intent.ETA_QUESTION:
            answer_status(draft, chat, next(iter(meant.order_refs), None))
        case Intent.ACCEPT_YES if offer is not None:
            confirm_choice(draft, chat, offer, offer.unanswered[0].recommended)
        case Intent.DECLINE_NO if offer is not None and is_plain(meant, event.text):
            decline(draft, chat, offer)
        case Intent.DECLINE_NO if offer is not None:
            ask_decline(draft, chat, offer)
        case Intent.CANCEL_ORDER if offer and _is_meant(
            draft, offer, meant.order_refs, event.text
        ):
            confirm_cancelling(draft, chat, offer, event.text)
        case Intent.CANCEL_ORDER if offer is not None:
            _cancel_another(draft, chat, event.text, meant.order_refs)
        case Intent.CANCEL_ORDER:
            ask_cancel(draft, chat, event.text, meant.order_refs)
        case Intent.CHANGE_ORDER_OR_ADDRESS:
            confirm_change(draft, chat, event.text, meant.order_refs)
        case Intent.REFUND_STATUS:
            _refunds(draft, chat)
        case Intent.THANKS | Intent.ACCEPT_YES | Intent.DECLINE_NO:
            draft.reply(chat, "thanks", draft.menu("person", chat=chat))
        case Intent.GREETING:
            draft.reply(chat, "greeting", draft.menu("orders", "person", chat=chat))
        case Intent.OPT_OUT if meant.confirm:
            ask_mute(draft, chat)
        case Intent.OPT_OUT:
            set_muted(draft, chat, muted=True)
        case _:
            hand_over(draft, meant.intent.value, chat, event.text)


def _refunds(draft: Draft, chat: Chat) -> None:
    found = money_back(draft)
    draft.reply(chat, "refund_status", draft.menu("person", chat=chat), refunds=found)


def _is_meant(draft: Draft, offer: Offer, numbers: tuple[str, ...], text: str) -> bool:
    """Whether words are about this offer: no other order or line is named."""
    order = draft.case.order(offer.order_id)
    if order is None:
        return True
    asked = {item.line_id for item in offer.unanswered}
    named = lines_named(draft, open_orders(draft), text)
    other = bool(named) and all(line.id not in asked for line in named)
    this = not numbers or order.number.lstrip("#").upper() in numbers
    return this and not other


def _cancels_another(
    draft: Draft, offer: Offer, meant: Understanding, text: str
) -> bool:
    """Whether what reads as cancelling the offer's line names another one."""
    found = offer.find(meant.chosen_option or "")
    cancels = found is not None and found[1].kind == "cancel"
    return cancels and not _is_meant(draft, offer, meant.order_refs, text)


def _cancel_another(
    draft: Draft, chat: Chat, text: str, numbers: tuple[str, ...]
) -> None:
    named = lines_named(draft, orders_meant(draft, numbers), text)
    if len(named) == 1:
        confirm_cancel(draft, chat, handle(named[0].id))
    else:
        ask_cancel(draft, chat, text, numbers)


def _pending(draft: Draft) -> Offer | None:
    found = [o for o in draft.case.offers if o.state in PENDING and o.window_seconds]
    return max(found, key=lambda offer: offer.proposed_at, default=None)


def _dialogue(draft: Draft, offer: Offer | None) -> DialogueContext | None:
    if offer is None:
        return DialogueContext(misses=draft.case.misses)
    words = draft.words()
    order = draft.case.order(offer.order_id)
    if order is None:
        return None
    options = tuple(
        ProposalOption(
            key=choice.code,
            label=choice_label(words, item, choice, order),
            kind=_OPTION_KINDS.get(choice.kind, choice.kind),
            color=choice.color,
            size=choice.size,
            position=position,
            recommended=choice.code == item.recommended,
        )
        for item in offer.unanswered[:1]
        for position, choice in enumerate(item.choices, start=1)
    )
    return DialogueContext(options=options, misses=draft.case.misses)
