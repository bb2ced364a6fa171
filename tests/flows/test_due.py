"""Instants: the reminder, the deadline, and what silence may still do by then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flows.case import BackorderState, OfferState, TicketState
from flows.effects import PostThread, Say
from flows.events import InstantPassed, StaffActed, TicketVerb
from flows.setting import Outage

from .builders import (
    CHANNEL,
    CHARCOAL,
    HOODIE,
    MIA,
    NOON,
    a_case,
    a_line,
    a_policy,
    a_ready_line,
    a_supply,
    an_order,
)
from .story import Story

GERMAN = an_order(market="DE")


@pytest.fixture
def asked() -> Story:
    """Anna was asked at noon; her deadline is 14:05 tomorrow, Berlin time."""
    return Story().shop_says().delivers()


def test_the_window_is_as_long_as_told(asked: Story) -> None:
    """The deadline is what the message says, never earlier."""
    assert asked.offer.told_deadline == asked.offer.deadline_at
    window = asked.offer.deadline_at - asked.offer.delivered_at
    assert timedelta(hours=24) <= window < timedelta(hours=24, minutes=5)


def test_one_reminder_comes_and_names_the_hour(asked: Story) -> None:
    """Four hours before, with the same choices, once."""
    asked.waits(hours=21)
    assert asked.keys == ["reminder"]
    assert "still needs a choice" in asked.words
    assert "14:05, Berlin time" in asked.words
    assert "If we don't hear from you, we'll send the same in charcoal" in asked.words
    assert asked.buttons[0] == "Send charcoal L (recommended)"
    (say,) = asked.all(Say)
    assert say.expires_at == asked.offer.deadline_at
    asked.waits(hours=2)
    assert asked.keys == ["reminder"], "nothing more was said"


def test_silence_decides_at_the_deadline(asked: Story) -> None:
    """At that instant, not before, by nobody's hand."""
    deadline = asked.offer.deadline_at
    asked.waits_until(deadline - timedelta(seconds=1))
    assert not asked.case.decisions
    asked.waits_until(deadline)
    (row,) = [row for row in asked.standing if row.backorder_id]
    assert (row.kind, row.decided_by) == ("substitute", "silence")
    assert row.substitute_sku == CHARCOAL
    assert row.reason, "a row says which rule spoke"
    assert asked.offer.state is OfferState.EXPIRED
    assert asked.keys == ["proposal_closed", "silence_applied"]
    assert "We didn't hear from you" in asked.words
    assert "You may return it free" in asked.words
    assert "Change my choice" in asked.buttons


@pytest.mark.parametrize(
    ("seconds", "who"), [(-1, "customer"), (0, "silence"), (1, "silence")]
)
def test_up_to_the_deadline_the_customer_wins(seconds: int, who: str) -> None:
    """A tap a second before counts; from the deadline on, silence has spoken."""
    story = Story().shop_says().delivers()
    story.waits_until(story.offer.deadline_at + timedelta(seconds=seconds))
    if who == "customer":
        story.taps("0w")
    (row,) = [row for row in story.standing if row.backorder_id]
    assert row.decided_by.split()[0] == who


def test_silence_where_it_may_not_substitute() -> None:
    """In the EU nothing else is sent unasked: the order waits on, as it was told."""
    story = Story(a_case(GERMAN)).shop_says().delivers().waits(hours=25)
    (row,) = story.standing
    assert (row.kind, row.decided_by) == ("wait", "silence")
    assert story.backorder.state is BackorderState.WAITING
    assert "we'll keep waiting for Hoodie, black, L" in story.words


def test_one_of_two_chosen_leaves_only_the_other_to_silence() -> None:
    """What the customer chose stands; what was left open, silence decides."""
    order = an_order(a_line(), a_line("second"), a_ready_line())
    story = Story(a_case(order)).shop_says().delivers().taps("0c")
    story.waits(hours=25)
    rows = {row.line_id: row for row in story.standing if row.backorder_id}
    assert rows["hoodie"].decided_by != "silence"
    assert rows["hoodie"].kind == "cancel_refund"
    assert rows["second"].decided_by == "silence"


def test_no_reminder_wakes_anybody() -> None:
    """Due at four in the morning, it is sent the evening before."""
    story = Story(now=NOON.replace(hour=6)).shop_says().delivers()
    assert story.offer.deadline_at.hour == 6
    assert story.offer.remind_at.hour == 18
    assert story.offer.remind_at.day == NOON.day


# --- the guard asks again -------------------------------------------------------------


def test_stock_that_went_is_asked_about_anew(asked: Story) -> None:
    """At the deadline the product is gone: a new question, with its own window."""
    asked.stocks(CHARCOAL, 0).waits(hours=25)
    assert not [row for row in asked.standing if row.kind == "substitute"]
    assert asked.case.offers[0].state is OfferState.REPLACED


