"""Who waits for a ware, and in which order: lines of open orders, by blank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BindParameter, and_, bindparam, func, or_, select, union_all

from flows.shop import Product, Queue, Waiter, full_title
from store.shop import customers, order_lines, orders, products

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from flows.shop import Order

#: How many are named of those who wait for a ware.
_FIRST = 5

BLANKS: BindParameter[list[str]] = bindparam("blanks", expanding=True)
_counted = (
    order_lines.c.order_id,
    order_lines.c.sku,
    order_lines.c.title,
    order_lines.c.allocated,
    order_lines.c.backordered,
)
#: Lines whose product is one of the blanks, or is printed on one. As two halves, since
#: PostgreSQL reads every line there is for an OR over both.
LINES = union_all(
    select(*_counted).where(order_lines.c.sku.in_(BLANKS)),
    select(*_counted)
    .join(products, products.c.sku == order_lines.c.sku)
    .where(products.c.blank_sku.in_(BLANKS), order_lines.c.sku.not_in(BLANKS)),
).subquery("lines")
#: Those of them that are in open orders; for a query that says so.
OPEN_LINES = LINES.join(orders, orders.c.id == LINES.c.order_id)
IS_OPEN = orders.c.status == "open"


def units_ahead(connection: Connection, blank: str, order: Order) -> int:
    """Return how many units orders before this one wait for."""
    before = {"blanks": [blank], "order": order.id, "placed": order.placed_at}
    return int(connection.scalar(_AHEAD, before) or 0)


def queue_for(connection: Connection, blank: str) -> Queue:
    """Return who waits for a blank, as the shop's numbers say."""
    of_this = {"blanks": [blank]}
    wanted = connection.execute(_WANTED, of_this).all()
    if not wanted:
        return Queue()
    first = connection.execute(_WHO, of_this).all()
    return Queue(
        units=sum(int(row.units) for row in wanted),
        orders=int(first[0].orders),
        titles=tuple(
            full_title(
                row.title,
                Product(sku=row.sku, blank=blank, color=row.color, size=row.size),
            )
            for row in wanted
        ),
        first=tuple(Waiter(row.name or "", row.number) for row in first),
    )


_AHEAD = (
    select(func.sum(LINES.c.backordered))
    .select_from(OPEN_LINES)
    .where(
        IS_OPEN,
        LINES.c.backordered > 0,
        or_(
            orders.c.placed_at < bindparam("placed"),
            and_(
                orders.c.placed_at == bindparam("placed"),
                orders.c.id < bindparam("order"),
            ),
        ),
    )
)
_WANTED = (
    select(
        LINES.c.sku,
        func.max(LINES.c.title).label("title"),
        products.c.color,
        products.c.size,
        func.sum(LINES.c.backordered).label("units"),
    )
    .select_from(OPEN_LINES.outerjoin(products, products.c.sku == LINES.c.sku))
    .where(IS_OPEN, LINES.c.backordered > 0)
    .group_by(LINES.c.sku, products.c.color, products.c.size)
    .order_by(LINES.c.sku)
)
#: All are counted before the first are picked.
_WHO = (
    select(orders.c.number, customers.c.name, func.count().over().label("orders"))
    .select_from(
        OPEN_LINES.outerjoin(customers, customers.c.id == orders.c.customer_id)
    )
    .where(IS_OPEN, LINES.c.backordered > 0)
    .group_by(orders.c.id, orders.c.number, orders.c.placed_at, customers.c.name)
    .order_by(orders.c.placed_at, orders.c.id)
    .limit(_FIRST)
)
