"""What a shortage leads to: the five cases, the day that still counts, and silence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.case import BackorderState, DialogueState
from flows.effects import Decide, HoldUnits, PromiseTold, Say, ShowPicture, Urgency
from flows.events import ShopChanged

from .builders import (
    CHARCOAL,
    NOON,
    a_case,
    a_charcoal,
    a_customer,
    a_line,
    a_mug,
    a_product,
    a_ready_line,
    a_shelf,
    a_supply,
    an_order,
    in_days,
)
from .story import Story


def _a_shortage(
    days: int | None = 9,
    *,
    charcoal: int = 5,
    market: str = "GB",
    placed: float = 0,
    policy: str = "",
) -> Story:
    shelf = a_shelf(*([] if days is None else [a_supply(days)]), charcoal=charcoal)
    order = an_order(market=market, placed_at=in_days(-placed))
    return Story(a_case(order, shelf=shelf), policy=policy).shop_says()


# --- the five cases -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("charcoal", "days", "automatic", "key", "state"),
    [
        (5, 9, "auto", "proposal", "offered"),
        (5, 40, "auto", "proposal", "offered"),
        (5, None, "auto", "proposal", "offered"),
        (0, 9, "auto", "dated", "waiting"),
        (0, 9, "never", "dated", "waiting"),
        (0, 40, "auto", "cancelled", "cancelled"),
        (0, None, "auto", "cancelled", "cancelled"),
        (0, 40, "ask", None, "with_staff"),
        (0, None, "ask", None, "with_staff"),
        (0, 40, "never", "refused", "offered"),
    ],
)
def test_the_policys_cases(
    charcoal: int, days: int | None, automatic: str, key: str | None, state: str
) -> None:
    """A likeness is proposed; a near date is waited for; the rest is the merchant's."""
    policy = f'[terms]\nautomatic_cancel = "{automatic}"'
    story = _a_shortage(days, charcoal=charcoal, policy=policy)
    assert story.keys == ([key] if key else [])
    assert story.backorder.state == state
    assert ("ticket" in story.cards) is (state == "with_staff")
    cancelled = [row.kind for row in story.standing if row.backorder_id]
    assert cancelled == (["cancel_refund"] if state == "cancelled" else [])


@pytest.mark.parametrize(
    ("placed", "days", "inside"),
    [(0, 14, True), (0, 15, False), (10, 4, True), (10, 5, False), (20, 1, False)],
)
def test_the_horizon_is_counted_from_the_order_date(
    placed: int, days: int, inside: bool
) -> None:
    """Day fourteen is inside, day fifteen is not, whenever the shortage was found."""
    story = _a_shortage(days, charcoal=0, placed=placed)
    assert story.keys == (["dated"] if inside else ["cancelled"])


def test_a_horizon_of_another_length() -> None:
    """The fourteen days are the merchant's to change."""
    policy = "[terms]\ncancel_horizon_days = 2"
    assert _a_shortage(2, charcoal=0, policy=policy).keys == ["dated"]
    assert _a_shortage(3, charcoal=0, policy=policy).keys == ["cancelled"]


def test_each_line_is_judged_on_its_own() -> None:
    """One order, three short lines: a proposal, a notice and a cancellation."""
    lines = (
        a_line(),
        a_line("waits", sku="PLAIN", title="Plain hoodie"),
        a_line("ends", sku="GONE", title="Old hoodie"),
        a_ready_line(),
    )
    plain = a_product("PLAIN", family="plain", category="plain", design="plain")
    gone = a_product("GONE", family="gone", category="gone", design="gone")
    base = a_shelf(a_supply())
    shelf = replace(base, products=(*base.products, plain, gone))
    facts = (replace(base.facts[0], sku="PLAIN"),)
    shelf = replace(shelf, facts=(*base.facts, *facts))
    story = Story(a_case(an_order(*lines), shelf=shelf)).shop_says()
    assert sorted(story.keys) == ["cancelled", "dated", "proposal"]


def test_lines_found_within_ten_minutes_make_one_question() -> None:
    """A second short line joins the question that was just asked."""
    order = an_order(a_line(), a_line("second", backordered=0, allocated=1))
    story = Story(a_case(order)).shop_says().delivers()
    first = story.offer
    story.waits(minutes=5).shop_says("second", backordered=1, allocated=0)
    assert story.keys == ["replaced", "proposal"]
    assert len(story.offer.items) == 2
    assert story.offer.id != first.id
    assert len(story.pending) == 1


