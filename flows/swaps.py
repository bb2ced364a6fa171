"""What was sent instead of what, told by name once the order itself has changed.

The shop cancels a line and adds another; nothing waits any more then, so that names,
colours and sizes are found in what was offered.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.effects import DecisionKind
from flows.shop import Product, full_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.case import Choice, DecisionRow, OfferItem
    from flows.draft import Draft
    from flows.shop import Line


def named(draft: Draft, line: Line) -> Line:
    """Return a line whose title says colour and size, as far as they are known."""
    if draft.case.shelf.product(line.sku) is not None:
        return draft.named(line)
    for item in _items(draft):
        if item.line_id == line.id:
            return replace(line, title=item.title)
        choice = next((c for c in item.choices if c.sku and c.sku == line.sku), None)
        if choice is not None:
            return replace(line, title=full_title(line.title, _product(choice)))
    return line


def replacements(draft: Draft, line: Line) -> list[tuple[int, Choice | None]]:
    """Return how many units of a line the shop replaced, and by what."""
    return [
        (row.quantity, _chosen(draft, row))
        for row in draft.case.decisions
        if row.line_id == line.id
        and row.kind == DecisionKind.SUBSTITUTE
        and row.standing
        and row.applied_at is not None
    ]


def _items(draft: Draft) -> Iterator[OfferItem]:
    newest = sorted(draft.case.offers, key=lambda offer: offer.proposed_at)
    return (item for offer in reversed(newest) for item in offer.items)


def _chosen(draft: Draft, row: DecisionRow) -> Choice | None:
    found = (
        choice
        for item in _items(draft)
        if item.backorder_id == row.backorder_id
        for choice in item.choices
        if choice.sku == row.substitute_sku
    )
    return next(found, None)


def _product(choice: Choice) -> Product:
    sku = choice.sku or ""
    return Product(sku=sku, blank=sku, color=choice.color, size=choice.size)
