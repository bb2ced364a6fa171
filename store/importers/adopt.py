"""Lays drafts over what the store knows, so that nothing is there twice.

Three things may tell of the same order: the API, the export and an earlier import.
The first one to tell gives customer and lines their ids; later ones find them by the
platform's id, or by SKU and title in the order's own sequence.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from store.importers.contact import guest_id, normalise_email
from store.importers.draft import DraftLine, DraftOrder, state_of
from store.importers.line_match import LineMatch
from store.importers.parcels import packed_units, put_shipment
from store.shop import (
    customers,
    order_lines,
    orders,
    refunds,
    shipment_lines,
    shipments,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from store.importers.stage import Stage

_REFUNDED_SUM = "refunded"


def adopt(drafts: Sequence[DraftOrder], stage: Stage) -> None:
    """Stage a batch of orders with their customers, lines, parcels and refunds."""
    ids = {draft.id for draft in drafts}
    stage.prefetch(orders, "id", ids)
    stage.prefetch(order_lines, "order_id", ids)
    stage.prefetch(shipments, "order_id", ids)
    known = [row["id"] for row in stage.rows(shipments)]
    stage.prefetch(shipment_lines, "shipment_id", known)
    stage.prefetch(refunds, "order_id", ids)
    people = {row["customer_id"] for row in stage.rows(orders)}
    people |= {_own_id(draft) for draft in drafts}
    stage.prefetch(customers, "id", people)
    stage.prefetch(customers, "email", {draft.customer.email for draft in drafts})
    for draft in drafts:
        _adopt(draft, stage)
    stage.flush()


def _own_id(draft: DraftOrder) -> str:
    who = draft.customer
    if who.id is not None:
        return who.id
    if who.email is not None:
        return guest_id(who.email)
    if who.phone is not None:
        return guest_id(f"tel:{who.phone}")
    return guest_id(f"order:{draft.id}")


def _customer_id(draft: DraftOrder, stage: Stage) -> str:
    """Return whose order it is; an order stays with whom it came with.

    A chat may already be tied to that customer. So the id only changes when the
    order's e-mail does.
    """
    own, email = _own_id(draft), draft.customer.email
    before = stage.get(orders, draft.id)
    if before is not None:
        holder = stage.get(customers, before["customer_id"])
        same = holder is not None and normalise_email(holder["email"]) == email
        if same and (email is not None or draft.customer.id is None):
            return str(before["customer_id"])
    if draft.customer.id is not None or email is None:
        return own
    twins = [row["id"] for row in stage.rows(customers, email=email)]
    ours = [id_ for id_ in twins if id_.startswith(f"{draft.platform}:")]
    return ours[0] if ours else own


def _adopt(draft: DraftOrder, stage: Stage) -> None:
    customer_id = _customer_id(draft, stage)
    who = draft.customer
    told = {
        "name": who.name,
        "email": who.email,
        "phone": who.phone,
        "locale": who.locale,
        "created_at": who.created_at,
    }
    stage.put(
        customers,
        {"id": customer_id}
        | {name: value for name, value in told.items() if value is not None},
        row=draft.row,
    )
    if draft.lines is None:
        stage.remarks.warn(draft.row, "line_items", None, "the order's lines")
    told_ids = [line.id for line in draft.lines or ()]
    match = LineMatch(stage.rows(order_lines, order_id=draft.id), told_ids)
    renamed: dict[str | None, str] = {
        line.id: match.find(line) for line in draft.lines or ()
    }
    lines = [
        _as_shipped(draft, replace(line, id=renamed[line.id]), stage)
        for line in draft.lines or ()
    ]
    _put_order(draft, customer_id, lines, stage)
    for line in lines:
        _put_line(draft, line, stage)
    for parcel in draft.shipments or ():
        put_shipment(parcel, renamed, stage)
    _put_refunds(draft, renamed, stage)


def _as_shipped(draft: DraftOrder, line: DraftLine, stage: Stage) -> DraftLine:
    """Count parcels this source does not tell of: an older file un-ships nothing."""
    told = {parcel.id for parcel in draft.shipments or ()}
    others = packed_units(draft.id, stage, but=told)[line.id]
    shipped = (
        max(line.shipped, others)
        if draft.shipments is None
        else (line.shipped + others)
    )
    room = line.quantity - line.cancelled
    return replace(line, shipped=min(shipped, room))


def _put_order(
    draft: DraftOrder, customer_id: str, lines: Sequence[DraftLine], stage: Stage
) -> None:
    before = stage.get(orders, draft.id)
    if draft.lines is not None:
        on_lines = sum(line.discount_minor for line in lines)
        status: str | None = state_of(
            open_units=sum(line.open for line in lines),
            shipped_units=sum(line.shipped for line in lines),
            cancelled=draft.cancelled,
        )
        if not lines and not draft.cancelled:
            status = "shipped" if draft.fulfilled else "open"
    else:
        rows = stage.rows(order_lines, order_id=draft.id)
        on_lines = sum(row["discount_minor"] for row in rows)
        status = "shipped" if draft.fulfilled else None
        status = "cancelled" if draft.cancelled else status
    values: dict[str, Any] = {
        "id": draft.id,
        "number": draft.number,
        "customer_id": customer_id,
        "placed_at": draft.placed_at,
        "currency": draft.currency,
        "shipping_minor": draft.shipping_minor,
        "discount_minor": max(draft.discount_minor - on_lines, 0),
        "payment_status": draft.payment_status,
    }
    if draft.market is not None or before is None:
        values["market"] = draft.market
    if draft.postcode is not None or before is None:
        values["postcode"] = draft.postcode
    if status is not None:
        values["status"] = status
    stage.put(orders, values, row=draft.row)


def _put_line(draft: DraftOrder, line: DraftLine, stage: Stage) -> None:
    before = stage.get(order_lines, line.id)
    missing = min(_missing(line, before), line.open)
    values = {
        "id": line.id,
        "order_id": draft.id,
        "title": line.title,
        "quantity": line.quantity,
        "allocated": line.open - missing,
        "shipped": line.shipped,
        "cancelled": line.cancelled,
        "backordered": missing,
        "unit_price_minor": line.unit_price_minor,
        "discount_minor": line.discount_minor,
        "tax_minor": line.tax_minor,
    }
    if line.sku is not None:
        values["sku"] = line.sku
    stage.put(order_lines, values, row=line.row)


def _missing(line: DraftLine, before: Mapping[str, Any] | None) -> int:
    """Return the open units that are not there, as far as one knows without stock.

    What the store had stands, since a platform only tells the day of the order;
    ``settle`` knows better where stock is known.
    """
    if before is not None:
        return int(before["backordered"])
    return line.backordered or 0


def _put_refunds(
    draft: DraftOrder, renamed: Mapping[str | None, str], stage: Stage
) -> None:
    for refund in draft.refunds:
        line_id = renamed.get(refund.line_id, refund.line_id)
        stage.put(
            refunds,
            {
                "id": refund.id,
                "order_id": draft.id,
                "line_id": line_id,
                "amount_minor": refund.amount_minor,
                "currency": draft.currency,
                "reference": refund.reference,
                "created_at": refund.created_at,
            },
            row=draft.row,
        )
    # The export tells a sum, the API each refund: the sum keeps only what no
    # single refund accounts for, whichever of them comes first.
    sum_id = f"{draft.id}:{_REFUNDED_SUM}"
    singles = [
        row for row in stage.rows(refunds, order_id=draft.id) if row["id"] != sum_id
    ]
    accounted = sum(row["amount_minor"] for row in singles)
    values: dict[str, Any] = {
        "id": sum_id,
        "order_id": draft.id,
        "currency": draft.currency,
        "amount_minor": 0,
    }
    if draft.refunded_minor is not None:
        rest = max(draft.refunded_minor - accounted, 0)
        put = values | {"amount_minor": rest}
        stage.put(refunds, put, row=draft.row, only_known=rest == 0)
    elif draft.refunds:
        stage.put(refunds, values, row=draft.row, only_known=True)
