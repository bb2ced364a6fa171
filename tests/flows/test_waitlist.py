"""The waiting list: joined by one tap, asked in turn, kept a while, left any time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flows.case import BackorderState
from flows.effects import HoldUnits, ReleaseHolds, Say
from flows.events import Undeliverable
from flows.shop import Shelf
from flows.waiting import WaitingState

from .builders import (
    HOODIE,
    NOON,
    a_case,
    a_line,
    a_policy,
    a_product,
    a_ready_line,
    a_shelf,
    a_supply,
    an_order,
    in_days,
)
from .story import Story

if TYPE_CHECKING:
    from flows.waiting import Waiting

HOUR = timedelta(hours=1)


def asked(*supplies: object, **order: object) -> Story:
    """Return a story in which Anna was asked about her hoodie."""
    shelf = a_shelf(*(supplies or (a_supply(reason="a strike"),)))  # type: ignore[arg-type]  # supplies
    case = a_case(an_order(**order), shelf=shelf)
    return Story(case).shop_says().delivers()


def joined() -> Story:
    """Return a story in which Anna cancelled her hoodie and joined the list."""
    return asked().taps("0c+")


def called(story: Story) -> Story:
    """Let a wave reach Anna, as the store marks it, and her case take its turn."""
    (place,) = (p for p in story.case.waiting if p.open)
    marked = tuple(
        replace(p, called=True, blank=HOODIE) if p.id == place.id else p
        for p in story.case.waiting
    )
    story.case = replace(story.case, waiting=marked)
    return story.shop_says()


def offered(free: int = 1) -> Story:
    """Return a story in which the hoodie came back and Anna was told."""
    return called(joined().stocks(HOODIE, free)).delivers()


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


def test_it_is_kept_for_who_is_called() -> None:
    """Who is next hears it is back, until when it is kept, and where to order it."""
    story = called(joined().stocks(HOODIE, 1))

    assert place(story).state is WaitingState.OFFERED
    assert story.all(HoldUnits) == [
        HoldUnits(
            sku=HOODIE,
            quantity=1,
            offer_id=place(story).id,
            backorder_id=place(story).id,
        )
    ]
    assert "Hoodie, black, L is back" in story.words
    assert "it goes to the next person who waits" in story.words
    assert story.buttons == [
        "Order it in the shop",
        "Keep it for me",
        "I no longer need it",
    ]
    (said,) = story.all(Say)
    assert said.message.rows[0][0].url == a_policy().shop.url


def test_the_products_own_page_is_opened_where_it_has_one() -> None:
    """The button leads to the product, not only to the shop."""
    story = joined().stocks(HOODIE, 1)
    page = "https://shop.example/hoodie"
    products = (a_product(page_url=page), *story.case.shelf.products[1:])
    story.case = replace(story.case, shelf=replace(story.case.shelf, products=products))

    (said,) = called(story).all(Say)

    assert said.message.rows[0][0].url == page


def test_it_is_kept_for_four_opening_hours() -> None:
    """From Tuesday 14:00 in Berlin it is kept until Wednesday 10:05."""
    story = offered()

    # A moment after 14:00, and told deadlines are whole: the next five minutes.
    assert place(story).expires_at == datetime(2026, 6, 10, 8, 5, tzinfo=UTC)


def test_no_hold_ends_while_the_customer_sleeps() -> None:
    """A hold that would end at night ends in the morning."""
    open_all_day = '[hours]\ntue = "0:00-24:00"\nwed = "0:00-24:00"\n'
    policy = open_all_day + '[terms]\nwaitlist_hold = "10h"\n'
    story = joined()
    story = Story(
        replace(story.case, decisions=()), now=NOON + 3 * HOUR, policy=policy
    ).stocks(HOODIE, 1)

    ends = place(called(story)).told_until

    assert ends == datetime(2026, 6, 10, 6, tzinfo=UTC)  # 8:00 in Berlin


def test_nobody_is_woken_for_it() -> None:
    """Called at night, asked in the morning."""
    night = datetime(2026, 6, 9, 22, tzinfo=UTC)
    story = Story(joined().case, now=night).stocks(HOODIE, 1)

    called(story)
    assert place(story).state is WaitingState.WAITING
    assert story.keys == []

    story.waits(hours=9)
    assert place(story).state is WaitingState.OFFERED


def test_who_is_called_for_nothing_keeps_the_place() -> None:
    """When somebody else was faster nothing is said, and the next wave calls again."""
    story = called(joined().stocks(HOODIE, 0))

    assert place(story).state is WaitingState.WAITING
    assert not place(story).called
    assert story.keys == []


def test_what_nobody_orders_goes_to_the_next() -> None:
    """After the hold the units are free again and the words say so."""
    story = offered()
    end = place(story).expires_at
    assert end is not None

    story.waits_until(end + HOUR)

    assert place(story).state is WaitingState.PASSED
    assert story.holds == {}
    assert kinds(story) == ["cancel_refund"]


def test_who_missed_it_may_wait_once_more_at_the_end_of_the_list() -> None:
    """The place that was had is gone; the new one counts from now."""
    story = offered()
    first = place(story)
    story.waits(days=2)

    story.opens("again", first.id)

    assert place(story).id != first.id
    assert place(story).since == story.now
    assert "with the place you had" not in story.words


def test_keep_it_for_me_keeps_it_for_a_day() -> None:
    """Who wants it gets time to order, and the shop is told whom it is kept for."""
    story = offered()
    before = place(story).expires_at
    assert before is not None

    story.opens("keep", place(story).id)

    assert place(story).state is WaitingState.KEPT
    after = place(story).expires_at
    assert after is not None
    assert after > before
    assert kinds(story).count("waitlist") == 2
    assert story.standing[-1].reason.startswith("kept until ")
    assert "is kept for you until" in story.words
    assert "Keep it for me" not in story.buttons

    story.waits(days=3)
    assert place(story).state is WaitingState.PASSED


def test_no_longer_needed_frees_it_at_once() -> None:
    """A press gives the units to the next, and takes the rows back."""
    story = offered()

    story.opens("leave", place(story).id)

    assert place(story).state is WaitingState.LEFT
    assert story.all(ReleaseHolds)
    assert story.holds == {}
    assert kinds(story) == ["cancel_refund"]
    assert "off the waiting list" in story.words


def test_one_may_leave_at_any_time() -> None:
    """Also before anything came back; the status shows the way."""
    story = joined().opens("orders")
    assert "You're on the waiting list for Hoodie, black, L." in story.words
    assert "Take me off the list" in story.buttons

    story.opens("leave", place(story).id)

    assert place(story).state is WaitingState.LEFT


def test_an_old_button_of_the_list_does_nothing() -> None:
    """Presses after the end, or with somebody else's place, are answered truthfully."""
    story = offered()
    story.opens("leave", place(story).id)
    rows = len(story.case.decisions)

    for action, argument in (("keep", place(story).id), ("leave", "somebody-elses")):
        story.opens(action, argument)
        assert story.toast in {"This choice has closed.", "This button is out of date."}

    assert len(story.case.decisions) == rows


