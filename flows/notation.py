"""How values are written in policy.toml: 24h, 21:00-8:00, DE; what else is refused."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from flows.hours import Span

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_SPAN = re.compile(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")
_NO_QUIET = ("0:00-0:00", "00:00-00:00")
_LEAST_AWAKE = timedelta(hours=1)
_QUIET_OFF = "0:00-0:00 switches quiet hours off"


def written(value: Any) -> str:
    """Return a value as it is written in policy.toml, without its quotes."""
    if isinstance(value, timedelta):
        return _long(value)
    if isinstance(value, Span):
        return f"{value.start:%H:%M}-{value.end:%H:%M}"
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    return str(value).lower() if isinstance(value, bool | None) else str(value)


def _long(value: timedelta) -> str:
    minutes = int(value.total_seconds() // 60)
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes % size == 0 and minutes > size:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


def _duration(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"(\d{1,5})\s*([mhd])", str(value).strip())
    if not found or not int(found[1]):
        raise ValueError("expected a duration like 30m, 24h or 14d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _span(value: Any) -> Span:
    if isinstance(value, Span):
        return value
    found = _SPAN.fullmatch(str(value).strip())
    try:
        start, end = map(_clock, found.groups() if found else ())
    except ValueError:
        raise ValueError("expected hours like 9:00-17:30") from None
    return Span(start=start, end=end)


def _quiet(value: Any) -> Span:
    if isinstance(value, Span):
        return value
    try:
        span = _span(value)
    except ValueError:
        raise ValueError(f"expected hours like 21:00-8:00; {_QUIET_OFF}") from None
    if value.strip() not in _NO_QUIET and _awake(span) < _LEAST_AWAKE:
        raise ValueError(
            "expected hours that leave at least one hour of the day, like 21:00-8:00:"
            f" else nothing could be sent and no window end; {_QUIET_OFF}"
        )
    return span


def _awake(quiet: Span) -> timedelta:
    """Return how much of a day is left between quiet hours."""
    start, end = (
        timedelta(hours=clock.hour, minutes=clock.minute)
        for clock in (quiet.start, quiet.end)
    )
    return (start - end) % timedelta(days=1)


def _market(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}|rest", value):
        raise ValueError("expected a market: a country like DE, or EU, US, rest")
    return value


def _address(value: str) -> str:
    if not re.fullmatch(r"https?://\S+", value):
        raise ValueError("expected a web address like https://shop.example/sizes")
    return value


def _clock(told: str) -> time:
    hour, minute = (int(part) for part in told.split(":"))
    midnight = (hour, minute) == (24, 0)
    return time(0) if midnight else time(hour, minute)


Duration = Annotated[timedelta, BeforeValidator(_duration), Field(gt=timedelta(0))]
Stretch = Annotated[Span, BeforeValidator(_span)]
Quiet = Annotated[Span, BeforeValidator(_quiet)]
Market = Annotated[str, AfterValidator(_market)]
WebAddress = Annotated[str, AfterValidator(_address)]
