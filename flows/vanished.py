"""What was proposed is gone from the shelf while the customer still thinks about it.

The proposal is replaced, not broken: one new version for an order, with a window of
its own. The same where half of a set arrived, and the other half would no longer match
it. Stock that shrinks and still suffices is nobody's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.backorder import LIVE
from flows.choices import available
from flows.offer import PENDING
from flows.planning import gone_lines
from flows.proposals import propose
from flows.sets import leading, tears

if TYPE_CHECKING:
    from flows.case import Backorder, Offer, OfferItem
    from flows.draft import Draft
    from flows.shop import Order


def replace_vanished(draft: Draft) -> None:
    """Ask anew about every order whose running proposal can no longer be kept."""
    for order in draft.case.orders:
        gone = _gone(draft, order)
        if gone:
            draft.record("shop", "proposed product gone", order.number)
            propose(draft, order, gone)


def _gone(draft: Draft, order: Order) -> list[Backorder]:
    found = []
    for offer in draft.case.offers:
        running = offer.state in PENDING and offer.window_seconds > 0
        # What this very turn proposed was chosen from the same shelf.
        fresh = offer.proposed_at == draft.now
        if offer.order_id != order.id or not running or fresh:
            continue
        found += [
            backorder
            for item in offer.unanswered
            if (backorder := draft.case.backorder(item.backorder_id)) is not None
            and backorder.state in LIVE
            and not _stands(draft, order, offer, item)
        ]
    return found


def _stands(draft: Draft, order: Order, offer: Offer, item: OfferItem) -> bool:
    """Return whether what is recommended, and what silence does, can still be had."""
    if item.follows and leading(offer, item) is item:
        return False
    if _torn(draft, order, offer, item):
        return False
    shown = (item.choice(code) for code in {item.recommended, item.on_silence})
    return all(
        choice is None or available(draft, offer, item, choice) for choice in shown
    )


def _torn(draft: Draft, order: Order, offer: Offer, item: OfferItem) -> bool:
    """Return whether a choice would tear a set that this offer no longer covers."""
    if not draft.terms(order, order.line(item.line_id)).terms.keep_sets:
        return False
    about = [draft.case.backorder(one.backorder_id) for one in offer.items]
    asked = [backorder for backorder in about if backorder is not None]
    lines = {backorder.line_id for backorder in asked}
    shelf, gone = draft.case.shelf, gone_lines(draft, order, asked)
    products = (shelf.product(choice.sku) for choice in item.choices if choice.sku)
    return any(
        product is not None and tears(order, item.line_id, lines, product, shelf, gone)
        for product in products
    )
