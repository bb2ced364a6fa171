"""What was asked before: recorded proposals with the orders they were about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from flows.shop import Customer, Order, Product
from flows.simulate import Asked
from store import shop
from store.documents import read_items
from store.tables import backorders, offers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from store.columns import AnyRow


def asked_since(connection: Connection, since: datetime) -> Iterator[Asked]:
    """Yield every proposal made since, one by one per line, the oldest first."""
    rows = connection.execute(
        select(
            offers.c.terms,
            offers.c.proposed_at,
            shop.orders,
            shop.customers.c.customer_group,
        )
        .join(shop.orders, shop.orders.c.id == offers.c.order_id)
        .outerjoin(shop.customers, shop.customers.c.id == shop.orders.c.customer_id)
        .where(offers.c.proposed_at > since)
        .order_by(offers.c.proposed_at, offers.c.id)
    ).all()
    lines = _lines(connection, [row.id for row in rows])
    slips = {
        row.id: row.slips
        for row in connection.execute(select(backorders.c.id, backorders.c.slips))
    }
    for row in rows:
        for item in read_items(row.terms):
            yield Asked(
                item=item,
                order=_order(row),
                product=lines.get(item.line_id),
                customer=Customer(id=row.customer_id, group=row.customer_group),
                on=row.proposed_at.date(),
                slips=slips.get(item.backorder_id, 0),
            )


def _lines(connection: Connection, order_ids: list[str]) -> dict[str, Product]:
    found = connection.execute(
        select(shop.order_lines.c.id, shop.products.c.sku, shop.products.c.category)
        .join(shop.products, shop.products.c.sku == shop.order_lines.c.sku)
        .where(shop.order_lines.c.order_id.in_(order_ids))
    )
    return {
        row.id: Product(sku=row.sku, blank=row.sku, category=row.category)
        for row in found
    }


def _order(row: AnyRow) -> Order:
    return Order(
        id=row.id,
        number=row.number,
        customer_id=row.customer_id,
        placed_at=row.placed_at,
        currency=row.currency,
        market=row.market,
    )
