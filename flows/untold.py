"""What was decided unasked waits until its words are out: nobody is left surprised.

A colleague may still hold the words (mode ask), or the shop's mailer has not sent them.
Until then the shop may not take the decision; were the words dropped, a person decides.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.case import OfferState
from flows.draft import Decision
from flows.effects import (
    AllowFrom,
    Decide,
    DecisionKind,
    Notice,
    ReleaseHolds,
    Say,
    Withdraw,
)
from flows.ledger import CUSTOMER, UNTOLD
from flows.offer import ended
from flows.proposals import ask_colleague

if TYPE_CHECKING:
    from datetime import datetime

    from flows.case import DecisionRow, Offer
    from flows.draft import Draft

_FELT = frozenset(
    (DecisionKind.CANCEL_REFUND, DecisionKind.SUBSTITUTE, DecisionKind.RELEASE)
)


def hold_back(
    decision: Decision, key: str, *, asked_at: datetime | None = None
) -> Decision:
    """Return a decision whose rows wait until the words under a key are out.

    ``asked_at``: the proposals of that instant are among those words.
    """
    made = [e for e in decision.effects if isinstance(e, Decide) and _is_unasked(e)]
    orders = {e.order_id for e in made}
    if asked_at is not None:
        orders |= {o.order_id for o in decision.case.offers if _asks(o, asked_at)}
    if not orders:
        return decision
    effects = tuple(
        replace(e, apply_after=UNTOLD) if isinstance(e, Decide) and e in made else e
        for e in decision.effects
    )
    memory = decision.case.memory
    untold = (*memory.untold, *((key, order_id) for order_id in sorted(orders)))
    case = replace(decision.case, memory=replace(memory, untold=untold))
    return Decision(case=case, effects=effects)


def hold_back_mailed(decision: Decision) -> Decision:
    """Return a decision of which the customer hears by mail only, waiting for that."""
    mailed = [e for e in decision.effects if isinstance(e, Notice)]
    if not mailed or any(isinstance(e, Say) for e in decision.effects):
        return decision
    return hold_back(decision, mailed[-1].subject)


def now_told(draft: Draft, key: str) -> None:
    """Let the shop take what waited for the words under a key, a while from now."""
    for row in _waiting(draft, key):
        order = draft.case.order(row.order_id)
        if order is not None:
            line = order.line(row.line_id) if row.line_id else None
            start = draft.now + draft.terms(order, line).terms.apply_after
            draft.effects.append(AllowFrom(decision_id=row.id, apply_after=start))
    _forget(draft, key)


def never_told(draft: Draft, key: str) -> None:
    """Take back what waited for words that were dropped; the team decides instead."""
    taken_back = _waiting(draft, key)
    for row in taken_back:
        draft.effects.append(Withdraw(decision_id=row.id))
    for order_id in _orders(draft, key):
        order = draft.case.order(order_id)
        about = [r.backorder_id for r in taken_back if r.order_id == order_id]
        for offer in draft.case.offers:
            if offer.order_id == order_id and offer.state is OfferState.PROPOSED:
                draft.put_offer(ended(offer, "bury", draft.now))
                draft.effects.append(ReleaseHolds(offer_id=offer.id))
                about += [item.backorder_id for item in offer.unanswered]
        asked = [backorder_id for backorder_id in about if backorder_id]
        if asked and order is not None:
            ask_colleague(draft, order, asked, "not_sent")
    _forget(draft, key)


def told_by_mail(draft: Draft) -> None:
    """Let go what waited for letters that the shop's mailer has sent by now."""
    for notice in draft.case.notices:
        if notice.sent_at is not None:
            now_told(draft, notice.about)


def _is_unasked(decided: Decide) -> bool:
    return decided.kind in _FELT and decided.decided_by != CUSTOMER


def _waiting(draft: Draft, key: str) -> list[DecisionRow]:
    orders = _orders(draft, key)
    return [
        row
        for row in draft.case.decisions
        if row.order_id in orders and row.apply_after == UNTOLD and row.changeable
    ]


def _orders(draft: Draft, key: str) -> set[str]:
    return {order_id for k, order_id in draft.case.memory.untold if k == key}


def _asks(offer: Offer, at: datetime) -> bool:
    return offer.state is OfferState.PROPOSED and offer.proposed_at == at


def _forget(draft: Draft, key: str) -> None:
    memory = draft.case.memory
    left = tuple(pair for pair in memory.untold if pair[0] != key)
    if left != memory.untold:
        draft.case = replace(draft.case, memory=replace(memory, untold=left))
