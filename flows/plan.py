"""What to do about a quantity that cannot be filled: the five cases of the policy.

| like replacement? | restock within the horizon? | plan |
| ----------------- | --------------------------- | ---- |
| yes               | any                         | propose it, or wait, or cancel |
| no                | yes                         | wait, and say the date |
| no                | no or unknown               | cancel (auto), ask staff, or offer |
| refused           | yes                         | offer wait or cancel |
| refused           | no                          | as the third |

The horizon is counted from the order date; the whole question is asked again
whenever a supply moves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from flows.case import Backorder, Choice, OfferItem
from flows.money import line_refund, swap
from flows.preferences import NO_WISHES, REFUND
from flows.promise import Estimate, estimate
from flows.shop import full_title

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from flows.policy import Applied
    from flows.preferences import Wishes
    from flows.shop import Line, Order, Shelf
    from flows.substitutes import Candidate
    from flows.terms import Terms

#: What a colleague may want where the policy asks them.
Ruling = Literal["cancel", "ask"]
#: What is short this soon was not there when it was ordered, either.
_AT_ONCE = timedelta(minutes=10)
#: Substitutes a customer can see at most; more would be a catalogue.
_MOST = 5


class Kind(StrEnum):
    """Why a customer is written to, or that a colleague is asked first."""

    PROPOSAL = "proposal"
    DATED = "dated"
    DELAY = "delay"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    ASK_STAFF = "ask_staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What shall happen to one backorder: its kind, and the item with its choices."""

    kind: Kind
    item: OfferItem
    estimate: Estimate
    #: Whether a choice is expected by a deadline.
    asks: bool


def plan(
    backorder: Backorder,
    order: Order,
    line: Line,
    shelf: Shelf,
    applied: Applied,
    *,
    index: int,
    today: date,
    zone: ZoneInfo,
    refused: bool = False,
    delayed: bool = False,
    agreed: bool = False,
    ruling: Ruling | None = None,
    candidates: Sequence[Candidate] = (),
    wishes: Wishes = NO_WISHES,
    known: Estimate | None = None,
) -> Plan:
    """Return what the policy wants for one backorder today.

    ``refused``: the customer wants none of the substitutes; ``delayed``: a told date
    became worse; ``agreed``: the customer said yes to waiting, or a day merely passed,
    so what would be cancelled is asked about; ``ruling``: a colleague
    wants it to ``cancel``, or to ``ask`` the customer. ``candidates`` are what may
    stand in for it, the closest first; ``known``: when it is expected, where the shelf
    need not say it.
    """
    terms = applied.terms
    quantity = backorder.quantity
    when = known or estimate(line.id, quantity, shelf.blank(line.sku), today, terms)
    candidates = () if refused else candidates
    substitutes = [
        _substitute(candidate, line, quantity, f"{index}s{n}")
        for n, candidate in enumerate(candidates[:_MOST])
    ]
    wait = Choice(
        code=f"{index}w",
        kind="wait",
        expected_from=when.expected_from,
        expected_to=when.expected_to,
    )
    cancel = Choice(
        code=f"{index}c",
        kind="cancel",
        refund_minor=line_refund(line, quantity, line.cancelled),
    )
    soon = within_horizon(when, order, terms, zone)
    kind, recommended = case_for(
        substitutes, wait, cancel, terms, soon=soon, refused=refused
    )
    asked = agreed or when.overdue
    if delayed and (asked or kind in {Kind.PROPOSAL, Kind.DATED}):
        kind = Kind.DELAY
        recommended = wait if when.known else (substitutes or [cancel])[0]
    late = wishes.too_late(when)
    if late and recommended is wait:
        kind = Kind.REFUSED if kind is Kind.DATED else kind
        recommended = (substitutes or [cancel])[0]
    preorder = line.kind == "preorder" and not (delayed or refused or late)
    if preorder:
        kind, recommended = Kind.DATED, wait
    if late and agreed and kind is Kind.CANCELLED:
        kind = Kind.REFUSED
    if ruling == "cancel":
        kind, recommended = Kind.CANCELLED, cancel
    elif ruling and kind in {Kind.CANCELLED, Kind.ASK_STAFF}:
        kind, recommended = Kind.REFUSED, wait
    refund = bool(substitutes) and wishes.preference == REFUND
    if refund and recommended.kind == "substitute":
        recommended = cancel
    product = shelf.product(line.sku)
    item = OfferItem(
        backorder_id=backorder.id,
        line_id=line.id,
        title=full_title(line.title, product),
        quantity=quantity,
        choices=(*substitutes, wait, cancel),
        recommended=recommended.code,
        on_silence=recommended.code,
        shown=terms.substitutes_shown,
        rule=applied.rule,
        cause=when.cause,
        told_before=_told_before(backorder, when) if not preorder else None,
        overdue=when.overdue,
        size_chart_url=product.size_chart_url if product and product.size else None,
        preference=wishes.preference if substitutes else "",
        needed_by=wishes.needed_by if late else None,
        ordered=_ordered(backorder, order, line) if kind is Kind.DATED else "",
    )
    delays = backorder.slips + (1 if delayed else 0)
    if refund and terms.automatic_cancel != "auto":
        # The merchant cancels nothing unasked, whatever the customer prefers.
        item = replace(item, on_silence=wait.code)
    silent: Choice | None = wait
    if not preorder:
        silent = silent_choice(item, terms, today, delays, may_wait=not late)
    item = replace(item, on_silence=silent.code if silent else "")
    waits_anyway = recommended is wait and item.on_silence == wait.code
    asks = kind in {Kind.PROPOSAL, Kind.REFUSED} or not waits_anyway
    asks = asks and kind is not Kind.CANCELLED
    return Plan(kind=kind, item=item, estimate=when, asks=asks)


