"""Where is my order: what waits, why, since when, and what happens next."""

from __future__ import annotations

from dataclasses import replace

from flows.case import BackorderState
from flows.effects import DecisionKind, Say
from flows.shop import Shelf

from .builders import (
    CHARCOAL,
    HOODIE,
    a_backorder,
    a_case,
    a_line,
    a_ready_line,
    a_shelf,
    a_supply,
    an_order,
    in_days,
)
from .story import Story

STRIKE = "strike at the port"
NEXT = "I'll write when it's on its way or the date changes."


def shelf_with_reason(days: int = 9) -> Shelf:
    """Return a shelf whose supplier says why it is late; nothing stands in."""
    return a_shelf(a_supply(days, reason=STRIKE), charcoal=0)


# --- the clock rests ------------------------------------------------------------------


def test_no_deadline_is_told_while_the_clock_rests() -> None:
    """Long after it the choice is open: a colleague has the word."""
    story = Story().shop_says().delivers().opens("person").waits(hours=30)
    story.opens("orders")
    assert "Your choice is open; the clock rests" in story.words
    assert "It needs your choice by" not in story.words
    assert "A colleague is looking into your order, too." in story.words


def test_without_a_ticket_nobody_is_looking() -> None:
    """While the clock runs the deadline is told, and no colleague is spoken of."""
    story = Story().shop_says().delivers().opens("orders")
    assert "It needs your choice by Wed 10 June, 14:05" in story.words
    assert "colleague" not in story.words


def test_stopping_while_the_clock_rests_names_no_deadline() -> None:
    """What rests runs out for nobody."""
    story = Story().shop_says().delivers().opens("person").says("STOP")
    assert story.keys == ["muted"]
    assert "is open until" not in story.words


def test_a_no_while_the_clock_rests_names_no_deadline() -> None:
    """The choices are told without the moment at which they were once due."""
    story = Story().shop_says().delivers().opens("person").waits(hours=30)
    story.opens("meant", "decline_no")
    assert story.keys == ["declined"]
    assert "Please choose by" not in story.words


# --- why, and what next ---------------------------------------------------------------


def test_what_waits_tells_the_suppliers_reason_without_an_offer() -> None:
    """At night nothing was proposed yet; who asks is told date, reason and the next."""
    waiting = a_backorder()
    story = Story(a_case(shelf=shelf_with_reason(), backorders=(waiting,)))
    story.opens("orders")
    assert "we expect it between Thu 18 June" in story.words
    assert f"The reason: {STRIKE}." in story.words
    assert NEXT in story.words


def test_a_told_date_without_an_offer_still_has_its_reason() -> None:
    """Asked again the date is the one that was told, and the reason stays with it."""
    story = Story(a_case(shelf=shelf_with_reason(), backorders=(a_backorder(),)))
    story.opens("orders").expects(a_supply(20, reason=STRIKE), sku=HOODIE)
    story.opens("orders")
    assert "Thu 18 June" in story.words
    assert f"The reason: {STRIKE}." in story.words


def test_what_was_late_before_the_bot_has_its_reason() -> None:
    """Nobody confirmed it yet, and whoever asks is told the truth all the same."""
    old = a_backorder(state=BackorderState.BASELINE)
    story = Story(a_case(shelf=shelf_with_reason(), backorders=(old,)))
    story.opens("orders")
    assert f"The reason: {STRIKE}." in story.words
    assert NEXT in story.words


def test_what_nobody_noticed_yet_has_no_date() -> None:
    """None is told, since none would be kept; the supplier may well have named one."""
    story = Story(a_case(shelf=shelf_with_reason())).opens("orders")
    assert "I have no date to tell you yet" in story.words
    assert "named no date" not in story.words
    assert f"The reason: {STRIKE}." in story.words


