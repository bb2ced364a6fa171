"""Shopify's products and inventory levels into rows of shop_products and shop_stock.

One row a variant. A blank SKU is made of the variant's id. Levels name an inventory
item, not a SKU: the product row's ``attributes`` keep the ids to find it by. Shopify
counts as available what no open order has claimed; ``settle`` adds the claimed units.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from store.importers.fields import Purse, read_model
from store.importers.options import read_options
from store.importers.shopify_id import key
from store.importers.shopify_models import InventoryLevel, Product, Variant
from store.importers.stock_rows import Level, total_level

if TYPE_CHECKING:
    from store.importers.report import Remarks


def read_product(
    raw: Any, *, row: int, remarks: Remarks, currency: str | None
) -> tuple[list[dict[str, Any]], list[Level]]:
    """Return the product rows of an Admin API product and what stock it tells.

    Shopify's product does not say its currency; without one, prices are read with
    two decimals and the row says no currency.
    """
    product = read_model(Product, raw, row=row, remarks=remarks)
    if product is None:
        return [], []
    purse = Purse(currency, row=row, remarks=remarks)
    rows: list[dict[str, Any]] = []
    levels: list[Level] = []
    for at, variant in enumerate(product.variants):
        sku = variant.sku or key(variant.id)
        rows.append(_row(product, variant, sku, purse, f"variants[{at}].price"))
        if variant.inventory_management and variant.inventory_quantity is not None:
            levels.append(total_level(sku, key(""), variant.inventory_quantity))
    return rows, levels


def _row(
    product: Product, variant: Variant, sku: str, purse: Purse, column: str
) -> dict[str, Any]:
    names = [option.name or "" for option in product.options]
    names += [""] * (3 - len(names))
    values = (variant.option1, variant.option2, variant.option3)
    read = read_options(
        (name, value) for name, value in zip(names, values, strict=False) if value
    )
    attributes: dict[str, Any] = {
        "shopify_variant_id": variant.id,
        "shopify_inventory_item_id": variant.inventory_item_id or variant.id,
    }
    if others := read.pop("options", None):
        attributes["options"] = others
    active = product.status in {None, "active"}
    if product.status is None and "published_at" in product.model_fields_set:
        active = product.published_at is not None
    told = {
        "category": product.product_type,
        "brand": product.vendor,
        "image_url": _image(product, variant),
        "currency": purse.currency,
        "price_minor": None
        if variant.price is None
        else purse.minor(variant.price, column),
    }
    return {
        "sku": sku,
        "family": key(product.id),
        "title": product.title or "",
        "active": active,
        "attributes": attributes,
        **read,
        **{name: value for name, value in told.items() if value is not None},
    }


def _image(product: Product, variant: Variant) -> str | None:
    own = (
        image.src
        for image in product.images
        if image.id is not None
        and (image.id == variant.image_id or variant.id in image.variant_ids)
    )
    whole = product.image or next(iter(product.images), None)
    return next(own, None) or (whole.src if whole else None)


def read_level(raw: Any, *, row: int, remarks: Remarks) -> tuple[str, Level] | None:
    """Return (inventory item id, level without SKU), or nothing when it tells none."""
    level = read_model(InventoryLevel, raw, row=row, remarks=remarks)
    if level is None or level.available is None:
        return None
    return level.inventory_item_id, Level(
        sku="",
        location=key(level.location_id),
        on_hand=level.available,
        updated_at=level.updated_at,
    )
