"""What goes back for what is cancelled: exact, cumulative, never twice.

A unit's amount is fixed by the order as it was paid; each cancelled part takes the
next units of its line. What other decisions took is counted, applied or not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flows.effects import DecisionKind, Withdraw
from flows.ledger import UNWRITTEN, again, standing_in
from flows.money import part, unit_amounts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flows.case import DecisionRow, Offer, OfferItem
    from flows.draft import Draft
    from flows.shop import Line, Order, Refund


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """Money on its way back, or done: ``sent_at`` None means decided, not yet sent.

    ``amount_minor`` 0: it was cancelled before anything had been charged.
    """

    title: str
    amount_minor: int
    currency: str
    sent_at: datetime | None = None
    reference: str = ""


_CANCEL, _SUBSTITUTE = DecisionKind.CANCEL_REFUND, DecisionKind.SUBSTITUTE


def refund_due(
    draft: Draft,
    order: Order,
    line: Line,
    quantity: int,
    *,
    instead_of: str | None = None,
) -> int:
    """Return what ``quantity`` more units of a line are worth to who paid for them.

    ``instead_of`` names the backorder whose own earlier decision does not count.
    Whether anything was captured at all is asked elsewhere.
    """
    rows = [
        row
        for row in standing_in(draft, order.id, _CANCEL, _SUBSTITUTE)
        if instead_of is None or row.backorder_id != instead_of
    ]
    return _worth(draft, order, line, quantity, rows)


def money_back(draft: Draft) -> list[Back]:
    """Return all that goes or went back to the customer, each amount once.

    What the shop's own refunds say counts; a decision adds what they do not show yet.
    """
    found: list[Back] = []
    for order in draft.case.orders:
        unseen = list(order.refunds)
        for row in standing_in(draft, order.id, _CANCEL, _SUBSTITUTE):
            if row.kind == _SUBSTITUTE and not row.refund_minor:
                continue
            seen = next((r for r in unseen if _same(r, row)), None)
            if seen is not None:
                unseen.remove(seen)
                found.append(_back(draft, order, seen))
                continue
            found.append(
                Back(
                    title=_title(draft, order, row.line_id),
                    amount_minor=row.refund_minor or 0,
                    currency=row.currency or order.currency,
                    sent_at=row.applied_at,
                )
            )
        found += [_back(draft, order, refund) for refund in unseen]
    return found


def refreshed(draft: Draft, order: Order, offer: Offer) -> Offer:
    """Return an offer whose open choices name the refund that is right by now."""
    items = tuple(
        item if item.chosen else _refreshed(draft, order, item) for item in offer.items
    )
    return replace(offer, items=items)


def rebalance(draft: Draft, order: Order) -> None:
    """Set right what other cancellations give back after one was taken back.

    Only decisions the shop has not begun; the customer is told each new amount.
    """
    if order.payment_status != "captured":
        return
    rows = standing_in(draft, order.id, _CANCEL, _SUBSTITUTE)
    kept = [row for row in rows if row.kind != _CANCEL or not _open(row)]
    for row in rows:
        line = order.line(row.line_id or "")
        if row.kind != _CANCEL or not _open(row) or line is None:
            continue
        due = _worth(draft, order, line, row.quantity, kept)
        kept.append(row)
        if due == row.refund_minor:
            continue
        draft.effects += [
            Withdraw(decision_id=row.id),
            again(row, quantity=row.quantity, refund_minor=due),
        ]
        told = draft.named(line)
        draft.push("refund_changed", order=order, line=told, row=row, amount=due)


def swapped(line: Line, rows: Sequence[DecisionRow]) -> int:
    """Return how many cancelled units of a line another line took the place of.

    A shop that changes the line itself has cancelled none of it.
    """
    applied = [row for row in rows if row.line_id == line.id and row.applied_at]
    substituted = sum(row.quantity for row in applied if row.kind == _SUBSTITUTE)
    cancelled = sum(row.quantity for row in applied if row.kind == _CANCEL)
    return min(substituted, max(line.cancelled - cancelled, 0))


def gone_units(line: Line, rows: Sequence[DecisionRow]) -> int:
    """Return how many units of a line are cancelled, or decided to be."""
    ours = [row for row in rows if row.line_id == line.id]
    decided = sum(
        row.quantity for row in ours if row.kind == _CANCEL and not row.applied_at
    )
    applied = sum(
        row.quantity for row in ours if row.kind == _CANCEL and row.applied_at
    )
    return max(line.cancelled, applied) + decided


def _same(refund: Refund, row: DecisionRow) -> bool:
    """Return whether a refund of the shop's is what a decision asked for."""
    if refund.id == f"decision:{row.id}":
        return True
    same = (refund.line_id, refund.amount_minor) == (row.line_id, row.refund_minor)
    return same and (refund.created_at is None or refund.created_at >= row.created_at)


def _back(draft: Draft, order: Order, refund: Refund) -> Back:
    return Back(
        title=_title(draft, order, refund.line_id),
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        sent_at=refund.created_at or draft.now,
        reference=refund.reference,
    )


def _title(draft: Draft, order: Order, line_id: str | None) -> str:
    line = order.line(line_id) if line_id else None
    return draft.named(line).title if line else order.number


def _worth(
    draft: Draft, order: Order, line: Line, quantity: int, rows: Sequence[DecisionRow]
) -> int:
    terms = draft.terms(order, line).terms
    gone = {item.id: swapped(item, rows) for item in order.lines}
    amounts = unit_amounts(
        order, line, gone, with_shipping=terms.refund_shipping == "share"
    )
    due = part(amounts, quantity, gone_units(line, rows) - gone[line.id])
    left = sum(item.quantity - gone_units(item, rows) for item in order.lines)
    if terms.refund_shipping == "with_last_line" and left == quantity:
        due += order.shipping_minor
    return due


def _open(row: DecisionRow) -> bool:
    return row.changeable and row.id != UNWRITTEN


def _refreshed(draft: Draft, order: Order, item: OfferItem) -> OfferItem:
    line = order.line(item.line_id)
    if line is None:
        return item
    due = refund_due(draft, order, line, item.quantity, instead_of=item.backorder_id)
    choices = tuple(
        replace(choice, refund_minor=due) if choice.kind == "cancel" else choice
        for choice in item.choices
    )
    return replace(item, choices=choices)
