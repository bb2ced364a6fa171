"""What the people of the demo shop do: each function is one of their hand moves.

They write only ``shop_*`` relations, as any order backend would; the bot has to
notice by itself. The caller owns the transaction. After each of them every line
still says quantity = allocated + shipped + cancelled + backordered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from bot.playground.shop import shelves
from bot.playground.shop.orders import shipment_row
from bot.playground.shop.shelves import ShopRefused
from store import shop

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection


def mark_backordered(
    connection: Connection, line_id: str, quantity: int, *, now: datetime
) -> None:
    """Move units of a line from ready to short: they are not on the shelf after all.

    Raises:
        ShopRefused: When the line is unknown or has fewer units ready.
    """
    line = shelves.find_line(connection, line_id)
    if not 0 < quantity <= line.allocated:
        raise ShopRefused(f"line {line_id} has {line.allocated} ready, not {quantity}")
    _change_line(
        connection,
        line_id,
        allocated=line.allocated - quantity,
        backordered=line.backordered + quantity,
    )
    shelves.take(connection, line.stock_sku, quantity, now=now)


def slip_supply(
    connection: Connection,
    supply: str,
    new_date: date | None,
    *,
    now: datetime,
    reason: str | None = None,
) -> str:
    """Put off an open supply, named by its id or its SKU; return its id.

    Of several open supplies of one SKU the next one moves. ``new_date`` None
    means that nobody knows any more; ``reason`` None keeps the old one.

    Raises:
        ShopRefused: When nothing open goes by that name.
    """
    supplies = shop.supplies.c
    found = connection.execute(
        select(supplies.id, supplies.reason)
        .where(supplies.id.in_([supply]) | supplies.sku.in_([supply]))
        .where(supplies.status == "open")
        .order_by(supplies.expected_on.is_(None), supplies.expected_on, supplies.id)
    ).first()
    if found is None:
        raise ShopRefused(f"nothing open is called {supply}")
    connection.execute(
        update(shop.supplies)
        .where(supplies.id == found.id)
        .values(expected_on=new_date, reason=reason or found.reason, updated_at=now)
    )
    supply_id: str = found.id
    return supply_id


def receive(
    connection: Connection, supply_id: str, quantity: int, *, now: datetime
) -> dict[str, int]:
    """Put arrived units on the shelf and give them to who waits, oldest order first.

    Returns:
        The units given to each line that got some.

    Raises:
        ShopRefused: When the supply is not open or less than that is expected.
    """
    supplies = shop.supplies.c
    supply = connection.execute(
        select(shop.supplies).where(supplies.id == supply_id, supplies.status == "open")
    ).first()
    if supply is None:
        raise ShopRefused(f"supply {supply_id} is not open")
    rest = supply.quantity - supply.received
    if not 0 < quantity <= rest:
        raise ShopRefused(f"supply {supply_id} has {rest} to come, not {quantity}")
    connection.execute(
        update(shop.supplies)
        .where(supplies.id == supply_id)
        .values(
            received=supply.received + quantity,
            status="received" if quantity == rest else "open",
            updated_at=now,
        )
    )
    shelves.put(connection, supply.sku, quantity, now=now)
    return _allocate(connection, supply.sku)


def ship(connection: Connection, order_id: str, *, now: datetime) -> str:
    """Send everything of an order that is ready, in one parcel; return the parcel's id.

    A payment that was only authorised is captured with it.

    Raises:
        ShopRefused: When nothing of it is ready.
    """
    ready = [
        line for line in shelves.find_lines(connection, order_id) if line.allocated
    ]
    if not ready:
        raise ShopRefused(f"nothing of order {order_id} is ready")
    earlier = connection.execute(
        select(func.count()).where(shop.shipments.c.order_id == order_id)
    ).scalar_one()
    parcel = shipment_row(order_id, earlier + 1, now)
    connection.execute(insert(shop.shipments), parcel)
    for line in ready:
        connection.execute(
            insert(shop.shipment_lines),
            {
                "shipment_id": parcel["id"],
                "line_id": line.id,
                "quantity": line.allocated,
            },
        )
        _change_line(
            connection, line.id, allocated=0, shipped=line.shipped + line.allocated
        )
        shelves.take(connection, line.stock_sku, line.allocated, now=now)
    _close(connection, order_id)
    parcel_id: str = parcel["id"]
    return parcel_id


def start_work(connection: Connection, line_id: str, *, now: datetime) -> None:
    """Begin to print a line: from now on nothing about it can be changed.

    Raises:
        ShopRefused: When nothing of the line is ready, or it was begun before.
    """
    line = shelves.find_line(connection, line_id)
    if not line.allocated or line.work_started_at is not None:
        raise ShopRefused(f"line {line_id} cannot be begun")
    _change_line(connection, line_id, work_started_at=now)


def _allocate(connection: Connection, stock_sku: str) -> dict[str, int]:
    free = shelves.free_units(connection, stock_sku)
    given: dict[str, int] = {}
    for line in shelves.find_waiting(connection, stock_sku):
        units = min(free, line.backordered)
        if units <= 0:
            break
        free -= units
        given[line.id] = units
        _change_line(
            connection,
            line.id,
            allocated=line.allocated + units,
            backordered=line.backordered - units,
        )
    return given


def _close(connection: Connection, order_id: str) -> None:
    orders = shop.orders.c
    lines = shelves.find_lines(connection, order_id)
    if not any(line.allocated or line.backordered for line in lines):
        connection.execute(
            update(shop.orders).where(orders.id == order_id).values(status="shipped")
        )
    connection.execute(
        update(shop.orders)
        .where(orders.id == order_id, orders.payment_status == "authorized")
        .values(payment_status="captured", authorization_expires_at=None)
    )


def _change_line(connection: Connection, line_id: str, **values: object) -> None:
    connection.execute(
        update(shop.order_lines).where(shop.order_lines.c.id == line_id).values(values)
    )
