"""People take over: a ticket, its clock, what staff send, and the way back."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from flows.case import DialogueState, OfferState, TicketState
from flows.effects import PostCard, PostThread, Say, Whisper
from flows.events import (
    CustomerSent,
    MediaKind,
    Staff,
    StaffActed,
    StaffReplied,
    TicketVerb,
    Undeliverable,
)

from .builders import ANNA, MIA, NOON, a_case, a_chat, a_strangers_case, key_of
from .story import Story

OTTO = Staff(id="U8", name="Otto")
NIGHT = NOON.replace(hour=19)


@pytest.fixture
def handed() -> Story:
    """Anna was asked about a hoodie, and then asked for a person."""
    return Story().shop_says().delivers().opens("person")


def _acts(story: Story, verb: TicketVerb, staff: Staff = MIA) -> Story:
    ticket = story.case.ticket.id
    return story.take(StaffActed(staff=staff, case_id=1, ticket_id=ticket, verb=verb))


def _replies(story: Story, text: str, staff: Staff = MIA) -> Story:
    ticket = story.case.ticket.id
    return story.take(StaffReplied(staff=staff, case_id=1, ticket_id=ticket, text=text))


def _card(story: Story) -> str:
    cards = [e.card for e in story.all(PostCard) if e.card.key == "ticket"]
    return cards[-1].text


def test_a_hand_over_tells_both_sides(handed: Story) -> None:
    """Staff see order, wish and what was told; the customer, that it was passed on."""
    assert handed.case.dialogue is DialogueState.WITH_STAFF
    assert handed.keys == ["handed_over"]
    assert "needn't repeat anything" in handed.words
    assert "Back to the bot" in handed.buttons
    card = _card(handed)
    assert card.startswith("*Anna Lind would like to talk to a person*")
    assert "Order 1042 of Mon 8 June, paid" in card
    assert "told: by Sun 21 June" in card


def test_at_night_it_says_when_they_are_back() -> None:
    """Nobody is promised an answer that will not come."""
    story = Story(now=NIGHT).opens("person")
    assert "They're back Wed 10 June, 09:00, Berlin time." in story.words


def test_the_clock_rests_and_goes_on_with_what_was_left(handed: Story) -> None:
    """Two days with a colleague cost the customer nothing of the window."""
    left = handed.offer.deadline_at - handed.offer.rested_at
    handed.waits(days=2)
    assert not handed.case.decisions
    _acts(handed, TicketVerb.RESOLVE)
    assert handed.offer.state is OfferState.OPEN
    assert handed.offer.deadline_at - handed.now >= left - timedelta(seconds=1)
    assert handed.keys == ["clock_resumed"]
    assert handed.case.dialogue is DialogueState.TALKING
    handed.waits(days=2)
    assert handed.case.decisions


def test_words_that_arrive_meanwhile_start_no_clock() -> None:
    """The proposal is delivered after a person was asked for: still nothing runs."""
    story = Story().shop_says().opens("person").delivers()
    assert story.offer.state is OfferState.RESTING
    story.waits(days=3)
    assert not story.case.decisions
    _acts(story, TicketVerb.RESOLVE)
    assert story.offer.state is OfferState.OPEN


def test_while_a_colleague_has_the_word_the_bot_is_quiet(handed: Story) -> None:
    """What the customer writes lands in the thread, and nothing is answered."""
    handed.says("are you there?")
    (thread,) = handed.all(PostThread)
    assert "> are you there?" in thread.card.text
    assert handed.keys == []
    assert handed.case.ticket.state is TicketState.OPEN


def test_a_photo_goes_to_the_thread(handed: Story) -> None:
    """A picture is for people; its caption is kept."""
    event = CustomerSent(
        chat=key_of(a_chat()),
        sender=ANNA,
        media=MediaKind.PHOTO,
        message_id="4",
        caption="look",
    )
    handed.take(event)
    (thread,) = handed.all(PostThread)
    assert "photo" in thread.card.text
    assert "look" in thread.card.text
    assert handed.keys == []


def test_a_ticket_is_claimed_and_taken_over(handed: Story) -> None:
    """The card names its owner; taking over is allowed, and stops the nagging."""
    _acts(handed, TicketVerb.CLAIM)
    assert handed.case.ticket.owner_name == "Mia"
    assert "With Mia." in _card(handed)
    _acts(handed, TicketVerb.CLAIM, OTTO)
    assert "With Otto." in _card(handed)
    handed.waits(days=3)
    assert not [e for e in handed.all(PostThread) if e.card.key == "ticket_waits"]


def test_only_what_staff_send_reaches_the_customer(handed: Story) -> None:
    """With the colleague's name, to every chat, with a receipt, and shown as sent."""
    _replies(handed, "Hello Anna,\n\nwe found one.")
    (say,) = handed.all(Say)
    assert say.message.text == "Mia, Northprint:\n\nHello Anna,\n\nwe found one."
    assert say.receipt
    assert handed.case.ticket.owner_id == MIA.id
    (thread,) = handed.all(PostThread)
    assert thread.card.key == "staff_words"


def test_words_that_did_not_arrive_are_told_to_staff(handed: Story) -> None:
    """The colleague who answered reads that it did not reach the customer."""
    _replies(handed, "Hello")
    (say,) = handed.all(Say)
    handed.take(
        Undeliverable(
            case_id=1,
            chat_id=1,
            subject=say.subject,
            key="staff_reply",
            reason="Forbidden: bot was blocked by the user",
            unreachable=True,
            row_id=1,
        )
    )
    (thread,) = [e for e in handed.all(PostThread) if e.card.key == "not_delivered"]
    assert "bot was blocked" in thread.card.text
    assert not handed.case.chats[0].reachable


