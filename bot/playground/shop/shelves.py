"""The demo shop's lines and shelves as its people look them up.

A line is counted on its blank's shelf. What is allocated stays on the shelf
until it is sent, so free = on hand - allocated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from bot.playground.shop.stock import MAIN
from store import shop

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Join, Select

_counted_sku = func.coalesce(shop.products.c.blank_sku, shop.order_lines.c.sku)


class ShopRefused(Exception):
    """The demo shop cannot do that; the text tells the person at the page why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An order line with the SKU it is counted under."""

    id: str
    order_id: str
    stock_sku: str
    allocated: int
    shipped: int
    backordered: int
    work_started_at: datetime | None


def find_line(connection: Connection, line_id: str) -> Line:
    """Return a line.

    Raises:
        ShopRefused: When there is none of that id.
    """
    found = _found(connection, _lines().where(shop.order_lines.c.id == line_id))
    if not found:
        raise ShopRefused(f"there is no line {line_id}")
    return found[0]


def find_lines(connection: Connection, order_id: str) -> list[Line]:
    """Return an order's lines."""
    lines = shop.order_lines.c
    asked = _lines().where(lines.order_id == order_id).order_by(lines.id)
    return _found(connection, asked)


def find_waiting(connection: Connection, stock_sku: str) -> list[Line]:
    """Return the lines that wait for a counted SKU, oldest order first."""
    orders, lines = shop.orders.c, shop.order_lines.c
    return _found(
        connection,
        _lines()
        .join(shop.orders, orders.id == lines.order_id)
        .where(_counted_sku == stock_sku, lines.backordered > 0)
        .order_by(orders.placed_at, lines.id),
    )


def free_units(connection: Connection, stock_sku: str) -> int:
    """Return the units on the shelves that no order has been given."""
    on_hand = connection.execute(
        select(func.coalesce(func.sum(shop.stock.c.on_hand), 0)).where(
            shop.stock.c.sku == stock_sku
        )
    ).scalar_one()
    allocated = connection.execute(
        select(func.coalesce(func.sum(shop.order_lines.c.allocated), 0))
        .select_from(_joined())
        .where(_counted_sku == stock_sku)
    ).scalar_one()
    return int(on_hand - allocated)


def put(
    connection: Connection, stock_sku: str, quantity: int, *, now: datetime
) -> None:
    """Lay units on the main shelf."""
    _set_shelf(
        connection,
        stock_sku,
        MAIN,
        _on_shelves(connection, stock_sku).get(MAIN, 0) + quantity,
        now=now,
    )


def take(
    connection: Connection, stock_sku: str, quantity: int, *, now: datetime
) -> None:
    """Take units off the shelves, the main one first; never below nothing."""
    shelves = _on_shelves(connection, stock_sku)
    for location in sorted(shelves, key=lambda name: (name != MAIN, name)):
        units = min(quantity, shelves[location])
        if units > 0:
            quantity -= units
            left = shelves[location] - units
            _set_shelf(connection, stock_sku, location, left, now=now)


def _on_shelves(connection: Connection, stock_sku: str) -> dict[str, int]:
    rows = connection.execute(
        select(shop.stock.c.location, shop.stock.c.on_hand).where(
            shop.stock.c.sku == stock_sku
        )
    )
    return {row.location: row.on_hand for row in rows}


def _set_shelf(
    connection: Connection, stock_sku: str, location: str, units: int, *, now: datetime
) -> None:
    changed = connection.execute(
        update(shop.stock)
        .where(shop.stock.c.sku == stock_sku, shop.stock.c.location == location)
        .values(on_hand=units, updated_at=now)
    )
    if not changed.rowcount:
        connection.execute(
            insert(shop.stock),
            {
                "sku": stock_sku,
                "location": location,
                "on_hand": units,
                "updated_at": now,
            },
        )


def _joined() -> Join:
    return shop.order_lines.outerjoin(
        shop.products, shop.products.c.sku == shop.order_lines.c.sku
    )


def _lines() -> Select[tuple[str, str, str, int, int, int, datetime | None]]:
    lines = shop.order_lines.c
    return select(
        lines.id,
        lines.order_id,
        _counted_sku.label("stock_sku"),
        lines.allocated,
        lines.shipped,
        lines.backordered,
        lines.work_started_at,
    ).select_from(_joined())


def _found(
    connection: Connection,
    asked: Select[tuple[str, str, str, int, int, int, datetime | None]],
) -> list[Line]:
    return [Line(**row) for row in connection.execute(asked).mappings()]
