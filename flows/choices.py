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
from flows.ledger import CUSTOMER, SILENCE
from flows.offer import OFFER, PENDING, OfferFacts
from flows.plan import case_for, silent_choice, within_horizon
from flows.promise import Estimate
from flows.refunds import rebalance, refreshed, refund_due
from flows.sets import counterpart, together, with_sets
from flows.shipping import release_if_unblocked, unrelease
from flows.waitlist import leave_for

if TYPE_CHECKING:
    from flows.case import Choice, DecisionRow, Offer, OfferItem
    from flows.draft import Draft
    from flows.shop import Order

_KINDS = {
    "substitute": DecisionKind.SUBSTITUTE,
    "wait": DecisionKind.WAIT,
    "cancel": DecisionKind.CANCEL_REFUND,
}
_ABOUT_LINES = frozenset(_KINDS.values())
_STEPS = {"substitute": "substitute", "wait": "wait", "cancel": "cancel"}


def choose(
    draft: Draft,
    offer: Offer,
    picks: list[tuple[OfferItem, Choice]],
    *,
    by: str,
    words: str = "",
    who: str = "",
) -> Offer:
    """Decide items of an offer, in the same commit as the offer's new state.

    ``who`` names the person and the chat, where a person decided. The offer is
    answered once its last item is; the caller has asked the machine.
    """
    held = holds_of(draft, offer)
    for item, wanted in with_sets(offer, picks):
        choice = _worth_now(draft, offer, item, wanted)
        draft.effects.append(
            Answered(
                offer_id=offer.id,
                version=offer.version,
                option=choice.code,
                by=f"{by} {who}".strip()[:80],
                words=words,
            )
        )
        _decide(draft, offer, item, choice, by)
        choices = tuple(choice if c.code == choice.code else c for c in item.choices)
        done = replace(item, choices=choices, chosen=choice.code, decided_by=by)
        items = tuple(
            done if i.backorder_id == item.backorder_id else i for i in offer.items
        )
        offer = replace(offer, items=items)
    order = draft.case.order(offer.order_id)
    if order is not None:
        offer = refreshed(draft, order, offer)
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
        if holds_of(draft, offer) != held:
            _hold_chosen(draft, offer)
    draft.put_offer(offer)
    if order is not None:
        release_if_unblocked(draft, order)
    return offer


def available(draft: Draft, offer: Offer, item: OfferItem, choice: Choice) -> bool:
    """Return whether a choice can still be had; what the offer itself holds counts."""
    matches = ((other, counterpart(other, choice)) for other in together(offer, item))
    return all(
        match is None or _available(draft, offer, other, match)
        for other, match in matches
    )


def _available(draft: Draft, offer: Offer, item: OfferItem, choice: Choice) -> bool:
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


def holds_of(draft: Draft, offer: Offer) -> tuple[HoldUnits, ...]:
    """Return what an offer holds: the chosen products, where none is, the best."""
    holds = []
    for item in offer.items:
        choice = item.choice(item.chosen or item.recommended)
        if choice is not None and choice.sku is not None:
            product = draft.case.shelf.product(choice.sku)
            holds.append(
                HoldUnits(
                    sku=product.blank if product else choice.sku,
                    quantity=item.quantity,
                    offer_id=offer.id,
                    backorder_id=item.backorder_id,
                )
            )
    return tuple(holds)


def _hold_chosen(draft: Draft, offer: Offer) -> None:
    """Keep the units of the chosen products until the shop has taken them over."""
    draft.effects += [ReleaseHolds(offer_id=offer.id), *holds_of(draft, offer)]


def refuse_substitutes(draft: Draft, offer: Offer, order: Order) -> Offer:
    """Return the offer of somebody who wants no other product: silence sends none."""
    items = tuple(
        item if item.chosen else _without_substitutes(draft, order, item)
        for item in offer.items
    )
    offer = replace(offer, items=items)
    _hold_chosen(draft, offer)
    draft.put_offer(offer)
    return offer


def _without_substitutes(draft: Draft, order: Order, item: OfferItem) -> OfferItem:
    backorder = draft.case.backorder(item.backorder_id)
    terms = draft.terms(order, order.line(item.line_id)).terms
    kept = tuple(choice for choice in item.choices if choice.kind != "substitute")
    wait, cancel = kept
    when = Estimate(expected_from=wait.expected_from, expected_to=wait.expected_to)
    soon = within_horizon(when, order, terms, draft.zone)
    _, best = case_for([], wait, cancel, terms, soon=soon, refused=True)
    if item.needed_by is not None:
        best = cancel
    left = replace(
        item,
        choices=kept,
        recommended=best.code,
        on_silence=best.code,
        refused=item.refused or len(kept) < len(item.choices),
    )
    silent = silent_choice(
        left,
        terms,
        draft.now.astimezone(draft.zone).date(),
        backorder.slips if backorder else 0,
        may_wait=item.needed_by is None,
    )
    said = silent.code if silent else ""
    return replace(left, choices=item.choices, on_silence=said)


def decide_at_once(draft: Draft, offer: Offer, by: str) -> Offer:
    """Decide an offer as recommended, before it is sent: the customer was not asked.

    ``by``: the policy, or the colleague who wanted it so.
    """
    # What it recommends, that is; silence may mean something else where it is asked.
    picks = [(item, item.choice(item.recommended)) for item in offer.items]
    opened = replace(offer, state=OfferState.RESTING)
    decided = choose(
        draft, opened, [(item, choice) for item, choice in picks if choice], by=by
    )
    return replace(decided, delivered_at=None)


def standing(draft: Draft, backorder_id: str) -> DecisionRow | None:
    """Return the decision that holds for a backorder, if any.

    What else was given to its customer, a consolation, decides nothing about it.
    """
    taken_back = {e.decision_id for e in draft.effects if isinstance(e, Withdraw)}
    found = [
        row
        for row in draft.case.decisions
        if row.backorder_id == backorder_id and row.standing
        if row.kind in _ABOUT_LINES
        if row.id not in taken_back
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
    if by == CUSTOMER and choice.difference_minor > 0:
        more = f"{choice.difference_minor} {order.currency} for {choice.sku}"
        draft.record(by, "agreed to a price difference", f"{order.number}: {more}")
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
            price_minor=choice.price_minor if choice.sku else None,
            refund_minor=_refund(order, choice),
            currency=order.currency,
            apply_after=draft.now + terms.apply_after,
        )
    )
    if choice.kind != "cancel":
        leave_for(draft, backorder.id)
    state = BACKORDER.step(backorder.state, _STEPS[choice.kind], None)
    draft.put_backorder(replace(backorder, state=state))
    if earlier is not None and earlier.kind == DecisionKind.CANCEL_REFUND:
        rebalance(draft, order)


def _worth_now(draft: Draft, offer: Offer, item: OfferItem, choice: Choice) -> Choice:
    """Return a choice to cancel with the refund that is right in this turn."""
    order = draft.case.order(offer.order_id)
    line = order.line(item.line_id) if order else None
    backorder = draft.case.backorder(item.backorder_id)
    if choice.kind != "cancel" or order is None or line is None or backorder is None:
        return choice
    due = refund_due(draft, order, line, backorder.quantity, instead_of=backorder.id)
    return replace(choice, refund_minor=due)


def _refund(order: Order, choice: Choice) -> int | None:
    """Return what goes back; nothing where nothing was captured."""
    if choice.kind == "wait":
        return None
    due = choice.refund_minor if choice.kind == "cancel" else -choice.difference_minor
    return max(due, 0) if order.payment_status == "captured" else 0
