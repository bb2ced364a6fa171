"""Whether a choice still matches what stays of its set, as things are in this turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.case import BackorderState
from flows.sets import tears

if TYPE_CHECKING:
    from collections.abc import Collection

    from flows.case import Choice, Offer, OfferItem
    from flows.draft import Draft
    from flows.shop import Order

_GONE = frozenset((BackorderState.CANCELLED, BackorderState.SUBSTITUTED))


def torn(draft: Draft, offer: Offer, item: OfferItem, choice: Choice) -> bool:
    """Return whether a choice would tear a set that its offer does not cover whole."""
    order = draft.case.order(offer.order_id)
    product = draft.case.shelf.product(choice.sku) if choice.sku else None
    if order is None or product is None:
        return False
    if not draft.terms(order, order.line(item.line_id)).terms.keep_sets:
        return False
    about = [draft.case.backorder(one.backorder_id) for one in offer.items]
    lines = {b.line_id for b in about if b is not None and b.closed_at is None}
    gone = gone_lines(draft, order, lines)
    return tears(order, item.line_id, lines, product, draft.case.shelf, gone)


def gone_lines(draft: Draft, order: Order, asked: Collection[str]) -> frozenset[str]:
    """Return the lines of which nothing comes as ordered, without those asked about."""
    gone = set()
    for line in order.lines:
        waiting = [
            b
            for b in draft.case.backorders
            if b.line_id == line.id and b.closed_at is None
        ]
        ready = line.allocated + line.shipped
        if waiting and not ready and all(b.state in _GONE for b in waiting):
            gone.add(line.id)
    return frozenset(gone - set(asked))
