"""What to order again: more for more demand, less for more stock, never below none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flows.reorder import YEAR, Advice, History, Source, Ware, advise, season
from flows.terms import Terms

TODAY = date(2026, 6, 9)
WEEKS = 8
DAY = timedelta(days=1)


def a_history(days: int = 400, **sold: dict[date, int]) -> History:
    """Return a shop's history: since when it sells, and what per category."""
    return History(since=TODAY - days * DAY, today=TODAY, weeks=WEEKS, sold=sold)


def a_ware(**changes: Any) -> Ware:
    """Return a blank that sells two a day."""
    values: dict[str, Any] = {
        "sku": "BLANK",
        "sold": {TODAY - n * DAY: 2 for n in range(WEEKS * 7)},
        "lead_time_days": 10,
    }
    return Ware(**values | changes)


def advised(ware: Ware, history: History | None = None, **terms: Any) -> Advice:
    """Return the advice about a ware under terms."""
    return advise(ware, history or a_history(), Terms(**terms))


def test_the_reorder_point_is_demand_over_the_lead_time_and_safety() -> None:
    """Two a day for ten days are 20, and 1.645 × √20 on top: 28 in whole units."""
    found = advised(a_ware(on_hand=28))

    assert (found.reorder_point, found.per_week) == (28, 14.0)
    assert found.order_by == TODAY
    assert found.quantity == 2 * 28


def test_what_lasts_is_not_ordered_yet() -> None:
    """Sixteen units above the point are eight days: a week is not up before then."""
    assert advised(a_ware(on_hand=28 + 14)).quantity > 0
    later = advised(a_ware(on_hand=28 + 16))
    assert (later.quantity, later.order_by) == (0, TODAY + 8 * DAY)


def test_who_waits_is_served_even_where_nothing_sells_any_more() -> None:
    """Three are owed, one is coming: two, at once, without any demand."""
    found = advised(a_ware(sold={}, waiting=3, incoming=1))
    assert (found.quantity, found.order_by) == (2, TODAY)
    assert advised(a_ware(sold={}, on_hand=5)).quantity == 0


def test_the_lead_time_is_the_first_sources_then_the_products_then_the_policys() -> (
    None
):
    """Who delivers first counts; without anybody's word the policy says."""
    far, near = Source(supplier="Far", lead_time_days=30), Source(supplier="Near")
    assert advised(a_ware(sources=(far, near))).lead_time_days == 30
    assert advised(a_ware(sources=(near, far))).lead_time_days == 10
    silent = advised(a_ware(lead_time_days=None), reorder_lead_days=21)
    assert silent.lead_time_days == 21
    assert advised(a_ware(sources=(far, near))).others == (near,)


def test_one_day_of_history_is_not_every_day() -> None:
    """A shop that opened today and sold seven sells one a day until it knows better."""
    found = advised(a_ware(sold={TODAY: 7}), a_history(days=0))
    assert found.per_week == 7.0


def test_days_to_come_that_sold_double_last_year_do_again() -> None:
    """The weeks before a year ago against those after; too little or too young is 1."""
    then = TODAY - YEAR
    year = {then - n * DAY: 1 for n in range(WEEKS * 7)}
    year |= {then + n * DAY: 2 for n in range(1, 60)}
    assert season(a_history(days=600, hoodie=year), "hoodie", 28) == 2.0
    assert season(a_history(days=600, hoodie=year), "mug", 28) == 1.0
    assert season(a_history(days=364, hoodie=year), "hoodie", 28) == 1.0
    flood = year | {then + n * DAY: 50 for n in range(1, 60)}
    assert season(a_history(days=600, hoodie=flood), "hoodie", 28) == 2.0


days = st.integers(0, WEEKS * 7 - 1).map(lambda n: TODAY - n * DAY)
wares = st.builds(
    Ware,
    sku=st.just("BLANK"),
    sold=st.dictionaries(days, st.integers(-3, 40)),
    on_hand=st.integers(-50, 300),
    incoming=st.integers(0, 300),
    waiting=st.integers(0, 300),
    lead_time_days=st.none() | st.integers(-1, 120),
)
histories = st.builds(a_history, days=st.integers(0, 800))
covers = st.integers(1, 90)


@given(wares, histories, covers, days, st.integers(1, 50))
def test_more_demand_never_lowers_the_advice(
    ware: Ware, history: History, cover: int, day: date, more: int
) -> None:
    """Units sold besides, on whatever day of the weeks, raise it or leave it."""
    terms = Terms(reorder_cover_days=cover)
    before = advise(ware, history, terms)
    sold = dict(ware.sold)
    after = advise(
        replace(ware, sold=sold | {day: sold.get(day, 0) + more}), history, terms
    )

    assert 0 <= before.quantity <= after.quantity
    assert isinstance(before.quantity, int)


@given(wares, histories, covers, st.integers(1, 300))
def test_what_is_coming_lowers_the_advice(
    ware: Ware, history: History, cover: int, more: int
) -> None:
    """Each unit on its way is one fewer to order, until there is none to order."""
    terms = Terms(reorder_cover_days=cover)
    before = advise(ware, history, terms)
    after = advise(replace(ware, incoming=ware.incoming + more), history, terms)

    assert 0 <= after.quantity <= max(before.quantity - more, 0)
