"""The waiting list: joined by one tap, with the place one had, left at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.case import BackorderState
from flows.waiting import WaitingState

from .builders import (
    HOODIE,
    a_case,
    a_shelf,
    a_supply,
    an_order,
    in_days,
)
from .story import Story

if TYPE_CHECKING:
    from flows.shop import Supply
    from flows.waiting import Waiting


def asked(*supplies: Supply) -> Story:
    """Return a story in which Anna was asked about her hoodie."""
    shelf = a_shelf(*(supplies or (a_supply(reason="a strike"),)))
    return Story(a_case(an_order(), shelf=shelf)).shop_says().delivers()


def joined() -> Story:
    """Return a story in which Anna cancelled her hoodie and joined the list."""
    return asked().taps("0c+")


def kinds(story: Story) -> list[str]:
    """Return what stands decided, but for the release of the mug."""
    return [row.kind for row in story.standing if row.kind != "release"]


def place(story: Story) -> Waiting:
    """Return the newest place on the list."""
    return story.case.waiting[-1]


def test_one_tap_cancels_and_joins_the_list() -> None:
    """The refund and the place on the list are decided in the same commit."""
    story = Story(a_case()).shop_says()
    assert "Cancel and tell me when it's back" in story.buttons

    story.delivers().taps("0c+")

    rows = [row for row in story.standing if row.kind != "release"]
    assert [row.kind for row in rows] == ["cancel_refund", "waitlist"]
    assert [(row.quantity, row.decided_by) for row in rows] == [(1, "customer")] * 2
    assert rows[0].created_at == rows[1].created_at
    assert story.backorder.state is BackorderState.CANCELLED
    assert "waitlist_joined" in story.keys
    assert story.toast == "Noted."


def test_who_leaves_an_orders_queue_keeps_place_and_reason() -> None:
    """The place counts from when the order was placed, and says why it was short."""
    found = place(joined())

    assert found.since == in_days(-1) < found.joined_at
    assert found.reason == "a strike"
    assert (found.sku, found.quantity, found.line_id) == (HOODIE, 1, "hoodie")


def test_a_second_tap_gives_no_second_place() -> None:
    """Whoever presses again stands on the list once, and one row tells the shop."""
    story = joined().taps("0c+")

    assert len(story.case.waiting) == 1
    assert kinds(story) == ["cancel_refund", "waitlist"]


def test_something_cancelled_before_can_still_be_waited_for() -> None:
    """Below a cancellation stands the way onto the list."""
    story = asked().taps("0c")
    assert "Tell me when Hoodie, black, L is back" in story.buttons

    story.opens("join", story.backorder.id)

    assert place(story).state is WaitingState.WAITING
    assert kinds(story) == ["cancel_refund", "waitlist"]


def test_an_automatic_cancellation_offers_the_list() -> None:
    """What nobody chose can be had later: by waiting, or by the list."""
    shelf = a_shelf(charcoal=0)
    story = Story(a_case(shelf=shelf)).shop_says()
    assert story.buttons[:2] == [
        "I'd rather wait",
        "Tell me when Hoodie, black, L is back",
    ]

    story.taps("0c+")

    assert kinds(story) == ["cancel_refund", "waitlist"]


def test_who_would_rather_wait_leaves_the_list() -> None:
    """A changed mind takes back both rows that the shop has not begun."""
    story = joined().taps("0w")

    assert place(story).state is WaitingState.LEFT
    assert kinds(story) == ["wait"]


def test_only_what_is_cancelled_is_waited_for_on_the_list() -> None:
    """A button from elsewhere opens nothing."""
    story = asked()

    story.opens("join", story.backorder.id)

    assert story.case.waiting == ()
    assert story.toast == "This button is out of date."


def test_one_may_leave_at_any_time() -> None:
    """Also before anything came back; the status shows the way."""
    story = joined().opens("orders")
    assert "You're on the waiting list for Hoodie, black, L." in story.words
    assert "Take me off the list" in story.buttons

    story.opens("leave", place(story).id)

    assert place(story).state is WaitingState.LEFT


def test_a_place_ends_after_ninety_days() -> None:
    """The list forgets, says so, and offers to begin anew."""
    story = joined()

    story.waits(days=91)

    assert place(story).state is WaitingState.LAPSED
    assert "has not come back" in story.words
    assert story.buttons == ["Tell me when Hoodie, black, L is back"]
