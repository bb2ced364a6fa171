"""At night nobody is written to unasked, and no window ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from flows.case import BackorderState, NoticeRow, OfferState
from flows.effects import ReleaseBatch, Reword, Say, ShowPicture
from flows.events import (
    StaffActed,
    StaffGranted,
    StaffReplied,
    TicketVerb,
    Undeliverable,
)
from flows.setting import Outage

from .builders import (
    CHANNEL,
    MIA,
    NOON,
    a_case,
    a_line,
    an_order,
)
from .story import Story

if TYPE_CHECKING:
    from collections.abc import Callable

BERLIN = ZoneInfo("Europe/Berlin")
#: One in the morning where Anna lives, after the day she was asked.
NIGHT = NOON + timedelta(hours=11)
MORNING = NOON + timedelta(hours=18)


def clock(at: datetime | None) -> time:
    """Return what a clock in Anna's kitchen shows."""
    assert at is not None
    return at.astimezone(BERLIN).time()


def resolves(story: Story) -> Story:
    """Let Mia be done with the ticket."""
    ticket = story.case.ticket.id
    verb = TicketVerb.RESOLVE
    return story.take(StaffActed(staff=MIA, case_id=1, ticket_id=ticket, verb=verb))


def outage(story: Story, began: datetime, ended: datetime) -> None:
    """Let nobody have read Anna's chat for a while."""
    lost = Outage(channel=CHANNEL, began_at=began, ended_at=ended)
    story._setting = replace(story._setting, outages=(lost,))


def held(story: Story) -> list[str]:
    """Return the keys of what the last turn said and did not let go."""
    return [say.message.key for say in story.all(Say) if say.batch]


# --- windows ----------------------------------------------------------------------


def test_a_delivery_late_in_the_evening_ends_no_window_there() -> None:
    """Delivered at 21:30, a whole day would end at 21:30: it is open until morning."""
    story = Story().shop_says()
    story.now = NOON + timedelta(hours=7, minutes=30)
    story.delivers()
    assert clock(story.offer.deadline_at) == time(8)
    assert story.offer.deadline_at == MORNING + timedelta(days=1)
    assert "Thu 11 June, 08:00" in story.words


def test_a_mail_of_the_night_ends_no_window_there() -> None:
    """Sent at 01:00, two days would end at 01:00: it is open until morning."""
    story = Story(a_case(chats=())).shop_says()
    row = NoticeRow(
        id=1,
        about=story.offer.subject,
        key="proposal",
        sent_at=NIGHT,
        failed_at=None,
    )
    story.case = replace(story.case, notices=(row,))
    story.now = NIGHT
    story.shop_says()
    assert story.offer.deadline_at == MORNING + timedelta(days=2)


def test_what_was_left_when_a_person_was_asked_ends_by_day() -> None:
    """At midnight 23:05 hours are left: not at 23:05, in the morning after it."""
    story = Story().shop_says().delivers()
    story.now = NOON + timedelta(hours=1)
    story.opens("person")
    story.now = NOON + timedelta(hours=10)
    resolves(story)
    assert clock(story.offer.deadline_at) == time(8)
    assert story.offer.deadline_at == MORNING + timedelta(days=1)
    assert "Thu 11 June, 08:00" in story.words


def test_an_outage_given_back_ends_no_window_at_night() -> None:
    """Nine hours more would be 23:05: it is the morning, and the message says so."""
    story = Story().shop_says().delivers()
    outage(story, NOON + timedelta(hours=1), NOON + timedelta(hours=10))
    story.now = NOON + timedelta(hours=20)
    story.shop_says()
    assert story.offer.deadline_at == MORNING + timedelta(days=1)
    assert story.offer.remind_at < story.offer.deadline_at
    (edit,) = story.all(Reword)
    assert edit.message.key == "proposal"
    assert "Thu 11 June, 08:00" in edit.message.text


def test_a_given_back_outage_is_told_once() -> None:
    """The same outage is neither added nor told again by the turns that follow."""
    story = Story().shop_says().delivers()
    outage(story, NOON + timedelta(hours=1), NOON + timedelta(hours=3))
    story.now = NOON + timedelta(hours=4)
    deadline = story.shop_says().offer.deadline_at
    assert story.keys == ["proposal"]
    for _ in range(3):
        story.shop_says()
        assert story.keys == []
    assert story.offer.deadline_at == deadline


def test_who_just_chose_is_told_of_no_outage() -> None:
    """The turn that gives time back is the one that needs none any more."""
    story = Story().shop_says().delivers()
    outage(story, NOON + timedelta(hours=1), NOON + timedelta(hours=3))
    story.now = NOON + timedelta(hours=4)
    story.taps("0w")
    assert story.keys == ["answered"]


def test_no_time_given_back_is_told_where_a_tap_shows_it() -> None:
    """Other options were asked for: one edit shows them, with the new hour."""
    story = Story().shop_says().delivers()
    outage(story, NOON + timedelta(hours=1), NOON + timedelta(hours=3))
    story.now = NOON + timedelta(hours=4)
    story.taps("more")
    (edit,) = story.all(Reword)
    assert "16:05" in edit.message.text


# --- news -------------------------------------------------------------------------


def _arrived(story: Story) -> None:
    story.taps("0w")
    story.now = NIGHT
    story.shop_says("hoodie", backordered=0, allocated=1)


def _applied(story: Story) -> None:
    story.taps("0s0")
    story.now = NIGHT
    story.row_becomes(_chosen(story), applied_at=NIGHT)


def _rejected(story: Story) -> None:
    story.taps("0s0")
    story.now = NIGHT
    story.row_becomes(_chosen(story), rejected_at=NIGHT, rejection="none left")


