"""Opening hours and quiet hours: when people are there, when they want to sleep.

Everything is computed on local wall time of a named zone and returned in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

#: Nobody plans further than this; a week of holidays cannot loop for ever.
_HORIZON_DAYS = 60
#: What would disturb the night is said this much before it.
_AHEAD = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of a day, from ``start`` up to but without ``end``."""

    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When colleagues are there. ``week`` has seven entries, Monday first."""

    time_zone: str
    week: tuple[tuple[Span, ...], ...]
    calendar: str | None = None

    def is_open(self, at: datetime) -> bool:
        """Return whether somebody is there at this instant."""
        return any(start <= at < end for start, end in self._spans(at))

    def next_open(self, at: datetime) -> datetime:
        """Return this instant if open, else when the next opening begins."""
        for start, end in self._spans(at):
            if at < end:
                return max(at, start)
        return at

    def add(self, at: datetime, duration: timedelta) -> datetime:
        """Return the instant by which ``duration`` of opening time has passed."""
        left = duration
        for start, end in self._spans(at):
            begin = max(at, start)
            if begin >= end:
                continue
            if end - begin >= left:
                return begin + left
            left -= end - begin
        return at + duration

    def _spans(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        zone = ZoneInfo(self.time_zone)
        first = at.astimezone(zone).date() - timedelta(days=1)
        closed = _holidays(self.calendar)
        for offset in range(_HORIZON_DAYS):
            day = first + timedelta(days=offset)
            if day in closed:
                continue
            for span in self.week[day.weekday()]:
                # 9:00-24:00 and 18:00-2:00 end on the next day.
                over = timedelta(days=1 if span.end <= span.start else 0)
                yield _local(day, span.start, zone), _local(day + over, span.end, zone)


def out_of_quiet(at: datetime, quiet: Span | None, zone: ZoneInfo) -> datetime:
    """Return this instant, or the end of the quiet hours it falls into.

    Quiet hours may run over midnight (21:00 to 8:00).
    """
    if quiet is None or quiet.start == quiet.end:
        return at
    local = at.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    if quiet.start < quiet.end:
        inside, ends_on = quiet.start <= clock < quiet.end, local.date()
    else:
        inside = clock >= quiet.start or clock < quiet.end
        late = clock >= quiet.start
        ends_on = local.date() + timedelta(days=1) if late else local.date()
    return _local(ends_on, quiet.end, zone) if inside else at


def before_quiet(at: datetime, quiet: Span | None, zone: ZoneInfo) -> datetime:
    """Return this instant, or half an hour before the quiet hours it falls into."""
    if quiet is None or out_of_quiet(at, quiet, zone) == at:
        return at
    local = at.astimezone(zone)
    today = local.time().replace(tzinfo=None) >= quiet.start
    began_on = local.date() if today else local.date() - timedelta(days=1)
    if quiet.start < quiet.end:
        began_on = local.date()
    return _local(began_on, quiet.start, zone) - _AHEAD


def round_up(at: datetime, step: timedelta) -> datetime:
    """Return the next whole multiple of ``step`` since the epoch, or ``at`` itself."""
    over = timedelta(seconds=at.timestamp() % step.total_seconds())
    return at if not over else at + (step - over)


def known_calendar(name: str) -> str:
    """Return a calendar's name if the public holidays of it are known.

    Raises:
        ValueError: With what was expected.
    """
    import holidays  # noqa: PLC0415 - slow to import, needed by few

    country, dash, region = name.partition("-")
    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        raise ValueError("expected a country like DE, or a region like DE-BY")
    aliases = getattr(holidays, country).get_subdivision_aliases()
    spoken = {
        *known[country],
        *aliases,
        *(a for names in aliases.values() for a in names),
    }
    if dash and region not in spoken:
        regions = ", ".join(sorted(known[country]))
        told = f"or one of its regions: {regions}" if regions else "it has no regions"
        raise ValueError(f"expected {country} alone; {told}")
    return name


def _local(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


@lru_cache(maxsize=8)
def _holidays(calendar: str | None) -> Container[date]:
    if calendar is None:
        return ()
    import holidays  # noqa: PLC0415 - slow to import, needed by few

    country, _, region = calendar.partition("-")
    return holidays.country_holidays(country, subdiv=region or None)
