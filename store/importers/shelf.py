"""Lays platform products and stock levels over the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from store.importers.stock_rows import (
    Level,
    is_committed,
    is_total,
    platform_of,
    total_location,
)
from store.shop import products, stock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from store.importers.stage import Stage

#: What variations of a product take over from it when they do not say it themselves.
_SHARED = ("title", "category", "brand", "image_url")

_ITEM = "shopify_inventory_item_id"


class Shelf:
    """Knows which SKU an inventory item is, once asked to learn it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._items: dict[str, str] = {}

    def put_products(
        self,
        rows: Sequence[dict[str, Any]],
        levels: Sequence[Level],
        *,
        row: int,
    ) -> None:
        """Stage products, and stock over all locations where none is known by place."""
        skus = [values["sku"] for values in rows]
        self._stage.prefetch(products, "sku", skus)
        self._stage.prefetch(products, "family", {v["family"] for v in rows})
        self._stage.prefetch(stock, "sku", skus)
        for values in rows:
            self._stage.put(products, self._inherit(values), row=row)
        for level in levels:
            by_place = any(
                platform_of(known["location"]) == platform_of(level.location)
                and not is_total(known["location"])
                and not is_committed(known["location"])
                for known in self._stage.rows(stock, sku=level.sku)
            )
            if not by_place:
                self._put(level, row=row)

    def _inherit(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Take from the product what its variation does not say."""
        family = self._stage.rows(products, family=values["family"])
        parent = next(
            (
                known
                for known in family
                if (known["attributes"] or {}).get("woo_product_id")
                == str(values["family"]).partition(":")[2]
            ),
            None,
        )
        if parent is None or parent["sku"] == values["sku"]:
            return dict(values)
        shared = {name: parent[name] for name in _SHARED if parent[name]}
        return {**shared, **values}

    def learn_items(self) -> None:
        """Read which inventory item is which SKU, in the store and in this import."""
        columns = (products.c.sku, products.c.attributes)
        for sku, attributes in self._stage.stream_target(*columns):
            self._learn(sku, attributes)
        for batch in self._stage.staged(products):
            for values in batch:
                self._learn(values["sku"], values["attributes"])

    def _learn(self, sku: str, attributes: Mapping[str, Any] | None) -> None:
        item = (attributes or {}).get(_ITEM)
        if item is not None:
            self._items[str(item)] = sku

    def put_levels(self, levels: Sequence[tuple[int, tuple[str, Level]]]) -> None:
        """Stage levels by location; they replace a number over all locations."""
        skus = {self._items.get(item) for _, (item, _) in levels}
        self._stage.prefetch(stock, "sku", skus)
        for row, (item, level) in levels:
            sku = self._items.get(item)
            if sku is None:
                expected = "an inventory item of a product that was imported before"
                self._stage.remarks.warn(row, "inventory_item_id", item, expected)
                continue
            total = {"sku": sku, "location": total_location(level.location)}
            self._stage.put(stock, total | {"on_hand": 0}, row=row, only_known=True)
            self._put(level, sku=sku, row=row)

    def _put(self, level: Level, *, row: int, sku: str | None = None) -> None:
        values: dict[str, Any] = {
            "sku": sku or level.sku,
            "location": level.location,
            "on_hand": level.on_hand,
        }
        if level.updated_at is not None:
            values["updated_at"] = level.updated_at
        self._stage.put(stock, values, row=row)
