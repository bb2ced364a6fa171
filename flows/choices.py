"""Deciding: a choice, made by whoever, becomes decision rows and a closed offer.

Taps, silence, policy and colleagues all come through ``choose``; each backorder
has at most one standing decision, an older one is withdrawn, never edited.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.backorder import BACKORDER
from flows.case import OfferState
from flows.effects import (
    Answered,
    Decide,
    DecisionKind,
    HoldUnits,
    ReleaseHolds,
    Withdraw,
)
from flows.ledger import POLICY, SILENCE
from flows.offer import OFFER, PENDING, OfferFacts
from flows.shipping import release_if_unblocked, unrelease

if TYPE_CHECKING:
    from flows.case import Choice, DecisionRow, Offer, OfferItem
    from flows.draft import Draft
    from flows.shop import Line

_KINDS = {
    "substitute": DecisionKind.SUBSTITUTE,
    "wait": DecisionKind.WAIT,
    "cancel": DecisionKind.CANCEL_REFUND,
}
_STEPS = {"substitute": "substitute", "wait": "wait", "cancel": "cancel"}


def choose(
    draft: Draft,
    offer: Offer,
    picks: list[tuple[OfferItem, Choice]],
    *,
    by: str,
    words: str = "",
) -> Offer:
    """Decide items of an offer, in the same commit as the offer's new state.

    The offer is answered once its last item is; the caller has asked the machine.
    """
    for item, choice in picks:
        draft.effects.append(
            Answered(
                offer_id=offer.id,
                version=offer.version,
                option=choice.code,
                by=by,
                words=words,
            )
        )
        _decide(draft, offer, item, choice, by)
        done = replace(item, chosen=choice.code, decided_by=by)
        items = tuple(
            done if i.backorder_id == item.backorder_id else i for i in offer.items
        )
        offer = replace(offer, items=items)
    if not offer.unanswered:
        trigger = "expire" if by == SILENCE else "answer"
        if offer.state not in PENDING:
            trigger = "change"
        facts = OfferFacts(
            offer=offer,
            now=draft.now,
            heard_until=draft.now,
            changeable=True,
        )
        state = OFFER.step(offer.state, trigger, facts)
        changes = offer.changes + (1 if trigger == "change" else 0)
        offer = replace(
            offer, state=state, decided_at=draft.now, rested_at=None, changes=changes
        )
        _hold_chosen(draft, offer)
    draft.put_offer(offer)
    order = draft.case.order(offer.order_id)
    if order is not None:
        release_if_unblocked(draft, order)
    return offer


def available(draft: Draft, offer: Offer, item: OfferItem, choice: Choice) -> bool:
    """Return whether a choice can still be had; what the offer itself holds counts."""
    if choice.sku is None:
        return True
    blank = draft.case.shelf.blank(choice.sku)
    held = item.choice(item.chosen or item.recommended)
    own = 0
    if (
        held is not None
        and held.sku is not None
        and offer.state is not OfferState.SETTLED
    ):
        same = draft.case.shelf.blank(held.sku).sku == blank.sku
        own = item.quantity if same else 0
    return blank.free + own >= item.quantity


def _hold_chosen(draft: Draft, offer: Offer) -> None:
    """Keep the units of the chosen products until the shop has taken them over."""
    draft.effects.append(ReleaseHolds(offer_id=offer.id))
    for item in offer.items:
        choice = item.choice(item.chosen or "")
        if choice is not None and choice.sku is not None:
            draft.effects.append(
                HoldUnits(
                    sku=draft.case.shelf.blank(choice.sku).sku,
                    quantity=item.quantity,
                    offer_id=offer.id,
                    backorder_id=item.backorder_id,
                )
            )


def decide_by_policy(draft: Draft, offer: Offer) -> Offer:
    """Decide an offer as its policy says, before it is sent: nobody was asked."""
    picks = [(item, item.choice(item.on_silence)) for item in offer.items]
    opened = replace(offer, state=OfferState.RESTING)
    decided = choose(
        draft, opened, [(item, choice) for item, choice in picks if choice], by=POLICY
    )
    return replace(decided, delivered_at=None)


def standing(draft: Draft, backorder_id: str) -> DecisionRow | None:
    """Return the decision that holds for a backorder, if any."""
    found = [
        row
        for row in draft.case.decisions
        if row.backorder_id == backorder_id and row.standing
    ]
    return max(found, key=lambda row: row.id, default=None)


def changeable(draft: Draft, offer: Offer) -> bool:
    """Return whether everything decided by an offer can still be taken back."""
    rows = [standing(draft, item.backorder_id) for item in offer.items]
    return all(row is None or row.changeable for row in rows)


def taken_over(draft: Draft, item: OfferItem) -> bool:
    """Return whether the shop has begun what was decided about an item.

    Waiting is nothing to begin: a newer decision may always follow it.
    """
    row = standing(draft, item.backorder_id)
    return row is not None and row.kind != DecisionKind.WAIT and not row.changeable


def _decide(
    draft: Draft, offer: Offer, item: OfferItem, choice: Choice, by: str
) -> None:
    backorder = draft.case.backorder(item.backorder_id)
    order = draft.case.order(offer.order_id)
    if backorder is None or order is None:
        return
    earlier = standing(draft, item.backorder_id)
    if earlier is not None and earlier.changeable:
        draft.effects.append(Withdraw(decision_id=earlier.id))
    if earlier is not None:
        unrelease(draft, order)
    line = order.line(item.line_id)
    terms = draft.terms(order, line).terms
    refund = None
    if choice.kind == "cancel":
        refund = choice.refund_minor if order.payment_status == "captured" else 0
    draft.effects.append(
        Decide(
            order_id=offer.order_id,
            line_id=item.line_id,
            kind=_KINDS[choice.kind],
            quantity=backorder.quantity,
            decided_by=by,
            reason=item.rule,
            backorder_id=backorder.id,
            offer_id=offer.id,
            substitute_sku=choice.sku,
            price_minor=_price(line, choice, backorder.quantity),
            refund_minor=refund,
            currency=order.currency,
            apply_after=draft.now + terms.apply_after,
        )
    )
    state = BACKORDER.step(backorder.state, _STEPS[choice.kind], None)
    draft.put_backorder(replace(backorder, state=state))


def _price(line: Line | None, choice: Choice, quantity: int) -> int | None:
    if choice.kind != "substitute" or line is None:
        return None
    return line.unit_price_minor + choice.difference_minor // quantity
