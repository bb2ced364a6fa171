"""The shop's rows changed: what is true now is compared with what we track.

The order of the shop's events is never trusted; the numbers are read anew and
units are conserved: what we track per line is what the shop calls backordered.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.backorder import BACKORDER
from flows.cancellable import follow_back
from flows.case import Backorder, BackorderState, OfferState
from flows.change_requests import tell_change
from flows.choices import standing
from flows.consolation import console
from flows.cut import follow_cut
from flows.dates import tell_dates
from flows.dispatch import tell_parcels
from flows.effects import DecisionKind, MarkTold, ReleaseHolds, Urgency, Withdraw
from flows.handover import back_at, open_ticket
from flows.hours import out_of_quiet
from flows.keyboards import offer_rows
from flows.ledger import CUSTOMER
from flows.offer import OFFER, PENDING, OfferFacts, ended
from flows.plan import Kind
from flows.proposals import GATHER, context, propose
from flows.refunds import rebalance
from flows.restock import follow_waiting
from flows.shipping import release_if_unblocked, unrelease
from flows.shortage import tell_shortages
from flows.suppression import to_be_told
from flows.vanished import replace_vanished
from flows.waitlist import join_rows, leave_for

if TYPE_CHECKING:
    from flows.case import DecisionRow, Offer
    from flows.draft import Draft
    from flows.shop import Line, Order

_DECIDED = frozenset((BackorderState.SUBSTITUTED, BackorderState.CANCELLED))
#: Nobody was asked or told about it so far.
_UNTOLD = frozenset((BackorderState.NOTICED, BackorderState.SUPPRESSED))


def reconcile(draft: Draft, *, baseline: bool = False) -> None:
    """Bring the case in line with the shop's numbers and tell what that changes."""
    before = draft.case.backorders
    for decision in draft.case.decisions:
        _follow(draft, decision)
    for order in draft.case.orders:
        for line in order.lines:
            _count(draft, order, line, baseline=baseline)
        release_if_unblocked(draft, order)
    tell_shortages(draft, before)
    ask_about_new(draft)
    tell_dates(draft)
    tell_parcels(draft)
    console(draft)
    replace_vanished(draft)
    follow_waiting(draft)


def confirm_baseline(draft: Draft) -> None:
    """Start handling what was late before the bot came, and tell the staff of it."""
    before = draft.case.backorders
    for backorder in draft.case.backorders:
        if backorder.state is BackorderState.BASELINE:
            state = BACKORDER.step(backorder.state, "confirm", None)
            draft.put_backorder(replace(backorder, state=state, found_at=draft.now))
    tell_shortages(draft, before)
    ask_about_new(draft)


def ask_about_new(draft: Draft) -> None:
    """Propose about backorders nobody has been asked about, unless people sleep.

    While the customer talks with a colleague the bot keeps quiet, and asks afterwards.
    """
    if draft.hushed:
        return
    for order in draft.case.orders:
        new = [
            b
            for b in draft.case.backorders
            if b.order_id == order.id and b.state in _UNTOLD
        ]
        new = to_be_told(draft, order, new)
        if not new:
            continue
        terms = draft.terms(order, order.line(new[0].line_id)).terms
        if out_of_quiet(draft.now, terms.quiet_hours, draft.zone) > draft.now:
            continue
        propose(draft, order, [*_gathered(draft, order), *new])


def _gathered(draft: Draft, order: Order) -> list[Backorder]:
    """Return what was asked a moment ago, so that one message asks for all of it."""
    recent = [
        offer
        for offer in draft.case.offers
        if offer.order_id == order.id
        and offer.kind == Kind.PROPOSAL
        and offer.state in PENDING
        and draft.now - offer.proposed_at < GATHER
    ]
    ids = {item.backorder_id for offer in recent for item in offer.unanswered}
    return [b for b in draft.case.backorders if b.id in ids]