def test_a_line_found_later_is_a_question_of_its_own() -> None:
    """After ten minutes nobody's open question is taken away again."""
    order = an_order(a_line(), a_line("second", backordered=0, allocated=1))
    story = Story(a_case(order)).shop_says().delivers()
    story.waits(minutes=11).shop_says("second", backordered=1, allocated=0)
    assert story.keys == ["proposal"]
    assert len(story.pending) == 2


# --- what is said -------------------------------------------------------------------


def test_a_proposal_says_what_when_and_what_silence_does() -> None:
    """First what happened, then what can be done, then what we do if nothing is."""
    story = _a_shortage()
    words = story.words
    order = ["out of stock", "Sorry", "18 June", "charcoal", "choose by", "don't hear"]
    places = [words.index(part) for part in order]
    assert places == sorted(places)
    assert "Wed 10 June, 14:05, Berlin time" in words
    assert "you may return it free" in words
    assert story.buttons[0] == "Send charcoal L (recommended)"
    assert story.buttons[-1] == "Talk to a person"
    assert "Cancel, refund €39.00" in story.buttons


def test_a_notice_needs_no_answer() -> None:
    """A near date is told with a way out, and no deadline ticks."""
    story = _a_shortage(charcoal=0)
    assert "do nothing" in story.words
    story.delivers()
    assert story.offer.deadline_at is None
    assert not story.waits(days=12).standing


def test_what_is_told_is_remembered_as_promised() -> None:
    """The date goes into the promises in the turn that tells it."""
    story = _a_shortage(charcoal=0)
    (promise,) = story.all(PromiseTold)
    assert promise.expected_from == story.backorder.told.expected_from
    assert promise.expected_from == a_supply().expected_on


def test_the_recommended_product_is_held_and_shown() -> None:
    """Its units are kept for the customer, its picture goes before the words."""
    shelf = a_shelf(a_supply())
    pictured = a_charcoal(image_url="https://shop.example/charcoal.jpg")
    shelf = replace(shelf, products=(a_product(), pictured, a_mug()))
    story = Story(a_case(shelf=shelf)).shop_says()
    (hold,) = story.all(HoldUnits)
    assert (hold.sku, hold.quantity) == (CHARCOAL, 1)
    (picture,), (say,) = story.all(ShowPicture), story.all(Say)
    assert story.effects.index(picture) < story.effects.index(say)
    assert say.urgency is Urgency.PROMPT


def test_without_enough_for_the_whole_quantity_nothing_else_is_proposed() -> None:
    """Two hoodies are not answered with one."""
    order = an_order(a_line(quantity=2))
    story = Story(a_case(order, shelf=a_shelf(a_supply(), charcoal=1))).shop_says()
    assert story.keys == ["dated"]


def test_units_that_went_meanwhile_are_not_proposed() -> None:
    """Who was faster got the last one; the turn is decided again without it."""
    case = a_case(shelf=a_shelf(a_supply(), charcoal=1))
    story = Story(case).stocks(CHARCOAL, 0).shop_says()
    assert story.keys == ["dated"]


# --- silence ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("market", "days", "policy", "silence"),
    [
        ("GB", 9, "", "substitute"),
        ("GB", 40, "", "substitute"),
        ("DE", 9, "", "wait"),
        ("US", 9, "", "wait"),
        ("DE", 28, "", "cancel"),
        ("DE", None, "", "cancel"),
        ("GB", 9, 'on_silence = "wait"', "wait"),
        ("GB", 9, 'on_silence = "cancel"', "cancel"),
        ("GB", None, 'on_silence = "wait"', "cancel"),
        ("DE", 9, "silent_wait_days = 11", "cancel"),
        ("DE", 9, "silent_wait_days = 12", "wait"),
    ],
)
def test_what_silence_does(
    market: str, days: int | None, policy: str, silence: str
) -> None:
    """The recommended product where the market allows it, else waiting, else money."""
    story = _a_shortage(days, market=market, policy=f"[terms]\n{policy}")
    (item,) = story.offer.items
    chosen = item.choice(item.on_silence)
    assert chosen.kind == silence
    told = {
        "substitute": "we'll send the same in charcoal",
        "wait": "we'll keep waiting for Hoodie, black, L",
        "cancel": "we'll cancel Hoodie, black, L and refund €39.00",
    }
    assert f"If we don't hear from you, {told[silence]}" in story.words


