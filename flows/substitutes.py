"""Which product is close enough to stand in for another, and why.

Three kinds: near size of the same product, similar colour of the same product,
like product of another brand; exactly one thing changes, the design never does. A
design on another blank is a product of the merchant's list or it does not exist.
The merchant's own list wins: its order, its kinds, its idea of likeness. Prices and
stock are asked of everything; nothing is proposed that cannot be allocated for the
whole quantity. One hop only, so that a circle in the merchant's list leads nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from flows.sizes import SAME, steps

if TYPE_CHECKING:
    from collections.abc import Collection

    from flows.shop import Curated, Line, Product, Shelf
    from flows.terms import Terms

#: CIEDE2000 distance up to which two makers' colours are shades of one colour.
SAME_SHADE = 10.0
#: … and up to which nobody sees a difference between two things worn together.
SAME_LOOK = 5.0

#: Where each kind begins on the common scale: a similar colour is closer than the
#: same colour of another brand, which is closer than another size.
_BRAND_BEGINS, _SIZE_BEGINS, _PER_STEP = 15.0, 20.0, 5.0
#: Too large is easier to live with than too small.
_SMALLER = 0.5
#: Before everything we find ourselves.
_CURATED = -1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A product that may stand in; a smaller ``distance`` is closer.

    ``kind`` is other_color, other_size or other_brand; ``steps`` says how many sizes
    it is bigger (below zero: smaller); ``imprint`` is "same" where the design stays,
    "other" where the merchant lists another one, empty where there is none.
    """

    product: Product
    kind: str
    distance: float
    steps: float = 0.0
    imprint: str = ""


def closest(
    line: Line,
    quantity: int,
    shelf: Shelf,
    terms: Terms,
    *,
    currency: str | None = None,
    same_brand: bool = False,
) -> list[Candidate]:
    """Return the products that may stand in for a line, the closest first.

    ``currency`` is the order's; ``same_brand``: the customer wants no other one.
    """
    wanted = shelf.product(line.sku)
    if wanted is None:
        return []
    listed = {row.substitute: row for row in shelf.curated if row.sku == wanted.sku}
    currency = currency or wanted.currency
    found = []
    for product in shelf.likely:
        if not product.active or not _can_stand_in(product, wanted, quantity, shelf):
            continue
        if not _price_fits(line, product, terms, currency):
            continue
        if same_brand and product.brand != wanted.brand:
            continue
        candidate = _compare(wanted, product, listed.get(product.sku), terms)
        if candidate is not None:
            found.append(candidate)
    return sorted(
        found, key=lambda c: (c.distance, c.product.price_minor, c.product.sku)
    )


def same_look(one: Product, other: Product) -> bool:
    """Return whether two products look alike in design and colour."""
    if one.design != other.design:
        return False
    distance = _color(one, other)
    return distance is not None and distance <= SAME_LOOK


def reserved(shelf: Shelf, sku: str, quantity: int) -> Shelf:
    """Return the shelf with fewer units free of the blank under a SKU."""
    blank = shelf.blank(sku).sku
    facts = tuple(
        replace(item, free=item.free - quantity) if item.sku == blank else item
        for item in shelf.facts
    )
    return replace(shelf, facts=facts)


def given_back(shelf: Shelf, offer_ids: Collection[str]) -> Shelf:
    """Return the shelf as it is once these offers hold nothing any more."""
    for held in shelf.held:
        if held.offer_id in offer_ids:
            shelf = reserved(shelf, held.blank, -held.quantity)
    return replace(
        shelf, held=tuple(h for h in shelf.held if h.offer_id not in offer_ids)
    )


@lru_cache(maxsize=4096)
def color_distance(one: str, other: str) -> float:
    """Return the CIEDE2000 distance of two hex colours, measured in CIELAB."""
    from coloraide import Color  # noqa: PLC0415 - slow to import, needed by few turns

    try:
        return float(Color(one).delta_e(other, method="2000"))
    except ValueError:  # the shop's own text, which need not be a colour
        return float("inf")


def _can_stand_in(
    product: Product, wanted: Product, quantity: int, shelf: Shelf
) -> bool:
    if product.sku == wanted.sku or product.blank == wanted.blank:
        return False
    return shelf.blank(product.sku).free >= quantity


def _compare(
    wanted: Product, other: Product, listed: Curated | None, terms: Terms
) -> Candidate | None:
    kind = _kind(wanted, other)
    size = steps(wanted.size, other.size, category=wanted.category or "")
    imprint = ""
    if wanted.design:
        imprint = "same" if wanted.design == other.design else "other"
    if listed is not None:
        kind = listed.kind or kind or "other_brand"
        distance = _CURATED + listed.rank
    else:
        if kind is None or kind not in terms.substitute_kinds:
            return None
        if wanted.design != other.design:
            return None
        found = _distance(kind, size, _color(wanted, other), terms)
        if found is None:
            return None
        distance = found
    return Candidate(
        product=other,
        kind=kind,
        distance=distance,
        steps=size or 0.0,
        imprint=imprint,
    )


def _distance(
    kind: str, size: float | None, color: float | None, terms: Terms
) -> float | None:
    """Return how far away a product of a kind is; None is too far."""
    match kind:
        case "other_color" if color is not None and color <= terms.similar_color:
            return color
        case "other_brand" if size is not None and color is not None:
            close = abs(size) < SAME and color <= SAME_SHADE
            return _BRAND_BEGINS + color if close else None
        case "other_size" if size is not None and abs(size) <= terms.size_steps:
            smaller = _SMALLER if size < 0 else 0.0
            return _SIZE_BEGINS + _PER_STEP * abs(size) + smaller
    return None


def _kind(wanted: Product, other: Product) -> str | None:
    if wanted.family and wanted.family == other.family:
        if wanted.size == other.size and wanted.color != other.color:
            return "other_color"
        if wanted.color == other.color and wanted.size != other.size:
            return "other_size"
        return None
    same_category = wanted.category and wanted.category == other.category
    return "other_brand" if same_category and wanted.brand != other.brand else None


def _color(wanted: Product, other: Product) -> float | None:
    if (wanted.color or "").casefold() == (other.color or "").casefold():
        return 0.0
    if wanted.color_hex and other.color_hex:
        return color_distance(wanted.color_hex, other.color_hex)
    return None


def _price_fits(
    line: Line, product: Product, terms: Terms, currency: str | None
) -> bool:
    if product.price_minor is None:
        return False
    if currency and product.currency and product.currency != currency:
        return False
    difference = product.price_minor - line.unit_price_minor
    if terms.substitute_price == "same":
        return difference == 0
    return terms.substitute_price == "any" or difference <= 0