def test_a_stricter_policy_is_asked_about_anew(asked: Story) -> None:
    """Silence was to send charcoal; by now the merchant forbids it: ask again."""
    forbids = a_policy(
        '[[rules]]\nname = "no"\nwhen = { market = "rest" }\n'
        "terms = { silent_substitute = false }\n"
    )
    asked._setting = replace(asked._setting, policy=forbids)
    asked.waits(hours=24, minutes=10)
    assert not asked.case.decisions
    assert len(asked.pending) == 1
    assert asked.offer.state is OfferState.PROPOSED
    assert "we'll keep waiting" in asked.words


def test_a_channel_nobody_read_is_not_silence() -> None:
    """The poll was not through: the customer may have answered."""
    story = Story(heard_until={}).shop_says().delivers().waits(hours=48)
    assert not story.case.decisions
    assert story.offer.state is OfferState.OPEN


def test_a_leap_day_is_a_day_like_any_other() -> None:
    """The 29th of February, with a channel that was never read."""
    leap = datetime(2028, 2, 28, 12, tzinfo=UTC)
    order = an_order(placed_at=leap)
    supply = a_supply(expected_on=leap.date() + timedelta(days=9))
    story = Story(a_case(order), now=leap, heard_until={})
    story.expects(supply, sku=HOODIE).shop_says().delivers().waits(hours=26)
    assert not story.case.decisions


def test_stale_facts_decide_nothing(asked: Story) -> None:
    """What the shop said is too old: no automatic decision is taken on it."""
    asked._setting = replace(asked._setting, stale=True)
    asked.waits(hours=30)
    assert not asked.case.decisions


def test_an_outage_is_given_back(asked: Story) -> None:
    """Three hours in which nobody could be heard do not count."""
    began = NOON + timedelta(hours=10)
    outage = Outage(
        channel=CHANNEL, began_at=began, ended_at=began + timedelta(hours=3)
    )
    asked._setting = replace(asked._setting, outages=(outage,))
    deadline = asked.offer.deadline_at
    asked.waits_until(deadline + timedelta(hours=2, minutes=59))
    assert not asked.case.decisions
    asked.waits_until(deadline + timedelta(hours=3))
    assert asked.case.decisions


def test_an_outage_after_a_person_was_asked_is_given_back(asked: Story) -> None:
    """The clock was resumed days later; the bot is down again, and that counts, too."""
    asked.opens("person").waits(days=3)
    ticket = asked.case.ticket.id
    asked.take(
        StaffActed(staff=MIA, case_id=1, ticket_id=ticket, verb=TicketVerb.RESOLVE)
    )
    deadline = asked.offer.deadline_at
    began = asked.now + timedelta(hours=1)
    outage = Outage(
        channel=CHANNEL, began_at=began, ended_at=began + timedelta(hours=5)
    )
    asked._setting = replace(asked._setting, outages=(outage,))
    asked.waits_until(deadline + timedelta(hours=4, minutes=59))
    assert not asked.case.decisions
    asked.waits_until(deadline + timedelta(hours=5))
    assert asked.case.decisions


def test_anothers_outage_changes_nothing(asked: Story) -> None:
    """Another bot was down; this customer could always be heard."""
    outage = Outage(
        channel="telegram:1",
        began_at=NOON + timedelta(hours=1),
        ended_at=NOON + timedelta(hours=20),
    )
    asked._setting = replace(asked._setting, outages=(outage,))
    asked.waits(hours=25)
    assert asked.case.decisions


# --- other instants -------------------------------------------------------------------


def test_nothing_due_changes_nothing(asked: Story) -> None:
    """A turn that came too early leaves no trace."""
    before = asked.case
    asked.waits(minutes=1)
    asked.take(InstantPassed(case_id=1))
    assert asked.effects == ()
    assert asked.case == before


def test_a_ticket_nobody_claims_is_said_again(asked: Story) -> None:
    """After two hours of opening time, then about daily, until somebody takes it."""
    asked.opens("person")
    asked.waits(hours=2, minutes=1)
    (thread,) = [e for e in asked.all(PostThread) if e.card.key == "ticket_waits"]
    assert "Still nobody on this" in thread.card.text
    assert asked.case.ticket.state is TicketState.OPEN
    assert asked.case.wake_at > asked.now + timedelta(hours=8)


def test_after_everything_is_decided_the_case_sleeps(asked: Story) -> None:
    """No instant is left when nothing is open."""
    asked.taps("0w")
    assert not asked.pending
    asked.waits(days=60)
    assert len(asked.standing) == 1
    assert asked.case.wake_at is None or asked.case.wake_at > asked.now
