"""One parcel or two: what waits is seen, its price is shown, one press is enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.codes import CALLBACK_BYTES
from flows.effects import Button, Decide, Say, Withdraw

from .builders import (
    NOON,
    a_case,
    a_decision,
    a_line,
    a_ready_line,
    a_shelf,
    an_order,
)
from .story import Story

ORDERED = an_order(a_line(), a_ready_line(), payment_status="captured")
PRICED = "Send Mug Fjord now, €4.90"
FREE = "Send Mug Fjord now, free"


def a_story(*lines: object, policy: str = "", **order: object) -> Story:
    """Return Anna's order, noticed and proposed about; nothing can stand in."""
    made = an_order(*lines, **order) if lines or order else ORDERED
    case = a_case(made, shelf=a_shelf(charcoal=0))
    return Story(case, policy=f"[terms]\nautomatic_cancel = 'never'\n{policy}")


def button(story: Story, start: str) -> Button:
    """Return the button of the last message whose label begins like this."""
    said = [e.message for e in story.effects if isinstance(e, Say)][-1]
    return next(b for row in said.rows for b in row if b.label.startswith(start))


def splits(story: Story) -> list[str]:
    """Return the labels that would send a first parcel."""
    return [x for x in story.buttons if x.startswith("Send") and " now" in x]


def test_what_else_waits_is_told_and_may_go_first() -> None:
    """The proposal names the mug that waits too, and its button names the price."""
    story = a_story().shop_says()
    assert "We send one parcel, so this waits too: Mug Fjord." in story.words
    assert PRICED in story.buttons
    assert story.buttons[-1] == "Talk to a person"


def test_the_status_offers_it_as_well() -> None:
    """Asking where the order is shows what waits for what, and the first parcel."""
    story = a_story().shop_says().says("where is my order?")
    assert "Mug Fjord: ready. We send one parcel, so it waits for Hoodie" in story.words
    assert PRICED in story.buttons


def test_one_press_within_the_agreed_amount_is_enough() -> None:
    """A press decides: units ready, the price shown and its currency in one row."""
    story = a_story().shop_says()
    story.presses(button(story, PRICED).data)
    (row,) = story.all(Decide)
    assert (row.kind, row.quantity, row.line_id) == ("split_shipment", 1, None)
    assert (row.price_minor, row.currency, row.decided_by) == (490, "EUR", "customer")
    assert row.apply_after == story.now + timedelta(minutes=30)
    assert "The second parcel costs €4.90, as the button said" in story.words


def test_a_second_press_decides_nothing_more() -> None:
    """However often it is pressed, there is one decision."""
    story = a_story().shop_says()
    data = button(story, PRICED).data
    story.presses(data).presses(data)
    assert story.toast == "You already chose this."
    assert [row.kind for row in story.standing].count("split_shipment") == 1


def test_it_can_be_taken_back_until_the_shop_begins() -> None:
    """Together after all: the row is withdrawn and the mug waits again."""
    story = a_story().shop_says()
    story.presses(button(story, PRICED).data)
    undo = button(story, "Send it all together").data
    story.presses(undo)
    assert "The €4.90 for a second parcel won't be charged." in story.words
    assert not [row for row in story.standing if row.kind == "split_shipment"]
    story.opens("orders")
    assert PRICED in story.buttons


def test_once_the_shop_has_begun_it_is_too_late() -> None:
    """A claimed first parcel is not stopped by a button, and says so."""
    story = a_story().shop_says()
    story.presses(button(story, PRICED).data)
    undo = button(story, "Send it all together").data
    row = next(row for row in story.standing if row.kind == "split_shipment")
    story.row_becomes(row, claimed_at=story.now).presses(undo)
    assert "already being packed" in story.words
    assert not story.all(Withdraw)


def test_after_a_split_the_ready_part_no_longer_waits() -> None:
    """The status says the mug ships next, and offers no second split."""
    story = a_story().shop_says()
    story.presses(button(story, PRICED).data).opens("orders")
    assert "Mug Fjord: ready, it ships next." in story.words
    assert not splits(story)


@pytest.mark.parametrize(
    ("policy", "label"),
    [
        ("second_parcel = 'merchant'", FREE),
        ("second_parcel_minor = 0", FREE),
        ("second_parcel_free_from_minor = 5100", FREE),
        ("second_parcel_free_from_minor = 5101", PRICED),
        ("second_parcel_minor = 1250", "Send Mug Fjord now, €12.50"),
    ],
)
def test_who_pays_is_the_merchants_rule(policy: str, label: str) -> None:
    """Customer, merchant, or the merchant from an order value on."""
    assert splits(a_story(policy=policy).shop_says()) == [label]


@pytest.mark.parametrize(
    "policy",
    [
        "allow_split = false",
        "ship = 'as_ready'",
        "min_fill_order_percent = 51",
        "min_fill_item_percent = 100\nmin_fill_order_percent = 60",
    ],
)
def test_where_the_policy_says_no_nothing_is_offered(policy: str) -> None:
    """No splitting, nothing to split, or too little of the order is ready."""
    assert not splits(a_story(policy=policy).shop_says())