def _count(draft: Draft, order: Order, line: Line, *, baseline: bool) -> None:
    is_open = order.status == "open"
    if is_open and not line.adds_up:
        draft.card(f"numbers:{line.id}", "numbers_off", order=order, line=line)
        return
    tracked = [
        b for b in draft.case.backorders if b.line_id == line.id and not b.closed_at
    ]
    # Nothing waits in an order that is over, whatever its lines still say.
    waiting = line.backordered if is_open else 0
    difference = waiting - sum(b.quantity for b in tracked)
    if difference > 0:
        difference -= follow_back(draft, order, line, difference)
    if difference > 0:
        draft.put_backorder(
            Backorder(
                id=draft.setting.new_id(),
                order_id=order.id,
                line_id=line.id,
                sku=line.sku,
                quantity=difference,
                state=BackorderState.BASELINE if baseline else BackorderState.NOTICED,
                found_at=draft.now,
            )
        )
        if not baseline:
            draft.record("shop", "backordered", f"{line.id} x {difference}")
    elif difference < 0:
        _fill(draft, order, line, tracked, -difference)


def _fill(
    draft: Draft, order: Order, line: Line, tracked: list[Backorder], units: int
) -> None:
    """Close ``units`` that no longer wait: applied decisions first, then the oldest."""

    def turn(backorder: Backorder) -> tuple[int, str]:
        row = standing(draft, backorder.id)
        executed = backorder.state in _DECIDED and row and row.applied_at
        return (
            0 if executed else 2 if backorder.state in _DECIDED else 1
        ), backorder.id

    for backorder in sorted(tracked, key=turn):
        if units == 0:
            return
        taken = min(units, backorder.quantity)
        units -= taken
        if taken < backorder.quantity:
            left = replace(backorder, quantity=backorder.quantity - taken)
            draft.put_backorder(left)
            _ask_anew(draft, order, left)
            continue
        _close(draft, order, line, backorder)


def _close(draft: Draft, order: Order, line: Line, backorder: Backorder) -> None:
    row = standing(draft, backorder.id)
    executed = backorder.state in _DECIDED and row is not None and row.applied_at
    if executed or _wanted_no_more(row):
        draft.put_backorder(replace(backorder, closed_at=draft.now))
        return
    state = BACKORDER.step(backorder.state, "fill", None)
    draft.put_backorder(replace(backorder, state=state, closed_at=draft.now))
    offer = draft.case.offer_for(backorder.id)
    if row is not None and row.changeable:
        draft.effects.append(Withdraw(decision_id=row.id))
    leave_for(draft, backorder.id)
    if offer is not None:
        _withdraw_offer(draft, order, offer)
    told = backorder.state is not BackorderState.BASELINE and backorder.told is not None
    arrived = line.allocated + line.shipped > 0 and line.cancelled == 0
    arrived = arrived and order.status != "cancelled"
    if told and arrived:
        draft.push(
            "good_news",
            draft.menu("person"),
            urgency=Urgency.NOTICE,
            order=order,
            line=draft.named(line),
        )


def _wanted_no_more(row: DecisionRow | None) -> bool:
    """Whether the customer cancelled it themselves: its coming changes nothing."""
    if row is None or row.kind != DecisionKind.CANCEL_REFUND:
        return False
    return row.decided_by == CUSTOMER


def _withdraw_offer(draft: Draft, order: Order, offer: Offer) -> None:
    facts = OfferFacts(offer=offer, now=draft.now)
    alive = tuple(
        item
        for item in offer.items
        if (b := draft.case.backorder(item.backorder_id)) and b.closed_at is None
    )
    if alive:
        draft.effects += [
            ReleaseHolds(offer_id=offer.id, backorder_id=item.backorder_id)
            for item in offer.items
            if item not in alive
        ]
        _ask_for_rest(draft, order, replace(offer, items=alive))
        return
    if not OFFER.allows(offer.state, "withdraw", facts):
        return
    pending = offer.state in PENDING
    draft.put_offer(ended(offer, "withdraw", draft.now))
    draft.effects.append(ReleaseHolds(offer_id=offer.id))
    if pending:
        draft.reword(offer.subject, "withdrawn")


