"""Nothing is cancelled with nobody told: rows wait for their words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from flows.case import BackorderState, DecisionRow, NoticeRow
from flows.codes import ReleasePress, read_staff_press
from flows.effects import PostCard
from flows.events import StaffReleased
from flows.ledger import UNTOLD
from flows.setting import Mode

from .builders import MIA, a_case, a_shelf
from .story import Story


def hopeless(**changes: object) -> Story:
    """Let a line fall short that nothing can stand in for and no supply names."""
    mode = changes.pop("mode", Mode.ACT)
    case = a_case(shelf=a_shelf(charcoal=0), **changes)
    return Story(case, mode=mode).shop_says()


def cancelling(story: Story) -> DecisionRow:
    """Return the row that cancels the line."""
    (row,) = [row for row in story.case.decisions if row.backorder_id]
    return row


def releases(story: Story, *, send: bool) -> Story:
    """Let Mia press one of the held card's buttons."""
    (card,) = [e.card for e in story.all(PostCard) if e.card.key == "held"]
    press = read_staff_press(card.buttons[0].data)
    assert isinstance(press, ReleasePress)
    event = StaffReleased(
        staff=MIA, case_id=story.case.id, batch=press.batch, send=send
    )
    return story.take(event)


def test_a_held_cancellation_waits_for_its_words() -> None:
    """In mode ask the shop may not take it before a colleague let the words go."""
    story = hopeless(mode=Mode.ASK)
    assert {row.apply_after for row in story.case.decisions} == {UNTOLD}
    releases(story, send=True)

    assert all(row.apply_after < UNTOLD for row in story.case.decisions)
    assert cancelling(story).apply_after > story.now
    assert not story.case.memory.untold


def test_words_that_are_dropped_take_the_decision_with_them() -> None:
    """Nobody is told, so nothing is cancelled: the team decides."""
    story = hopeless(mode=Mode.ASK)
    releases(story, send=False)

    assert story.standing == []
    assert story.backorder.state is BackorderState.WITH_STAFF
    assert story.case.ticket is not None
    assert story.case.ticket.reason == "not_sent"


def test_who_has_no_chat_is_told_by_mail_first() -> None:
    """The shop may take it a while after its mailer has sent the letter."""
    story = hopeless(chats=())
    row = cancelling(story)
    assert row.apply_after == UNTOLD
    (key, _) = story.case.memory.untold[0]
    story.shop_says()
    assert cancelling(story).apply_after == UNTOLD, "not sent yet"

    sent = NoticeRow(
        id=1, about=key, key="cancelled", sent_at=story.now, failed_at=None
    )
    story.case = replace(story.case, notices=(sent,))
    story.shop_says()
    assert story.now < cancelling(story).apply_after < UNTOLD


def test_who_reads_it_at_once_is_not_waited_for() -> None:
    """In mode act with a chat the words go in the same commit."""
    assert cancelling(hopeless()).apply_after < UNTOLD


def test_watch_does_not_ask_the_same_case_again_and_again() -> None:
    """A deadline that passed in mode watch is looked at once a day."""
    story = Story().shop_says().delivers()
    story._setting = replace(story._setting, mode=Mode.WATCH)
    story.waits(hours=25)
    assert story.case.wake_at is not None
    assert story.case.wake_at > story.now


def test_a_proposal_that_is_not_sent_is_the_teams_to_decide() -> None:
    """No window runs on words nobody got, and nothing stays held for them."""
    story = Story(mode=Mode.ASK).shop_says()
    assert story.holds
    releases(story, send=False)

    assert story.pending == []
    assert not story.holds
    assert story.backorder.state is BackorderState.WITH_STAFF


def test_a_letter_says_the_deadline_it_gives() -> None:
    """Who is asked by mail has as long as the letter says, at least."""
    story = Story(a_case(chats=())).shop_says()
    offer = story.offer
    extra = story._setting.policy.data.terms.mail_extra
    assert offer.told_deadline - story.now >= extra + timedelta(hours=24)
