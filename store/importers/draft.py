"""An order as a platform tells it, before the store's own knowledge is added.

Mappings of all platforms end here. Ids carry the platform's prefix; money is in
minor units of the order's currency; ``None`` means "the source does not say".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCustomer:
    """Who ordered; without an id it is a guest known by e-mail or phone."""

    id: str | None = None
    email: str | None = None
    phone: str | None = None
    name: str | None = None
    locale: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """One line; what is neither shipped nor cancelled is open.

    ``backordered`` is the platform's own word on how many open units are missing.
    """

    id: str
    row: int
    sku: str | None
    title: str
    quantity: int
    shipped: int = 0
    cancelled: int = 0
    backordered: int | None = None
    unit_price_minor: int
    discount_minor: int = 0
    tax_minor: int = 0

    @property
    def open(self) -> int:
        """Units still owed."""
        return self.quantity - self.shipped - self.cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLine:
    """Units of one line in a parcel; sku and title find it when the id is unknown."""

    line_id: str
    sku: str | None
    title: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftShipment:
    """A parcel. ``gone`` is false while it is only planned, or was called off."""

    id: str
    order_id: str
    row: int
    gone: bool
    carrier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    shipped_at: datetime | None = None
    estimated_delivery_on: date | None = None
    delivered_at: datetime | None = None
    lines: tuple[ParcelLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRefund:
    """Money given back, for a line or for the order as a whole."""

    id: str
    line_id: str | None
    amount_minor: int
    reference: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOrder:
    """An order with all its source says.

    ``discount_minor`` is the order's whole discount, shares of lines included.
    ``lines`` and ``shipments`` are ``None`` where the source leaves them out, which
    is not the same as having none. ``refunded_minor`` is a sum without detail.
    """

    id: str
    platform: str
    number: str
    row: int
    customer: DraftCustomer
    placed_at: datetime
    currency: str
    market: str | None
    postcode: str | None
    shipping_minor: int
    discount_minor: int
    payment_status: str
    cancelled: bool
    fulfilled: bool = False
    lines: tuple[DraftLine, ...] | None
    shipments: tuple[DraftShipment, ...] | None = None
    refunds: tuple[DraftRefund, ...] = ()
    refunded_minor: int | None = None


def state_of(*, open_units: int, shipped_units: int, cancelled: bool) -> str:
    """Return an order's status: open while units are owed, else how it ended."""
    if cancelled:
        return "cancelled"
    if open_units:
        return "open"
    return "shipped" if shipped_units else "cancelled"
