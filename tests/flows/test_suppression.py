"""Short waits: nothing is said while it comes in time, and all of it once not."""

from __future__ import annotations

from datetime import timedelta

from flows.case import BackorderState
from flows.effects import Record

from .builders import HOODIE, NOON, TODAY, a_case, a_shelf, a_supply, an_order
from .story import Story

_QUIET = "[terms]\nsuppress_within_days = 10\n"


def _short(days: int | None, policy: str = _QUIET, charcoal: int = 5) -> Story:
    """Find a hoodie short that comes so many days after today."""
    order = an_order(placed_at=NOON)
    case = a_case(order, shelf=a_shelf(a_supply(days), charcoal=charcoal))
    return Story(case, policy=policy).shop_says()


def test_what_comes_in_time_needs_no_word_and_says_why_it_has_none() -> None:
    """Inside the merchant's days nobody is asked; the reason is recorded once."""
    story = _short(5)

    assert story.keys == []
    assert story.backorder.state is BackorderState.SUPPRESSED
    recorded = [e for e in story.all(Record) if e.action == "left unsaid"]
    assert [e.detail for e in recorded] == [
        "hoodie: comes by 2026-06-17, in time until 2026-06-19"
    ]
    story.shop_says()
    assert not [e for e in story.all(Record) if e.action == "left unsaid"]


def test_the_last_day_is_in_time_and_the_next_is_not() -> None:
    """A range that ends on day ten is in time; one that ends on day eleven is told."""
    assert _short(7).keys == []
    assert _short(8).keys == ["proposal"]
    assert _short(None).keys == ["proposal"]
    assert _short(5, policy="").keys == ["proposal"]


def test_a_slip_out_of_time_is_told_then() -> None:
    """The notice that was left out is sent once the time is missed."""
    story = _short(5)
    story.expects(a_supply(9), sku=HOODIE).shop_says()

    assert story.keys == ["proposal"]
    assert story.backorder.state is BackorderState.OFFERED


def test_a_day_that_passes_without_goods_is_told() -> None:
    """What was to come and did not is no longer in time."""
    story = _short(5).waits(days=5)
    assert not story.case.offers
    story.waits(days=1)
    assert [offer.kind for offer in story.case.offers] == ["proposal"]


def test_who_asks_is_told_and_hears_of_every_change_after() -> None:
    """The date told on a question is a promise like any other."""
    story = _short(5, charcoal=0).says("where is my order?")
    assert "we expect it between Sun 14 June and Wed 17 June" in story.words
    assert story.backorder.state is BackorderState.WAITING

    story.expects(a_supply(6), sku=HOODIE).shop_says()
    assert story.keys == ["delay"]


def test_the_customers_own_day_counts() -> None:
    """In time is no later than the customer needs it."""
    story = _short(5).says("I need it by Saturday")

    assert "proposal" in story.keys
    assert story.backorder.state is BackorderState.OFFERED


def test_what_comes_as_expected_was_never_a_matter() -> None:
    """Filled in silence: no good news about what nobody knew was missing."""
    story = _short(5).waits(days=4)
    story.shop_says("hoodie", backordered=0, allocated=1)

    assert story.keys == []
    assert story.backorder.state is BackorderState.FILLED
    assert story.now.date() == TODAY + timedelta(days=4)
