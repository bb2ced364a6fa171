"""What backorders cost: how long people wait, what they ask, what it gives away."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from store import shop
from store.tables import backorders, decisions, notices, outbox, tickets

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

#: Decided, and neither taken back nor refused.
_STANDS = decisions.c.withdrawn_at.is_(None) & decisions.c.rejected_at.is_(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What one currency's backorders took, in minor units.

    ``waiting``: goods sold and not here yet; ``cancelled``: refunds of what could not
    be had; ``differences``: paid back for cheaper substitutes; ``consoled``: given for
    patience.
    """

    currency: str
    waiting_minor: int = 0
    cancelled_minor: int = 0
    differences_minor: int = 0
    consoled_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The backorders found in a stretch of time, and the work they made.

    ``ended`` counts units by the state they ended or stand in; ``days`` is the median
    wait of those that ended, in days.
    """

    found: int
    units: int
    ended: dict[str, int] = field(default_factory=dict)
    days: float | None = None
    slips: int = 0
    messages: int = 0
    letters: int = 0
    tickets: int = 0
    money: tuple[Money, ...] = ()


def report(connection: Connection, since: datetime, until: datetime) -> Report:
    """Return what the backorders of a stretch of time cost so far.

    What was late before the bot came is left out. Messages, letters and tickets are
    those of the stretch, whichever backorder they were about.
    """
    rows = connection.execute(
        select(backorders).where(
            backorders.c.found_at.between(since, until),
            backorders.c.state != "baseline",
        )
    ).all()
    waited = [
        (row.closed_at - row.found_at).total_seconds() / 86_400
        for row in rows
        if row.closed_at
    ]
    ended: dict[str, int] = {}
    for row in rows:
        ended[row.state] = ended.get(row.state, 0) + row.quantity
    return Report(
        found=len(rows),
        units=sum(row.quantity for row in rows),
        ended=ended,
        days=median(waited) if waited else None,
        slips=sum(row.slips for row in rows),
        messages=_count(
            connection,
            outbox,
            outbox.c.chat_id.is_not(None),
            outbox.c.sent_at.between(since, until),
        ),
        letters=_count(connection, notices, notices.c.sent_at.between(since, until)),
        tickets=_count(connection, tickets, tickets.c.opened_at.between(since, until)),
        money=_money(connection, since, until),
    )


def _count(connection: Connection, table: Any, *where: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(*where)) or 0


def _money(
    connection: Connection, since: datetime, until: datetime
) -> tuple[Money, ...]:
    sums: dict[str, dict[str, int]] = {}

    def add(currency: str | None, name: str, minor: int | None) -> None:
        if currency and minor:
            of_currency = sums.setdefault(currency, {})
            of_currency[name] = of_currency.get(name, 0) + int(minor)

    for row in connection.execute(_WAITING):
        add(row.currency, "waiting_minor", row.minor)
    made = decisions.c.created_at.between(since, until)
    for row in connection.execute(select(decisions).where(made, _STANDS)):
        match row.kind:
            case "cancel_refund":
                add(row.currency, "cancelled_minor", row.refund_minor)
            case "substitute":
                add(row.currency, "differences_minor", row.refund_minor)
            case "consolation":
                add(row.currency, "consoled_minor", row.price_minor)
    return tuple(
        Money(currency=currency, **sums[currency]) for currency in sorted(sums)
    )


_WAITING = (
    select(
        shop.orders.c.currency,
        func.sum(
            shop.order_lines.c.backordered * shop.order_lines.c.unit_price_minor
        ).label("minor"),
    )
    .join(shop.orders, shop.orders.c.id == shop.order_lines.c.order_id)
    .where(shop.orders.c.status == "open", shop.order_lines.c.backordered > 0)
    .group_by(shop.orders.c.currency)
)
