"""Told dates that move: each move is told as what it is, and choices keep step."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from flows.case import BackorderState, TicketState
from flows.effects import DecisionKind, Say
from flows.events import ShopChanged, StaffActed, TicketVerb

from .builders import (
    HOODIE,
    MIA,
    TODAY,
    a_case,
    a_line,
    a_ready_line,
    a_shelf,
    a_supply,
    an_order,
)
from .story import Story

BERLIN = ZoneInfo("Europe/Berlin")
GERMAN = an_order(market="DE")


def without_substitutes(days: int, **changes: object) -> Story:
    """Tell a German customer a date; nothing close is on the shelf."""
    shelf = a_shelf(a_supply(days), charcoal=0)
    story = Story(a_case(GERMAN, shelf=shelf), **changes)
    return story.shop_says().delivers()


def slips(story: Story, days: int) -> Story:
    """Let the supply come so many days from today, and be noticed."""
    return story.expects(a_supply(days), sku=HOODIE).shop_says()


def test_a_slip_under_an_open_delay_is_told_as_a_delay() -> None:
    """The third date reads "not the one we told you", as the second did."""
    policy = '[terms]\nautomatic_cancel = "never"\n'
    story = without_substitutes(3, policy=policy)
    slips(story, 6).delivers()
    slips(story, 9).delivers()
    slips(story, 12)

    assert story.keys[-1] == "delay"
    assert "later than we told you" in story.words
    assert story.backorder.slips == 3


def test_a_small_slip_beyond_the_horizon_is_decided_anew() -> None:
    """A day more is no news, unless it is the day that is too late."""
    policy = "[terms]\nmaterial_days = 4\n"
    story = without_substitutes(12, policy=policy)
    assert story.keys == ["dated"] or story.backorder.told is not None
    slips(story, 16)

    kinds = [row.kind for row in story.standing if row.backorder_id]
    assert kinds == [DecisionKind.CANCEL_REFUND]


def test_an_earlier_date_moves_the_open_choice_too() -> None:
    """What the buttons and silence say is what was told last."""
    story = Story(a_case(GERMAN)).shop_says().delivers()
    slips(story, 5)

    assert "sooner" in story.keys
    assert story.backorder.told is not None
    (wait,) = [c for c in story.offer.items[0].choices if c.kind == "wait"]
    assert wait.expected_to == story.backorder.told.expected_to
    assert wait.expected_from == TODAY + timedelta(days=5)


def test_who_cancelled_is_not_sent_it_because_it_came() -> None:
    """A customer's own word stands until the shop takes it up, stock or no stock."""
    story = Story().shop_says().delivers().taps("0c")
    story.shop_says("hoodie", backordered=0, allocated=1)

    kinds = [row.kind for row in story.standing if row.backorder_id]
    assert kinds == [DecisionKind.CANCEL_REFUND]
    assert "good_news" not in story.keys


def test_one_lines_product_is_kept_while_the_others_is_sent() -> None:
    """The shop applied one of two choices: the other's unit stays held."""
    order = an_order(a_line(), a_line("second", sku=HOODIE), a_ready_line())
    story = Story(a_case(order)).shop_says().delivers()
    story.taps("0s0").taps("1s0")
    held = len(story.holds)
    (first, *_) = [r for r in story.standing if r.kind == DecisionKind.SUBSTITUTE]
    story.row_becomes(first, claimed_at=story.now, applied_at=story.now)

    assert held == 2
    assert [key[1] for key in story.holds] != [first.backorder_id]
    assert len(story.holds) == 1


def test_a_date_told_of_an_old_backorder_is_told_when_it_moves() -> None:
    """What was late before the bot came is left alone, but never silently worse."""
    story = Story(a_case(GERMAN, shelf=a_shelf(a_supply(3), charcoal=0)))
    story.take(ShopChanged(customer_id="anna", baseline=True))
    story.says("where is my order?")
    assert story.backorder.told is not None, "asked, and told"
    slips(story, 9)

    assert story.keys == ["moved"]
    assert "later than we told you" in story.words
    assert story.backorder.state is BackorderState.BASELINE
    slips(story, 4)
    assert story.keys == ["sooner"]


def test_a_date_in_time_ends_the_question_to_the_team() -> None:
    """Asked whether to cancel, the team need not answer once it comes in time."""
    case = a_case(GERMAN, shelf=a_shelf(charcoal=0))
    story = Story(case, policy='[terms]\nautomatic_cancel = "ask"\n').shop_says()
    assert story.backorder.state is BackorderState.WITH_STAFF
    slips(story, 3)

    assert story.keys == ["dated"]
    assert story.backorder.state is BackorderState.WAITING
    assert story.case.ticket is not None
    assert story.case.ticket.state is TicketState.RESOLVED


