"""Who waited hears that the parcel has left, once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .builders import a_case, a_shipment, an_order, in_days
from .story import Story

if TYPE_CHECKING:
    from flows.shop import Shipment


def ships(story: Story, *parcels: Shipment) -> Story:
    """Let the shop's rows name these parcels, and be noticed."""
    (order,) = story.case.orders
    story.case = replace(story.case, orders=(replace(order, shipments=parcels),))
    return story.shop_says("hoodie", backordered=0, shipped=1)


def test_the_parcel_that_was_waited_for_is_told_with_its_tracking() -> None:
    """As was promised when the date was told."""
    story = Story(a_case(an_order(market="DE"))).shop_says().delivers().taps("0w")
    parcel = a_shipment(("hoodie", 1), shipped_at=in_days(3))
    ships(story, parcel)

    assert "shipped" in story.keys
    assert "Order 1042 is on its way: Hoodie, black, L." in story.words
    assert "Track the parcel" in story.buttons
    ships(story, parcel)
    assert "shipped" not in story.keys


def test_a_parcel_that_left_before_is_no_news() -> None:
    """What was on its way when the hoodie fell short was not waited for."""
    story = Story().shop_says().delivers()
    ships(story, a_shipment(("mug", 1), shipped_at=in_days(-1)))
    assert "shipped" not in story.keys


def test_who_never_waited_is_written_nothing() -> None:
    """Parcels of orders without a backorder are the shop's own matter."""
    story = Story()
    ships(story, a_shipment(("hoodie", 1), shipped_at=in_days(3)))
    assert story.keys == []
