"""When a ware has to be ordered again, and how much of it: advice, never an order.

The reorder point is the demand expected over the lead time plus a safety stock (Silver,
Pyke and Thomas, *Inventory and Production Management in Supply Chains*, 4th ed. 2017,
ch. 6; ERPNext's "Itemwise Recommended Reorder Level" computes the same sum)::

    demand a day   d = units ordered in the last weeks / days × season
    safety stock     = z × √(d × lead time)    demand taken as Poisson; z of the service
    reorder point    = d × lead time + safety stock
    position         = on hand + incoming - waiting
    quantity         = reorder point + d × cover days - position

It is told for what falls to its reorder point within ``LOOK_AHEAD``. The season is
last year's ratio (the seasonal naive method): the days to come against the weeks
before, both a year ago, pooled over a category, since one ware sells too little to
tell ("class seasonality", Dalhart 1974; Withycombe, *Int. J. of Forecasting* 5, 1989).
Without enough of a year it is 1. A trend within the weeks is not followed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.terms import Terms

#: Whoever asks once a week still orders in time.
LOOK_AHEAD = timedelta(days=7)
#: 52 whole weeks, so that Saturdays are compared with Saturdays.
YEAR = timedelta(days=364)
#: A shop that opened yesterday does not sell yesterday's units every day.
_LEAST_DAYS = 7
#: Units in each half of the comparison; below, chance makes the season.
_ENOUGH = 30
#: One odd year neither halves an order again nor doubles it twice.
_SEASON = (0.5, 2.0)
#: Further away nobody needs to be told a day.
_FAR_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who delivers a ware, and in how many days; None: nobody said."""

    supplier: str
    lead_time_days: int | None = None
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ware:
    """A blank with its numbers, in units.

    ``sold`` is what was ordered per day of the shop's zone, less what was cancelled;
    goods that came back were wanted all the same. ``on_hand`` is given to nobody yet,
    ``incoming`` ordered from suppliers, ``waiting`` owed to customers. ``sources`` are
    the merchant's, first choice first.
    """

    sku: str
    title: str = ""
    category: str = ""
    sold: Mapping[date, int]
    on_hand: int = 0
    incoming: int = 0
    waiting: int = 0
    supplier: str = ""
    lead_time_days: int | None = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the shop sold: since its first order, and per category and day."""

    since: date
    today: date
    weeks: int
    sold: Mapping[str, Mapping[date, int]]

    @property
    def days(self) -> int:
        """How many days the weeks looked at really have; a young shop has fewer."""
        lived = (self.today - self.since).days + 1
        return min(self.weeks * 7, max(lived, _LEAST_DAYS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to order of a ware. ``quantity`` 0: not yet.

    ``order_by`` is the day on which it falls to its reorder point, None when that is
    not within a year. ``season`` is the factor that counted, 1 without one.
    """

    ware: Ware
    per_week: float
    season: float
    lead_time_days: int
    reorder_point: int
    order_by: date | None
    quantity: int
    supplier: str
    others: tuple[Source, ...]


def advise(ware: Ware, history: History, terms: Terms) -> Advice:
    """Return what to order of a ware, in whole units and never fewer than none.

    More units sold in the weeks looked at never lower the quantity, more units on hand
    or incoming never raise it.
    """
    lead = lead_time(ware, terms)
    factor = season(history, ware.category, lead + terms.reorder_cover_days)
    window = timedelta(days=history.weeks * 7)
    units = _units(ware.sold, history.today - window, history.today)
    a_day = units * factor / history.days
    service = NormalDist().inv_cdf(terms.reorder_service_percent / 100)
    point = ceil(a_day * lead + service * sqrt(a_day * lead))
    position = ware.on_hand + ware.incoming - ware.waiting
    order_by = _order_by(position - point, a_day, history.today)
    due = order_by is not None and order_by <= history.today + LOOK_AHEAD
    wanted = ceil(point + a_day * terms.reorder_cover_days) - position
    first = ware.sources[0].supplier if ware.sources else ware.supplier
    return Advice(
        ware=ware,
        per_week=a_day * 7,
        season=factor,
        lead_time_days=lead,
        reorder_point=point,
        order_by=order_by,
        quantity=max(wanted, 0) if due else 0,
        supplier=first,
        others=ware.sources[1:],
    )


def lead_time(ware: Ware, terms: Terms) -> int:
    """Return the days to come: of the first source, of the product, of the policy."""
    first = ware.sources[0].lead_time_days if ware.sources else None
    known = (days for days in (first, ware.lead_time_days) if days is not None)
    return max(next(known, terms.reorder_lead_days), 0)


def season(history: History, category: str, ahead_days: int) -> float:
    """Return how much more a category sells in the days ahead than in the weeks before.

    1 where last year is not whole, or too little was sold in it to tell.
    """
    then = history.today - YEAR
    window = timedelta(days=history.weeks * 7)
    ahead = timedelta(days=min(max(ahead_days, 1), YEAR.days))
    if history.since > then - window:
        return 1.0
    sold = history.sold.get(category, {})
    before = _units(sold, then - window, then)
    after = _units(sold, then, then + ahead)
    if min(before, after) < _ENOUGH:
        return 1.0
    ratio = (after / ahead.days) / (before / window.days)
    return min(max(ratio, _SEASON[0]), _SEASON[1])


def _order_by(spare: int, a_day: float, today: date) -> date | None:
    """Return when ``spare`` units above the reorder point are sold."""
    if spare < 0:
        return today
    if not a_day or spare / a_day > _FAR_DAYS:
        return None
    return today + timedelta(days=floor(spare / a_day))


def _units(sold: Mapping[date, int], after: date, until: date) -> int:
    """Return the units of the days behind ``after`` up to ``until``."""
    return sum(max(n, 0) for day, n in sold.items() if after < day <= until)
