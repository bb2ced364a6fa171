"""Money is taken when the merchant's rule says, and nothing lapses unseen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.case import BackorderState
from flows.effects import PostCard, Say
from flows.events import InstantPassed
from flows.money import order_value
from flows.payment import PaymentPlan, capture_plan
from flows.setting import Mode

from .builders import (
    NOON,
    a_backorder,
    a_case,
    a_line,
    a_policy,
    a_ready_line,
    a_shelf,
    a_supply,
    an_order,
    in_days,
)
from .story import Story

SOON = {"payment_status": "authorized", "authorization_expires_at": in_days(5)}
MODES = ("on_order", "on_allocation", "on_ship")


def a_plan(order: object, policy: str = "", **case: object) -> PaymentPlan:
    """Return an order's plan."""
    terms = a_policy(f"[terms]\n{policy}").data.terms
    return capture_plan(order, a_case(order, **case), terms)


def sums(plan: PaymentPlan) -> tuple[int, int, int, int]:
    """Return taken, to take now, held, to release."""
    return (
        plan.captured_minor,
        plan.capture_now_minor,
        plan.held_minor,
        plan.release_minor,
    )


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("capture = 'on_order'", (0, 5590, 0, 0)),
        ("capture = 'on_allocation'", (0, 1690, 3900, 0)),
        ("capture = 'on_ship'", (0, 0, 5590, 0)),
        ("capture = 'on_order'\nforbid_early_capture = true", (0, 0, 5590, 0)),
    ],
)
def test_what_waits_is_not_taken_before_its_time(
    policy: str, expected: tuple[int, int, int, int]
) -> None:
    """S2-01, S2-03: a mug is ready, a hoodie waits, shipping goes with the first."""
    order = an_order(payment_status="authorized", shipping_minor=490)
    assert sums(a_plan(order, policy)) == expected


def test_what_cannot_be_filled_is_released_not_refunded() -> None:
    """S2-02: a line being cancelled gives its hold free; the mug stays held."""
    order = an_order(payment_status="authorized")
    going = a_backorder(state=BackorderState.CANCELLED)
    plan = a_plan(order, backorders=(going,))
    assert sums(plan) == (0, 0, 1200, 3900)
    assert [share.release_minor for share in plan.shares] == [3900, 0]


def test_each_parcel_takes_its_own_part() -> None:
    """F30: of ten four have gone, so four tenths are to be taken and six are held."""
    line = a_line(quantity=10, shipped=4)
    assert sums(a_plan(an_order(line, payment_status="authorized"))) == (
        0,
        4 * 3900,
        6 * 3900,
        0,
    )


def test_taken_too_early_is_shown() -> None:
    """Where early capture is forbidden, money taken for what waits is pointed out."""
    assert a_plan(an_order(), "forbid_early_capture = true").early
    assert not a_plan(an_order()).early


@given(
    st.sampled_from(["authorized", "captured"]),
    st.sampled_from(MODES),
    st.lists(
        st.tuples(*(st.integers(0, 4) for _ in range(4))).filter(any),
        min_size=1,
        max_size=4,
    ),
    st.integers(0, 999),
    st.integers(0, 999),
)
def test_a_plan_accounts_for_all_of_the_money(
    status: str, mode: str, parts: list[tuple[int, ...]], off: int, sent: int
) -> None:
    """Taken, to take, held and released are together what the order costs."""
    lines = [
        a_line(
            f"line-{number}",
            quantity=sum(part),
            shipped=part[0],
            allocated=part[1],
            cancelled=0 if status == "captured" else part[2],
            backordered=part[3] + (part[2] if status == "captured" else 0),
            discount_minor=7,
        )
        for number, part in enumerate(parts)
    ]
    order = an_order(
        *lines, payment_status=status, discount_minor=off, shipping_minor=sent
    )
    plan = a_plan(order, f"capture = '{mode}'")
    assert sum(sums(plan)) == order_value(order) + sent


