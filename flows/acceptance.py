"""May this be sold although it is not in stock? Four conditions, each with its reason.

A date is known; of what is coming some is left to promise; the numbers can be trusted;
and there are people enough to pack it once it is here. The merchant may overrule them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from flows.promise import Estimate, estimate
from flows.shop import SkuFacts
from flows.wording import Wording

if TYPE_CHECKING:
    from datetime import date, datetime

    from flows.policy import Policy
    from flows.shop import Supply
    from flows.terms import Terms

#: Stands for the line that somebody would order now: behind everybody else.
_NEW = "new"


class Reason(StrEnum):
    """Why something can be ordered, or cannot; the words the shop's pages read."""

    IN_STOCK = "in_stock"
    COMING = "coming"
    NO_DATE = "no_date"
    USED_UP = "used_up"
    RECORD = "record"
    CAPACITY = "capacity"
    SWITCHED_OFF = "switched_off"
    NOT_SOLD = "not_sold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is known about a product's blank, and who waits for it.

    ``queued`` are units that open orders wait for, ``listed`` units that the waiting
    list does, ``people`` who stands on that list for this very product. ``odd`` are
    order lines whose numbers do not add up. ``heard_at``: the shop's newest word about
    any stock or supply; None where it never says when.
    """

    sku: str
    free: int = 0
    supplies: tuple[Supply, ...] = ()
    queued: int = 0
    listed: int = 0
    people: int = 0
    odd: tuple[str, ...] = ()
    heard_at: datetime | None = None
    active: bool = True

    @property
    def left_in_stock(self) -> int:
        """How many units nobody waits for are here."""
        return max(self.free - self.queued, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One condition: whether it holds, and the numbers behind that, in one line."""

    name: str
    passed: bool
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """What the shop's pages may say about a product now."""

    sku: str
    orderable: bool
    reason: Reason
    checks: tuple[Check, ...]
    when: Estimate
    #: How many people wait; None where the merchant does not show it.
    waiting_count: int | None = None


def availability(
    demand: Demand, terms: Terms, now: datetime, today: date
) -> Availability:
    """Return whether a product can be ordered now, and when it would come.

    In stock it simply can. ``accept_backorders`` "on" sells it all the same, "off"
    never, "auto" while all four conditions hold.
    """
    when = _when(demand, terms, today)
    checks = conditions(demand, terms, now, today)
    failed = next((check.reason for check in checks if not check.passed), None)
    if not demand.active:
        orderable, reason = False, Reason.NOT_SOLD
    elif demand.left_in_stock:
        orderable, reason = True, Reason.IN_STOCK
    elif terms.accept_backorders == "off":
        orderable, reason = False, Reason.SWITCHED_OFF
    elif terms.accept_backorders == "on" or failed is None:
        orderable, reason = True, Reason.COMING
    else:
        orderable, reason = False, failed
    return Availability(
        sku=demand.sku,
        orderable=orderable,
        reason=reason,
        checks=checks,
        when=when if reason is Reason.COMING else Estimate(),
        waiting_count=demand.people if terms.show_waiting_count else None,
    )


def conditions(
    demand: Demand, terms: Terms, now: datetime, today: date
) -> tuple[Check, ...]:
    """Return the four conditions of selling what is not here."""
    return (
        _date_known(demand, today),
        _incoming_left(demand, today),
        _record_sound(demand, terms, now),
        _capacity(demand, terms),
    )


def _date_known(demand: Demand, today: date) -> Check:
    dated = _dated(demand, today)
    first = min((s.expected_on for s in dated if s.expected_on), default=None)
    return Check(
        name="date",
        passed=first is not None,
        reason=Reason.NO_DATE,
        detail=f"next supply on {first}" if first else "no supply with a future date",
    )


def _incoming_left(demand: Demand, today: date) -> Check:
    coming = sum(supply.quantity for supply in _dated(demand, today))
    promised = max(demand.queued + demand.listed - max(demand.free, 0), 0)
    return Check(
        name="incoming",
        passed=coming > promised,
        reason=Reason.USED_UP,
        detail=f"{coming} coming, {promised} of them promised",
    )


def _record_sound(demand: Demand, terms: Terms, now: datetime) -> Check:
    age = now - demand.heard_at if demand.heard_at else timedelta(0)
    silent = age > terms.acceptance_stale
    told = [f"line {line_id} does not add up" for line_id in demand.odd]
    told += [f"no news for {age.days} days"] if silent else []
    return Check(
        name="record",
        passed=not told,
        reason=Reason.RECORD,
        detail="; ".join(told) or "numbers add up and are fresh",
    )


def _capacity(demand: Demand, terms: Terms) -> Check:
    waiting = demand.queued + demand.listed
    most = terms.acceptance_per_day * terms.acceptance_days
    return Check(
        name="capacity",
        passed=waiting < most,
        reason=Reason.CAPACITY,
        detail=f"{waiting} to pack on arrival, {most} possible",
    )


def _dated(demand: Demand, today: date) -> list[Supply]:
    return [s for s in demand.supplies if s.expected_on and s.expected_on >= today]


def _when(demand: Demand, terms: Terms, today: date) -> Estimate:
    """Return when one more unit would be here, behind all who wait already."""
    ahead = max(demand.queued + demand.listed - max(demand.free, 0), 0)
    facts = SkuFacts(sku=demand.sku, supplies=demand.supplies, ahead=((_NEW, ahead),))
    return estimate(_NEW, 1, facts, today, terms)


def page_texts(found: Availability, policy: Policy) -> dict[str, str]:
    """Return what the shop's pages may say, in each of the shop's languages."""
    zone = policy.hours.time_zone
    return {
        language: Wording(language, zone, policy.shop).on_page(
            found.reason.value, found=found
        )
        for language in policy.shop.languages
    }
