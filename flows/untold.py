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
    Reword,
    Say,
    Withdraw,
)
from flows.ledger import CUSTOMER, UNTOLD, UNWRITTEN, standing_in
from flows.offer import ended
from flows.proposals import ask_colleague
from flows.shipping import blocked

if TYPE_CHECKING:
    from datetime import datetime

    from flows.case import DecisionRow, Offer
    from flows.draft import Draft
    from flows.shop import Order

_FELT = frozenset(
    (DecisionKind.CANCEL_REFUND, DecisionKind.SUBSTITUTE, DecisionKind.RELEASE)
)


def hold_back(
    decision: Decision, key: str, *, asked_at: datetime | None = None
) -> Decision:
    """Return a decision whose rows wait until the words under a key are out.

    ``asked_at``: the proposals of that instant are among those words.
    """
    return _held_back(decision, key, {}, asked_at)


def _held_back(
    decision: Decision, key: str, own: dict[str, str], asked_at: datetime | None
) -> Decision:
    """Do it; ``own`` are the keys of offers whose words have one of their own."""
    made = [e for e in decision.effects if isinstance(e, Decide) and _is_unasked(e)]
    about = {(e.offer_id or "", e.order_id) for e in made}
    if asked_at is not None:
        asking = (o for o in decision.case.offers if _asks(o, asked_at))
        about |= {(offer.id, offer.order_id) for offer in asking}
    if not about:
        return decision
    said = {e.subject for e in decision.effects if isinstance(e, Say | Reword | Notice)}
    orders_about = {order_id for _, order_id in about}
    about |= {
        (o.id, o.order_id)
        for o in decision.case.offers
        if o.order_id in orders_about and o.subject in said
    }
    effects = tuple(
        replace(e, apply_after=UNTOLD) if isinstance(e, Decide) and e in made else e
        for e in decision.effects
    )
    memory = decision.case.memory
    keyed = sorted({(own.get(o, key), o, order_id) for o, order_id in about})
    orders = {(k, order_id): None for k, _, order_id in keyed}
    offers = {(k, offer_id): None for k, offer_id, _ in keyed if offer_id}
    memory = replace(
        memory,
        untold=(*memory.untold, *orders),
        untold_offers=(*memory.untold_offers, *offers),
    )
    case = replace(decision.case, memory=memory)
    return Decision(case=case, effects=effects)


def hold_back_mailed(decision: Decision) -> Decision:
    """Return a decision of which the customer hears by mail only, waiting for that."""
    mailed = [e for e in decision.effects if isinstance(e, Notice)]
    if not mailed or any(isinstance(e, Say) for e in decision.effects):
        return decision
    letters = {e.subject for e in mailed}
    own = {o.id: o.subject for o in decision.case.offers if o.subject in letters}
    return _held_back(decision, mailed[-1].subject, own, None)


def now_told(draft: Draft, key: str) -> None:
    """Let the shop take what waited for the words under a key, a while from now."""
    for row in _waiting(draft, key):
        order = draft.case.order(row.order_id)
        if order is not None:
            _allow(draft, order, row)
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
            if offer.order_id != order_id or _waits_elsewhere(draft, key, offer.id):
                continue
            if offer.state is OfferState.PROPOSED:
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


def words_dropped(draft: Draft, offers: list[Offer]) -> None:
    """Leave nothing waiting for words about offers that will never be sent.

    What was decided unasked and is told by no other words, a person decides.
    """
    memory = draft.case.memory
    gone, subjects = {o.id for o in offers}, {o.subject for o in offers}
    lost = {p for p in memory.untold_offers if p[1] in gone or p[0] in subjects}
    about = tuple(pair for pair in memory.untold_offers if pair not in lost)
    order_of = {offer.id: offer.order_id for offer in draft.case.offers}
    still = {(key, order_of.get(offer_id)) for key, offer_id in about}
    over = {(key, order_of.get(offer_id)) for key, offer_id in lost} - still
    over |= {pair for pair in memory.untold if pair[0] in subjects}
    untold = tuple(pair for pair in memory.untold if pair not in over)
    memory = replace(memory, untold=untold, untold_offers=about)
    draft.case = replace(draft.case, memory=memory)
    for order in draft.case.orders:
        if any(order.id == order_id for _, order_id in over):
            _settle_orphans(draft, order)


def _settle_orphans(draft: Draft, order: Order) -> None:
    """See to what was decided about an order and waits for no words any more."""
    allowed = {e.decision_id for e in draft.effects if isinstance(e, AllowFrom)}
    orphans = [
        row
        for row in standing_in(draft, order.id, *_FELT)
        if row.id not in {UNWRITTEN, *allowed}
        and row.apply_after == UNTOLD
        and row.changeable
        and not _waits_elsewhere(draft, None, row.offer_id, order.id)
    ]
    felt = [row for row in orphans if row.kind != DecisionKind.RELEASE]
    draft.effects += [Withdraw(decision_id=row.id) for row in felt]
    found = (draft.case.backorder(row.backorder_id or "") for row in felt)
    asked = [one.id for one in found if one is not None and one.closed_at is None]
    if asked:
        ask_colleague(draft, order, asked, "not_sent")
    for row in orphans:
        if row in felt:
            continue
        if blocked(draft, order):
            draft.effects.append(Withdraw(decision_id=row.id))
        else:
            _allow(draft, order, row)


def _is_unasked(decided: Decide) -> bool:
    return decided.kind in _FELT and decided.decided_by != CUSTOMER


def _allow(draft: Draft, order: Order, row: DecisionRow) -> None:
    line = order.line(row.line_id) if row.line_id else None
    start = draft.now + draft.terms(order, line).terms.apply_after
    draft.effects.append(AllowFrom(decision_id=row.id, apply_after=start))


def _waiting(draft: Draft, key: str) -> list[DecisionRow]:
    """Return what waits for the words under a key, and for no others."""
    orders = _orders(draft, key)
    return [
        row
        for row in draft.case.decisions
        if row.order_id in orders and row.apply_after == UNTOLD and row.changeable
        if not _waits_elsewhere(draft, key, row.offer_id, row.order_id)
    ]


def _waits_elsewhere(
    draft: Draft, key: str | None, offer_id: str | None, order_id: str = ""
) -> bool:
    """Return whether other words than those under ``key`` are about an offer.

    What belongs to no offer, an order's release, waits for all words of the order.
    """
    memory = draft.case.memory
    if offer_id is None:
        return any(k != key and o == order_id for k, o in memory.untold)
    return any(k != key and o == offer_id for k, o in memory.untold_offers)


def _orders(draft: Draft, key: str) -> set[str]:
    return {order_id for k, order_id in draft.case.memory.untold if k == key}


def _asks(offer: Offer, at: datetime) -> bool:
    return offer.state is OfferState.PROPOSED and offer.proposed_at == at


def _forget(draft: Draft, key: str) -> None:
    memory = draft.case.memory
    untold = tuple(pair for pair in memory.untold if pair[0] != key)
    offers = tuple(pair for pair in memory.untold_offers if pair[0] != key)
    memory = replace(memory, untold=untold, untold_offers=offers)
    draft.case = replace(draft.case, memory=memory)