def test_silence_never_sends_what_is_dearer() -> None:
    """Even where another product may be sent unasked, it may not cost more."""
    shelf = a_shelf(a_supply())
    dearer = a_charcoal(price_minor=4500)
    shelf = replace(shelf, products=(a_product(), dearer))
    policy = '[terms]\nsubstitute_price = "any"'
    story = Story(a_case(shelf=shelf), policy=policy).shop_says()
    (item,) = story.offer.items
    assert item.choice(item.recommended).sku == CHARCOAL
    assert item.choice(item.on_silence).kind == "wait"


def test_an_automatic_cancellation_is_told_as_what_it_is() -> None:
    """Whatever silence would do elsewhere: cancelled is cancelled, in words and row."""
    policy = '[terms]\non_silence = "wait"'
    story = _a_shortage(20, charcoal=0, policy=policy)
    assert story.keys == ["cancelled"]
    assert [row.kind for row in story.standing if row.backorder_id] == ["cancel_refund"]
    assert "€39.00" in story.words
    assert story.buttons[0] == "I'd rather wait"
    assert not story.pending


def test_what_was_not_captured_is_not_refunded() -> None:
    """Nothing was charged, nothing goes back, and the customer reads just that."""
    order = an_order(payment_status="authorized")
    shelf = a_shelf(charcoal=0)
    story = Story(a_case(order, shelf=shelf)).shop_says()
    (cancel,) = [e for e in story.all(Decide) if e.kind == "cancel_refund"]
    assert cancel.refund_minor == 0
    assert "You haven't been charged for it." in story.words


# --- night --------------------------------------------------------------------------


def test_nobody_is_woken_for_a_proposal() -> None:
    """What is found at night is asked in the morning, and the case wakes for it."""
    night = NOON.replace(hour=22)
    story = Story(now=night).shop_says()
    assert story.keys == []
    assert story.backorder.state is BackorderState.NOTICED
    story.waits(hours=12)
    assert story.keys == ["proposal"]
    assert story.case.offers[0].proposed_at.hour == 6


def test_a_stranger_is_never_written_to() -> None:
    """A case without a customer has nothing to reconcile."""
    story = Story(a_case(dialogue=DialogueState.STRANGER, customer=None, orders=()))
    assert story.shop_says().effects == ()


def test_a_time_zone_nobody_knows_stops_nobody() -> None:
    """Shops write what they like; then the shop's own hours count."""
    case = a_case(customer=a_customer(time_zone="(UTC+01:00) Berlin"))
    assert "Berlin time" in Story(case).shop_says().words


def test_numbers_that_do_not_add_up_are_a_card_not_a_guess() -> None:
    """Five ordered, six accounted for: staff hear, the customer does not."""
    story = Story().shop_says("hoodie", quantity=5, allocated=5)
    assert story.cards == ["numbers_off"]
    assert story.keys == []
    assert not story.case.backorders


def test_what_was_late_before_the_bot_came_is_left_alone() -> None:
    """Noted, and silent until a colleague says so."""
    story = Story()
    story.take(ShopChanged(customer_id="anna", baseline=True))
    assert story.keys == []
    assert story.backorder.state is BackorderState.BASELINE
    story.shop_says().waits(days=3)
    assert story.backorder.state is BackorderState.BASELINE


def test_what_happens_to_several_says_how_many() -> None:
    """Two hoodies are not one: neither in what silence does nor in what was chosen."""
    case = a_case(an_order(a_line(quantity=2)), shelf=a_shelf(charcoal=0))
    never = '[terms]\nautomatic_cancel = "never"\n'
    story = Story(case, policy=never).shop_says()
    assert "we'll keep waiting for 2 × Hoodie, black, L" in story.words
    story.delivers().taps("0c")
    assert "we'll cancel 2 × Hoodie, black, L and refund €78.00" in story.words
