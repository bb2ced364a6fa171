"""The shop's side of the playground page: its books as plain JSON."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from store import shop

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Table

Json = dict[str, Any]


def overview(connection: Connection) -> Json:
    """Return customers, orders with their lines and parcels, shelves and supplies.

    Everything is JSON already: instants are ISO text in UTC, dates ISO dates,
    money minor units. Newest orders come first; shelves with somebody waiting
    come before the others.
    """
    products = {row["sku"]: row for row in _rows(connection, shop.products)}
    lines = [_line(row, products) for row in _rows(connection, shop.order_lines)]
    supplies = _rows(connection, shop.supplies)
    customers = _rows(connection, shop.customers)
    return {
        "customers": customers,
        "orders": _orders(connection, lines, customers),
        "stock": _stock(connection, lines, products),
        "supplies": sorted(
            supplies,
            key=lambda row: (
                row["status"] != "open",
                row["expected_on"] or "9999",
                row["id"],
            ),
        ),
    }


def _rows(connection: Connection, table: Table) -> list[Json]:
    ordered = select(table).order_by(*table.primary_key.columns)
    return [
        {name: _plain(value) for name, value in row.items()}
        for row in connection.execute(ordered).mappings()
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _line(line: Json, products: dict[str, Json]) -> Json:
    product = products.get(line["sku"] or "", {})
    return line | {
        "stock_sku": product.get("blank_sku") or line["sku"],
        "color": product.get("color"),
        "size": product.get("size"),
        "image_url": product.get("image_url"),
    }


def _orders(
    connection: Connection, lines: list[Json], customers: list[Json]
) -> list[Json]:
    names = {row["id"]: row["name"] for row in customers}
    parcels = _rows(connection, shop.shipments)
    refunds = _rows(connection, shop.refunds)
    orders = [
        order
        | {
            "customer_name": names.get(order["customer_id"], ""),
            "lines": _of(order, lines),
            "parcels": _of(order, parcels),
            "refunds": _of(order, refunds),
        }
        for order in _rows(connection, shop.orders)
    ]
    return sorted(orders, key=lambda order: order["placed_at"], reverse=True)


def _of(order: Json, rows: Iterable[Json]) -> list[Json]:
    return [row for row in rows if row["order_id"] == order["id"]]


def _stock(
    connection: Connection, lines: list[Json], products: dict[str, Json]
) -> list[Json]:
    shelves: dict[str, dict[str, int]] = {}
    for row in _rows(connection, shop.stock):
        shelves.setdefault(row["sku"], {})[row["location"]] = row["on_hand"]
    stock = [
        _shelf(sku, locations, lines, products) for sku, locations in shelves.items()
    ]
    return sorted(stock, key=lambda row: (not row["backordered"], row["sku"]))


def _shelf(
    sku: str,
    locations: dict[str, int],
    lines: list[Json],
    products: dict[str, Json],
) -> Json:
    counted = [line for line in lines if line["stock_sku"] == sku]
    on_hand = sum(locations.values())
    allocated = sum(line["allocated"] for line in counted)
    return {
        "sku": sku,
        "locations": locations,
        "on_hand": on_hand,
        "allocated": allocated,
        "free": on_hand - allocated,
        "backordered": sum(line["backordered"] for line in counted),
        "products": sorted(
            row["sku"]
            for row in products.values()
            if (row["blank_sku"] or row["sku"]) == sku
        ),
    }
