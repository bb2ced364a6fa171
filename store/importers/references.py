"""Whether what rows refer to exists, and whether a line's units add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.shop import (
    customers,
    order_lines,
    orders,
    products,
    refunds,
    shipment_lines,
    shipments,
    sources,
    stock,
    substitutes,
    supplies,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Table

    from store.importers.report import Remarks
    from store.importers.stage import Stage


@dataclass(frozen=True, slots=True)
class Reference:
    """A column whose value is another row's key."""

    table: Table
    column: str
    to: Table
    expected: str


_LISTED = "the SKU of a product; import it before, or along with this"

#: A row without what these name has no place in the store.
NEEDED = (
    Reference(orders, "customer_id", customers, "the id of a customer"),
    Reference(order_lines, "order_id", orders, "the id of an order"),
    Reference(shipments, "order_id", orders, "the id of an order"),
    Reference(shipment_lines, "shipment_id", shipments, "the id of a shipment"),
    Reference(shipment_lines, "line_id", order_lines, "the id of an order line"),
    Reference(refunds, "order_id", orders, "the id of an order"),
    Reference(refunds, "line_id", order_lines, "the id of an order line"),
    Reference(substitutes, "sku", products, _LISTED),
    Reference(substitutes, "substitute_sku", products, _LISTED),
)

_PRODUCT = "the SKU of a product (taken; import the product too)"

#: A row is right without what these name; it only says less.
WANTED = tuple(
    Reference(table, column, products, _PRODUCT)
    for table, column in (
        (order_lines, "sku"),
        (stock, "sku"),
        (supplies, "sku"),
        (sources, "sku"),
    )
)


def check_needed(stage: Stage, *, file: int) -> None:
    """Note each row of a file that hangs in the air, and each that does not add up."""
    stage.flush()
    for reference in NEEDED:
        for batch in stage.staged(reference.table, file=file):
            key = next(iter(reference.to.primary_key)).name
            stage.prefetch(reference.to, key, (row[reference.column] for row in batch))
            for row in batch:
                value = row[reference.column]
                if value is not None and stage.get(reference.to, value) is None:
                    stage.remarks.error(
                        row["_row"], reference.column, value, reference.expected
                    )
            stage.flush()
    for batch in stage.staged(order_lines, file=file):
        for row in batch:
            parts = ("allocated", "shipped", "cancelled", "backordered")
            if row["quantity"] != sum(row[part] for part in parts):
                expected = f"{' + '.join(parts)}, which is {sum(row[p] for p in parts)}"
                stage.remarks.error(row["_row"], "quantity", row["quantity"], expected)


def check_wanted(stage: Stage, files: Sequence[Remarks]) -> None:
    """Note each staged SKU without a product, once all files are staged."""
    for reference in WANTED:
        for batch in stage.staged(reference.table):
            stage.prefetch(products, "sku", (row[reference.column] for row in batch))
            for row in batch:
                value = row[reference.column]
                missing = value is not None and stage.get(products, value) is None
                if missing and 0 <= row["_file"] < len(files):
                    files[row["_file"]].warn(
                        row["_row"], reference.column, value, reference.expected
                    )
            stage.flush()
