"""What can stand in for what is missing, and what is free of it, by blank.

Free is stock on hand less what open orders have allocated and running offers hold;
several locations are one pool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BindParameter, and_, bindparam, func, or_, select, union_all

from flows.shop import Curated, Depth, Held, Order, Product, Shelf, SkuFacts, Supply
from flows.terms import KINDS
from store.queues import (
    BLANKS,
    IS_OPEN,
    LINES,
    OPEN_LINES,
    queue_for,
    units_ahead,
)
from store.shop import (
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

#: A category may be large; the closest are found among this many of it, besides the
#: merchant's own list and all of the family.
_CANDIDATES = 300


def load_shelf(
    connection: Connection,
    found: tuple[Order, ...],
    skus: Iterable[str],
    without: frozenset[str] = frozenset(),
    case_id: int | None = None,
    *,
    named: Iterable[str] = (),
    depth: Depth = Depth.WHOLE,
) -> Shelf:
    """Return products and facts around SKUs: themselves and what may stand in for them.

    ``named`` are SKUs that were spoken of besides; unless the ``depth`` is whole, they
    and what was ordered along with the SKUs are all there is of others.
    ``without`` are blanks that turned out to be gone; they count as having none free.
    What the case's own offers hold is told apart, so that they can be made anew.
    """
    wanted = set(skus)
    whole = depth is Depth.WHOLE
    curated = _curated(connection, wanted) if whole else ()
    beside = {item.substitute for item in curated} | _beside(found, wanted)
    listed = _products(connection, wanted, beside | set(named), whole=whole)
    if depth is Depth.NAMED:
        return Shelf(products=tuple(listed), depth=depth)
    blanks = {product.blank for product in listed} | {
        sku for sku in wanted if all(product.sku != sku for product in listed)
    }
    free = {**free_units(connection, blanks), **dict.fromkeys(without, 0)}
    if depth is Depth.COUNTED:
        counted = (
            SkuFacts(sku=blank, free=free.get(blank, 0), ahead=None)
            for blank in sorted(blanks)
        )
        return Shelf(products=tuple(listed), facts=tuple(counted), depth=depth)
    waiting = {product.blank for product in listed if product.sku in wanted} | wanted
    coming = supplies_of(connection, waiting)
    ahead = _ahead(connection, found, listed)
    facts = tuple(
        SkuFacts(
            sku=blank,
            free=free.get(blank, 0),
            supplies=tuple(coming.get(blank, ())),
            ahead=tuple(ahead.get(blank, ())),
            queue=queue_for(connection, blank) if blank in waiting else None,
        )
        for blank in sorted(blanks)
    )
    return Shelf(
        products=tuple(listed),
        facts=facts,
        curated=curated,
        held=_held(connection, case_id, without),
        depth=depth,
    )


def _curated(connection: Connection, wanted: set[str]) -> tuple[Curated, ...]:
    rows = connection.execute(_CURATED, {"skus": list(wanted)})
    return tuple(
        Curated(row.sku, row.substitute_sku, row.rank, _known_kind(row.kind))
        for row in rows
    )


def _beside(found: tuple[Order, ...], wanted: set[str]) -> set[str]:
    """Return what else is in the same orders: it may belong to a set."""
    return {
        line.sku
        for order in found
        if any(line.sku in wanted for line in order.lines)
        for line in order.lines
        if line.sku is not None
    } - wanted


def _held(
    connection: Connection, case_id: int | None, without: frozenset[str]
) -> tuple[Held, ...]:
    if case_id is None:
        return ()
    rows = connection.execute(_HELD, {"case": case_id})
    return tuple(
        Held(row.offer_id, row.sku, row.quantity)
        for row in rows
        if row.sku not in without
    )


def _known_kind(kind: str | None) -> str | None:
    return kind if kind in KINDS else None


def free_units(connection: Connection, blanks: Iterable[str]) -> dict[str, int]:
    """Return per blank the units nobody has been given or is being offered.

    May be negative when the shop's stock shrank below what is held.
    """
    rows = connection.execute(_FREE, {"blanks": list(blanks)})
    return {row.blank: int(row.units) for row in rows}


def _products(
    connection: Connection, wanted: set[str], named: set[str], *, whole: bool
) -> list[Product]:
    known = list(wanted | named)
    rows = list(connection.execute(_KNOWN, {"skus": known}))
    if whole:
        own = [row for row in rows if row.sku in wanted]
        like = {
            "families": list({row.family for row in own if row.family}),
            "categories": list({row.category for row in own if row.category}),
        }
        rows += connection.execute(_LIKELY, {"skus": known, **like})
    return [read_product(row) for row in rows]


def read_product(row: AnyRow) -> Product:
    """Return a product of its row."""
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
        page_url=_page((row.attributes or {}).get("url")),
        active=row.active,
    )


def _page(url: object) -> str | None:
    """Return an address that a platform accepts behind a button, or None."""
    fit = isinstance(url, str) and url.startswith(("https://", "http://"))
    return str(url) if fit else None


def supplies_of(connection: Connection, blanks: set[str]) -> dict[str, list[Supply]]:
    """Return what is on its way; a date staff know before the shop does wins."""
    rows = connection.execute(_COMING, {"blanks": list(blanks)}).all()
    if not rows:
        return {}
    of_these = {"blanks": list(blanks), "supplies": [row.id for row in rows]}
    known = {
        told.supply_id or told.sku: told for told in connection.execute(_TOLD, of_these)
    }
    made: dict[str, list[Supply]] = {}
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
            units = units_ahead(connection, blank, order)
            made.setdefault(blank, []).append((line.id, units))
    return made


_skus: BindParameter[list[str]] = bindparam("skus", expanding=True)
_families: BindParameter[list[str]] = bindparam("families", expanding=True)
_CURATED = select(substitutes).where(substitutes.c.sku.in_(_skus))
_KNOWN = select(products).where(products.c.sku.in_(_skus))
_sold = and_(products.c.active.is_(True), products.c.sku.not_in(_skus))
_OF_CATEGORY = (
    select(products)
    .where(
        _sold,
        products.c.category.in_(bindparam("categories", expanding=True)),
        # Without a family it is in none of these: NOT IN alone would pass it over.
        or_(products.c.family.is_(None), products.c.family.not_in(_families)),
    )
    .order_by(products.c.sku)
    .limit(_CANDIDATES)
)
_LIKELY = union_all(
    select(products).where(_sold, products.c.family.in_(_families)),
    select(_OF_CATEGORY.subquery()),
)
_HELD = (
    select(holds.c.offer_id, holds.c.sku, holds.c.quantity)
    .where(holds.c.case_id == bindparam("case"))
    .order_by(holds.c.id)
)
_COMING = select(supplies).where(
    supplies.c.sku.in_(BLANKS),
    supplies.c.status == "open",
    supplies.c.quantity > supplies.c.received,
)
_TOLD = (
    select(supply_dates)
    .where(
        or_(
            supply_dates.c.sku.in_(BLANKS),
            supply_dates.c.supply_id.in_(bindparam("supplies", expanding=True)),
        )
    )
    .order_by(supply_dates.c.id)
)
_units = union_all(
    select(stock.c.sku.label("blank"), stock.c.on_hand.label("units")).where(
        stock.c.sku.in_(BLANKS)
    ),
    select(
        func.coalesce(products.c.blank_sku, LINES.c.sku),
        -LINES.c.allocated,
    )
    .select_from(OPEN_LINES.outerjoin(products, products.c.sku == LINES.c.sku))
    .where(IS_OPEN, LINES.c.allocated > 0),
    select(holds.c.sku, -holds.c.quantity).where(holds.c.sku.in_(BLANKS)),
).subquery()
_FREE = select(_units.c.blank, func.sum(_units.c.units).label("units")).group_by(
    _units.c.blank
)
