"""The shop's numbers move: what is true now is told, and nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.case import BackorderState, OfferState
from flows.effects import PromiseTold, ReleaseHolds, Withdraw

from .builders import (
    CHARCOAL,
    HOODIE,
    a_case,
    a_line,
    a_ready_line,
    a_shelf,
    a_supply,
    an_order,
    in_days,
)
from .story import Story


@pytest.fixture
def asked() -> Story:
    """Anna was asked about one hoodie."""
    return Story().shop_says().delivers()


@pytest.fixture
def waiting() -> Story:
    """Anna waits for her hoodie, with a date, by notice."""
    return Story(a_case(shelf=a_shelf(a_supply(9), charcoal=0))).shop_says().delivers()


# --- units ----------------------------------------------------------------------------


def test_the_same_numbers_again_say_nothing(asked: Story) -> None:
    """However often the shop says it, it is one shortage and one question."""
    before = asked.case
    for _ in range(3):
        asked.shop_says()
        assert asked.effects == ()
    assert asked.case == before


def test_more_short_units_are_a_further_backorder() -> None:
    """What was asked stays asked; the further unit joins it or is asked on its own."""
    order = an_order(a_line(quantity=2, backordered=1, allocated=1))
    story = Story(a_case(order)).shop_says().delivers().waits(minutes=30)
    story.shop_says("hoodie", backordered=2, allocated=0)
    assert [b.quantity for b in story.case.backorders] == [1, 1]
    assert len(story.pending) == 2


def test_stock_for_one_line_frees_what_was_held_for_it() -> None:
    """The other line is still asked about, and only its charcoal is kept."""
    order = an_order(a_line("first"), a_line("second"))
    story = Story(a_case(order)).shop_says().delivers()
    assert len(story.holds) == 2
    story.shop_says("first", backordered=0, allocated=1)
    (item,) = story.offer.items
    assert [key[1] for key in story.holds] == [item.backorder_id]


def test_stock_that_arrives_ends_the_question(asked: Story) -> None:
    """Nothing to choose any more: the old buttons go, the good news comes."""
    asked.shop_says("hoodie", backordered=0, allocated=1)
    assert asked.keys == ["withdrawn", "good_news"]
    assert "Hoodie, black, L arrived after all" in asked.words
    assert asked.backorder.state is BackorderState.FILLED
    assert asked.offer.state is OfferState.WITHDRAWN
    assert asked.all(ReleaseHolds)
    assert asked.case.wake_at is None


def test_stock_that_arrives_takes_an_unclaimed_choice_back(asked: Story) -> None:
    """Silence had sent charcoal, but the black one came before the shop began."""
    asked.waits(hours=25).shop_says("hoodie", backordered=0, allocated=1)
    assert asked.all(Withdraw)
    assert "good_news" in asked.keys
    assert not [row for row in asked.standing if row.backorder_id]


def test_half_of_it_arrives() -> None:
    """Two of three: the question is asked anew about the one that is left."""
    story = Story(a_case(an_order(a_line(quantity=3)))).shop_says().delivers()
    story.shop_says("hoodie", backordered=1, allocated=2)
    assert story.keys == ["replaced", "proposal"]
    (item,) = story.offer.items
    assert (item.quantity, story.backorder.quantity) == (1, 1)


def test_half_of_what_was_decided_arrives() -> None:
    """Three were to be cancelled, one came: the row for three is taken back."""
    story = Story(a_case(an_order(a_line(quantity=3)))).shop_says().delivers()
    story.taps("0c").shop_says("hoodie", backordered=2, allocated=1)
    assert story.all(Withdraw)
    assert not [row for row in story.standing if row.kind == "cancel_refund"]
    (item,) = story.offer.items
    assert item.quantity == 2
    assert item.choice("0c").refund_minor == 2 * 3900


def test_of_two_lines_one_arrives() -> None:
    """The question goes on about the other, with the same deadline."""
    order = an_order(a_line(), a_line("second"), a_ready_line())
    story = Story(a_case(order)).shop_says().delivers()
    deadline = story.offer.deadline_at
    story.shop_says("second", backordered=0, allocated=1)
    assert story.keys == ["proposal", "good_news"]
    (item,) = story.offer.items
    assert item.line_id == "hoodie"
    assert story.offer.deadline_at == deadline
    story.waits(hours=25)
    assert {row.line_id for row in story.standing if row.backorder_id} == {"hoodie"}


def test_the_chosen_one_of_two_stays_chosen_when_the_other_arrives() -> None:
    """Nothing is left to ask, so the message is answered."""
    order = an_order(a_line(), a_line("second"), a_ready_line())
    story = Story(a_case(order)).shop_says().delivers().taps("0w")
    story.shop_says("second", backordered=0, allocated=1)
    assert story.offer.state is OfferState.ANSWERED
    assert [row.kind for row in story.standing] == ["wait"]
    assert story.case.wake_at is None or story.case.wake_at > in_days(2)


def test_a_line_the_shop_cancelled_is_not_good_news(asked: Story) -> None:
    """Cancelled by a colleague elsewhere: the question goes, nobody cheers."""
    asked.shop_says("hoodie", backordered=0, cancelled=1)
    assert asked.keys == ["withdrawn"]
    assert asked.backorder.state is BackorderState.FILLED


@pytest.mark.parametrize("status", ["cancelled", "shipped"])
def test_nothing_waits_in_an_order_that_is_over(status: str) -> None:
    """Some shops leave their lines as they were; nobody is asked about them."""
    over = Story(a_case(an_order(status=status))).shop_says()
    assert over.effects == ()
    asked = Story().shop_says().delivers()
    orders = tuple(replace(order, status=status) for order in asked.case.orders)
    asked.case = replace(asked.case, orders=orders)
    asked.shop_says()
    assert asked.keys == ["withdrawn"]
    assert not asked.pending


# --- dates ----------------------------------------------------------------------------


def test_a_later_date_is_told_before_it_is_promised(waiting: Story) -> None:
    """The new range is remembered in the turn that tells it, with an apology."""
    waiting.expects(a_supply(12), sku=HOODIE).shop_says()
    assert waiting.keys[-1] == "delay"
    assert "Sun 21 June" in waiting.words
    assert "Wed 24 June" in waiting.words
    assert waiting.words.count("sorry") == 1
    (promise,) = waiting.all(PromiseTold)
    assert promise.expected_to == waiting.backorder.told.expected_to
    assert waiting.backorder.slips == 1
    assert "do nothing" in waiting.words


def test_a_second_delay_needs_a_yes(waiting: Story) -> None:
    """Waiting was agreed to once; a second time it is asked, with a deadline."""
    waiting.expects(a_supply(11), sku=HOODIE).shop_says().delivers()
    assert not waiting.pending
    waiting.expects(a_supply(13), sku=HOODIE).shop_says().delivers()
    assert waiting.keys == []
    (offer,) = waiting.pending
    (item,) = offer.items
    assert item.choice(item.on_silence).kind == "cancel"
    waiting.waits(hours=30)
    assert [row.kind for row in waiting.standing if row.backorder_id] == [
        "cancel_refund"
    ]


def test_a_date_that_is_gone_needs_a_yes(asked: Story) -> None:
    """The supplier names no date any more: who agreed to wait is asked again."""
    asked.taps("0w").stocks(CHARCOAL, 0).expects(a_supply(None), sku=HOODIE)
    asked.shop_says()
    assert asked.keys[-1] == "delay"
    assert "can no longer name a date" in asked.words
    (offer,) = asked.pending
    (item,) = offer.items
    assert item.choice(item.on_silence).kind == "cancel"


def test_a_date_that_is_gone_ends_what_nobody_agreed_to(waiting: Story) -> None:
    """Nothing close, no date, and no yes to waiting: the policy cancels."""
    waiting.expects(a_supply(None), sku=HOODIE).shop_says()
    assert waiting.keys[-1] == "cancelled"


def test_a_slip_too_small_to_mind_is_not_told() -> None:
    """A day later, where the merchant minds three: the promise stays as told."""
    policy = "[terms]\nmaterial_days = 3"
    case = a_case(shelf=a_shelf(a_supply(9), charcoal=0))
    story = Story(case, policy=policy).shop_says().delivers()
    promised = story.backorder.told
    story.expects(a_supply(11), sku=HOODIE).shop_says()
    assert story.keys == []
    assert story.backorder.told == promised
    story.expects(a_supply(12), sku=HOODIE).shop_says()
    assert story.keys[-1] == "delay"


def test_an_earlier_date_is_good_news(waiting: Story) -> None:
    """Told once; the same date again is no news."""
    waiting.expects(a_supply(3), sku=HOODIE).shop_says()
    assert waiting.keys == ["sooner"]
    assert "between Fri 12 June and Mon 15 June" in waiting.words
    waiting.shop_says()
    assert waiting.keys == []


def test_where_is_my_order_never_recomputes_the_promise(waiting: Story) -> None:
    """Asked before the shop's change was noticed, the stored date is the answer."""
    waiting.expects(a_supply(40), sku=HOODIE).opens("orders")
    assert "between Thu 18 June and Sun 21 June" in waiting.words
    assert not waiting.all(PromiseTold)


