"""Which wares a change touches: from changed rows to the blanks whose numbers moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from store import shop
from store.concerned import skus_of_dates, slices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

#: A place on the waiting list began or ended, or units of a blank were let go.
FREED = "bot_waitlist"

_NAMED_BY_SKU = ("shop_supplies", "shop_stock", "shop_products", FREED)


def touched_blanks(
    connection: Connection, notes: Mapping[str, Iterable[str]]
) -> set[str]:
    """Return the blanks whose stock, supplies or demand the noted rows are about."""
    skus: set[str] = set()
    for relation in _NAMED_BY_SKU:
        skus |= set(notes.get(relation, ()))
    lines, orders = shop.order_lines, shop.orders
    for some in slices(notes.get("bot_supply_dates", ())):
        skus |= skus_of_dates(connection, some)
    for some in slices(notes.get("shop_order_lines", ())):
        asked = select(lines.c.sku).where(lines.c.order_id.in_(some))
        skus |= {sku for sku in connection.scalars(asked) if sku is not None}
    for some in slices(notes.get("shop_orders", ())):
        asked = (
            select(lines.c.sku)
            .join(orders, orders.c.id == lines.c.order_id)
            .where(orders.c.customer_id.in_(some))
        )
        skus |= {sku for sku in connection.scalars(asked) if sku is not None}
    return blanks_of(connection, skus)


def blanks_of(connection: Connection, skus: Iterable[str]) -> set[str]:
    """Return what these SKUs are made on; one that nobody lists stands for itself."""
    return set(blank_of_each(connection, skus).values())


def blank_of_each(connection: Connection, skus: Iterable[str]) -> dict[str, str]:
    """Return what each SKU is made on; one that nobody lists stands for itself."""
    table = shop.products
    found: dict[str, str] = {}
    for some in slices(skus):
        asked = select(table.c.sku, func.coalesce(table.c.blank_sku, table.c.sku))
        blank = dict(connection.execute(asked.where(table.c.sku.in_(some))).all())
        found |= {sku: blank.get(sku, sku) for sku in some}
    return found


def products_on(connection: Connection, blanks: Iterable[str]) -> set[str]:
    """Return every product that is one of the blanks, or made on one."""
    table = shop.products
    found: set[str] = set()
    for some in slices(blanks):
        itself = select(table.c.sku).where(table.c.sku.in_(some))
        printed = select(table.c.sku).where(table.c.blank_sku.in_(some))
        found |= {*connection.scalars(itself), *connection.scalars(printed)}
    return found