def _told_before(backorder: Backorder, when: Estimate) -> date | None:
    """Return the day that was told, where it is later now or nobody knows."""
    told = backorder.told.expected_to if backorder.told else None
    if told is None or (when.expected_to is not None and when.expected_to <= told):
        return None
    return told


def _ordered(backorder: Backorder, order: Order, line: Line) -> str:
    """Return as what a line was ordered that was not here when it was; else ""."""
    if line.kind == "preorder":
        return line.kind
    at_once = backorder.found_at - order.placed_at <= _AT_ONCE
    return "backorder" if at_once else ""


def silent_choice(
    item: OfferItem, terms: Terms, today: date, delays: int, *, may_wait: bool = True
) -> Choice | None:
    """Return what silence does: the wanted choice if the guard lets it, else safer.

    The guard: never a dearer product, never another product where the market does
    not allow it; waiting only for a first, dated delay that is not too long, and not
    beyond the day the customer needs it; cancelling only where the merchant cancels
    unasked. None where nothing is left and the merchant wants to be asked.
    """
    wanted = item.choice(item.on_silence)
    by_kind = {choice.kind: choice for choice in reversed(item.choices)}
    if terms.on_silence != "recommended":
        wanted = by_kind[terms.on_silence]
    instead = by_kind["wait"] if may_wait else item.choice(item.recommended)
    for choice in (wanted, instead):
        if choice is None or (choice.kind == "wait" and not may_wait):
            continue
        if may_silence(choice, terms, today, delays):
            return choice
    return last_resort(item, terms)


def last_resort(item: OfferItem, terms: Terms) -> Choice | None:
    """Return what silence does where the guard lets nothing else; None: people decide.

    Who never cancels unasked does not do so by silence either.
    """
    by_kind = {choice.kind: choice for choice in item.choices}
    match terms.automatic_cancel:
        case "never":
            return by_kind["wait"]
        case "ask":
            return None
        case _:
            return by_kind["cancel"]


def may_silence(choice: Choice, terms: Terms, today: date, delays: int) -> bool:
    """Return whether silence may stand for this choice."""
    match choice.kind:
        case "substitute":
            return terms.silent_substitute and choice.difference_minor <= 0
        case "wait":
            latest = today + timedelta(days=terms.silent_wait_days)
            dated = choice.expected_to is not None and choice.expected_to <= latest
            return dated and delays < 2
        case _:
            return terms.automatic_cancel == "auto" or terms.on_silence == "cancel"


def case_for(
    substitutes: list[Choice],
    wait: Choice,
    cancel: Choice,
    terms: Terms,
    *,
    soon: bool,
    refused: bool,
) -> tuple[Kind, Choice]:
    """Return which of the five cases it is, and what is recommended in it."""
    if substitutes:
        return Kind.PROPOSAL, substitutes[0]
    if soon:
        return (Kind.REFUSED if refused else Kind.DATED), wait
    if terms.automatic_cancel == "auto":
        return Kind.CANCELLED, cancel
    if terms.automatic_cancel == "ask":
        return Kind.ASK_STAFF, cancel
    return Kind.REFUSED, wait


def within_horizon(when: Estimate, order: Order, terms: Terms, zone: ZoneInfo) -> bool:
    """Return whether it is back in time, counted from the order date; day 14 is."""
    if when.expected_from is None:
        return False
    ordered = order.placed_at.astimezone(zone).date()
    return when.expected_from <= ordered + timedelta(days=terms.cancel_horizon_days)


def _substitute(candidate: Candidate, line: Line, quantity: int, code: str) -> Choice:
    product = candidate.product
    price = product.price_minor or line.unit_price_minor
    return Choice(
        code=code,
        kind="substitute",
        sku=product.sku,
        title=product.title,
        match=candidate.kind,
        steps=candidate.steps,
        imprint=candidate.imprint,
        size=product.size,
        color=product.color,
        brand=product.brand,
        image_url=product.image_url,
        price_minor=price,
        difference_minor=swap(line, quantity, price).difference_minor,
    )
