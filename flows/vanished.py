"""What was proposed is gone from the shelf while the customer still thinks about it.

The proposal is replaced, not broken: one new version for an order, with a window of
its own. The same where half of a set arrived and the other half would no longer match
it, even if that was decided and the shop has not begun. Stock that shrinks and still
suffices is nobody's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.backorder import LIVE
from flows.case import OfferState
from flows.choices import available, standing
from flows.effects import Withdraw
from flows.matching import torn
from flows.offer import PENDING
from flows.proposals import propose
from flows.sets import leading
from flows.shipping import unrelease

if TYPE_CHECKING:
    from flows.case import Backorder, Offer, OfferItem
    from flows.draft import Draft
    from flows.shop import Order


def replace_vanished(draft: Draft) -> None:
    """Ask anew about every order whose running proposal can no longer be kept."""
    for order in draft.case.orders:
        gone = [*_gone(draft, order), *_taken_back(draft, order)]
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
            and not _stands(draft, offer, item)
        ]
    return found


def _taken_back(draft: Draft, order: Order) -> list[Backorder]:
    """Take back what was chosen for a set of which the other half came after all."""
    found = []
    for offer in draft.case.offers:
        decided = offer.state in {OfferState.ANSWERED, OfferState.EXPIRED}
        if offer.order_id != order.id or not decided:
            continue
        for item in offer.items:
            choice = item.choice(item.chosen or "")
            backorder = draft.case.backorder(item.backorder_id)
            row = standing(draft, item.backorder_id)
            if choice is None or backorder is None or backorder.closed_at is not None:
                continue
            if row and row.changeable and torn(draft, offer, item, choice):
                draft.effects.append(Withdraw(decision_id=row.id))
                unrelease(draft, order)
                found.append(backorder)
    return found


def _stands(draft: Draft, offer: Offer, item: OfferItem) -> bool:
    """Return whether what is recommended, and what silence does, can still be had."""
    if item.follows and leading(offer, item) is item:
        return False
    if any(torn(draft, offer, item, choice) for choice in item.choices):
        return False
    shown = (item.choice(code) for code in {item.recommended, item.on_silence})
    return all(
        choice is None or available(draft, offer, item, choice) for choice in shown
    )
