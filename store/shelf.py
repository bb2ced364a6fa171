"""What can stand in for what is missing, and what is free of it, by blank.

Free is stock on hand less what open orders have allocated and running offers hold;
several locations are one pool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from flows.shop import Curated, Held, Order, Product, Shelf, SkuFacts, Supply
from flows.terms import KINDS
from store.shop import (
    order_lines,
    orders,
    products,
    stock,
    substitutes,
    supplies,
)
from store.tables import holds, supply_dates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from store.columns import AnyRow

#: A category may be large; the closest are found among this many of it.
_CANDIDATES = 300


def load_shelf(
    connection: Connection,
    found: tuple[Order, ...],
    skus: Iterable[str],
    without: frozenset[str] = frozenset(),
    case_id: int | None = None,
) -> Shelf:
    """Return products and facts around SKUs: themselves and what may stand in for them.

    ``without`` are blanks that turned out to be gone; they count as having none free.
    What the case's own offers hold is told apart, so that they can be made anew.
    """
    wanted = set(skus)
    curated = tuple(
        Curated(row.sku, row.substitute_sku, row.rank, _known_kind(row.kind))
        for row in connection.execute(
            select(substitutes).where(substitutes.c.sku.in_(wanted))
        )
    )
    listed = _products(connection, wanted, {item.substitute for item in curated})
    blanks = {product.blank for product in listed} | {
        sku for sku in wanted if all(product.sku != sku for product in listed)
    }
    waiting = {product.blank for product in listed if product.sku in wanted} | wanted
    free = free_units(connection, blanks)
    coming = _supplies(connection, waiting)
    ahead = _ahead(connection, found, listed)
    facts = tuple(
        SkuFacts(
            sku=blank,
            free=0 if blank in without else free.get(blank, 0),
            supplies=tuple(coming.get(blank, ())),
            ahead=tuple(ahead.get(blank, ())),
        )
        for blank in sorted(blanks)
    )
    return Shelf(
        products=tuple(listed),
        facts=facts,
        curated=curated,
        held=_held(connection, case_id, without),
    )


def _held(
    connection: Connection, case_id: int | None, without: frozenset[str]
) -> tuple[Held, ...]:
    if case_id is None:
        return ()
    rows = connection.execute(
        select(holds.c.offer_id, holds.c.sku, holds.c.quantity)
        .where(holds.c.case_id == case_id, holds.c.sku.not_in(without))
        .order_by(holds.c.id)
    )
    return tuple(Held(row.offer_id, row.sku, row.quantity) for row in rows)


def _known_kind(kind: str | None) -> str | None:
    return kind if kind in KINDS else None


def free_units(connection: Connection, blanks: Iterable[str]) -> dict[str, int]:
    """Return per blank the units nobody has been given or is being offered.

    May be negative when the shop's stock shrank below what is held.
    """
    names = set(blanks)
    made = {
        row.sku: int(row.total)
        for row in connection.execute(
            select(stock.c.sku, func.sum(stock.c.on_hand).label("total"))
            .where(stock.c.sku.in_(names))
            .group_by(stock.c.sku)
        )
    }
    blank = func.coalesce(products.c.blank_sku, order_lines.c.sku)
    allocated = (
        select(blank.label("blank"), func.sum(order_lines.c.allocated).label("total"))
        .select_from(
            order_lines.join(orders, orders.c.id == order_lines.c.order_id).outerjoin(
                products, products.c.sku == order_lines.c.sku
            )
        )
        .where(
            order_lines.c.allocated > 0,
            orders.c.status == "open",
            order_lines.c.sku.in_(_printed_on(names)),
        )
        .group_by(blank)
    )
    held = (
        select(holds.c.sku.label("blank"), func.sum(holds.c.quantity).label("total"))
        .where(holds.c.sku.in_(names))
        .group_by(holds.c.sku)
    )
    for statement in (allocated, held):
        for row in connection.execute(statement):
            made[row.blank] = made.get(row.blank, 0) - int(row.total)
    return made


def _printed_on(names: set[str]) -> Any:
    same = select(products.c.sku).where(
        or_(products.c.blank_sku.in_(names), products.c.sku.in_(names))
    )
    plain = select(stock.c.sku).where(stock.c.sku.in_(names))
    return same.union(plain)


def _products(
    connection: Connection, wanted: set[str], curated: set[str]
) -> list[Product]:
    own = connection.execute(select(products).where(products.c.sku.in_(wanted))).all()
    families = {row.family for row in own if row.family}
    categories = {row.category for row in own if row.category}
    likely = and_(
        products.c.active.is_(True),
        or_(
            products.c.family.in_(families),
            products.c.category.in_(categories),
            products.c.sku.in_(curated),
        ),
    )
    others = connection.execute(
        select(products)
        .where(likely, products.c.sku.not_in(wanted))
        .order_by(products.c.family.not_in(families), products.c.sku)
        .limit(_CANDIDATES)
    )
    return [_product(row) for row in (*own, *others)]


def _product(row: AnyRow) -> Product:
    return Product(
        sku=row.sku,
        blank=row.blank_sku or row.sku,
        title=row.title,
        family=row.family,
        category=row.category,
        design=row.design,
        brand=row.brand,
        color=row.color,
        color_hex=row.color_hex,
        size=row.size,
        price_minor=row.price_minor,
        currency=row.currency,
        image_url=row.image_url,
        size_chart_url=_page((row.attributes or {}).get("size_chart_url")),
        active=row.active,
    )


def _page(url: object) -> str | None:
    """Return an address that a platform accepts behind a button, or None."""
    fit = isinstance(url, str) and url.startswith(("https://", "http://"))
    return str(url) if fit else None


def _supplies(connection: Connection, blanks: set[str]) -> dict[str, list[Supply]]:
    """Return what is on its way; a date staff know before the shop does wins."""
    known = {
        row.supply_id or row.sku: row
        for row in connection.execute(
            select(supply_dates)
            .where(
                or_(
                    supply_dates.c.sku.in_(blanks),
                    supply_dates.c.supply_id.in_(
                        select(supplies.c.id).where(supplies.c.sku.in_(blanks))
                    ),
                )
            )
            .order_by(supply_dates.c.id)
        )
    }
    made: dict[str, list[Supply]] = {}
    rows = connection.execute(
        select(supplies).where(
            supplies.c.sku.in_(blanks),
            supplies.c.status == "open",
            supplies.c.quantity > supplies.c.received,
        )
    )
    for row in rows:
        told = known.get(row.id) or known.get(row.sku)
        made.setdefault(row.sku, []).append(
            Supply(
                id=row.id,
                sku=row.sku,
                quantity=row.quantity - row.received,
                expected_on=told.expected_on if told else row.expected_on,
                reason=row.reason or "",
            )
        )
    return made


def _ahead(
    connection: Connection, found: tuple[Order, ...], listed: list[Product]
) -> dict[str, list[tuple[str, int]]]:
    """Return per blank how many units earlier orders wait for, before each line."""
    blank_of = {product.sku: product.blank for product in listed}
    made: dict[str, list[tuple[str, int]]] = {}
    for order in found:
        for line in order.lines:
            if not line.backordered or line.sku is None:
                continue
            blank = blank_of.get(line.sku, line.sku)
            earlier = or_(
                orders.c.placed_at < order.placed_at,
                and_(orders.c.placed_at == order.placed_at, orders.c.id < order.id),
            )
            units = connection.scalar(
                select(func.coalesce(func.sum(order_lines.c.backordered), 0))
                .join(orders, orders.c.id == order_lines.c.order_id)
                .where(
                    order_lines.c.sku.in_(_printed_on({blank})),
                    order_lines.c.backordered > 0,
                    orders.c.status == "open",
                    earlier,
                )
            )
            made.setdefault(blank, []).append((line.id, int(units or 0)))
    return made
