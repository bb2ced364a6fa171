"""The parts of Shopify's Admin REST objects the importer reads."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from store.importers.fields import (
    Amount,
    Count,
    Instant,
    MaybeAmount,
    MaybeCount,
    MaybeInstant,
    Platform,
    Text,
)

#: Absent and null lists mean the same wherever the difference says nothing.
_listed = BeforeValidator(lambda value: [] if value is None else value)


class Address(Platform):
    """Where to, and who answers there."""

    name: Text = None
    first_name: Text = None
    last_name: Text = None
    phone: Text = None
    zip: Text = None
    country: Text = None
    country_code: Text = None

    @property
    def full_name(self) -> str | None:
        """The name in full, however it is told."""
        parts = (self.first_name, self.last_name)
        return self.name or " ".join(part for part in parts if part) or None


class Customer(Platform):
    """Who has an account."""

    id: Text = None
    email: Text = None
    phone: Text = None
    first_name: Text = None
    last_name: Text = None
    created_at: MaybeInstant = None

    @property
    def full_name(self) -> str | None:
        """First and last name."""
        parts = (self.first_name, self.last_name)
        return " ".join(part for part in parts if part) or None


class Share(Platform):
    """A line's share of a discount."""

    amount: Amount


class Tax(Platform):
    """One tax of a line."""

    price: Amount


class Item(Platform):
    """Units of a line in a fulfillment."""

    id: str
    sku: Text = None
    name: Text = None
    title: Text = None
    variant_id: Text = None
    quantity: Count


class Line(Item):
    """One line of an order."""

    price: Amount
    fulfillment_status: Text = None
    fulfillable_quantity: MaybeCount = None
    current_quantity: MaybeCount = None
    total_discount: MaybeAmount = None
    discount_allocations: Annotated[tuple[Share, ...], _listed] = ()
    tax_lines: Annotated[tuple[Tax, ...], _listed] = ()


class Fulfillment(Platform):
    """A parcel, planned or gone."""

    id: str
    order_id: Text = None
    status: Text = None
    shipment_status: Text = None
    tracking_company: Text = None
    tracking_number: Text = None
    tracking_numbers: Annotated[tuple[str, ...], _listed] = ()
    tracking_url: Text = None
    tracking_urls: Annotated[tuple[str, ...], _listed] = ()
    created_at: MaybeInstant = None
    updated_at: MaybeInstant = None
    estimated_delivery_at: MaybeInstant = None
    line_items: Annotated[tuple[Item, ...], _listed] = ()

    @property
    def number(self) -> str | None:
        """The tracking number, the first one of several."""
        return self.tracking_number or next(iter(self.tracking_numbers), None)

    @property
    def url(self) -> str | None:
        """The tracking page, the first one of several."""
        return self.tracking_url or next(iter(self.tracking_urls), None)


class RefundLine(Platform):
    """Units of a line that were refunded."""

    line_item_id: str
    quantity: Count
    subtotal: MaybeAmount = None
    total_tax: MaybeAmount = None
    restock_type: Text = None


class Payment(Platform):
    """A movement of money."""

    amount: MaybeAmount = None
    kind: Text = None
    status: Text = None


class Refund(Platform):
    """Units and money given back at once."""

    id: str
    note: Text = None
    created_at: MaybeInstant = None
    refund_line_items: Annotated[tuple[RefundLine, ...], _listed] = ()
    transactions: Annotated[tuple[Payment, ...], _listed] = ()


class Money(Platform):
    """An amount in the shop's currency."""

    amount: Amount


class MoneySet(Platform):
    """An amount in the shop's and in the buyer's currency; we read the shop's."""

    shop_money: Money


class ShippingLine(Platform):
    """What the delivery costs."""

    price: Amount


class Order(Platform):
    """An order with all that hangs on it."""

    id: str
    name: Text = None
    order_number: Text = None
    email: Text = None
    contact_email: Text = None
    phone: Text = None
    created_at: Instant
    processed_at: MaybeInstant = None
    cancelled_at: MaybeInstant = None
    currency: str
    customer_locale: Text = None
    financial_status: Text = None
    fulfillment_status: Text = None
    taxes_included: bool = False
    total_tax: MaybeAmount = None
    total_discounts: MaybeAmount = None
    total_shipping_price_set: MoneySet | None = None
    shipping_lines: Annotated[tuple[ShippingLine, ...], _listed] = ()
    customer: Customer | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    line_items: tuple[Line, ...] | None = None
    fulfillments: tuple[Fulfillment, ...] | None = None
    refunds: Annotated[tuple[Refund, ...], _listed] = ()


class Image(Platform):
    """A picture, of the product or of some variants."""

    id: Text = None
    src: Text = None
    variant_ids: Annotated[tuple[str, ...], _listed] = ()


class Option(Platform):
    """A named choice; its place in the list is the variant's ``option1`` to 3."""

    name: Text = None


class Variant(Platform):
    """What is sold."""

    id: str
    sku: Text = None
    price: MaybeAmount = None
    option1: Text = None
    option2: Text = None
    option3: Text = None
    image_id: Text = None
    inventory_item_id: Text = None
    inventory_management: Text = None
    inventory_quantity: int | None = None


class Product(Platform):
    """A product with its variants."""

    id: str
    title: Text = None
    vendor: Text = None
    product_type: Text = None
    status: Text = None
    published_at: MaybeInstant = None
    options: Annotated[tuple[Option, ...], _listed] = ()
    images: Annotated[tuple[Image, ...], _listed] = ()
    image: Image | None = None
    variants: tuple[Variant, ...]


class InventoryLevel(Platform):
    """Units a location can still sell; below zero where more was sold than there is."""

    inventory_item_id: str
    location_id: str
    available: int | None = None
    updated_at: MaybeInstant = None
