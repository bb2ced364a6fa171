"""Whether people order again: those who had to wait, and those who had not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, select

from store.shop import orders
from store.tables import backorders

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Subquery

#: Below this one person more or less moves the share by over five of a hundred.
ENOUGH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How many customers there were, and how many of them ordered again."""

    customers: int = 0
    again: int = 0

    @property
    def share(self) -> float | None:
        """The part that ordered again; None where too few tell nothing."""
        return self.again / self.customers if self.customers >= ENOUGH else None


def retention(
    connection: Connection, since: datetime, until: datetime
) -> tuple[Retention, Retention]:
    """Return who ordered again after an order that was short, and after none was.

    Counted are customers with an order placed in the stretch, from their first one that
    was short, or else their first one; cancelled orders count as none. Any later order
    until ``until`` is one more. What was late before the bot came was short as well.
    """
    placed = and_(orders.c.placed_at.between(since, until), _counts(orders.c.status))
    was_short = orders.c.id.in_(select(backorders.c.order_id))
    short = (
        select(orders.c.customer_id, func.min(orders.c.placed_at).label("at"))
        .where(placed, was_short)
        .group_by(orders.c.customer_id)
        .subquery()
    )
    smooth = (
        select(orders.c.customer_id, func.min(orders.c.placed_at).label("at"))
        .where(placed, orders.c.customer_id.not_in(select(short.c.customer_id)))
        .group_by(orders.c.customer_id)
        .subquery()
    )
    return _again(connection, short, until), _again(connection, smooth, until)


def _again(connection: Connection, first: Subquery, until: datetime) -> Retention:
    later = orders.alias("later")
    came_back = exists(
        select(later.c.id).where(
            later.c.customer_id == first.c.customer_id,
            later.c.placed_at > first.c.at,
            later.c.placed_at <= until,
            _counts(later.c.status),
        )
    )
    everybody = connection.scalar(select(func.count()).select_from(first)) or 0
    again = connection.scalar(select(func.count()).select_from(first).where(came_back))
    return Retention(customers=everybody, again=again or 0)


def _counts(status: ColumnElement[str]) -> ColumnElement[bool]:
    return status != "cancelled"