def test_a_line_filled_too_little_stays_whole() -> None:
    """Below the share of a line that must be ready, only the other line goes."""
    lines = a_line(quantity=10, allocated=4), a_ready_line()
    story = a_story(*lines, policy="min_fill_item_percent = 80").shop_says()
    story.presses(button(story, PRICED).data)
    assert story.all(Decide)[0].quantity == 1


def test_of_ten_four_may_go_and_six_follow() -> None:
    """A line of which a part is ready splits by units."""
    story = a_story(a_line(quantity=10, allocated=4)).shop_says()
    story.presses(button(story, "Send 4 × Hoodie, black, L now, €4.90").data)
    assert story.all(Decide)[0].quantity == 4
    assert "6 × Hoodie, black, L follows as soon as it's here." in story.words


def test_an_old_button_is_not_worth_its_old_price() -> None:
    """When less is ready by now, the old press buys nothing and shows the new."""
    story = a_story(a_line(), a_ready_line(), a_ready_line("pen", title="Pen"))
    data = button(story.shop_says(), "Send").data
    story.shop_says("pen", allocated=0, backordered=1).presses(data)
    assert not story.all(Decide)
    assert story.toast == "This button is out of date."
    assert PRICED in story.buttons


def test_the_button_opens_only_orders_of_its_own_case() -> None:
    """Forwarded to another customer it finds nothing."""
    story = a_story().shop_says()
    data = button(story, PRICED).data
    other = Story(a_case(an_order(a_line(), a_ready_line(), id="order-9")))
    other.shop_says().presses(data)
    assert not other.all(Decide)


def test_the_button_fits_however_long_the_shops_ids_are() -> None:
    """An order id of 128 characters still makes a button, and it still works."""
    long = "gid://shop/Order/" + "9" * 111
    lines = a_line(order_id=long), a_ready_line(order_id=long)
    story = a_story(*lines, id=long).shop_says()
    data = button(story, PRICED).data
    assert len(data.encode()) <= CALLBACK_BYTES
    assert story.presses(data).all(Decide)[0].order_id == long


def test_a_long_title_never_hides_the_price() -> None:
    """A button is cut at sixty characters; what it costs is not what is cut."""
    mug = a_ready_line(title="Mug with a very long name of a very far away fjord")
    (label,) = splits(a_story(a_line(), mug).shop_says())
    assert label == "Send what's ready now, €4.90"


def test_what_is_no_longer_needed_is_not_paid() -> None:
    """When all is there before the first parcel was begun, it goes in one, unpaid."""
    story = a_story().shop_says()
    story.presses(button(story, PRICED).data)
    story.shop_says("hoodie", allocated=1, backordered=0)
    assert "The €4.90 for a second parcel won't be charged." in story.words
    assert not [row for row in story.standing if row.kind == "split_shipment"]


def test_the_last_blocking_line_ends_and_the_rest_is_released() -> None:
    """Cancelling the hoodie releases the mug in one turn; waiting takes it back."""
    story = a_story().shop_says().taps("0c")
    assert [e.kind for e in story.all(Decide)] == ["cancel_refund", "release"]
    story.taps("0w")
    assert [row.kind for row in story.standing] == ["wait"]


def test_as_ready_orders_do_not_speak_of_one_parcel() -> None:
    """Where parcels go as they are ready nothing is said to wait for anything."""
    story = a_story(shipping_policy="as_ready").shop_says()
    assert "one parcel" not in story.words
    story.opens("orders")
    assert "Mug Fjord: ready, it ships next." in story.words


def test_a_refused_first_parcel_is_told() -> None:
    """When the shop rejects it, customer and staff hear so and nothing is charged."""
    story = a_story().shop_says()
    story.presses(button(story, PRICED).data)
    row = next(row for row in story.standing if row.kind == "split_shipment")
    story.row_becomes(row, rejected_at=NOON, rejection="packed already")
    assert "nothing is charged for it" in story.words
    assert "decision_rejected" in story.cards


def test_the_late_line_may_be_dropped_instead() -> None:
    """While the hoodie waits by choice, the status lets her give it up in one press."""
    story = a_story().shop_says().taps("0w").opens("orders")
    drop = button(story, "Cancel Hoodie")
    assert drop.label == "Cancel Hoodie, black, L, refund €39.00"
    story.presses(drop.data)
    assert [e.kind for e in story.all(Decide)] == ["cancel_refund", "release"]


def test_what_is_given_up_is_not_sent() -> None:
    """Ready units whose cancellation is decided do not go with a first parcel."""
    row = a_decision(line_id="mug", kind="cancel_refund", backorder_id=None)
    story = a_story(a_line(), a_ready_line(quantity=3))
    story.case = replace(story.case, decisions=(row,))
    story.shop_says().presses(button(story, "Send 2 × Mug Fjord now").data)
    assert story.all(Decide)[0].quantity == 2


def test_what_rested_on_a_rejected_cancellation_is_taken_back() -> None:
    """The shop could not cancel: the rest may not be sent as if it had."""
    story = Story().shop_says().delivers().taps("0c")
    kinds = {row.kind: row for row in story.standing}
    assert set(kinds) == {"cancel_refund", "release"}
    story.row_becomes(
        kinds["cancel_refund"], claimed_at=story.now, rejected_at=story.now
    )
    assert [row.kind for row in story.standing] == []
