"""Whom a change concerns: from changed rows to the customers who care."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from store import shop
from store.tables import backorders, cases, decisions, holds, notices

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Select

#: Values per statement; what an engine can take depends on how it was built.
_AT_ONCE = 500

_ABOUT_A_SKU = frozenset(
    {
        "shop_supplies",
        "shop_stock",
        "shop_products",
        "shop_substitutes",
        "shop_sources",
    }
)


def customers_of(
    connection: Connection, relation: str, keys: Iterable[str]
) -> set[str]:
    """Return the customers whom changed rows of a relation concern.

    ``keys`` name the rows as the triggers note them. A row that is gone, or of a
    relation nobody knows, concerns nobody.
    """
    found: set[str] = set()
    for some in slices(keys):
        if relation in {"shop_customers", "shop_orders"}:
            found |= set(some)
        elif relation == "bot_supply_dates":
            found |= _waiting_for(connection, skus_of_dates(connection, some))
        elif relation in _ABOUT_A_SKU:
            found |= _waiting_for(connection, set(some))
        elif (query := _by_row(relation, some)) is not None:
            found |= _known(connection.scalars(query))
    return _with_a_reason(connection, found)


def _with_a_reason(connection: Connection, customers: set[str]) -> set[str]:
    """Return those whom we know already, or to whom something is to be said.

    Most orders of a shop have nothing late in them and nobody asks about them.
    """
    lines, orders = shop.order_lines, shop.orders
    counted = lines.c.allocated + lines.c.shipped + lines.c.cancelled
    unclear = counted + lines.c.backordered != lines.c.quantity
    found: set[str] = set()
    for some in slices(customers):
        met = select(cases.c.customer_id).where(cases.c.customer_id.in_(some))
        late = (
            select(orders.c.customer_id)
            .join(lines, lines.c.order_id == orders.c.id)
            .where(orders.c.customer_id.in_(some))
            .where(or_(lines.c.backordered > 0, unclear))
        )
        found |= _known(connection.scalars(met))
        found |= _known(connection.scalars(late.distinct()))
    return found


def slices(values: Iterable[str]) -> Iterator[Sequence[str]]:
    """Return the values in an order of their own, a statement's worth at a time."""
    ordered = sorted(values)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def _by_row(relation: str, keys: Sequence[str]) -> Select[str] | None:
    """Return the query for rows that belong to one order, or to one customer."""
    orders, shipments = shop.orders, shop.shipments
    of_orders = select(orders.c.customer_id)
    match relation:
        case "shop_order_lines" | "shop_shipments" | "shop_refunds":
            return of_orders.where(orders.c.id.in_(keys))
        case "shop_shipment_lines":
            parcels = select(shipments.c.order_id).where(shipments.c.id.in_(keys))
            return of_orders.where(orders.c.id.in_(parcels))
        case "bot_decisions":
            ids = [int(key) for key in keys]
            decided = select(decisions.c.order_id).where(decisions.c.id.in_(ids))
            return of_orders.where(orders.c.id.in_(decided))
        case "bot_notices":
            ids = [int(key) for key in keys]
            return select(notices.c.customer_id).where(notices.c.id.in_(ids))
        case _:
            return None


def skus_of_dates(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Return the SKUs of dates that staff told: for a SKU, or for one supply."""
    named = [key.partition(":") for key in keys]
    skus = {what for kind, _, what in named if kind == "sku"}
    supplies = [what for kind, _, what in named if kind == "supply"]
    table = shop.supplies
    asked = select(table.c.sku).where(table.c.id.in_(supplies))
    return skus | _known(connection.scalars(asked))


def _waiting_for(connection: Connection, skus: set[str]) -> set[str]:
    """Return who waits for one of these SKUs, or has one held or offered.

    What is short may be the ware below the print: all products on the same blank count.
    """
    lines, orders = shop.order_lines, shop.orders
    found: set[str] = set()
    for some in slices(_same_blank(connection, skus)):
        waiting = (
            select(orders.c.customer_id)
            .join(lines, lines.c.order_id == orders.c.id)
            .where(lines.c.sku.in_(some), lines.c.backordered > 0)
            .where(orders.c.status != "cancelled")
        )
        held = select(holds.c.case_id).where(holds.c.sku.in_(some))
        known = select(backorders.c.case_id).where(
            backorders.c.sku.in_(some), backorders.c.closed_at.is_(None)
        )
        offered = select(cases.c.customer_id).where(
            or_(cases.c.id.in_(held), cases.c.id.in_(known))
        )
        found |= _known(connection.scalars(waiting.distinct()))
        found |= _known(connection.scalars(offered))
    return found


def _same_blank(connection: Connection, skus: set[str]) -> set[str]:
    table = shop.products
    found = set(skus)
    for some in slices(skus):
        blank = func.coalesce(table.c.blank_sku, table.c.sku)
        found |= _known(connection.scalars(select(blank).where(table.c.sku.in_(some))))
    for some in slices(set(found)):
        printed = select(table.c.sku).where(table.c.blank_sku.in_(some))
        found |= _known(connection.scalars(printed))
    return found


def _known(values: Iterable[str | None]) -> set[str]:
    return {value for value in values if value is not None}
