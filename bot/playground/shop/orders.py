"""The demo shop's customers and orders as rows, dated relative to one instant."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.playground.shop.catalogue import CURRENCY, catalogue, read_toml
from store import shop

if TYPE_CHECKING:
    from sqlalchemy import Table

Row = dict[str, Any]
_SHIPPING = 490


def order_id(number: str) -> str:
    """Return the id of the order a customer knows by its number."""
    return f"o{number}"


def line_id(number: str, position: int) -> str:
    """Return the id of an order's line, the first one being 1."""
    return f"{order_id(number)}-{position}"


def customer_rows(now: datetime) -> list[Row]:
    """Return everybody who ever bought at Northprint."""
    return [
        {
            "id": raw["id"],
            "name": raw["name"],
            "email": raw["email"],
            "phone": raw.get("phone"),
            "locale": raw.get("locale"),
            "time_zone": raw.get("time_zone"),
            "customer_group": raw.get("group"),
            "created_at": now - timedelta(days=raw["since"]),
        }
        for raw in read_toml("customers.toml")["customer"]
    ]


def order_rows(now: datetime) -> list[tuple[Table, list[Row]]]:
    """Return orders and all that hangs on them, one list for each table."""
    buyers = {raw["id"]: raw for raw in read_toml("customers.toml")["customer"]}
    orders = read_toml("orders.toml")["order"]
    return [
        (shop.orders, [_order(raw, buyers[raw["customer"]], now) for raw in orders]),
        (shop.order_lines, [row for raw in orders for row in _lines(raw, now)]),
        (shop.shipments, [row for raw in orders for row in _shipments(raw, now)]),
        (shop.shipment_lines, [row for raw in orders for row in _parcel_lines(raw)]),
        (shop.refunds, [row for raw in orders for row in _refunds(raw, now)]),
    ]


def allocated_units(rows: list[Row]) -> dict[str, int]:
    """Return how many units of each counted SKU lie ready for an order."""
    units: dict[str, int] = {}
    for row in rows:
        sku = catalogue()[row["sku"]].stock_sku
        units[sku] = units.get(sku, 0) + row["allocated"]
    return units


def _order(raw: Row, buyer: Row, now: datetime) -> Row:
    expires_in, needed_in = raw.get("expires_in"), raw.get("needed_in")
    return {
        "id": order_id(raw["number"]),
        "number": raw["number"],
        "customer_id": buyer["id"],
        "placed_at": now - timedelta(hours=raw["placed"]),
        "currency": CURRENCY,
        "market": buyer["market"],
        "postcode": buyer["postcode"],
        "shipping_policy": raw.get("shipping_policy"),
        "shipping_minor": _SHIPPING,
        "discount_minor": 0,
        "needed_by": None if needed_in is None else _day(now, needed_in),
        "priority": raw.get("priority", 0),
        "payment_status": raw.get("payment", "captured"),
        "authorization_expires_at": (
            None if expires_in is None else now + timedelta(days=expires_in)
        ),
        "status": _status(raw["lines"]),
    }


def _status(lines: list[Row]) -> str:
    """Say what became of the order: open as long as anything is still to be sent."""
    if any(_open(line) for line in lines):
        return "open"
    return "shipped" if any(line.get("shipped") for line in lines) else "cancelled"


def _open(line: Row) -> int:
    shipped, cancelled = line.get("shipped", 0), line.get("cancelled", 0)
    return int(line.get("quantity", 1) - shipped - cancelled)


def _lines(raw: Row, now: datetime) -> list[Row]:
    return [
        _line(raw["number"], position, line, now)
        for position, line in enumerate(raw["lines"], start=1)
    ]


def _line(number: str, position: int, raw: Row, now: datetime) -> Row:
    product = catalogue()[raw["sku"]]
    backordered, started = raw.get("backordered", 0), raw.get("started")
    return {
        "id": line_id(number, position),
        "order_id": order_id(number),
        "sku": product.sku,
        "title": product.title,
        "kind": raw.get("kind", "backorder"),
        "quantity": raw.get("quantity", 1),
        "allocated": _open(raw) - backordered,
        "shipped": raw.get("shipped", 0),
        "cancelled": raw.get("cancelled", 0),
        "backordered": backordered,
        "unit_price_minor": product.price,
        "discount_minor": raw.get("discount", 0),
        "tax_minor": 0,
        "work_started_at": None if started is None else now - timedelta(hours=started),
    }


def _shipments(raw: Row, now: datetime) -> list[Row]:
    return [
        _shipment(order_id(raw["number"]), position, parcel, now)
        for position, parcel in enumerate(raw.get("parcels", ()), start=1)
    ]


def _shipment(order: str, position: int, parcel: Row, now: datetime) -> Row:
    delivered = parcel.get("delivered")
    return shipment_row(order, position, now - timedelta(hours=parcel["sent"])) | {
        "estimated_delivery_on": _day(now, parcel["due"]),
        "delivered_at": None if delivered is None else now - timedelta(hours=delivered),
    }


def shipment_row(order: str, position: int, shipped_at: datetime) -> Row:
    """Return an order's parcel, sent at an instant and expected four days later."""
    tracking = f"NP{order.removeprefix('o')}{position:02d}"
    return {
        "id": f"{order}-p{position}",
        "order_id": order,
        "carrier": "Nordpost",
        "tracking_number": tracking,
        "tracking_url": f"https://nordpost.example/track/{tracking}",
        "shipped_at": shipped_at,
        "estimated_delivery_on": _day(shipped_at, 4),
        "delivered_at": None,
    }


def _parcel_lines(raw: Row) -> list[Row]:
    return [
        {
            "shipment_id": f"{order_id(raw['number'])}-p{position}",
            "line_id": line_id(raw["number"], int(line)),
            "quantity": quantity,
        }
        for position, parcel in enumerate(raw.get("parcels", ()), start=1)
        for line, quantity in parcel["lines"].items()
    ]


def _refunds(raw: Row, now: datetime) -> list[Row]:
    return [
        {
            "id": f"{order_id(raw['number'])}-r{position}",
            "order_id": order_id(raw["number"]),
            "line_id": line_id(raw["number"], refund["line"]),
            "amount_minor": refund["amount"],
            "currency": CURRENCY,
            "reference": f"RF-{raw['number']}-{position}",
            "created_at": now - timedelta(hours=refund["refunded"]),
        }
        for position, refund in enumerate(raw.get("refunds", ()), start=1)
    ]


def _day(now: datetime, days: int) -> date:
    return (now + timedelta(days=days)).date()
