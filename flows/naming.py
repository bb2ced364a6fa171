"""Which lines of an order a customer's words name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.understanding.quantities import names_said, words_of_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.draft import Draft
    from flows.shop import Line, Order


def lines_named(draft: Draft, orders: Iterable[Order], text: str) -> list[Line]:
    """Return the lines whose titles words name best; none where they name none."""
    said = {
        line: len(names_said(text, words_of_name(draft.named(line).title)))
        for order in orders
        for line in order.lines
    }
    best = max(said.values(), default=0)
    return [line for line, words in said.items() if best and words == best]
