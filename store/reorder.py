"""What there is of each ware, what sold, what comes and who delivers it, by blank."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from flows.reorder import YEAR, History, Source, Ware
from flows.shop import Product, full_title
from store.concerned import slices
from store.shelf import free_units, read_product, supplies_of
from store.shop import order_lines, orders, products, sources
from store.waitlist import queued_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from flows.shop import Supply
    from store.columns import AnyRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A ware, and a product of it by which the policy knows its rules."""

    product: Product
    ware: Ware


_blank = func.coalesce(products.c.blank_sku, order_lines.c.sku)


def read_wares(
    connection: Connection, now: datetime, zone: ZoneInfo, weeks: int
) -> tuple[History, list[Listed]] | None:
    """Return what sold, and each ware with its numbers, in the order of their names.

    A ware stands here once it was ordered within the weeks, or is waited for. Days are
    those of ``zone``. None where nothing was ever ordered.
    """
    first = connection.scalar(select(func.min(orders.c.placed_at)))
    if first is None:
        return None
    today = now.astimezone(zone).date()
    recent = today - timedelta(weeks=weeks)
    sold: defaultdict[str, Counter[date]] = defaultdict(Counter)
    pooled: defaultdict[str, Counter[date]] = defaultdict(Counter)
    wanted: set[str] = set()
    for row in _sold(connection, recent - YEAR, zone):
        day = row.placed_at.astimezone(zone).date()
        units = max(row.quantity - row.cancelled, 0)
        sold[row.blank][day] += units
        pooled[row.category or ""][day] += units
        if day > recent:
            wanted.add(row.blank)
    wanted |= _waited_for(connection)
    history = History(
        since=first.astimezone(zone).date(), today=today, weeks=weeks, sold=pooled
    )
    found = _numbers(connection, wanted)
    rows = _listed(connection, wanted)
    return history, [
        _ware(blank, rows.get(blank, []), sold.get(blank, {}), found)
        for blank in sorted(wanted)
    ]


def _sold(connection: Connection, since: date, zone: ZoneInfo) -> Iterable[AnyRow]:
    start = datetime.combine(since, time.min, tzinfo=zone).astimezone(UTC)
    return connection.execute(
        select(
            orders.c.placed_at,
            order_lines.c.quantity,
            order_lines.c.cancelled,
            products.c.category,
            _blank.label("blank"),
        )
        .join(orders, orders.c.id == order_lines.c.order_id)
        .outerjoin(products, products.c.sku == order_lines.c.sku)
        .where(
            order_lines.c.sku.is_not(None),
            orders.c.status != "cancelled",
            orders.c.placed_at >= start,
        )
    )


def _waited_for(connection: Connection) -> set[str]:
    asked = (
        select(_blank.label("blank"))
        .select_from(order_lines.join(orders, orders.c.id == order_lines.c.order_id))
        .outerjoin(products, products.c.sku == order_lines.c.sku)
        .where(
            order_lines.c.sku.is_not(None),
            orders.c.status == "open",
            order_lines.c.backordered > 0,
        )
    )
    return set(connection.scalars(asked.distinct()))


def _listed(connection: Connection, blanks: set[str]) -> dict[str, list[AnyRow]]:
    """Return the products made on each blank; its own row alone where it has one."""
    found: defaultdict[str, list[AnyRow]] = defaultdict(list)
    for some in slices(blanks):
        asked = (
            select(products)
            .where(or_(products.c.sku.in_(some), products.c.blank_sku.in_(some)))
            .order_by(products.c.sku)
        )
        for row in connection.execute(asked):
            found[row.blank_sku or row.sku].append(row)
    for blank, rows in found.items():
        own = [row for row in rows if row.sku == blank]
        found[blank] = own or rows
    return found


def _ware(
    blank: str, rows: list[AnyRow], sold: Mapping[date, int], found: _Numbers
) -> Listed:
    """Return a ware as its products describe it; many prints on it name it nothing."""
    made = [read_product(row) for row in rows]
    titles = {full_title(product.title, product) for product in made}
    leads = [row.lead_time_days for row in rows if row.lead_time_days is not None]
    ware = Ware(
        sku=blank,
        title=titles.pop() if len(titles) == 1 else "",
        category=next((one.category for one in made if one.category), ""),
        sold=sold,
        on_hand=found.free.get(blank, 0),
        incoming=sum(supply.quantity for supply in found.coming.get(blank, ())),
        waiting=found.queued.get(blank, 0),
        supplier=next((row.supplier for row in rows if row.supplier), ""),
        lead_time_days=max(leads, default=None),
        sources=tuple(found.sources.get(blank, ())),
    )
    return Listed(
        product=made[0] if made else Product(sku=blank, blank=blank), ware=ware
    )


@dataclass(slots=True)
class _Numbers:
    """What the shop's rows say about some blanks."""

    free: dict[str, int] = field(default_factory=dict)
    coming: dict[str, list[Supply]] = field(default_factory=dict)
    queued: dict[str, int] = field(default_factory=dict)
    sources: defaultdict[str, list[Source]] = field(
        default_factory=lambda: defaultdict(list)
    )


def _numbers(connection: Connection, blanks: set[str]) -> _Numbers:
    found = _Numbers()
    for some in slices(blanks):
        found.free |= free_units(connection, some)
        found.coming |= supplies_of(connection, set(some))
        found.queued |= queued_units(connection, some)
        asked = (
            select(sources)
            .where(sources.c.sku.in_(some))
            .order_by(sources.c.rank, sources.c.supplier)
        )
        for row in connection.execute(asked):
            found.sources[row.sku].append(
                Source(
                    supplier=row.supplier,
                    lead_time_days=row.lead_time_days,
                    region=row.region or "",
                )
            )
    return found
