"""What became of a message: delivered, refused, unreachable; and chats that close."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.case import BackorderState, OfferState, Ticket
from flows.effects import Notice, PostCard, PostThread, Reword, Say
from flows.events import (
    ChatBlocked,
    ChatReturned,
    Delivered,
    StaffActed,
    TicketVerb,
    Undeliverable,
)

from .builders import MIA, NOON, a_case, a_chat, a_customer, in_days, key_of
from .story import Story


@pytest.fixture
def sent() -> Story:
    """A proposal is on its way to Anna's only chat."""
    return Story().shop_says()


def _undeliverable(
    story: Story, *, unreachable: bool, chat: int = 1, elsewhere: bool = False
) -> Story:
    say = _proposal(story, chat)
    return story.take(
        Undeliverable(
            case_id=1,
            chat_id=chat,
            subject=say.subject,
            key=say.message.key,
            reason="Bad Request: message is too strange",
            unreachable=unreachable,
            row_id=1,
            elsewhere=elsewhere,
        )
    )


def _arrives(story: Story, chat: int) -> Story:
    say = _proposal(story, chat)
    return story.take(
        Delivered(
            case_id=1,
            chat_id=chat,
            subject=say.subject,
            key=say.message.key,
            at=story.now,
            row_id=chat,
        )
    )


def _proposal(story: Story, chat: int) -> Say:
    return [say for say in story._waiting if say.chat_id == chat][-1]


def _resolves(story: Story) -> Story:
    ticket = story.case.ticket.id
    verb = TicketVerb.RESOLVE
    return story.take(StaffActed(staff=MIA, case_id=1, ticket_id=ticket, verb=verb))


def test_the_window_starts_with_delivery(sent: Story) -> None:
    """Before, no clock runs; after, it runs from when the words arrived."""
    assert sent.offer.state is OfferState.PROPOSED
    assert sent.offer.deadline_at is None
    sent.now = in_days(0.25)
    sent.delivers()
    assert sent.offer.state is OfferState.OPEN
    assert sent.offer.deadline_at - sent.offer.delivered_at == timedelta(hours=24)


def test_a_late_delivery_corrects_the_hour_it_named(sent: Story) -> None:
    """The message named an hour that is too early by now, so it is edited."""
    told = sent.offer.told_deadline
    sent.now = NOON + timedelta(hours=5)
    sent.delivers()
    assert sent.offer.deadline_at >= told + timedelta(hours=4)
    assert sent.keys == ["proposal"]
    (edit,) = sent.all(Reword)
    assert "Wed 10 June, 19:00" in edit.message.text


def test_a_quick_delivery_edits_nothing(sent: Story) -> None:
    """Some seconds are within the five minutes that were rounded up."""
    sent.now = NOON + timedelta(minutes=3)
    sent.delivers()
    assert sent.keys == []
    assert sent.offer.deadline_at == sent.offer.told_deadline


def test_a_second_receipt_changes_nothing(sent: Story) -> None:
    """Two chats, or the platform twice: the first delivery counts."""
    say = sent.all(Say)[0]
    sent.delivers()
    deadline = sent.offer.deadline_at
    sent.take(
        Delivered(
            case_id=1,
            chat_id=1,
            subject=say.subject,
            key="proposal",
            at=in_days(0.9),
            row_id=2,
        )
    )
    assert sent.offer.deadline_at == deadline


def test_the_delivery_of_something_else_starts_nothing(sent: Story) -> None:
    """A reminder about an offer is not its proposal."""
    say = sent.all(Say)[0]
    sent.take(
        Delivered(
            case_id=1,
            chat_id=1,
            subject=say.subject,
            key="reminder",
            at=NOON,
            row_id=2,
        )
    )
    assert sent.offer.state is OfferState.PROPOSED


def test_a_proposal_the_platform_refuses_is_buried(sent: Story) -> None:
    """No window started; a colleague hears why."""
    _undeliverable(sent, unreachable=False)
    assert sent.offer.state is OfferState.BURIED
    assert sent.case.ticket.reason == "undeliverable"
    assert "could not be delivered" in _ticket_card(sent)
    sent.waits(days=3)
    assert not sent.case.decisions


def test_why_it_was_refused_is_no_quotation(sent: Story) -> None:
    """The platform's reason stands below the card as such; Anna said nothing."""
    _undeliverable(sent, unreachable=False)
    (thread,) = sent.all(PostThread)
    assert "Why it could not be delivered" in thread.card.text
    assert "message is too strange" in thread.card.text
    assert "Anna" not in thread.card.text


def test_what_is_buried_keeps_nothing_from_others(sent: Story) -> None:
    """The unit that was held for the proposal is free again."""
    assert sent.holds
    _undeliverable(sent, unreachable=False)
    assert not sent.holds


def test_what_was_buried_is_asked_anew_when_the_team_is_done(sent: Story) -> None:
    """The ticket is resolved: a new version with its own window, and only once."""
    _undeliverable(sent, unreachable=False)
    sent.now = in_days(0.1)
    _resolves(sent)
    assert sent.keys == ["proposal"]
    assert [offer.state for offer in sent.pending] == [OfferState.PROPOSED]
    assert sent.holds
    sent.delivers().says("hello")
    assert len(sent.pending) == 1
    assert sent.offer.deadline_at >= in_days(1.1)
    sent.waits(days=2)
    assert sent.case.decisions