def test_who_ordered_it_anew_is_off_the_list() -> None:
    """A later order with the same product ends the place and what was kept for it."""
    story = offered()
    order = an_order(
        a_line("new", order_id="order-2", allocated=1),
        id="order-2",
        number="1050",
        placed_at=story.now,
    )
    story.case = replace(story.case, orders=(*story.case.orders, order))

    story.shop_says()

    assert place(story).state is WaitingState.TAKEN
    assert story.holds == {}


def test_a_place_ends_after_ninety_days() -> None:
    """The list forgets, says so, and offers to begin anew."""
    story = joined()

    story.waits(days=91)

    assert place(story).state is WaitingState.LAPSED
    assert "has not come back" in story.words
    assert story.buttons == ["Tell me when Hoodie, black, L is back"]


def test_the_time_runs_from_delivery() -> None:
    """Words that arrive hours later keep it hours longer, and are corrected."""
    story = called(joined().stocks(HOODIE, 1))
    told = place(story).told_until
    assert told is not None
    story.now += 4 * HOUR

    story.delivers()

    after = place(story).expires_at
    assert after is not None
    assert after > told
    assert story.keys == ["waitlist_back"]


def test_words_that_cannot_be_delivered_go_to_the_next_and_to_a_colleague() -> None:
    """A refused message keeps nothing from the others."""
    story = called(joined().stocks(HOODIE, 1))
    (said,) = story.all(Say)

    story.take(
        Undeliverable(
            case_id=1,
            chat_id=said.chat_id,
            subject=said.subject,
            key=said.message.key,
            reason="refused",
            unreachable=False,
            row_id=1,
        )
    )

    assert place(story).state is WaitingState.PASSED
    assert story.holds == {}
    assert story.cards == ["ticket"]


def test_who_blocked_the_bot_hears_by_mail() -> None:
    """The offer finds the other way, with the time a mail needs."""
    story = called(joined().stocks(HOODIE, 1))
    (said,) = story.all(Say)

    story.take(
        Undeliverable(
            case_id=1,
            chat_id=said.chat_id,
            subject=said.subject,
            key=said.message.key,
            reason="blocked",
            unreachable=True,
            row_id=1,
        )
    )

    assert story.keys == ["waitlist_back"]
    assert "https://shop.example" in story.words
    assert place(story).state is WaitingState.OFFERED


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("preorder", "Hoodie, black, L is a pre-order and comes later."),
        ("backorder", "Hoodie, black, L isn't in stock yet and comes later."),
    ],
)
def test_what_is_ordered_before_it_is_here_is_confirmed_with_its_date(
    kind: str, words: str
) -> None:
    """The first message says what it was ordered as, the date, and both ways out."""
    order = an_order(a_line(kind=kind), a_ready_line(), placed_at=NOON)
    shelf = Shelf(
        products=a_shelf().products[::2], facts=a_shelf(a_supply()).facts[::2]
    )

    story = Story(a_case(order, shelf=shelf)).shop_says()

    assert story.keys == ["dated"]
    assert words in story.words
    assert "We expect it between Thu 18 June and Sun 21 June." in story.words
    assert "Sorry" not in story.words
    assert story.buttons[:2] == [
        "Cancel, refund €39.00",
        "Cancel and tell me when it's back",
    ]


def test_a_preorder_is_never_cancelled_for_coming_late() -> None:
    """Who ordered something that comes in two months waits for it, unasked."""
    order = an_order(a_line(kind="preorder"), placed_at=NOON)
    case = a_case(order, shelf=a_shelf(a_supply(days=60)))

    story = Story(case).shop_says().delivers().waits(days=20)

    assert story.backorder.state is BackorderState.WAITING
    assert story.standing == []
