"""Which platform and what kind of object a JSON file holds."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a file holds; the values are what people read in the report."""

    EMPTY = "an empty list"
    SHOPIFY_ORDERS = "Shopify orders"
    SHOPIFY_PRODUCTS = "Shopify products"
    SHOPIFY_LEVELS = "Shopify inventory levels"
    SHOPIFY_FULFILLMENTS = "Shopify fulfillments"
    SHOPIFY_EXPORT = "Shopify orders export"
    WOO_ORDERS = "WooCommerce orders"
    WOO_PRODUCTS = "WooCommerce products"
    PLAIN = "our own CSV"


#: Staged in this sequence, whatever the order on the command line: orders tell the
#: currency of products, products the SKU of levels, orders the lines of parcels.
SEQUENCE = (
    Kind.EMPTY,
    Kind.PLAIN,
    Kind.SHOPIFY_ORDERS,
    Kind.SHOPIFY_EXPORT,
    Kind.WOO_ORDERS,
    Kind.SHOPIFY_PRODUCTS,
    Kind.WOO_PRODUCTS,
    Kind.SHOPIFY_LEVELS,
    Kind.SHOPIFY_FULFILLMENTS,
)

_ENVELOPES = (
    "orders", "order", "products", "product", "inventory_levels",
    "inventory_level", "fulfillments", "fulfillment",
)  # fmt: skip


def unwrap(document: Any) -> list[Any]:
    """Return the records of a document: a list, an envelope of one, or one object."""
    if isinstance(document, list):
        return document
    if isinstance(document, dict) and len(document) == 1:
        name, content = next(iter(document.items()))
        if name in _ENVELOPES:
            return content if isinstance(content, list) else [content]
    return [document]


#: Keys that together are found in no other kind; the first that fits counts.
_SIGNS: tuple[tuple[Kind, frozenset[str]], ...] = (
    (Kind.SHOPIFY_LEVELS, frozenset({"inventory_item_id", "location_id"})),
    (Kind.WOO_ORDERS, frozenset({"order_key", "billing", "line_items"})),
    (Kind.WOO_ORDERS, frozenset({"date_created_gmt", "billing", "line_items"})),
    (Kind.SHOPIFY_ORDERS, frozenset({"financial_status", "currency"})),
    (Kind.SHOPIFY_FULFILLMENTS, frozenset({"order_id", "tracking_company"})),
    (Kind.SHOPIFY_FULFILLMENTS, frozenset({"order_id", "tracking_number"})),
    (Kind.WOO_PRODUCTS, frozenset({"sku", "stock_status"})),
    (Kind.SHOPIFY_PRODUCTS, frozenset({"variants", "title"})),
    (Kind.SHOPIFY_PRODUCTS, frozenset({"variants", "options"})),
)


def kind_of_record(record: Any) -> Kind | None:
    """Return what an object is by the keys it has."""
    if not isinstance(record, dict):
        return None
    keys = record.keys()
    return next((kind for kind, signs in _SIGNS if signs <= keys), None)
