"""Snapshots of the shop's facts about one customer, as the turn read them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date, datetime
from enum import IntEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who bought; only what the dialogue needs."""

    id: str
    name: str = ""
    email: str | None = None
    phone: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One order line. ``quantity == allocated + shipped + cancelled + backordered``."""

    id: str
    order_id: str
    sku: str | None
    title: str
    kind: str = "backorder"
    quantity: int
    allocated: int = 0
    shipped: int = 0
    cancelled: int = 0
    backordered: int = 0
    unit_price_minor: int
    discount_minor: int = 0
    tax_minor: int = 0
    work_started_at: datetime | None = None

    @property
    def adds_up(self) -> bool:
        """Whether the shop's numbers account for every unit."""
        parts = self.allocated + self.shipped + self.cancelled + self.backordered
        return parts == self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """A parcel with the quantities per line that are in it."""

    id: str
    order_id: str
    carrier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    shipped_at: datetime | None = None
    estimated_delivery_on: date | None = None
    delivered_at: datetime | None = None
    lines: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money that the shop sent back; ``line_id`` None: for the order as a whole."""

    id: str
    line_id: str | None
    amount_minor: int
    currency: str
    reference: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order with its lines and parcels."""

    id: str
    number: str
    customer_id: str
    placed_at: datetime
    currency: str
    market: str | None = None
    shipping_policy: str | None = None
    shipping_minor: int = 0
    discount_minor: int = 0
    needed_by: date | None = None
    payment_status: str = "none"
    authorization_expires_at: datetime | None = None
    status: str = "open"
    lines: tuple[Line, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    refunds: tuple[Refund, ...] = ()

    def line(self, line_id: str) -> Line | None:
        """Return the line with this id, if the order still has it."""
        return next((line for line in self.lines if line.id == line_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A sellable SKU; ``blank`` is the ware that is short when a print is added."""

    sku: str
    blank: str
    title: str = ""
    family: str | None = None
    category: str | None = None
    design: str | None = None
    brand: str | None = None
    color: str | None = None
    color_hex: str | None = None
    size: str | None = None
    price_minor: int | None = None
    currency: str | None = None
    image_url: str | None = None
    size_chart_url: str | None = None
    #: Where it is sold; ``attributes.url`` of the shop's row.
    page_url: str | None = None
    active: bool = True


def full_title(title: str, product: Product | None) -> str:
    """Return a title that says colour and size, unless it does already."""
    said = title.casefold()
    extra = (product.color, product.size) if product else ()
    words = set(re.findall(r"\w+", said))
    return ", ".join((title, *(p for p in extra if p and p.casefold() not in words)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Units of a blank on their way; ``quantity`` is what is still to come."""

    id: str
    sku: str
    quantity: int
    expected_on: date | None = None
    reason: str = ""


class Waiter(NamedTuple):
    """Whose order waits for a ware; the name may be empty."""

    name: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Everybody who waits for a blank: ``titles`` of the products they ordered.

    ``first`` are some of the orders, the longest waiting first.
    """

    units: int = 0
    orders: int = 0
    titles: tuple[str, ...] = ()
    first: tuple[Waiter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuFacts:
    """What the store knew about one blank when the turn read it.

    ``free`` is stock on hand less allocations and holds; ``ahead`` maps an order
    line to the backordered units of earlier orders waiting for the same blank, None
    when neither they nor the supplies were read; ``queue`` is None when it was not.
    """

    sku: str
    free: int = 0
    supplies: tuple[Supply, ...] = ()
    ahead: tuple[tuple[str, int], ...] | None = ()
    queue: Queue | None = None

    def units_ahead(self, line_id: str) -> int:
        """Return how many units earlier orders wait for before this line.

        Raises:
            UnreadShelfError: When only what is free was counted.
        """
        if self.ahead is None:
            raise UnreadShelfError
        return dict(self.ahead).get(line_id, 0)


class Curated(NamedTuple):
    """A row of the merchant's own list; without ``kind`` it is found by comparing."""

    sku: str
    substitute: str
    rank: int
    kind: str | None = None


class Held(NamedTuple):
    """Units of a blank that one of the case's own offers holds."""

    offer_id: str
    blank: str
    quantity: int


class Depth(IntEnum):
    """How much of the shelf was read; most turns need little of it."""

    #: What products are called.
    NAMED = 1
    #: And what is free of them.
    COUNTED = 2
    #: And what is coming, who waits for it, and what may stand in.
    WHOLE = 3


class UnreadShelfError(Exception):
    """More of the shelf is asked for than was read: read it whole, decide again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The products and blank facts around a case's waiting lines."""

    products: tuple[Product, ...] = ()
    facts: tuple[SkuFacts, ...] = ()
    #: The merchant's own list of what may stand in for what.
    curated: tuple[Curated, ...] = ()
    #: What the case's own offers hold; ``facts`` no longer count it as free.
    held: tuple[Held, ...] = ()
    depth: Depth = Depth.WHOLE

    @property
    def likely(self) -> tuple[Product, ...]:
        """The products among which one that stands in is sought.

        Raises:
            UnreadShelfError: When they were not read.
        """
        if self.depth < Depth.WHOLE:
            raise UnreadShelfError
        return self.products

    def product(self, sku: str | None) -> Product | None:
        """Return the product of a SKU, if the shop lists it."""
        return next((item for item in self.products if item.sku == sku), None)

    def blank(self, sku: str | None) -> SkuFacts:
        """Return the facts of the blank under a SKU; unknown means nothing free.

        Raises:
            UnreadShelfError: When nothing was counted.
        """
        if self.depth < Depth.COUNTED:
            raise UnreadShelfError
        product = self.product(sku)
        wanted = product.blank if product else (sku or "")
        found = (item for item in self.facts if item.sku == wanted)
        return next(found, SkuFacts(sku=wanted))