def test_a_told_date_that_passes_is_told_to_have_passed() -> None:
    """Nothing moved and nothing came: in the morning after, the customer may choose."""
    story = without_substitutes(3)
    assert story.backorder.told is not None
    last = story.backorder.told.expected_to
    assert last == TODAY + timedelta(days=6)
    story.waits(days=6)
    assert story.backorder.told.expected_to == last

    story.waits(days=1).delivers()
    assert [offer.kind for offer in story.pending] == ["delay"]
    assert story.backorder.told.expected_to is None
    assert not story.standing


def test_within_the_told_days_it_may_still_come() -> None:
    """The first of three days went by; other news of the shop is no news of this."""
    story = without_substitutes(3)
    story.waits(days=4).shop_says()

    assert story.backorder.told is not None
    assert story.backorder.told.expected_to == TODAY + timedelta(days=6)
    assert not story.pending


def test_better_news_still_has_both_ways_out() -> None:
    """An earlier date comes with giving it up and, where there was one, another."""
    policy = "[terms]\ncancel_horizon_days = 40\n"
    story = without_substitutes(12, policy=policy).taps("0w")
    slips(story, 5)

    assert story.keys == ["sooner"]
    assert story.buttons == ["Cancel Hoodie, black, L", "Talk to a person"]
    chosen = Story(a_case(GERMAN), policy=policy).shop_says().delivers().taps("0w")
    slips(chosen, 5)
    assert chosen.buttons[0] == "Change my choice"


def test_a_yes_to_waiting_is_kept_as_said() -> None:
    """On a dated notice nothing needs to be done; who says yes has agreed."""
    story = Story(a_case(GERMAN, shelf=a_shelf(a_supply(3), charcoal=0))).shop_says()
    assert story.buttons[0] == "Wait for it"
    story.delivers().taps("0w")
    assert "we'll keep waiting for Hoodie, black, L" in story.words

    (row,) = story.standing
    assert (row.kind, row.decided_by) == (DecisionKind.WAIT, "customer")
    assert story.backorder.state is BackorderState.WAITING


@pytest.mark.parametrize("days", [8, 20])
def test_what_a_colleague_kept_back_is_told_in_the_morning(days: int) -> None:
    """A conversation that ends at night wakes nobody about dates that passed meanwhile.

    Neither does it about the word that was due.
    """
    policy = "[terms]\nupdate_every_days = 2\n"
    story = without_substitutes(3 if days == 8 else 13, policy=policy)
    story.opens("person").waits(days=days - 1, hours=11)
    told = story.backorder.told
    ticket = story.case.ticket
    assert ticket is not None
    story.take(
        StaffActed(staff=MIA, case_id=1, ticket_id=ticket.id, verb=TicketVerb.RESOLVE)
    )

    assert story.backorder.told == told
    morning = story.now + timedelta(hours=9)
    assert story.case.wake_at is not None
    assert story.case.wake_at.astimezone(BERLIN).hour == 8
    story.waits_until(morning)
    assert story.backorder.told != told


def test_a_day_in_the_past_is_asked_about_not_cancelled() -> None:
    """Whoever mistypes a date must not cancel what people were told to wait for."""
    story = without_substitutes(3)
    slips(story, -2).delivers()

    assert not story.standing
    assert [offer.kind for offer in story.pending] == ["delay"]


def test_a_passed_day_is_not_put_on_the_supplier() -> None:
    """Nobody said anything: it was to come and did not."""
    story = without_substitutes(3).waits(days=7)

    assert "It was to come by Mon 15 June and isn't here" in story.words
    assert "supplier" not in story.words
    assert story.words.count("sorry") == 1


def test_an_open_question_that_is_asked_anew_says_what_moved() -> None:
    """The old date and the new one, and no less time than was told."""
    story = Story(a_case(GERMAN)).shop_says().delivers()
    due = story.offer.deadline_at
    story.now += timedelta(minutes=30)
    slips(story, 12)

    assert "proposal" in story.keys
    assert "Our supplier now says between Sun 21 June and Wed 24 June, not" in (
        story.words
    )
    assert due is not None
    assert story.offer.told_deadline is not None
    assert story.offer.told_deadline >= due


def test_good_news_about_an_open_question_says_what_is_still_due() -> None:
    """A better date does not answer the question; its end and silence are told."""
    story = Story(a_case(GERMAN)).shop_says().delivers()
    slips(story, 5)

    said = story.all(Say)[-1].message
    assert said.key == "sooner"
    assert "It needs your choice by Wed 10 June, 14:05, Berlin time." in said.text
    assert "If we don't hear from you" in said.text