def test_an_old_card_is_answered_and_does_nothing(handed: Story) -> None:
    """Resolved elsewhere a moment ago: the colleague hears it, only they."""
    _acts(handed, TicketVerb.RESOLVE)
    for press in (TicketVerb.CLAIM, TicketVerb.RESOLVE):
        _acts(handed, press)
        assert [e.text for e in handed.all(Whisper)] == [
            "This matter is already closed."
        ]
        assert not handed.all(Say)
    _replies(handed, "too late")
    assert not handed.all(Say)


def test_a_resolved_card_has_no_buttons(handed: Story) -> None:
    """Nothing can be pressed on what is done."""
    _acts(handed, TicketVerb.RESOLVE)
    (card,) = [e.card for e in handed.all(PostCard) if e.card.key == "ticket"]
    assert card.text.startswith("*Resolved: Anna Lind*")
    assert card.buttons == ()


def test_the_customer_goes_back_to_the_bot(handed: Story) -> None:
    """One press, and the bot answers again."""
    handed.opens("back_to_bot")
    assert handed.case.dialogue is DialogueState.TALKING
    assert handed.case.ticket.state is TicketState.RESOLVED
    assert "back_to_bot" in handed.keys
    handed.opens("orders")
    assert handed.keys == ["status"]


def test_asking_again_adds_to_the_same_ticket(handed: Story) -> None:
    """There is one ticket per customer at a time."""
    ticket = handed.case.ticket.id
    handed.opens("person")
    assert handed.case.ticket.id == ticket
    _acts(handed, TicketVerb.RESOLVE).opens("person")
    assert handed.case.ticket.id != ticket


def test_who_asks_for_a_person_is_answered_whatever_ticket_is_open() -> None:
    """Staff were asked something anyway; the customer's wish is a wish of its own."""
    story = Story().shop_says().delivers().taps("0s0")
    story.row_becomes(story.standing[0], rejected_at=story.now)
    assert story.case.ticket.reason == "decision_rejected"
    story.opens("person")
    assert story.keys == ["handed_over"]
    assert story.case.dialogue is DialogueState.WITH_STAFF
    assert any("Talk to a person" in e.card.text for e in story.all(PostThread))


def test_two_misses_bring_a_person() -> None:
    """Once the bot says it is not sure; the second time it fetches somebody."""
    story = Story().says("qwrtz plmk")
    assert story.keys == ["unsure"]
    assert "fetch a person" in story.words
    story.says("zxcvb mnbvx")
    assert story.case.dialogue is DialogueState.WITH_STAFF
    assert story.keys == ["handed_over"]


def test_understanding_in_between_forgives_the_miss() -> None:
    """Two misses in a row, not two in a life."""
    story = Story().says("qwrtz plmk").opens("orders").says("where is my order?")
    assert story.keys == ["status"]
    story.says("zxcvb mnbvx")
    assert story.keys == ["unsure"]


def test_a_stranger_gets_a_person_too() -> None:
    """Nobody must prove anything to talk to somebody."""
    story = Story(a_strangers_case()).opens("person")
    assert story.keys == ["handed_over"]
    assert "Nobody we know yet" in _card(story)
    _acts(story, TicketVerb.RESOLVE)
    assert story.case.dialogue is DialogueState.STRANGER


def test_a_question_leaves_enough_opening_time() -> None:
    """Half an hour before the deadline somebody asks: that is not silence."""
    story = Story().shop_says().delivers().waits(hours=23.5)
    deadline = story.offer.deadline_at
    story.says("where is my order?")
    assert story.offer.deadline_at > deadline
    assert "deadline_moved" in story.keys
    assert "Wed 10 June, 17:" in story.words or "Thu 11 June" in story.words


@pytest.mark.parametrize("button", ["more", "show"])
def test_who_looks_at_the_options_near_the_end_is_not_silent(button: str) -> None:
    """Time to choose remains, and every message names the same hour."""
    story = Story().shop_says().delivers().waits(hours=23.5)
    before = story.offer.deadline_at
    story.taps(button)

    assert story.offer.deadline_at > before
    assert story.keys == ["deadline_moved", "proposal"]
    hour = story.offer.deadline_at.astimezone(ZoneInfo("Europe/Berlin"))
    assert story.words.count(f"{hour:%H:%M}") == 2


def test_a_question_early_on_moves_nothing() -> None:
    """A day is enough to answer and to choose."""
    story = Story().shop_says().delivers()
    deadline = story.offer.deadline_at
    story.says("where is my order?")
    assert story.offer.deadline_at == deadline
    assert "deadline_moved" not in story.keys


def test_blank_words_are_survived() -> None:
    """A client may send a message of spaces only."""
    assert Story().says("   ").keys
    assert Story(a_case(dialogue=DialogueState.WITH_STAFF)).says("").keys == []


def test_no_proposal_disturbs_a_talk_with_a_colleague() -> None:
    """What falls short meanwhile is asked about once the ticket is resolved."""
    story = Story().says("can I talk to a human please")
    story.shop_says()
    assert story.keys == []
    assert story.case.wake_at is None or story.case.wake_at > story.now
    ticket = story.case.ticket
    assert ticket is not None
    story.take(
        StaffActed(staff=MIA, case_id=1, ticket_id=ticket.id, verb=TicketVerb.RESOLVE)
    )
    story.waits(minutes=1)
    assert story.keys == ["proposal"]