def _ask_for_rest(draft: Draft, order: Order, offer: Offer) -> None:
    """One of several lines waits no longer: the others stay asked about as before."""
    pending = offer.state in PENDING
    if pending and not offer.unanswered:
        facts = OfferFacts(offer=offer, now=offer.proposed_at)
        state = OFFER.step(offer.state, "answer", facts)
        offer = replace(offer, state=state, decided_at=draft.now, rested_at=None)
    draft.put_offer(offer)
    if pending and offer.unanswered:
        rows = offer_rows(draft.words(), offer, order)
        draft.reword(offer.subject, offer.kind, rows, **context(draft, offer, order))


def _ask_anew(draft: Draft, order: Order, left: Backorder) -> None:
    """The quantity changed under a question or its answer: ask about what is left."""
    row, line = standing(draft, left.id), order.line(left.line_id)
    offer = draft.case.offer_for(left.id)
    open_items = offer.unanswered if offer and offer.state in PENDING else ()
    if left.state in _DECIDED and row is not None and row.changeable:
        draft.effects.append(Withdraw(decision_id=row.id))
        unrelease(draft, order)
        propose(draft, order, [left])
        rebalance(draft, order)
    elif any(item.backorder_id == left.id for item in open_items):
        propose(draft, order, [left])
    elif line is not None:
        follow_cut(draft, order, line, left.id)


def _follow(draft: Draft, row: DecisionRow) -> None:
    """Tell what the shop did with a decision, where it matters to the customer."""
    if row.rejected_at and row.told != "rejected":
        draft.effects.append(MarkTold(decision_id=row.id, told="rejected"))
        _rejected(draft, row)
    elif row.applied_at and row.told not in {"applied", "rejected"}:
        draft.effects.append(MarkTold(decision_id=row.id, told="applied"))
        _settle(draft, row)
        order = draft.case.order(row.order_id)
        line = draft.case.line(row.line_id)
        if order and line and row.kind in {"substitute", "cancel_refund"}:
            product = draft.case.shelf.product(row.substitute_sku)
            offer = draft.case.offer_for(row.backorder_id or "")
            draft.push(
                "applied",
                join_rows(draft, offer) if offer else (),
                order=order,
                line=draft.named(line),
                row=row,
                product=product,
            )
        elif row.kind == DecisionKind.CHANGE_REQUEST:
            tell_change(draft, row)
    elif row.claimed_at and row.told == "made":
        draft.effects.append(MarkTold(decision_id=row.id, told="claimed"))
        _settle(draft, row)


def _settle(draft: Draft, row: DecisionRow) -> None:
    offer = next((o for o in draft.case.offers if o.id == row.offer_id), None)
    if offer is None:
        return
    if row.applied_at or row.rejected_at:
        done = row.backorder_id or ""
        draft.effects.append(ReleaseHolds(offer_id=offer.id, backorder_id=done))
    if offer.state in {OfferState.ANSWERED, OfferState.EXPIRED}:
        draft.put_offer(ended(offer, "settle", draft.now))


def _rejected(draft: Draft, row: DecisionRow) -> None:
    backorder = draft.case.backorder(row.backorder_id)
    if backorder is not None and backorder.closed_at is None:
        state = BACKORDER.step(backorder.state, "ask_staff", None)
        draft.put_backorder(replace(backorder, state=state))
    elif backorder is not None and backorder.state in _DECIDED:
        # It came meanwhile and is sent after all.
        state = BACKORDER.step(backorder.state, "fill", None)
        draft.put_backorder(replace(backorder, state=state))
    _settle(draft, row)
    order = draft.case.order(row.order_id)
    line = draft.case.line(row.line_id)
    if row.kind == DecisionKind.CANCEL_REFUND and order is not None:
        unrelease(draft, order)
    open_ticket(draft, "decision_rejected")
    draft.card(
        f"rejected:{row.id}", "decision_rejected", order=order, line=line, row=row
    )
    if order and (line or row.kind == DecisionKind.SPLIT_SHIPMENT):
        named = draft.named(line) if line else None
        draft.push(
            "rejected",
            draft.menu("person"),
            order=order,
            line=named,
            back_at=back_at(draft),
        )
    elif row.kind == DecisionKind.CHANGE_REQUEST:
        tell_change(draft, row)
