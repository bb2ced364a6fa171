"""A waiting quantity cut in two: some of it is given up, the rest stays as promised.

The rest keeps its name, its told date, its question with the same deadline, and what
was decided about it; only numbers and amounts follow.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.case import BackorderState, OfferState
from flows.choices import holds_of, standing
from flows.effects import DecisionKind, ReleaseHolds, Withdraw
from flows.ledger import again
from flows.money import swap
from flows.offer import PENDING
from flows.proposals import buttons, context
from flows.refunds import refreshed, refund_due

if TYPE_CHECKING:
    from flows.case import Backorder, Choice, OfferItem
    from flows.draft import Draft
    from flows.shop import Line, Order

#: Offers whose terms still count.
_IN_FORCE = PENDING | {OfferState.ANSWERED, OfferState.EXPIRED}


def cut(draft: Draft, backorder: Backorder, units: int) -> Backorder:
    """Return ``units`` of a waiting quantity as one of its own, with the same past."""
    rest = replace(backorder, quantity=backorder.quantity - units)
    taken = replace(backorder, id=draft.setting.new_id(), quantity=units)
    draft.put_backorder(rest)
    draft.put_backorder(taken)
    memory = draft.case.memory
    # What one of them was consoled for, both were.
    names = [name for name in memory.consoled if name.endswith(rest.id)]
    also = (name.removesuffix(rest.id) + taken.id for name in names)
    memory = replace(memory, consoled=(*memory.consoled, *also))
    draft.case = replace(draft.case, memory=memory)
    return taken


def rejoin(draft: Draft, order: Order, line: Line, taken: Backorder) -> bool:
    """Let what is wanted after all wait with the rest it was cut from.

    Return False where there is no such rest, or it does not wait any more. Apart they
    would be told the same twice, and each a date as if the other did not wait.
    """
    found = (
        backorder
        for backorder in draft.case.backorders
        if (backorder.line_id, backorder.found_at) == (line.id, taken.found_at)
        and backorder.state is BackorderState.WAITING
        and backorder.closed_at is None
    )
    rest = next(found, None)
    if rest is None:
        return False
    gone = replace(taken, state=BackorderState.FILLED, closed_at=draft.now)
    draft.put_backorder(gone)
    draft.put_backorder(replace(rest, quantity=rest.quantity + taken.quantity))
    follow_cut(draft, order, line, rest.id)
    return True


def follow_cut(draft: Draft, order: Order, line: Line, rest_id: str) -> None:
    """Bring the rest's decision and its question in line with how many it is now."""
    rest = draft.case.backorder(rest_id)
    if rest is None:
        return
    _decide_anew(draft, order, line, rest)
    offer = draft.case.offer_for(rest.id)
    if offer is None or offer.state not in _IN_FORCE:
        return
    items = tuple(
        _resized(draft, order, line, item, rest.quantity)
        if item.backorder_id == rest.id
        else item
        for item in offer.items
    )
    offer = refreshed(draft, order, replace(offer, items=items))
    draft.put_offer(offer)
    if holds := holds_of(draft, offer):
        draft.effects += [ReleaseHolds(offer_id=offer.id), *holds]
    if offer.state in PENDING:
        rows = buttons(draft, offer, order)
        draft.reword(offer.subject, offer.kind, rows, **context(draft, offer, order))


def _decide_anew(draft: Draft, order: Order, line: Line, rest: Backorder) -> None:
    """Let the row that the shop has not begun say the new number."""
    row = standing(draft, rest.id)
    if row is None or not row.changeable:
        return
    refund = row.refund_minor
    if row.kind == DecisionKind.SUBSTITUTE and row.price_minor is not None:
        more = swap(line, rest.quantity, row.price_minor).difference_minor
        refund = max(-more, 0) if order.payment_status == "captured" else 0
    draft.effects += [
        Withdraw(decision_id=row.id),
        again(row, quantity=rest.quantity, refund_minor=refund),
    ]


def _resized(
    draft: Draft, order: Order, line: Line, item: OfferItem, units: int
) -> OfferItem:
    def resized(choice: Choice) -> Choice:
        if choice.kind == "cancel":
            due = refund_due(draft, order, line, units, instead_of=item.backorder_id)
            return replace(choice, refund_minor=due)
        if choice.kind == "substitute":
            more = swap(line, units, choice.price_minor).difference_minor
            return replace(choice, difference_minor=more)
        return choice

    return replace(item, quantity=units, choices=tuple(map(resized, item.choices)))
