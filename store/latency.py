"""How soon people were told: that something is late, and that its date moved."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from store import shop
from store.concerned import slices
from store.tables import backorders, promises, supply_dates
from store.touched import blank_of_each

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """The median of ``count`` stretches, in seconds; None where there is none."""

    seconds: float | None = None
    count: int = 0


def told_after(connection: Connection, since: datetime, until: datetime) -> Latency:
    """Return how long the median backorder waited for its first word."""
    first = func.min(promises.c.told_at).label("told_at")
    rows = connection.execute(
        select(backorders.c.found_at, first)
        .join(promises, promises.c.backorder_id == backorders.c.id)
        .where(
            backorders.c.found_at.between(since, until),
            backorders.c.state != "baseline",
        )
        .group_by(backorders.c.id, backorders.c.found_at)
    )
    return _median([(row.told_at - row.found_at).total_seconds() for row in rows])


def moved_after(connection: Connection, since: datetime, until: datetime) -> Latency:
    """Return how long after the shop changed a date the new one was told.

    From the shop's own word on when it changed the supply, or a colleague's date, to
    the turn that told it; what moved for another reason is left out, and so is a
    supply that was changed again since, whose earlier change nobody kept.
    """
    last_told = (
        func.lag(promises.c.told_at, type_=promises.c.told_at.type)
        .over(partition_by=promises.c.backorder_id, order_by=promises.c.id)
        .label("before")
    )
    told = (
        select(
            backorders.c.sku, promises.c.expected_from, promises.c.told_at, last_told
        )
        .join(backorders, backorders.c.id == promises.c.backorder_id)
        .subquery()
    )
    rows = connection.execute(
        select(told).where(
            told.c.before.is_not(None),
            told.c.sku.is_not(None),
            told.c.expected_from.is_not(None),
            told.c.told_at.between(since, until),
        )
    ).all()
    blanks = blank_of_each(connection, {row.sku for row in rows})
    dated = _dated(connection, set(blanks.values()))
    seconds = []
    for row in rows:
        at = [
            at
            for at in dated[blanks[row.sku], row.expected_from]
            if row.before < at <= row.told_at
        ]
        if at:
            seconds.append((row.told_at - max(at)).total_seconds())
    return _median(seconds)


def _dated(
    connection: Connection, blanks: set[str]
) -> defaultdict[tuple[str, date], list[datetime]]:
    """Return since when a blank was expected on a day, by the shop or by the staff."""
    found: defaultdict[tuple[str, date], list[datetime]] = defaultdict(list)
    supplies, staff = shop.supplies.c, supply_dates.c
    for some in slices(blanks):
        said = (
            select(supplies.sku, supplies.expected_on, supplies.updated_at),
            select(staff.sku, staff.expected_on, staff.since),
            select(supplies.sku, staff.expected_on, staff.since).join(
                supply_dates, staff.supply_id == supplies.id
            ),
        )
        for asked in said:
            of_these = asked.where(asked.selected_columns[0].in_(some))
            for sku, day, at in connection.execute(of_these):
                if day is not None and at is not None:
                    found[sku, day].append(at)
    return found


def _median(seconds: list[float]) -> Latency:
    if not seconds:
        return Latency()
    return Latency(seconds=median(seconds), count=len(seconds))
