"""Opening hours and quiet hours, over nights, holidays and moved clocks."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.hours import Hours, Span, before_quiet, out_of_quiet, round_up

BERLIN = ZoneInfo("Europe/Berlin")
WORKDAY = (Span(start=time(9), end=time(17)),)
WEEK = (WORKDAY,) * 5 + ((), ())
OFFICE = Hours(time_zone="Europe/Berlin", week=WEEK)
NIGHT = Span(start=time(21), end=time(8))
LUNCH = Span(start=time(12), end=time(13))


def _at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    """Return a local wall clock's reading as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "open_"),
    [
        ("2026-06-09 09:00", True),
        ("2026-06-09 08:59", False),
        ("2026-06-09 16:59", True),
        ("2026-06-09 17:00", False),
        ("2026-06-13 12:00", False),
    ],
)
def test_colleagues_are_there(at: str, open_: bool) -> None:
    """From the first minute on, no longer than the last, and not on Saturdays."""
    assert OFFICE.is_open(_at(at)) is open_


@pytest.mark.parametrize(
    ("at", "then"),
    [
        ("2026-06-09 11:00", "2026-06-09 11:00"),
        ("2026-06-09 07:00", "2026-06-09 09:00"),
        ("2026-06-09 17:00", "2026-06-10 09:00"),
        ("2026-06-12 18:00", "2026-06-15 09:00"),
        ("2026-03-28 12:00", "2026-03-30 09:00"),
    ],
)
def test_when_they_are_back(at: str, then: str) -> None:
    """After hours, weekends and the night the clocks move, at nine by the wall."""
    assert OFFICE.next_open(_at(at)) == _at(then)


@pytest.mark.parametrize(
    ("at", "hours", "then"),
    [
        ("2026-06-09 10:00", 2, "2026-06-09 12:00"),
        ("2026-06-09 16:00", 2, "2026-06-10 10:00"),
        ("2026-06-09 08:00", 8, "2026-06-09 17:00"),
        ("2026-06-12 16:00", 9, "2026-06-15 17:00"),
        ("2026-06-13 03:00", 1, "2026-06-15 10:00"),
    ],
)
def test_opening_time_is_counted_not_the_nights(at: str, hours: int, then: str) -> None:
    """A promise of two hours made at four on Friday is due on Monday."""
    assert OFFICE.add(_at(at), timedelta(hours=hours)) == _at(then)


def test_public_holidays_are_closed() -> None:
    """The calendar of a country knows Easter; a region knows its own days."""
    german = Hours(time_zone="Europe/Berlin", week=WEEK, calendar="DE")
    assert german.next_open(_at("2026-04-02 18:00")) == _at("2026-04-07 09:00")
    assert OFFICE.next_open(_at("2026-04-02 18:00")) == _at("2026-04-03 09:00")
    bavarian = Hours(time_zone="Europe/Berlin", week=WEEK, calendar="DE-BY")
    assert not bavarian.is_open(_at("2026-01-06 11:00"))
    assert german.is_open(_at("2026-01-06 11:00"))


def test_a_bar_is_open_after_midnight() -> None:
    """Hours that end at midnight or later belong to the evening they began."""
    bar = Hours(
        time_zone="Europe/Berlin",
        week=((Span(start=time(18), end=time(2)),),) + ((),) * 5 + (WORKDAY,),
    )
    assert bar.is_open(_at("2026-06-08 23:30"))
    assert bar.is_open(_at("2026-06-09 01:59"))
    assert not bar.is_open(_at("2026-06-09 02:00"))
    until_midnight = (Span(start=time(9), end=time(0)),)
    late = Hours(time_zone="Europe/Berlin", week=(until_midnight,) * 7)
    assert late.is_open(_at("2026-06-08 23:59"))
    assert not late.is_open(_at("2026-06-09 00:00"))


def test_a_day_of_moved_clocks_has_its_own_length() -> None:
    """Eight hours from midnight end an hour later by the wall in March."""
    always = (Span(start=time(0), end=time(0)),)
    hours = Hours(time_zone="Europe/Berlin", week=(always,) * 7)
    assert hours.add(_at("2026-03-29 00:00"), timedelta(hours=8)) == _at(
        "2026-03-29 09:00"
    )
    assert hours.add(_at("2026-10-25 00:00"), timedelta(hours=8)) == _at(
        "2026-10-25 07:00"
    )