def _chosen(story: Story) -> Any:
    (row,) = [row for row in story.standing if row.backorder_id]
    return row


@pytest.mark.parametrize(
    ("happens", "key"),
    [(_arrived, "good_news"), (_applied, "applied"), (_rejected, "rejected")],
)
def test_news_of_the_night_waits_for_the_morning(
    happens: Callable[[Story], None], key: str
) -> None:
    """The shop works at night; its customer hears of it when quiet hours end."""
    story = Story().shop_says().delivers()
    happens(story)
    assert held(story) == [key]
    assert story.case.wake_at == MORNING
    (batch,) = {say.batch for say in story.all(Say)}
    story.waits_until(MORNING)
    assert ReleaseBatch(batch=batch, send=True) in story.effects
    assert not story.case.memory.later
    story.waits(minutes=5)
    story.opens("orders")
    assert not story.all(ReleaseBatch)


def test_money_that_changed_at_night_is_told_in_the_morning() -> None:
    """The shop cut a cancelled line short, so another one's refund is another one."""
    first = a_line("first", quantity=2)
    order = an_order(first, a_line("second"), shipping_minor=500)
    story = Story(a_case(order)).shop_says().delivers().taps("0c").taps("1c")
    story.now = NIGHT
    story.shop_says("first", backordered=1, allocated=1)
    assert "refund_changed" in held(story)


def test_news_of_the_day_goes_at_once() -> None:
    """Nothing waits while people are awake."""
    story = Story().shop_says().delivers().taps("0w")
    story.shop_says("hoodie", backordered=0, allocated=1)
    assert "good_news" in story.keys
    assert held(story) == []


def test_who_writes_at_night_is_answered_at_night() -> None:
    """News waits; the answer to a question and what a press leads to do not."""
    story = Story().shop_says().delivers()
    _arrived(story)
    for answer in (story.says("where is my order?"), story.opens("person")):
        assert answer.all(Say)
        assert held(answer) == []


def test_what_colleagues_write_at_night_goes_at_night() -> None:
    """A person's own words are no news of the bot's."""
    story = Story().opens("person")
    story.now = NIGHT
    ticket = story.case.ticket.id
    reply = StaffReplied(staff=MIA, case_id=1, ticket_id=ticket, text="Hello")
    (say,) = story.take(reply).all(Say)
    assert say.batch is None


def test_a_proposal_is_never_held() -> None:
    """A choice has a window and buttons: it has its own way of waiting."""
    story = Story(now=NIGHT)
    story.shop_says()
    assert story.keys == []
    assert story.backorder.state is BackorderState.NOTICED
    story.waits_until(MORNING)
    assert story.keys == ["proposal"]
    assert not [e for e in story.all(Say) + story.all(ShowPicture) if e.batch]


def test_a_clock_resumed_at_night_says_so_in_the_morning() -> None:
    """Mia works late: Anna need not hear it ring."""
    story = Story().shop_says().delivers().opens("person")
    story.now = NIGHT
    resolves(story)
    assert held(story) == ["clock_resumed"]
    assert story.case.wake_at == MORNING


def test_what_was_buried_is_asked_anew_in_the_morning() -> None:
    """The ticket was resolved at night: the proposal waits as all proposals do."""
    story = Story().shop_says()
    (say,) = story.all(Say)
    story.take(
        Undeliverable(
            case_id=1,
            chat_id=1,
            subject=say.subject,
            key="proposal",
            reason="too strange",
            unreachable=False,
            row_id=1,
        )
    )
    story.now = NIGHT
    resolves(story)
    assert story.keys == []
    story.waits_until(MORNING)
    assert story.keys == ["proposal"]
    assert story.offer.state is OfferState.PROPOSED


# --- consolation ------------------------------------------------------------------

VOUCHER = '[terms]\nconsolation = "voucher"\nconsolation_after_days = 1\n'


def _waits_since_the_night(policy: str) -> Story:
    """Found at three in the morning, told at eight, and Anna waits."""
    story = Story(a_case(an_order(market="DE")), policy=policy, now=NOON)
    story.now = NOON + timedelta(hours=13)
    story.shop_says().waits_until(MORNING).delivers().taps("0w")
    return story


def test_patience_that_ends_at_night_is_consoled_in_the_morning() -> None:
    """A day after it was found it is three in the morning: nothing yet."""
    story = _waits_since_the_night(VOUCHER)
    story.waits_until(MORNING + timedelta(days=1, seconds=-1))
    assert not _given(story)
    story.waits_until(MORNING + timedelta(days=1))
    assert story.keys == ["consolation"]
    assert len(_given(story)) == 1


def test_a_turn_of_the_night_gives_nothing_yet() -> None:
    """The shop is heard at four: what was earned at three is given at eight."""
    story = _waits_since_the_night(VOUCHER)
    story.now = NOON + timedelta(days=1, hours=14)
    story.shop_says()
    assert not _given(story)
    assert story.case.wake_at == MORNING + timedelta(days=1)


def test_what_a_colleague_gives_at_night_is_told_in_the_morning() -> None:
    """It is decided at once, and nobody is woken for it."""
    story = _waits_since_the_night(VOUCHER + "consolation_approval_above = 1\n")
    story.waits_until(MORNING + timedelta(days=1))
    assert story.cards == ["consolation_asked"]
    story.now = NIGHT + timedelta(days=2)
    grant = StaffGranted(
        staff=MIA, case_id=1, backorder_id=story.backorder.id, give=True
    )
    story.take(grant)
    assert len(_given(story)) == 1
    assert held(story) == ["consolation"]


def _given(story: Story) -> list[Any]:
    return [row for row in story.case.decisions if row.kind == "consolation"]