def test_a_slip_under_an_open_question_is_asked_anew(asked: Story) -> None:
    """The terms of the question changed, so the customer gets a whole new window."""
    asked.waits(hours=2).expects(a_supply(13), sku=HOODIE).shop_says().delivers()
    assert len(asked.pending) == 1
    assert asked.offer.delivered_at > in_days(0)
    window = asked.offer.deadline_at - asked.offer.delivered_at
    assert window >= timedelta(hours=24)


# --- what the shop did with a decision ---------------------------------------------


def test_a_claimed_decision_settles_the_offer(asked: Story) -> None:
    """From here on a change needs a person."""
    asked.taps("0s0").row_becomes(asked.standing[0], claimed_at=asked.now)
    assert asked.offer.state is OfferState.SETTLED
    assert asked.standing[0].told == "claimed"


@pytest.mark.parametrize(
    ("option", "says"),
    [("0s0", "is in the works for order 1042"), ("0c", "€39.00 is on its way back")],
)
def test_an_applied_decision_is_told_once(asked: Story, option: str, says: str) -> None:
    """The money or the parcel moves: the customer hears it, exactly once."""
    asked.taps(option)
    (row,) = [row for row in asked.standing if row.backorder_id]
    asked.put_line("hoodie", backordered=0, cancelled=1)
    asked.row_becomes(row, claimed_at=asked.now, applied_at=asked.now)
    assert asked.keys == ["applied"]
    assert says in asked.words
    asked.shop_says()
    assert asked.keys == []
    assert asked.backorder.closed_at is not None