def test_staff_hear_before_an_authorisation_lapses() -> None:
    """F31: three days before, a card names order, sum and date, once."""
    story = Story(a_case(an_order(**SOON))).shop_says()
    assert story.case.wake_at is not None
    story.delivers().waits_until(in_days(2) - timedelta(minutes=1))
    assert "authorization" not in story.cards
    story.waits_until(in_days(2) + timedelta(minutes=1))
    assert story.cards == ["authorization"]
    (card,) = [posted.card for posted in story.all(PostCard)]
    assert "order 1042 lapses on Sun 14 June" in card.summary
    assert "€51.00 are held" in card.text
    assert "The customer was not asked" in card.text
    story.take(InstantPassed(case_id=1))
    assert not story.cards


def test_a_new_expiry_is_a_new_warning() -> None:
    """Renewed and running out once more, it is said once more."""
    story = Story(a_case(an_order(**SOON)), now=in_days(3)).shop_says()
    story.waits(minutes=5)
    order = replace(story.case.orders[0], authorization_expires_at=in_days(30))
    story.case = replace(story.case, orders=(order,))
    story.shop_says().waits_until(in_days(27.1))
    assert "authorization" in story.cards


def test_the_customer_is_asked_to_renew_where_the_policy_says_so() -> None:
    """The promise lies beyond the expiry: one message with the way into the shop."""
    case = a_case(an_order(**SOON), shelf=a_shelf(a_supply(9), charcoal=0))
    story = Story(case, policy="[terms]\nask_renewal = true").shop_says().delivers()
    story.waits_until(in_days(2.1))
    assert story.keys == ["renew_payment"]
    assert "holds €51.00 for us only until Sun 14 June" in story.words
    (said,) = story.all(Say)
    assert said.message.rows[0][0].url == "https://shop.example"


def test_nobody_is_asked_when_it_comes_in_time() -> None:
    """A promise within the authorisation needs no renewal; staff are warned anyway."""
    case = a_case(an_order(**SOON), shelf=a_shelf(a_supply(1), charcoal=0))
    story = Story(case, policy="[terms]\nask_renewal = true").shop_says().delivers()
    story.waits_until(in_days(2.1))
    assert (story.keys, story.cards) == ([], ["authorization"])


def test_nobody_is_woken_for_it() -> None:
    """The instant waits for the end of the customer's quiet hours."""
    expires = NOON.replace(hour=23) + timedelta(days=3)
    order = an_order(**SOON | {"authorization_expires_at": expires})
    story = Story(a_case(order, shelf=a_shelf(a_supply(9), charcoal=0)))
    story.shop_says().delivers()
    assert story.case.wake_at == NOON.replace(hour=6) + timedelta(days=1)


@pytest.mark.parametrize(
    "change",
    [
        {"payment_status": "captured"},
        {"status": "shipped"},
        {"authorization_expires_at": None},
    ],
)
def test_where_nothing_can_lapse_nobody_is_warned(change: dict[str, object]) -> None:
    """Money that was taken, orders that are done and holds without end are quiet."""
    story = Story(a_case(an_order(a_ready_line(), **SOON | change)), now=in_days(4))
    story.shop_says()
    assert story.case.wake_at is None


def test_watching_warns_once_too() -> None:
    """In mode watch the card is posted and remembered; no customer hears anything."""
    story = Story(a_case(an_order(a_ready_line(), **SOON)), mode=Mode.WATCH)
    story.shop_says().waits_until(in_days(2.1))
    assert (story.cards, story.keys) == (["authorization"], [])
    assert story.case.wake_at is None


def test_the_ticket_card_shows_the_plan() -> None:
    """A colleague sees what is held and what may be taken."""
    policy = "[terms]\ncapture = 'on_allocation'"
    story = Story(a_case(an_order(payment_status="authorized")), policy=policy)
    story.says("can I talk to a human please")
    (card,) = [posted.card for posted in story.all(PostCard)]
    assert "€12.00 to take now. €39.00 held until its goods are there." in card.text
