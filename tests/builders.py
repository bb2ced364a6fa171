"""Rows of the shop in few words: each builder inserts one and returns its id.

What a test does not name takes a plausible value; ids count up within the test's run.
"""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from store import shop

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

#: When the shop of the tests does what it does, unless a test says otherwise.
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

_numbers = itertools.count(1)


def a_customer(connection: Connection, **columns: Any) -> str:
    """Insert a customer."""
    number = next(_numbers)
    row = {
        "id": f"customer-{number}",
        "name": "Ada Moreno",
        "email": f"ada{number}@example.com",
        "locale": "en-GB",
        "time_zone": "Europe/London",
        "created_at": NOON,
    }
    return _inserted(connection, shop.customers, row | columns)


def a_product(connection: Connection, sku: str | None = None, **columns: Any) -> str:
    """Insert a product."""
    sku = sku or f"SKU-{next(_numbers)}"
    row = {
        "sku": sku,
        "family": "tee",
        "category": "t-shirt",
        "title": "Heavy tee",
        "brand": "Loomworks",
        "color": "navy",
        "color_hex": "#1f2a44",
        "size": "M",
        "price_minor": 2400,
        "currency": "GBP",
        "active": True,
    }
    return _inserted(connection, shop.products, row | columns)


def some_stock(connection: Connection, sku: str, on_hand: int, **columns: Any) -> str:
    """Insert what lies on the shelf of a SKU."""
    row = {"sku": sku, "location": "main", "on_hand": on_hand, "updated_at": NOON}
    return _inserted(connection, shop.stock, row | columns)


def a_supply(connection: Connection, sku: str, **columns: Any) -> str:
    """Insert a delivery that the shop expects."""
    row = {
        "id": f"supply-{next(_numbers)}",
        "sku": sku,
        "quantity": 20,
        "received": 0,
        "expected_on": date(2026, 3, 12),
        "supplier": "Mill & Co",
        "status": "open",
        "updated_at": NOON,
    }
    return _inserted(connection, shop.supplies, row | columns)


def a_substitute(
    connection: Connection, sku: str, substitute_sku: str, **columns: Any
) -> str:
    """Insert what the shop itself calls a substitute."""
    row = {
        "sku": sku,
        "substitute_sku": substitute_sku,
        "rank": 0,
        "kind": "other_color",
    }
    return _inserted(connection, shop.substitutes, row | columns)


def an_order(
    connection: Connection, customer_id: str | None = None, **columns: Any
) -> str:
    """Insert an order, and its customer where none is named."""
    number = next(_numbers)
    row = {
        "id": f"order-{number}",
        "number": f"#{1000 + number}",
        "customer_id": customer_id or a_customer(connection),
        "placed_at": NOON,
        "currency": "GBP",
        "market": "GB",
        "postcode": "N1 9GU",
        "payment_status": "captured",
        "status": "open",
    }
    return _inserted(connection, shop.orders, row | columns)


def a_line(
    connection: Connection, order_id: str, sku: str | None = None, **columns: Any
) -> str:
    """Insert an order's line; what is not backordered (nor else) is allocated."""
    row = {
        "id": f"line-{next(_numbers)}",
        "order_id": order_id,
        "sku": sku or a_product(connection),
        "title": "Heavy tee",
        "kind": "backorder",
        "quantity": 1,
        "shipped": 0,
        "cancelled": 0,
        "backordered": 0,
        "unit_price_minor": 2400,
    } | columns
    elsewhere = row["shipped"] + row["cancelled"] + row["backordered"]
    return _inserted(
        connection,
        shop.order_lines,
        {"allocated": row["quantity"] - elsewhere} | row,
    )


def a_backordered_line(
    connection: Connection, order_id: str, sku: str | None = None, **columns: Any
) -> str:
    """Insert an order's line of which nothing can be filled now."""
    quantity = columns.get("quantity", 1)
    return a_line(connection, order_id, sku, **{"backordered": quantity} | columns)


def a_shipment(connection: Connection, order_id: str, **columns: Any) -> str:
    """Insert a parcel on its way."""
    row = {
        "id": f"shipment-{next(_numbers)}",
        "order_id": order_id,
        "carrier": "Royal Mail",
        "tracking_number": "RM123456785GB",
        "tracking_url": "https://track.example.com/RM123456785GB",
        "shipped_at": NOON,
    }
    return _inserted(connection, shop.shipments, row | columns)


def a_shipment_line(
    connection: Connection, shipment_id: str, line_id: str, quantity: int = 1
) -> str:
    """Insert what a parcel holds of a line."""
    row = {"shipment_id": shipment_id, "line_id": line_id, "quantity": quantity}
    return _inserted(connection, shop.shipment_lines, row)


def a_refund(connection: Connection, order_id: str, **columns: Any) -> str:
    """Insert money that went back."""
    row = {
        "id": f"refund-{next(_numbers)}",
        "order_id": order_id,
        "amount_minor": 2400,
        "currency": "GBP",
        "created_at": NOON,
    }
    return _inserted(connection, shop.refunds, row | columns)


def _inserted(connection: Connection, table: Table, row: dict[str, Any]) -> str:
    connection.execute(insert(table).values(row))
    key: str = row[next(iter(table.primary_key.columns)).name]
    return key
