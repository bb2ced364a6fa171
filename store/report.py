"""What backorders cost: how long people wait, what they ask, what it gives away."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from store import shop
from store.tables import (
    backorders,
    decisions,
    notices,
    outbox,
    promises,
    tickets,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

#: How many products, colours and sizes are named.
_SHOWN = 5
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
    wait of those that ended, in days; ``told_after`` the median seconds from finding
    one to the turn that told its date. ``often`` are the products that fell short most,
    ``looks`` the colours and sizes, with how often each did.
    """

    found: int
    units: int
    ended: dict[str, int] = field(default_factory=dict)
    days: float | None = None
    told_after: float | None = None
    often: tuple[tuple[str, int], ...] = ()
    looks: tuple[tuple[str, int], ...] = ()
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
    ended: Counter[str] = Counter()
    for row in rows:
        ended[row.state] += row.quantity
    short = Counter(row.sku for row in rows if row.sku)
    return Report(
        found=len(rows),
        units=sum(row.quantity for row in rows),
        ended=dict(ended),
        days=median(waited) if waited else None,
        told_after=_told_after(connection, since, until),
        often=tuple(_most(short)),
        looks=tuple(_most(_looks(connection, short))),
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


def _told_after(
    connection: Connection, since: datetime, until: datetime
) -> float | None:
    """Return how long the median backorder waited for its first word, in seconds."""
    first = func.min(promises.c.told_at).label("told_at")
    rows = connection.execute(
        select(backorders.c.found_at, first)
        .join(promises, promises.c.backorder_id == backorders.c.id)
        .where(
            backorders.c.found_at.between(since, until),
            backorders.c.state != "baseline",
        )
        .group_by(backorders.c.id, backorders.c.found_at)
    )
    seconds = [(row.told_at - row.found_at).total_seconds() for row in rows]
    return median(seconds) if seconds else None


def _looks(connection: Connection, short: Counter[str]) -> Counter[str]:
    """Count the colours and sizes of what fell short."""
    found: Counter[str] = Counter()
    of = shop.products.c
    rows = connection.execute(
        select(of.sku, of.color, of.size).where(of.sku.in_(list(short)))
    )
    for row in rows:
        for look in (row.color, row.size):
            if look:
                found[look] += short[row.sku]
    return found


def _most(counted: Counter[str]) -> list[tuple[str, int]]:
    """Return what came up more than once, the most frequent first."""
    often = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return [pair for pair in often if pair[1] > 1][:_SHOWN]


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
