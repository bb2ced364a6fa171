"""Lays parcels over the store, and on the lines and orders they came from."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from store.importers.draft import DraftShipment, state_of
from store.importers.line_match import LineMatch
from store.shop import order_lines, orders, shipment_lines, shipments

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from store.importers.stage import Stage


def put_shipment(
    parcel: DraftShipment, renamed: Mapping[str | None, str], stage: Stage
) -> None:
    """Stage a parcel whose order told it; the lines' own counts came with the order.

    A parcel that has not left is staged empty if the store has it, else not at all.
    """
    told = {
        "carrier": parcel.carrier,
        "tracking_number": parcel.tracking_number,
        "tracking_url": parcel.tracking_url,
        "shipped_at": parcel.shipped_at,
        "estimated_delivery_on": parcel.estimated_delivery_on,
        "delivered_at": parcel.delivered_at,
    }
    values: dict[str, Any] = {"id": parcel.id, "order_id": parcel.order_id}
    values |= {name: value for name, value in told.items() if value is not None}
    stage.put(shipments, values, row=parcel.row, only_known=not parcel.gone)
    for item in parcel.lines:
        line_id = renamed.get(item.line_id, item.line_id)
        stage.put(
            shipment_lines,
            {
                "shipment_id": parcel.id,
                "line_id": line_id,
                "quantity": item.quantity if parcel.gone else 0,
            },
            row=parcel.row,
            only_known=not parcel.gone,
        )


def adopt_parcels(parcels: Sequence[DraftShipment], stage: Stage) -> None:
    """Stage parcels that came without their orders, and ship their lines.

    A parcel of an order nobody knows is noted and left out.
    """
    ids = {parcel.order_id for parcel in parcels}
    stage.prefetch(orders, "id", ids)
    stage.prefetch(order_lines, "order_id", ids)
    stage.prefetch(shipments, "order_id", ids)
    stage.prefetch(shipments, "id", {parcel.id for parcel in parcels})
    known = {row["id"] for row in stage.rows(shipments)}
    stage.prefetch(shipment_lines, "shipment_id", known)
    for parcel in parcels:
        if stage.get(orders, parcel.order_id) is None:
            expected = "the id of an order that was imported before"
            stage.remarks.warn(parcel.row, "order_id", parcel.order_id, expected)
        else:
            _adopt(parcel, stage)
    stage.flush()


def _adopt(parcel: DraftShipment, stage: Stage) -> None:
    told = [item.line_id for item in parcel.lines]
    match = LineMatch(stage.rows(order_lines, order_id=parcel.order_id), told)
    renamed: dict[str | None, str] = {}
    for item in parcel.lines:
        line_id = match.find_packed(item)
        if line_id is None:
            expected = "a line of the parcel's order"
            stage.remarks.warn(parcel.row, "line_items", item.line_id, expected)
            return
        renamed[item.line_id] = line_id
    before = packed_units(parcel.order_id, stage)
    put_shipment(parcel, renamed, stage)
    after = packed_units(parcel.order_id, stage)
    for line_id in renamed.values():
        _ship(line_id, before[line_id], after[line_id], stage, row=parcel.row)
    _close(parcel.order_id, stage, row=parcel.row)


def packed_units(
    order_id: str, stage: Stage, *, but: Collection[str] = ()
) -> Counter[str]:
    """Return the units of each line in an order's known parcels, but those named."""
    packed: Counter[str] = Counter()
    for parcel in stage.rows(shipments, order_id=order_id):
        if parcel["id"] not in but:
            for item in stage.rows(shipment_lines, shipment_id=parcel["id"]):
                packed[item["line_id"]] += item["quantity"]
    return packed


def _ship(line_id: str, before: int, after: int, stage: Stage, *, row: int) -> None:
    """Move units between open and shipped; those the shop has leave first.

    What left without a parcel we know of (an export tells none) stays shipped.
    """
    line = stage.get(order_lines, line_id)
    if line is None or before == after:
        return
    room = line["quantity"] - line["cancelled"]
    shipped = min(after, room)
    if line["shipped"] != min(before, room):
        shipped = max(line["shipped"], shipped)
    missing = min(line["backordered"], room - shipped)
    stage.put(
        order_lines,
        {
            "id": line_id,
            "shipped": shipped,
            "backordered": missing,
            "allocated": room - shipped - missing,
        },
        row=row,
    )


def _close(order_id: str, stage: Stage, *, row: int) -> None:
    lines = stage.rows(order_lines, order_id=order_id)
    order = stage.get(orders, order_id)
    if order is None or order["status"] == "cancelled":
        return
    status = state_of(
        open_units=sum(line["allocated"] + line["backordered"] for line in lines),
        shipped_units=sum(line["shipped"] for line in lines),
        cancelled=False,
    )
    stage.put(orders, {"id": order_id, "status": status}, row=row)
