"""``advance``: one event meets one case. Routes to the module that knows the matter.

Everything that happens comes through here: taps, words, deadlines, colleagues, the
shop and receipts. There is no second door.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from flows.case import DialogueState
from flows.codes import OfferPress, read_customer_press
from flows.consolation import on_granted
from flows.draft import Decision, Draft
from flows.due import next_due, on_instant
from flows.events import (
    BaselineConfirmed,
    ChatBlocked,
    ChatEvent,
    ChatReturned,
    ContactShared,
    CustomerSaid,
    CustomerSent,
    CustomerStarted,
    CustomerTapped,
    Delivered,
    GroupSpoke,
    InstantPassed,
    ShopChanged,
    StaffActed,
    StaffGranted,
    StaffReleased,
    StaffReplied,
    TicketVerb,
    Undeliverable,
)
from flows.handover import hand_over, heard, on_acted, on_replied
from flows.identity import hear_contact, say_hello
from flows.modes import in_mode, on_released
from flows.outdated import drop_outdated
from flows.reach import on_blocked, on_returned
from flows.receipts import (
    ask_buried,
    extend_for_outages,
    on_delivered,
    on_notices,
    on_undeliverable,
    tell_longer,
)
from flows.reconcile import confirm_baseline, reconcile
from flows.rulings import on_ruled
from flows.setting import Mode
from flows.speaker import DIALOGUE
from flows.talk import question_asked, talk
from flows.taps import on_menu_press, on_offer_press
from flows.untold import told_by_mail

if TYPE_CHECKING:
    from datetime import datetime

    from flows.case import Case, Chat
    from flows.events import ChatKey, Event
    from flows.setting import Setting


#: How soon a case whose instant has passed is looked at again in mode watch.
_SHOWN_AGAIN = timedelta(days=1)


def advance(case: Case, event: Event, setting: Setting) -> Decision:
    """Return what follows from an event: the new case and everything to be done.

    Pure: the same arguments give the same decision, words included.
    """
    draft = Draft(case, setting, unasked=not isinstance(event, ChatEvent))
    extend_for_outages(draft)
    draft.say_what_waited()
    match event:
        case (
            CustomerSaid()
            | CustomerSent()
            | CustomerStarted()
            | CustomerTapped()
            | ContactShared()
            | GroupSpoke()
            | ChatBlocked()
            | ChatReturned()
        ):
            chat = _chat(draft.case, event.chat)
            if chat is not None:
                _on_chat(draft, chat, event)
        case StaffActed(verb=TicketVerb.CANCEL | TicketVerb.ASK):
            on_ruled(draft, event)
        case StaffActed():
            on_acted(draft, event)
        case StaffReplied():
            on_replied(draft, event)
        case StaffGranted():
            on_granted(draft, event)
        case StaffReleased():
            on_released(draft, event)
        case BaselineConfirmed():
            draft.record(f"staff:{event.staff.id}", "confirmed baseline")
            confirm_baseline(draft)
        case ShopChanged():
            on_notices(draft)
            told_by_mail(draft)
            reconcile(draft, baseline=event.baseline)
        case InstantPassed():
            on_instant(draft)
        case Delivered():
            on_delivered(draft, event)
        case Undeliverable():
            on_undeliverable(draft, event)
        case _:
            assert_never(event)
    tell_longer(draft, case)
    ask_buried(draft)
    drop_outdated(draft, case)
    decision = in_mode(case, event, draft.finish(), setting)
    return replace(
        decision, case=replace(decision.case, wake_at=_wake(decision, setting))
    )


def _wake(decision: Decision, setting: Setting) -> datetime | None:
    """Return when the case next wants a turn; what watch only shows, wants none now."""
    due = next_due(decision.case, setting, decision.effects)
    if due is None or due > setting.now or setting.mode is not Mode.WATCH:
        return due
    return setting.now + _SHOWN_AGAIN


def _on_chat(draft: Draft, chat: Chat, event: ChatEvent) -> None:
    match event:
        case CustomerSaid():
            talk(draft, chat, event)
        case CustomerSent():
            _on_sent(draft, chat, event)
        case CustomerStarted():
            say_hello(draft, chat, event)
        case CustomerTapped():
            _on_tapped(draft, chat, event)
        case ContactShared():
            hear_contact(draft, chat, event)
        case GroupSpoke():
            draft.reply(chat, "group")
        case ChatBlocked():
            on_blocked(draft, chat)
        case ChatReturned():
            on_returned(draft, chat)
        case _:
            assert_never(event)


def _on_tapped(draft: Draft, chat: Chat, event: CustomerTapped) -> None:
    press = read_customer_press(event.data)
    if press is None:
        draft.toast("old_button")
    elif isinstance(press, OfferPress):
        on_offer_press(draft, chat, press)
    else:
        on_menu_press(draft, chat, press)
        question_asked(draft, chat)


def _on_sent(draft: Draft, chat: Chat, event: CustomerSent) -> None:
    """A photo or a voice message is no silence: a person looks, or a reply helps."""
    again = bool(event.album) and event.album == draft.case.memory.album
    if event.album:
        memory = replace(draft.case.memory, album=event.album)
        draft.case = replace(draft.case, memory=memory)
    if again and not event.caption:
        return  # the album was answered with its first part
    words = draft.staff_words().toast("media", media=event.media, caption=event.caption)
    if draft.case.dialogue is DialogueState.WITH_STAFF:
        heard(draft, words)
        return
    if again:
        return
    if draft.case.dialogue is DialogueState.UNSURE:
        hand_over(draft, "missed", chat, words)
        return
    draft.case = replace(
        draft.case, dialogue=DIALOGUE.step(draft.case.dialogue, "miss", None)
    )
    draft.reply(
        chat, "media", draft.menu("orders", "person", chat=chat), media=event.media
    )
    question_asked(draft, chat)


def _chat(case: Case, key: ChatKey) -> Chat | None:
    found = (
        chat
        for chat in case.chats
        if chat.channel == key.channel and chat.address == key.address
    )
    return next(found, None)