def test_what_waits_can_be_cancelled_from_the_status() -> None:
    """A button with its name leads to the question; the answer needs another press."""
    order = an_order(a_line(), a_ready_line(), shipping_policy="as_ready")
    story = Story(a_case(order, shelf=shelf_with_reason())).shop_says()
    story.delivers().opens("orders")
    assert NEXT in story.words
    assert "Cancel Hoodie, black, L" in story.buttons
    story.opens("cancel", _argument(story, "Cancel Hoodie"))
    assert story.keys == ["cancel_confirm"]
    assert not story.standing


def test_what_is_asked_about_is_not_cancelled_beside_it() -> None:
    """Below an open proposal there is one way to choose."""
    story = Story().shop_says().delivers().opens("orders")
    assert NEXT not in story.words
    assert "Choose now" in story.buttons
    assert not [label for label in story.buttons if label.startswith("Cancel")]


def test_what_was_begun_offers_no_cancelling() -> None:
    """Once work has started only people can help."""
    line = a_line(work_started_at=in_days(-1))
    story = Story(a_case(an_order(line), shelf=shelf_with_reason(9))).shop_says()
    story.delivers().opens("orders")
    assert not [label for label in story.buttons if label.startswith("Cancel")]


# --- since when -----------------------------------------------------------------------


def test_a_date_says_when_it_was_told() -> None:
    """Told today it is new; days later it says since when it stands."""
    story = Story(a_case(shelf=shelf_with_reason())).shop_says().delivers()
    story.opens("orders")
    assert "We told you this" not in story.words
    story.waits(days=2).opens("orders")
    assert "We told you this on Tue 9 June." in story.words


def test_a_moved_date_says_what_it_was_before() -> None:
    """The last change stays visible: from when to when, and on which day."""
    story = Story(a_case(shelf=shelf_with_reason())).shop_says().delivers()
    story.waits(days=1).expects(a_supply(11), sku=HOODIE).shop_says().delivers()
    story.waits(hours=1).opens("orders")
    assert "Until Wed 10 June we had said Sun 21 June." in story.words


# --- after a swap ---------------------------------------------------------------------


def test_after_a_swap_each_line_has_its_colour() -> None:
    """What was ordered is replaced, not cancelled; both lines have their look."""
    story = Story().shop_says().delivers().taps("0s0")
    (row,) = story.standing
    assert row.kind == DecisionKind.SUBSTITUTE
    old = a_line(cancelled=1, title="Hoodie")
    new = a_ready_line("new", sku=CHARCOAL, title="Hoodie", quantity=1)
    order = an_order(old, new)
    applied = tuple(replace(row, applied_at=in_days(1)) for row in story.case.decisions)
    done = a_case(
        order,
        shelf=Shelf(),
        offers=story.case.offers,
        decisions=applied,
        backorders=(replace(story.backorder, closed_at=in_days(1)),),
    )
    after = Story(done, now=in_days(1)).opens("orders")
    assert "Hoodie, charcoal, L: ready, it ships next." in after.words
    assert "Hoodie, black, L: replaced by the same in charcoal, L." in after.words
    assert "cancelled" not in after.words


def test_what_was_cancelled_besides_is_told_as_that() -> None:
    """Of three, one was replaced and one given up: each unit has its own fate."""
    story = Story().shop_says().delivers().taps("0s0")
    line = a_line(quantity=3, shipped=1, cancelled=2)
    rows = tuple(replace(row, applied_at=in_days(1)) for row in story.case.decisions)
    case = a_case(an_order(line), offers=story.case.offers, decisions=rows)
    after = Story(case, now=in_days(1)).opens("orders")
    assert "1 × Hoodie, black, L: replaced by the same in charcoal, L." in after.words
    assert "1 × Hoodie, black, L: cancelled." in after.words


def _argument(story: Story, label: str) -> str:
    """Return what a button of the last answer carries."""
    rows = story.all(Say)[-1].message.rows
    data = next(b.data or "" for row in rows for b in row if b.label.startswith(label))
    return data.rpartition(":")[2]
