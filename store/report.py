"""What backorders cost: how long people wait, what they ask, what it gives away."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from store import shop
from store.latency import Latency, moved_after, told_after
from store.loyalty import Retention, retention
from store.tables import backorders, decisions, notices, outbox, tickets
from store.touched import blank_of_each

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

    from store.columns import AnyRow

#: Once may be one late delivery; who runs out twice keeps too little.
REVIEW_FROM = 2
_NEVER = datetime.min.replace(tzinfo=UTC)
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
    wait of those that ended, in days; ``told`` how long from finding one to the
    turn that told its date, ``moved`` from a date's change to telling the new one.
    ``often`` are the products that fell short most, ``looks`` the colours and sizes,
    with how often each did; ``review`` the wares that ran out and ran out again.
    ``waited`` is who ordered again after waiting, ``smooth`` who did without.
    """

    found: int
    units: int
    ended: dict[str, int] = field(default_factory=dict)
    days: float | None = None
    told: Latency
    moved: Latency
    often: tuple[tuple[str, int], ...] = ()
    looks: tuple[tuple[str, int], ...] = ()
    review: tuple[tuple[str, int], ...] = ()
    waited: Retention
    smooth: Retention
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
    days = [
        (row.closed_at - row.found_at).total_seconds() / 86_400
        for row in rows
        if row.closed_at
    ]
    ended: Counter[str] = Counter()
    for row in rows:
        ended[row.state] += row.quantity
    short = Counter(row.sku for row in rows if row.sku)
    waited, smooth = retention(connection, since, until)
    return Report(
        found=len(rows),
        units=sum(row.quantity for row in rows),
        ended=dict(ended),
        days=median(days) if days else None,
        told=told_after(connection, since, until),
        moved=moved_after(connection, since, until),
        often=tuple(_most(short)),
        looks=tuple(_most(_looks(connection, short))),
        review=tuple(_worth_a_review(connection, rows)),
        waited=waited,
        smooth=smooth,
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


def _worth_a_review(
    connection: Connection, rows: Sequence[AnyRow]
) -> list[tuple[str, int]]:
    """Return the wares that fell short more than once, with how many times.

    A shortage lasts while any order waits for the ware, however many do.
    """
    blanks = blank_of_each(connection, {row.sku for row in rows if row.sku})
    times: Counter[str] = Counter()
    ends: dict[str, datetime | None] = {}
    for row in sorted(rows, key=lambda row: (row.found_at, row.id)):
        if not row.sku:
            continue
        blank = blanks[row.sku]
        last = ends.get(blank, _NEVER)
        if last is not None and row.found_at > last:
            times[blank] += 1
        still = last is None or row.closed_at is None
        ends[blank] = None if still else max(last or _NEVER, row.closed_at)
    often = ((blank, count) for blank, count in times.items() if count >= REVIEW_FROM)
    return sorted(often, key=lambda pair: (-pair[1], pair[0]))


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