def test_who_has_no_chat_any_more_is_asked_by_mail(sent: Story) -> None:
    """Meanwhile the chat was closed: the question takes the other way."""
    _undeliverable(sent, unreachable=False)
    sent.take(ChatBlocked(chat=key_of(a_chat())))
    _resolves(sent)
    (mail,) = sent.all(Notice)
    assert mail.key == "proposal"


def test_a_customer_who_goes_back_to_the_bot_is_asked_anew() -> None:
    """A person was asked for and the proposal was refused: no way leaves it stuck."""
    story = Story().shop_says().opens("person")
    _undeliverable(story, unreachable=False)
    story.opens("back_to_bot")
    assert "proposal" in story.keys


def test_what_the_team_settled_is_not_asked_anew(sent: Story) -> None:
    """Stock came while the ticket was open: there is nothing to choose."""
    _undeliverable(sent, unreachable=False)
    sent.shop_says("hoodie", backordered=0, allocated=1)
    _resolves(sent)
    assert sent.keys == []


def test_one_of_two_chats_refuses_and_the_other_counts() -> None:
    """Refused here, on its way there: the window starts where it arrives."""
    story = Story(a_case(chats=(a_chat(1), a_chat(2)))).shop_says()
    _undeliverable(story, unreachable=False, elsewhere=True)
    assert story.offer.state is OfferState.PROPOSED
    assert story.case.ticket is None
    _arrives(story, 2)
    assert story.offer.state is OfferState.OPEN


def test_both_chats_refuse_and_it_is_buried_once() -> None:
    """The last one to refuse has no other to wait for."""
    story = Story(a_case(chats=(a_chat(1), a_chat(2)))).shop_says()
    _undeliverable(story, unreachable=False, elsewhere=True)
    _undeliverable(story, unreachable=False, chat=2)
    assert story.offer.state is OfferState.BURIED
    assert story.case.ticket.reason == "undeliverable"


def test_a_closed_chat_leaves_the_other() -> None:
    """Of two chats one is gone: the other got the same proposal."""
    story = Story(a_case(chats=(a_chat(1), a_chat(2)))).shop_says()
    _undeliverable(story, unreachable=True, elsewhere=True)
    assert [chat.reachable for chat in story.case.chats] == [False, True]
    assert story.keys == []
    assert story.offer.state is OfferState.PROPOSED


def test_one_chat_refuses_and_the_other_is_closed() -> None:
    """Nobody has it, somebody can be reached: it is tried there once more."""
    story = Story(a_case(chats=(a_chat(1), a_chat(2)))).shop_says()
    _undeliverable(story, unreachable=False, elsewhere=True)
    _undeliverable(story, unreachable=True, chat=2)
    assert [say.chat_id for say in story.all(Say)] == [1]
    _undeliverable(story, unreachable=False)
    assert story.offer.state is OfferState.BURIED


def test_the_last_chat_closed_means_mail(sent: Story) -> None:
    """The same words go by the shop's mailer, with a link and an address."""
    _undeliverable(sent, unreachable=True)
    (mail,) = sent.all(Notice)
    assert mail.subject_line == "Your order 1042 needs a choice"
    assert "charcoal" in mail.text
    assert mail.chat_link.startswith("https://t.me/northprint_bot?start=")
    assert "hello@shop.example" in mail.text
    assert "<" not in mail.text


def test_without_chat_and_mail_a_colleague_is_told() -> None:
    """Nothing is decided with nobody told."""
    case = a_case(customer=a_customer(email=None), chats=())
    story = Story(case).shop_says()
    assert story.cards == ["unreached"]
    assert story.keys == []
    story.waits(days=10)
    assert not story.case.decisions


def test_a_muted_chat_is_not_written_to_unasked() -> None:
    """Who said stop hears nothing here, and gets what matters by mail."""
    story = Story(a_case(chats=(a_chat(muted=True),))).shop_says()
    assert not story.all(Say)
    assert len(story.all(Notice)) == 1


# --- chats that close and open --------------------------------------------------------


def test_blocking_asks_by_another_way_with_a_new_window() -> None:
    """The customer closed the chat under an open question: it is asked by mail."""
    story = Story().shop_says().delivers().waits(hours=10)
    story.take(ChatBlocked(chat=key_of(a_chat())))
    assert not story.case.chats[0].reachable
    (mail,) = story.all(Notice)
    assert "needs a choice" in mail.subject_line
    assert len(story.pending) == 1
    assert story.offer.state is OfferState.PROPOSED
    story.waits(hours=24)
    assert not story.case.decisions


def test_coming_back_is_asked_anew_once() -> None:
    """The open question appears again in the chat, and only the newest counts."""
    story = Story().shop_says().delivers()
    story.take(ChatBlocked(chat=key_of(a_chat())))
    story.take(ChatReturned(chat=key_of(a_chat())))
    assert [effect.chat_id for effect in story.all(Say)] == [1]
    assert len(story.pending) == 1
    story.take(ChatReturned(chat=key_of(a_chat())))
    assert not story.all(Say)


def test_what_was_chosen_is_not_asked_again() -> None:
    """Blocking after the choice changes nothing about it."""
    story = Story().shop_says().delivers().taps("0w")
    story.take(ChatBlocked(chat=key_of(a_chat())))
    assert not story.pending
    assert not story.all(Notice)
    assert story.backorder.state is BackorderState.WAITING


def _ticket_card(story: Story) -> str:
    assert isinstance(story.case.ticket, Ticket)
    found = [e.card.text for e in story.all(PostCard) if e.card.key == "ticket"]
    return found[-1]
