"""Whether the merchant's own list of substitutes can be meant, pair by pair.

A pair names two products that the shop has, with prices in one currency; nothing stands
in for itself. That each of two stands in for the other is the usual case, a circle that
goes one way only is a mistake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from store.curated import circles
from store.shop import products, substitutes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from store.importers.stage import Stage

_PAIR = ("sku", "substitute_sku")


def check_curated(stage: Stage, *, file: int) -> None:
    """Note each pair of a file that cannot be meant, and each product that parts one.

    Pairs without a product are noted as all rows are that hang in the air.
    """
    for batch in stage.staged(substitutes, file=file):
        _prefetch_products(stage, batch)
        for pair in batch:
            _check_pair(stage, pair)
        stage.flush()
    _check_circles(stage, file)
    for batch in stage.staged(products, file=file):
        for column in _PAIR:
            stage.prefetch(substitutes, column, (row["sku"] for row in batch))
        pairs = stage.rows(substitutes)
        _prefetch_products(stage, pairs)
        for row in batch:
            _check_product(stage, row, pairs)
        stage.flush()


def _prefetch_products(stage: Stage, pairs: list[Any]) -> None:
    stage.prefetch(products, "sku", {pair[name] for pair in pairs for name in _PAIR})


def _check_pair(stage: Stage, pair: Mapping[str, Any]) -> None:
    sku, other = (pair[name] for name in _PAIR)
    expected = ""
    if sku == other:
        expected = "another product than the one it stands in for"
    elif apart := _currencies(stage, sku, other):
        expected = f"a product priced in {apart[0]} as {sku} is, not in {apart[1]}"
    if expected:
        stage.remarks.error(pair["_row"], "substitute_sku", other, expected)


def _check_circles(stage: Stage, file: int) -> None:
    rows = {
        (pair["sku"], pair["substitute_sku"]): pair["_row"]
        for batch in stage.staged(substitutes, file=file)
        for pair in batch
    }
    for circle in circles(rows):
        closing = (circle[-1], circle[0])
        told = " -> ".join((*circle, circle[0]))
        expected = f"no circle of substitutes: {told}"
        stage.remarks.error(rows[closing], "substitute_sku", circle[0], expected)


def _check_product(
    stage: Stage, row: Mapping[str, Any], pairs: list[Mapping[str, Any]]
) -> None:
    sku = row["sku"]
    for pair in pairs:
        if sku not in {pair[name] for name in _PAIR}:
            continue
        other = pair["substitute_sku"] if pair["sku"] == sku else pair["sku"]
        if apart := _currencies(stage, sku, other):
            expected = f"{apart[1]} as {other}: one stands in for the other"
            stage.remarks.error(row["_row"], "currency", apart[0], expected)
            return


def _currencies(stage: Stage, sku: str, other: str) -> tuple[str, str] | None:
    """Return the currencies of two products where they are known and differ."""
    rows = stage.get(products, sku), stage.get(products, other)
    one, two = (row["currency"] if row else None for row in rows)
    return (one, two) if one and two and one != two else None
