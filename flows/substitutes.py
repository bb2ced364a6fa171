"""Which product is close enough to stand in for another, and why.

Three kinds: near size of the same product, similar colour of the same product,
like product of another brand. The merchant's own list wins. Nothing is proposed
that cannot be allocated for the whole quantity.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.shop import Line, Product, Shelf
    from flows.terms import Terms

#: Garment sizes in order; a neighbour is one step away.
LADDER = ("XXS", "XS", "S", "M", "L", "XL", "2XL", "3XL", "4XL", "5XL")
_ALIASES = {"XXL": "2XL", "XXXL": "3XL", "XXXXL": "4XL", "SMALL": "S", "MEDIUM": "M"}

#: CIEDE2000 distance up to which two colours count as similar.
SIMILAR_COLOR = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A product that may stand in; a smaller ``distance`` is closer."""

    product: Product
    kind: str
    distance: float


def closest(line: Line, quantity: int, shelf: Shelf, terms: Terms) -> list[Candidate]:
    """Return the products that may stand in for a line, the closest first."""
    wanted = shelf.product(line.sku)
    if wanted is None:
        return []
    curated = {
        substitute: rank for sku, substitute, rank in shelf.curated if sku == wanted.sku
    }
    found = []
    for product in shelf.products:
        if product.sku == wanted.sku or shelf.blank(product.sku).free < quantity:
            continue
        if product.blank == wanted.blank:
            continue
        if not _price_fits(line, product, terms):
            continue
        candidate = _compare(wanted, product, curated.get(product.sku))
        if candidate is not None:
            found.append(candidate)
    return sorted(found, key=lambda item: (item.distance, item.product.sku))


def size_distance(one: str | None, other: str | None) -> float | None:
    """Return the steps between two sizes, or None when they cannot be compared."""
    if one == other:
        return 0.0
    if one is None or other is None:
        return None
    first, second = _canonical(one), _canonical(other)
    if first in LADDER and second in LADDER:
        return float(abs(LADDER.index(first) - LADDER.index(second)))
    try:
        return abs(float(first) - float(second))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def color_distance(one: str, other: str) -> float:
    """Return the CIEDE2000 distance of two hex colours."""
    from coloraide import Color  # noqa: PLC0415 - slow to import, needed by few turns

    return float(Color(one).delta_e(other, method="2000"))


def _compare(wanted: Product, other: Product, rank: int | None) -> Candidate | None:
    kind = _kind(wanted, other)
    if rank is not None:
        kind = kind or "other_brand"
        return Candidate(product=other, kind=kind, distance=-1000.0 + rank)
    if kind is None or wanted.design != other.design:
        return None
    size = size_distance(wanted.size, other.size)
    color = _color(wanted, other)
    if kind == "other_color" and color is not None and color <= SIMILAR_COLOR:
        return Candidate(product=other, kind=kind, distance=color)
    if kind == "other_size" and size is not None and size <= 1:
        return Candidate(product=other, kind=kind, distance=20 + 5 * size)
    if kind == "other_brand" and size == 0 and color is not None and color <= 10:  # noqa: PLR2004 - a shade, not a colour
        return Candidate(product=other, kind=kind, distance=15 + color)
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
    if wanted.color == other.color:
        return 0.0
    if wanted.color_hex and other.color_hex:
        return color_distance(wanted.color_hex, other.color_hex)
    return None


def _price_fits(line: Line, product: Product, terms: Terms) -> bool:
    if product.price_minor is None:
        return False
    difference = product.price_minor - line.unit_price_minor
    if terms.substitute_price == "same":
        return difference == 0
    return terms.substitute_price == "any" or difference <= 0


def _canonical(size: str) -> str:
    upper = size.strip().upper()
    return _ALIASES.get(upper, upper)
