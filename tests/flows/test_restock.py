"""Something is back: asked in turn, kept for as long as told, then the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flows.effects import HoldUnits, ReleaseHolds, Say
from flows.events import Undeliverable
from flows.waiting import WaitingState

from .builders import HOODIE, NOON, a_line, a_policy, a_product, an_order
from .story import Story
from .test_waitlist import joined, kinds, place

HOUR = timedelta(hours=1)


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
