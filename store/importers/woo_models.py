"""The parts of WooCommerce's REST v3 objects the importer reads."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from store.importers.fields import (
    Amount,
    Count,
    GmtInstant,
    MaybeAmount,
    MaybeGmtInstant,
    Platform,
    Text,
)

_listed = BeforeValidator(lambda value: [] if value in (None, "") else value)


class Address(Platform):
    """Billing or shipping address."""

    first_name: Text = None
    last_name: Text = None
    email: Text = None
    phone: Text = None
    postcode: Text = None
    country: Text = None

    @property
    def full_name(self) -> str | None:
        """First and last name."""
        parts = (self.first_name, self.last_name)
        return " ".join(part for part in parts if part) or None


class Meta(Platform):
    """A note plugins and WooCommerce itself leave on an object."""

    key: Text = None
    value: Any = None


class Line(Platform):
    """One line; ``subtotal`` is before, ``total`` after discounts, both without tax."""

    id: str
    name: Text = None
    sku: Text = None
    product_id: int = 0
    variation_id: int = 0
    quantity: Count
    subtotal: Amount
    total: Amount
    total_tax: MaybeAmount = None
    meta_data: Annotated[tuple[Meta, ...], _listed] = ()


class Refund(Platform):
    """Money given back; its total is negative. The order tells no lines."""

    id: str
    reason: Text = None
    total: Amount


class Order(Platform):
    """An order with its lines."""

    id: str
    number: Text = None
    status: str
    currency: str
    date_created_gmt: GmtInstant
    date_paid_gmt: MaybeGmtInstant = None
    discount_total: MaybeAmount = None
    shipping_total: MaybeAmount = None
    customer_id: int = 0
    billing: Address = Address()
    shipping: Address = Address()
    line_items: Annotated[tuple[Line, ...], _listed]
    refunds: Annotated[tuple[Refund, ...], _listed] = ()


class Image(Platform):
    """A picture."""

    src: Text = None


class Named(Platform):
    """A category or a brand."""

    name: Text = None


class Attribute(Platform):
    """A property; only variations tell one ``option``, products list all."""

    name: Text = None
    slug: Text = None
    option: Text = None
    options: Annotated[tuple[str, ...], _listed] = ()


class Link(Platform):
    """Where a related object is."""

    href: str = ""


class Links(Platform):
    """Related objects."""

    up: Annotated[tuple[Link, ...], _listed] = ()


class Product(Platform):
    """A product, or one variation of a product."""

    id: str
    name: Text = None
    type: Text = None
    status: Text = None
    sku: Text = None
    price: MaybeAmount = None
    manage_stock: bool | str = False
    stock_quantity: int | None = None
    parent_id: int = 0
    categories: Annotated[tuple[Named, ...], _listed] = ()
    brands: Annotated[tuple[Named, ...], _listed] = ()
    images: Annotated[tuple[Image, ...], _listed] = ()
    image: Image | None = None
    attributes: Annotated[tuple[Attribute, ...], _listed] = ()
    links: Annotated[Links, Field(alias="_links")] = Links()

    @property
    def parent(self) -> str | None:
        """The id of the product this is a variation of."""
        if self.parent_id:
            return str(self.parent_id)
        for link in self.links.up:
            if found := re.search(r"/products/(\d+)/?$", link.href):
                return found[1]
        return None
