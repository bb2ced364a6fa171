"""Dates that were told and moved: told anew, once, and never silently worse."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from flows.case import BackorderState, OfferState, TicketState
from flows.handover import resolve
from flows.hours import out_of_quiet
from flows.ledger import POLICY
from flows.offer import PENDING
from flows.plan import Kind, within_horizon
from flows.promise import Estimate, estimate, is_better, is_worse
from flows.proposals import buttons, context, propose, tell_date
from flows.ways_out import ways_out

if TYPE_CHECKING:
    from flows.case import Backorder, Offer, OfferItem
    from flows.draft import Draft
    from flows.shop import Line, Order

_DATED = frozenset((BackorderState.OFFERED, BackorderState.WAITING))
#: Not ours to ask about; but who was told a date hears when it moves.
_LEFT_ALONE = frozenset((BackorderState.BASELINE, BackorderState.WITH_STAFF))
#: Why the team was asked, where a good date makes the question moot.
_UNDATED = frozenset(("cancel_asked", "silence"))


def tell_dates(draft: Draft) -> None:
    """Tell dates that moved, but not to who sleeps or talks with a colleague: later."""
    orders = draft.case.orders
    later = bool(orders) and (draft.hushed or _asleep(draft, orders[0]))
    if not later:
        for order in orders:
            _follow_dates(draft, order)
    if draft.case.memory.later != later:
        memory = replace(draft.case.memory, later=later)
        draft.case = replace(draft.case, memory=memory)


def dates_due(draft: Draft) -> datetime | None:
    """Return when the next told date will have passed without goods; None for never.

    That is in the morning after its last day; while a colleague talks it waits.
    """
    told = [
        backorder.told.expected_to
        for backorder in draft.case.backorders
        if backorder.state in _DATED | _LEFT_ALONE
        if backorder.closed_at is None and draft.case.line(backorder.line_id)
        if backorder.told is not None and backorder.told.expected_to is not None
    ]
    if not told or draft.hushed:
        return None
    after = datetime.combine(min(told) + timedelta(days=1), time(), draft.zone)
    terms = draft.terms(draft.case.orders[0], None).terms
    return out_of_quiet(max(after, draft.now), terms.quiet_hours, draft.zone)


def _asleep(draft: Draft, order: Order) -> bool:
    terms = draft.terms(order, None).terms
    return out_of_quiet(draft.now, terms.quiet_hours, draft.zone) > draft.now


def _follow_dates(draft: Draft, order: Order) -> None:
    """Tell dates that moved, one message an order; open questions are asked anew."""
    slipped: dict[bool, list[Backorder]] = {True: [], False: []}
    for backorder in draft.case.backorders:
        line = order.line(backorder.line_id)
        if line is None or backorder.closed_at is not None:
            continue
        if backorder.state in _LEFT_ALONE:
            _follow_left_alone(draft, order, line, backorder)
        told = backorder.told
        live = backorder.state in _DATED
        if not live or told is None or told.told_at == draft.now:
            continue
        when = _expected(draft, order, line, backorder)
        if _is_worse(draft, order, line, backorder, when):
            passed = told.passed(draft.today)
            slipped[passed or not _proposed(draft, backorder)].append(backorder)
        elif is_better(told, when):
            _tell_sooner(draft, order, line, backorder, when)
    for delayed, backorders in slipped.items():
        if backorders:
            propose(draft, order, backorders, delayed=delayed)


def _follow_left_alone(
    draft: Draft, order: Order, line: Line, backorder: Backorder
) -> None:
    """Tell a moved date without a question; a good one ends what the team was asked."""
    told = backorder.told
    if backorder.state is BackorderState.BASELINE and told is None:
        return
    when = _expected(draft, order, line, backorder)
    ticket = draft.case.ticket
    asked = backorder.state is BackorderState.WITH_STAFF and ticket is not None
    better = told is None or is_better(told, when)
    terms, today = draft.terms(order, line).terms, draft.today
    if asked and ticket and ticket.reason in _UNDATED and better:
        if within_horizon(when, order, terms, draft.zone):
            propose(draft, order, [backorder])
            if ticket.state is not TicketState.RESOLVED:
                resolve(draft, ticket, POLICY)
    elif told is not None and told.expected_to and is_worse(told, when, terms, today):
        draft.put_backorder(tell_date(draft, backorder, when))
        draft.push(
            "moved",
            ways_out(draft, order, [backorder]),
            order=order,
            line=draft.named(line),
            when=when,
            before=told.expected_to,
        )
    elif told is not None and is_better(told, when):
        _tell_sooner(draft, order, line, backorder, when)


def _expected(draft: Draft, order: Order, line: Line, backorder: Backorder) -> Estimate:
    """Return when it comes; what was due within the told days may come in them."""
    terms = draft.terms(order, line).terms
    today, told = draft.today, backorder.told
    if told is not None and told.expected_from and told.expected_to:
        within = told.expected_from <= today <= told.expected_to
        today = told.expected_from if within else today
    facts = draft.case.shelf.blank(line.sku)
    return estimate(line.id, backorder.quantity, facts, today, terms)


def _is_worse(
    draft: Draft, order: Order, line: Line, backorder: Backorder, when: Estimate
) -> bool:
    """Whether a slip is worth a word: many days, or a few that cross the horizon."""
    told, terms = backorder.told, draft.terms(order, line).terms
    if told is None or is_worse(told, when, terms, draft.today):
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
    offer = _asking(draft, backorder)
    still = offer if offer and offer.state is not OfferState.RESTING else None
    draft.push(
        "sooner",
        ways_out(draft, order, [backorder]),
        order=order,
        line=draft.named(line),
        when=when,
        items=still.unanswered if still else (),
        deadline=still and (still.deadline_at or still.told_deadline),
    )
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
