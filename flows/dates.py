"""Dates that were told and moved: told anew, once, and never silently worse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.case import BackorderState
from flows.hours import out_of_quiet
from flows.offer import PENDING
from flows.plan import Kind, within_horizon
from flows.promise import Estimate, estimate, is_better, is_worse
from flows.proposals import buttons, context, propose, tell_date

if TYPE_CHECKING:
    from flows.case import Backorder, Offer, OfferItem
    from flows.draft import Draft
    from flows.shop import Line, Order

_DATED = frozenset((BackorderState.OFFERED, BackorderState.WAITING))


def tell_dates(draft: Draft) -> None:
    """Tell dates that moved, unless people sleep: then it is told in the morning."""
    orders = draft.case.orders
    asleep = bool(orders) and _asleep(draft, orders[0])
    if not asleep:
        for order in orders:
            _follow_dates(draft, order)
    if draft.case.memory.later != asleep:
        memory = replace(draft.case.memory, later=asleep)
        draft.case = replace(draft.case, memory=memory)


def _asleep(draft: Draft, order: Order) -> bool:
    terms = draft.terms(order, None).terms
    return out_of_quiet(draft.now, terms.quiet_hours, draft.zone) > draft.now


def _follow_dates(draft: Draft, order: Order) -> None:
    """Tell dates that moved, one message an order; open questions are asked anew."""
    slipped: dict[bool, list[Backorder]] = {True: [], False: []}
    for backorder in draft.case.backorders:
        line = order.line(backorder.line_id)
        told = backorder.told
        live = backorder.state in _DATED and backorder.closed_at is None
        if not live or line is None or told is None or told.told_at == draft.now:
            continue
        when = _expected(draft, order, line, backorder)
        if _is_worse(draft, order, line, backorder, when):
            slipped[not _proposed(draft, backorder)].append(backorder)
        elif is_better(told, when):
            _tell_sooner(draft, order, line, backorder, when)
    for delayed, backorders in slipped.items():
        if backorders:
            propose(draft, order, backorders, delayed=delayed)


def _expected(draft: Draft, order: Order, line: Line, backorder: Backorder) -> Estimate:
    terms = draft.terms(order, line).terms
    today = draft.now.astimezone(draft.zone).date()
    facts = draft.case.shelf.blank(line.sku)
    return estimate(line.id, backorder.quantity, facts, today, terms)


def _is_worse(
    draft: Draft, order: Order, line: Line, backorder: Backorder, when: Estimate
) -> bool:
    """Whether a slip is worth a word: many days, or a few that cross the horizon."""
    told, terms = backorder.told, draft.terms(order, line).terms
    if told is None or is_worse(told, when, terms):
        return told is not None
    before = Estimate(expected_from=told.expected_from, expected_to=told.expected_to)
    was, now = (within_horizon(w, order, terms, draft.zone) for w in (before, when))
    return was and not now


def _proposed(draft: Draft, backorder: Backorder) -> bool:
    """Whether a first question about it is still open, which no delay has caused."""
    offer = _asking(draft, backorder)
    return offer is not None and offer.kind != Kind.DELAY


def _asking(draft: Draft, backorder: Backorder) -> Offer | None:
    offer = draft.case.offer_for(backorder.id)
    if offer is None or offer.state not in PENDING or not offer.window_seconds:
        return None
    return offer


def _tell_sooner(
    draft: Draft, order: Order, line: Line, backorder: Backorder, when: Estimate
) -> None:
    draft.put_backorder(tell_date(draft, backorder, when))
    draft.push(
        "sooner",
        draft.menu("person"),
        order=order,
        line=draft.named(line),
        when=when,
    )
    offer = _asking(draft, backorder)
    if offer is None:
        return
    items = tuple(_redated(item, backorder, when) for item in offer.items)
    offer = replace(offer, items=items)
    draft.put_offer(offer)
    rows = buttons(draft, offer, order)
    draft.reword(offer.subject, offer.kind, rows, **context(draft, offer, order))


def _redated(item: OfferItem, backorder: Backorder, when: Estimate) -> OfferItem:
    if item.backorder_id != backorder.id:
        return item
    choices = tuple(
        replace(choice, expected_from=when.expected_from, expected_to=when.expected_to)
        if choice.kind == "wait"
        else choice
        for choice in item.choices
    )
    return replace(item, choices=choices)
