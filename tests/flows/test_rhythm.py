"""Who waits is not left without a word: the same date again, in a set rhythm."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from flows.case import Told
from flows.draft import Draft
from flows.rhythm import rhythm_due

from .builders import (
    HOODIE,
    NOON,
    a_case,
    a_line,
    a_setting,
    a_shelf,
    a_supply,
    an_order,
)
from .story import Story

_BERLIN = ZoneInfo("Europe/Berlin")
_WEEKLY = "[terms]\nupdate_every_days = 7\ncancel_horizon_days = 60\n"


def _waiting(days: int | None = 20, policy: str = _WEEKLY) -> Story:
    """Let Anna wait for a hoodie, told of a date, with nothing close on the shelf."""
    order = an_order(a_line(), placed_at=NOON)
    case = a_case(order, shelf=a_shelf(a_supply(days), charcoal=0))
    return Story(case, policy=policy).shop_says().delivers()


def test_after_the_set_days_the_date_is_told_again_with_the_ways_out() -> None:
    """Nothing changed, and that is said, at the hour of the first word."""
    story = _waiting().waits(days=6)
    assert "still_waiting" not in story.keys
    story.waits(days=1, hours=1)

    assert story.keys == ["still_waiting"]
    assert "still expect it between Mon 29 June and Thu 2 July" in story.words
    assert story.buttons == ["Cancel Hoodie, black, L", "Talk to a person"]


def test_it_comes_once_a_rhythm() -> None:
    """Two weeks are two words, however often somebody looks."""
    story = _waiting()
    told = set()
    for _ in range(16):
        story.waits(days=1).shop_says()
        assert story.backorder.told is not None
        told.add(story.backorder.told.told_at.date())
    assert len(told) == 3


def test_what_is_due_at_night_waits_for_the_morning() -> None:
    """Nobody is woken to hear that nothing has changed."""
    at_eleven = NOON + timedelta(hours=9)
    case = _waiting().case
    (backorder,) = case.backorders
    told = Told(expected_from=None, expected_to=None, told_at=at_eleven)
    late = replace(case, backorders=(replace(backorder, told=told),))
    due = rhythm_due(Draft(late, a_setting(policy=_WEEKLY)))

    assert due is not None
    assert due.astimezone(_BERLIN).hour == 8
    assert due.date() == (at_eleven + timedelta(days=8)).date()


def test_without_a_date_it_says_so() -> None:
    """Who chose to wait for the unknown is not forgotten, either."""
    story = _waiting(None, policy=_WEEKLY + 'automatic_cancel = "never"\n')
    story.taps("0w").waits(days=7, hours=2)

    assert story.keys == ["still_waiting"]
    assert "our supplier still has no date for us" in story.words


def test_what_was_told_is_told_again_not_what_would_be_told_now() -> None:
    """A slip too small to be told changes nothing of what is repeated."""
    story = _waiting(policy=_WEEKLY + "material_days = 5\n")
    story.expects(a_supply(22), sku=HOODIE).shop_says().waits(days=7, hours=1)

    assert "Mon 29 June and Thu 2 July" in story.words


def test_nought_is_never() -> None:
    """The merchant may leave it to the changes alone."""
    story = _waiting(policy=_WEEKLY.replace("= 7", "= 0")).waits(days=19)
    assert story.backorder.told is not None
    assert story.backorder.told.told_at < NOON + timedelta(days=1)


def test_who_wants_to_hear_nothing_unasked_hears_nothing() -> None:
    """Opting out covers the routine word, in the chat and by mail."""
    story = _waiting().opens("mute").waits(days=20)
    assert story.backorder.told is not None
    assert story.backorder.told.told_at < NOON + timedelta(days=1)