def test_a_rejected_decision_is_a_persons_matter(asked: Story) -> None:
    """The shop could not: staff get a card, the customer hears the truth."""
    asked.taps("0s0")
    asked.row_becomes(
        asked.standing[0], rejected_at=asked.now, rejection="printer is broken"
    )
    assert asked.backorder.state is BackorderState.WITH_STAFF
    assert {"ticket", "decision_rejected"} <= set(asked.cards)
    assert asked.keys == ["rejected"]
    assert "A colleague is looking into it" in asked.words
    asked.shop_says()
    assert asked.keys == []


def test_the_release_of_the_rest_is_decided_once() -> None:
    """Whatever the shop says again: one row lets the order go."""
    story = Story(a_case(shelf=a_shelf(charcoal=0))).shop_says()
    releases = [row for row in story.standing if row.kind == "release"]
    assert len(releases) == 1
    story.shop_says().shop_says()
    assert [row for row in story.standing if row.kind == "release"] == releases


def test_an_order_that_ships_as_ready_needs_no_release() -> None:
    """Nothing waits for anything, so nothing is let go."""
    case = a_case(an_order(shipping_policy="as_ready"), shelf=a_shelf(charcoal=0))
    story = Story(case).shop_says()
    assert not [row for row in story.standing if row.kind == "release"]


def test_what_is_left_of_a_wait_costs_what_is_left() -> None:
    """Six wait by choice and two arrive: giving up the rest gives back for four."""
    story = Story(a_case(an_order(a_line(quantity=6)), shelf=a_shelf(a_supply(9))))
    story.shop_says().delivers().taps("0w")
    story.shop_says("hoodie", backordered=4, allocated=2)

    (item,) = story.offer.items
    (cancel,) = [choice for choice in item.choices if choice.kind == "cancel"]
    assert (item.quantity, cancel.refund_minor) == (4, 4 * 3900)
    assert [(row.kind, row.quantity) for row in story.standing] == [("wait", 4)]
    story.taps("change")
    assert "Cancel, refund €156.00" in story.buttons


def test_the_time_to_change_is_the_newest_decisions() -> None:
    """The shop has read "wait"; what silence decides later has half an hour again."""
    story = Story().shop_says().delivers().taps("0w")
    (row,) = story.standing
    story.waits(hours=1).row_becomes(row, claimed_at=story.now)
    story.expects(sku=HOODIE).shop_says().delivers()
    story.waits(hours=25)

    until = (story.now - timedelta(hours=1)).date()
    assert "silence_applied" in story.keys
    assert f"{until.day} June" in story.words.split("Until")[-1]
