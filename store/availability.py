"""What the shop's pages may say, one row a product, kept true as numbers move.

A change marks the products it touches; marked ones are worked out anew a moment later
(``bot/listing.py``). The shop reads the view ``bot_availability``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from flows.acceptance import Availability, Demand
from flows.waiting import OPEN, WaitingState
from store import shop
from store.concerned import slices
from store.demand import availability, waitlist
from store.shelf import free_units, read_product, supplies_of
from store.touched import products_on
from store.waitlist import queued_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection

    from flows.shop import Product

_a = availability.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A product with what is known about the demand for it."""

    product: Product
    demand: Demand


def mark_outdated(connection: Connection, blanks: Iterable[str]) -> None:
    """Note that what is said about products made on these blanks may no longer hold."""
    named = set(blanks)
    if not named:
        return
    rows = [{"sku": sku, "outdated": True} for sku in products_on(connection, named)]
    if rows:
        _upsert(connection, rows)
    for some in slices(named - {row["sku"] for row in rows}):
        # A product that is gone is found here only, and then forgotten.
        of_these = update(availability).where(_a.sku.in_(some))
        connection.execute(of_these.values(outdated=True))


def is_any_outdated(connection: Connection) -> bool:
    """Tell whether anything is to be worked out anew."""
    asked = select(_a.sku).where(_a.outdated == true()).limit(1)
    return connection.scalar(asked) is not None


def outdated(connection: Connection, limit: int) -> list[str]:
    """Return products to be worked out anew; those that others work on are left out."""
    marked = (
        select(_a.sku)
        .where(_a.outdated == true())
        .order_by(_a.sku)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(connection.scalars(marked))


def page(connection: Connection, after: str, limit: int) -> list[str]:
    """Return the shop's products behind ``after``, in the order of their names."""
    sku = shop.products.c.sku
    asked = select(sku).where(sku > after).order_by(sku).limit(limit)
    return list(connection.scalars(asked))


def mark_aged(
    connection: Connection, skus: list[str], version: str, today: date
) -> None:
    """Mark those of another policy or day, and those nothing is said about yet."""
    fresh = select(_a.sku).where(
        _a.sku.in_(skus), _a.policy_version == version, _a.day == today
    )
    aged = set(skus) - set(connection.scalars(fresh))
    if aged:
        _upsert(connection, [{"sku": sku, "outdated": True} for sku in sorted(aged)])


def read_demand(connection: Connection, skus: Iterable[str]) -> list[Listed]:
    """Return what is known about these products; what is not listed is left out."""
    wanted = list(skus)
    rows = connection.execute(_PRODUCTS, {"skus": wanted})
    products = [read_product(row) for row in rows]
    blanks = {product.blank for product in products}
    if not blanks:
        return []
    of_these = {"blanks": list(blanks)}
    free = free_units(connection, blanks)
    coming = supplies_of(connection, blanks)
    queued = queued_units(connection, blanks)
    listed = dict(connection.execute(_ON_LIST, of_these).all())
    people: dict[str, int] = {
        row.sku: row.people for row in connection.execute(_PEOPLE, {"skus": wanted})
    }
    odd: dict[str, list[str]] = {}
    for row in connection.execute(_ODD, of_these):
        odd.setdefault(row.blank, []).append(row.id)
    heard_at = _heard_at(connection)
    return [
        Listed(
            product=product,
            demand=Demand(
                sku=product.sku,
                free=free.get(product.blank, 0),
                supplies=tuple(coming.get(product.blank, ())),
                queued=queued.get(product.blank, 0),
                listed=int(listed.get(product.blank, 0)),
                people=people.get(product.sku, 0),
                odd=tuple(odd.get(product.blank, ())),
                heard_at=heard_at,
                active=product.active,
            ),
        )
        for product in products
    ]


def save(
    connection: Connection,
    found: Iterable[tuple[Availability, Mapping[str, str]]],
    *,
    version: str,
    now: datetime,
    today: date,
) -> None:
    """Write what may be said about products, with its texts; it is up to date then."""
    rows = [
        {
            "sku": one.sku,
            "orderable": one.orderable,
            "reason": one.reason.value,
            "expected_from": one.when.expected_from,
            "expected_to": one.when.expected_to,
            "waiting_count": one.waiting_count,
            "texts": dict(texts),
            "updated_at": now,
            "policy_version": version,
            "day": today,
            "outdated": False,
        }
        for one, texts in found
    ]
    if rows:
        _upsert(connection, rows)


def forget(connection: Connection, skus: Iterable[str]) -> None:
    """Say nothing more about products the shop no longer lists."""
    for some in slices(skus):
        connection.execute(delete(availability).where(_a.sku.in_(some)))


def _upsert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    postgres = connection.dialect.name == "postgresql"
    made = (postgresql.insert if postgres else sqlite.insert)(availability)
    # By name, so that two who mark the same products never wait for each other.
    connection.execute(
        made.on_conflict_do_update(
            index_elements=[_a.sku],
            set_={name: made.excluded[name] for name in rows[0] if name != "sku"},
        ),
        sorted(rows, key=lambda row: str(row["sku"])),
    )


def _heard_at(connection: Connection) -> datetime | None:
    asked = (
        connection.scalar(select(func.max(table.c.updated_at)))
        for table in (shop.stock, shop.supplies)
    )
    return max((at for at in asked if at is not None), default=None)


_w = waitlist.c
_lines, _orders, _products = shop.order_lines, shop.orders, shop.products
_skus: Any = bindparam("skus", expanding=True)
_blanks: Any = bindparam("blanks", expanding=True)
_PRODUCTS = select(_products).where(_products.c.sku.in_(_skus))
_ON_LIST = (
    select(_w.blank, func.sum(_w.quantity))
    .where(_w.blank.in_(_blanks), _w.state == WaitingState.WAITING.value)
    .group_by(_w.blank)
)
_PEOPLE = (
    select(_w.sku, func.count(_w.case_id.distinct()).label("people"))
    .where(_w.sku.in_(_skus), _w.state.in_(sorted(OPEN)))
    .group_by(_w.sku)
)
_blank = func.coalesce(_products.c.blank_sku, _lines.c.sku)
_counted = _lines.c.allocated + _lines.c.shipped + _lines.c.cancelled
_ODD = (
    select(_lines.c.id, _blank.label("blank"))
    .join(_orders, _orders.c.id == _lines.c.order_id)
    .outerjoin(_products, _products.c.sku == _lines.c.sku)
    .where(
        _orders.c.status == "open",
        _counted + _lines.c.backordered != _lines.c.quantity,
        or_(
            _lines.c.sku.in_(_blanks),
            _lines.c.sku.in_(
                select(_products.c.sku).where(_products.c.blank_sku.in_(_blanks))
            ),
        ),
    )
    .order_by(_lines.c.id)
)