def test_a_shop_that_never_opens_blocks_nobody() -> None:
    """Without any opening hours, opening time is all time."""
    closed = Hours(time_zone="UTC", week=((),) * 7)
    now = _at("2026-06-09 10:00")
    assert closed.next_open(now) == now
    assert closed.add(now, timedelta(hours=2)) == now + timedelta(hours=2)


INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(  # noqa: DTZ001 - made aware at once
    lambda at: at.replace(tzinfo=UTC)
)
ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"]
)


@given(INSTANTS, st.integers(1, 60 * 24 * 5), ZONES)
def test_added_opening_time_has_really_passed(
    at: datetime, minutes: int, zone: str
) -> None:
    """Between the two instants, exactly so much opening time lies."""
    hours = Hours(time_zone=zone, week=WEEK)
    end = hours.add(at, timedelta(minutes=minutes))
    passed = sum(
        (
            max(min(closes, end) - max(opens, at), timedelta(0))
            for opens, closes in hours._spans(at)
        ),
        timedelta(0),
    )
    assert passed == timedelta(minutes=minutes)
    assert hours.next_open(at) >= at
    assert hours.is_open(hours.next_open(at))


# --- quiet hours --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "then"),
    [
        ("2026-06-09 20:59", "2026-06-09 20:59"),
        ("2026-06-09 21:00", "2026-06-10 08:00"),
        ("2026-06-09 23:59", "2026-06-10 08:00"),
        ("2026-06-10 00:00", "2026-06-10 08:00"),
        ("2026-06-10 07:59", "2026-06-10 08:00"),
        ("2026-06-10 08:00", "2026-06-10 08:00"),
        ("2026-03-28 23:00", "2026-03-29 08:00"),
        ("2026-10-24 23:00", "2026-10-25 08:00"),
    ],
)
def test_nothing_happens_in_the_night(at: str, then: str) -> None:
    """What falls between nine and eight waits for the morning, clocks moved or not."""
    assert out_of_quiet(_at(at), NIGHT, BERLIN) == _at(then)


def test_what_would_disturb_the_night_comes_before_it() -> None:
    """A reminder due at four in the morning is sent the evening before."""
    evening = _at("2026-06-09 20:30")
    assert before_quiet(_at("2026-06-10 04:00"), NIGHT, BERLIN) == evening
    assert before_quiet(_at("2026-06-09 21:00"), NIGHT, BERLIN) == evening
    awake = _at("2026-06-10 10:00")
    assert before_quiet(awake, NIGHT, BERLIN) == awake
    noon = _at("2026-06-09 12:30")
    assert before_quiet(noon, LUNCH, BERLIN) == _at("2026-06-09 11:30")


def test_without_quiet_hours_nothing_moves() -> None:
    """None, or from eight to eight, means that people are always awake."""
    at = _at("2026-06-09 23:00")
    same = Span(start=time(8), end=time(8))
    for quiet in (None, same):
        assert out_of_quiet(at, quiet, BERLIN) == at
        assert before_quiet(at, quiet, BERLIN) == at


SPANS = st.builds(
    lambda start, end: Span(start=time(start), end=time(end)),
    st.integers(0, 23),
    st.integers(0, 23),
)


@given(INSTANTS, SPANS, ZONES)
def test_out_of_quiet_is_awake_and_stays(at: datetime, quiet: Span, name: str) -> None:
    """The instant found is not earlier, lies outside, and is found again."""
    zone = ZoneInfo(name)
    awake = out_of_quiet(at, quiet, zone)
    assert at <= awake <= at + timedelta(hours=25)
    assert out_of_quiet(awake, quiet, zone) == awake
    assert before_quiet(at, quiet, zone) <= at


@given(INSTANTS, st.integers(1, 180))
def test_rounding_goes_up_and_no_further(at: datetime, minutes: int) -> None:
    """A rounded instant is a whole step, at most one step later."""
    step = timedelta(minutes=minutes)
    rounded = round_up(at, step)
    assert timedelta(0) <= rounded - at < step
    assert round_up(rounded, step) == rounded
