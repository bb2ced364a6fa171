"""The date a customer is told: where it comes from, and when it counts as moved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.promise import Estimate, estimate, is_better, is_worse
from flows.shop import SkuFacts
from flows.terms import Terms

from .builders import HOODIE, TODAY, a_supply, some_facts, told

TERMS = Terms(range_days=3)


def _in(days: int) -> date:
    return TODAY + timedelta(days=days)


def _expected(facts: SkuFacts, quantity: int = 1) -> Estimate:
    return estimate("hoodie", quantity, facts, TODAY, TERMS)


def test_the_next_delivery_is_the_date() -> None:
    """A range begins on the day the supply is due and is as long as the policy says."""
    found = _expected(some_facts(HOODIE, 0, a_supply(9)))
    assert (found.expected_from, found.expected_to) == (_in(9), _in(12))
    assert found.known


def test_earlier_orders_are_served_first() -> None:
    """Five units ahead in the queue use up the first delivery."""
    facts = SkuFacts(
        sku=HOODIE,
        supplies=(a_supply(3, 5), a_supply(20, 5, id="supply-2")),
        ahead=(("hoodie", 5), ("other", 90)),
    )
    assert _expected(facts).expected_from == _in(20)
    assert estimate("first", 5, facts, TODAY, TERMS).expected_from == _in(3)
    assert not _expected(facts, quantity=6).known


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(some_facts(), id="nothing on its way"),
        pytest.param(some_facts(HOODIE, 0, a_supply(None)), id="no date"),
        pytest.param(some_facts(HOODIE, 0, a_supply(-1)), id="overdue"),
        pytest.param(some_facts(HOODIE, 0, a_supply(5, quantity=0)), id="no units"),
    ],
)
def test_nobody_knows(facts: SkuFacts) -> None:
    """No delivery, no date, a day that has passed: that is unknown, not a guess."""
    assert not _expected(facts).known


def test_todays_delivery_counts_and_the_reason_is_told() -> None:
    """What is due today may still come; the supplier's reason goes with the date."""
    late = a_supply(0, reason="a strike at the port")
    found = _expected(some_facts(HOODIE, 0, late))
    assert found.expected_from == TODAY
    assert found.cause == "a strike at the port"
    overdue = a_supply(-1, reason="lost at sea")
    assert _expected(some_facts(HOODIE, 0, overdue)).cause == "lost at sea"


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), max_size=6),
    st.integers(0, 20),
    st.integers(1, 9),
)
def test_a_longer_queue_is_never_an_earlier_date(
    supplies: list[tuple[int, int]], ahead: int, quantity: int
) -> None:
    """More people before you, or more units wanted, never make the date better."""
    made = tuple(
        a_supply(days, units, id=str(n)) for n, (days, units) in enumerate(supplies)
    )

    def day(before: int, wanted: int) -> date:
        facts = SkuFacts(sku=HOODIE, supplies=made, ahead=(("hoodie", before),))
        found = estimate("hoodie", wanted, facts, TODAY, TERMS)
        return found.expected_from or date.max

    assert day(ahead, quantity) <= day(ahead + 1, quantity) <= day(ahead + 1, 10)


@pytest.mark.parametrize(
    ("before", "after", "material", "worse"),
    [
        (9, 9, 1, False),
        (9, 10, 1, True),
        (9, 8, 1, False),
        (9, 10, 2, False),
        (9, 11, 2, True),
        (9, 9, 0, False),
        (9, 10, 0, True),
        (9, None, 1, True),
        (None, 9, 1, False),
        (None, None, 1, False),
    ],
)
def test_a_date_is_worse(
    before: int | None, after: int | None, material: int, worse: bool
) -> None:
    """Later by as much as the policy minds, or gone; the same day is never later."""
    promised = told(None if before is None else _in(before))
    new = Estimate() if after is None else Estimate(expected_to=_in(after))
    assert is_worse(promised, new, Terms(material_days=material), TODAY) is worse


@pytest.mark.parametrize(
    ("before", "after", "better"),
    [
        (9, 8, True),
        (9, 9, False),
        (9, 10, False),
        (None, 40, True),
        (9, None, False),
        (None, None, False),
    ],
)
def test_a_date_is_better(before: int | None, after: int | None, better: bool) -> None:
    """Any earlier day, and any day at all where there was none."""
    promised = told(None if before is None else _in(before))
    new = Estimate() if after is None else Estimate(expected_to=_in(after))
    assert is_better(promised, new) is better
