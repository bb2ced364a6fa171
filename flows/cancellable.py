"""What of an order can still be cancelled without asking anybody, unit by unit.

Of fewer units than there are, those that wait are given up first, for they cannot be
sent: the ones found short last before earlier ones, then what something else would be
sent for, and what lies ready at the very end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flows.backorder import BACKORDER, LIVE
from flows.case import Backorder, BackorderState, OfferState
from flows.choices import choose, standing, taken_over
from flows.cut import cut, follow_cut, rejoin
from flows.effects import Decide, DecisionKind, Withdraw
from flows.ledger import CUSTOMER, UNWRITTEN, again, standing_in
from flows.offer import PENDING
from flows.proposals import propose
from flows.refunds import gone_units, refund_due
from flows.shipping import waiting_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flows.case import DecisionRow, Offer, OfferItem
    from flows.draft import Draft
    from flows.shop import Line, Order

_CANCEL = DecisionKind.CANCEL_REFUND
#: Waiting quantities that a customer may still give up.
_GIVEN_UP = LIVE | {BackorderState.SUBSTITUTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Units of a line that nobody has begun: of one backorder, or of what lies ready.

    ``quantity`` may be less than its backorder's; the rest of that keeps waiting.
    """

    order: Order
    line: Line
    quantity: int
    backorder: Backorder | None = None


def parts_of(draft: Draft, order: Order) -> list[Part]:
    """Return what of an order can still be cancelled, in the order it is given up."""
    found: list[Part] = []
    for line in order.lines:
        if line.work_started_at is not None and line.work_started_at <= draft.now:
            continue
        waiting = [
            backorder
            for backorder in draft.case.backorders
            if backorder.line_id == line.id and _free_to_go(draft, backorder)
        ]
        waiting.sort(key=lambda b: b.found_at, reverse=True)
        waiting.sort(key=lambda b: b.state is BackorderState.SUBSTITUTED)
        found += [
            Part(order=order, line=line, quantity=b.quantity, backorder=b)
            for b in waiting
        ]
        ready = _ready(draft, line)
        if ready > 0:
            found.append(Part(order=order, line=line, quantity=ready))
    return found


def units_in(parts: Iterable[Part]) -> int:
    """Return how many units some parts have together."""
    return sum(part.quantity for part in parts)


def first_units(parts: Sequence[Part], units: int) -> list[Part]:
    """Return the first ``units`` of some parts; of the last one perhaps only some."""
    made: list[Part] = []
    for part in parts:
        left = units - units_in(made)
        if left > 0:
            made.append(replace(part, quantity=min(part.quantity, left)))
    return made


def leaving(draft: Draft, line: Line) -> int:
    """Return how many ready units of a line are decided to be cancelled."""
    rows = standing_in(draft, line.order_id, _CANCEL)
    return sum(
        row.quantity
        for row in rows
        if row.line_id == line.id and not row.backorder_id and not row.applied_at
    )


def follow_back(draft: Draft, order: Order, line: Line, units: int) -> int:
    """Let what was given up and lay ready be given up where it waits by now.

    Return how many of ``units`` that were found waiting these are: as many as there
    are, for what else lies ready is wanted. What the shop has begun with is left to it.
    """
    moved = 0
    for row in standing_in(draft, order.id, _CANCEL):
        earlier = draft.case.backorder(row.backorder_id)
        ready = earlier is None or earlier.closed_at is not None
        ours = row.line_id == line.id and row.changeable and row.id != UNWRITTEN
        if ready and ours and moved < units:
            moved += _move(draft, order, line, row, min(row.quantity, units - moved))
    return moved


def _move(draft: Draft, order: Order, line: Line, row: DecisionRow, units: int) -> int:
    """Make a decision anew in two: what still lies ready, and ``units`` that wait."""
    earlier = draft.case.backorder(row.backorder_id)
    waiting = (
        replace(earlier, quantity=units, closed_at=None)
        if earlier
        else Backorder(
            id=draft.setting.new_id(),
            order_id=order.id,
            line_id=line.id,
            sku=line.sku,
            quantity=units,
            state=BackorderState.CANCELLED,
            found_at=draft.now,
        )
    )
    draft.put_backorder(waiting)
    left = row.quantity - units
    if earlier and not left:
        return units  # The row is about it already.
    refund = row.refund_minor or 0
    stays = min(refund_due(draft, order, line, left), refund) if left else 0
    draft.effects.append(Withdraw(decision_id=row.id))
    if left:
        still = again(row, quantity=left, refund_minor=stays)
        draft.effects.append(replace(still, backorder_id=None))
    made = again(row, quantity=units, refund_minor=refund - stays)
    draft.effects.append(replace(made, backorder_id=waiting.id))
    return units


def give_up(draft: Draft, part: Part) -> None:
    """Decide one part: through its offer where it has one, so that the two agree."""
    if part.backorder is None:
        _decide(draft, part)
        return
    current = draft.case.backorder(part.backorder.id)
    if current is None or current.state is BackorderState.CANCELLED:
        return  # it went with another one of its set
    if part.quantity < current.quantity:
        given = cut(draft, current, part.quantity)
        _cancel(draft, replace(part, backorder=given), given)
        follow_cut(draft, part.order, part.line, current.id)
        return
    offer, item = _offer_of(draft, current)
    if offer is not None and item is not None:
        choice = next(c for c in item.choices if c.kind == "cancel")
        due = refund_due(
            draft, part.order, part.line, part.quantity, instead_of=current.id
        )
        choose(draft, offer, [(item, replace(choice, refund_minor=due))], by=CUSTOMER)
        return
    row = standing(draft, current.id)
    if row is not None and row.changeable:
        draft.effects.append(Withdraw(decision_id=row.id))
    _cancel(draft, part, current)


def take_back(draft: Draft, row: DecisionRow) -> None:
    """Withdraw one cancellation; what waited waits again, unless it came meanwhile."""
    backorder = draft.case.backorder(row.backorder_id)
    if backorder is None or backorder.closed_at is not None:
        draft.effects.append(Withdraw(decision_id=row.id))
        if backorder is not None:
            state = BACKORDER.step(backorder.state, "fill", None)
            draft.put_backorder(replace(backorder, state=state))
        return
    offer, item = _offer_of(draft, backorder)
    wait = next((c for c in item.choices if c.kind == "wait"), None) if item else None
    if offer is not None and item is not None and wait is not None:
        choose(draft, offer, [(item, wait)], by=CUSTOMER)
        return
    draft.effects.append(Withdraw(decision_id=row.id))
    order = draft.case.order(backorder.order_id)
    if backorder.told is None and order is not None:
        propose(draft, order, [backorder])  # it lay ready, so nobody said a word of it
        return
    line = order.line(backorder.line_id) if order else None
    if order is not None and line is not None and rejoin(draft, order, line, backorder):
        return
    state = BACKORDER.step(backorder.state, "wait", None)
    draft.put_backorder(replace(backorder, state=state))


def _ready(draft: Draft, line: Line) -> int:
    """Return how many units lie ready that nobody has given up yet.

    What was given up while it waited may lie among them by now.
    """
    rows = standing_in(draft, line.order_id, _CANCEL)
    still = line.quantity - line.shipped - gone_units(line, rows)
    return min(
        line.allocated - leaving(draft, line), still - waiting_units(draft, line)
    )


def _free_to_go(draft: Draft, backorder: Backorder) -> bool:
    if backorder.closed_at is not None or backorder.state not in _GIVEN_UP:
        return False
    row = standing(draft, backorder.id)
    return row is None or row.changeable or row.kind == DecisionKind.WAIT


def _offer_of(
    draft: Draft, backorder: Backorder
) -> tuple[Offer | None, OfferItem | None]:
    """Return the offer that can still decide a backorder, and its item about it."""
    offer = draft.case.offer_for(backorder.id)
    if offer is None:
        return None, None
    item = next((i for i in offer.items if i.backorder_id == backorder.id), None)
    open_yet = offer.state in {*PENDING, OfferState.ANSWERED, OfferState.EXPIRED}
    if item is None or not open_yet or (item.chosen and taken_over(draft, item)):
        return None, None
    cancels = any(choice.kind == "cancel" for choice in item.choices)
    return (offer, item) if cancels else (None, None)


def _cancel(draft: Draft, part: Part, backorder: Backorder) -> None:
    _decide(draft, part)
    if backorder.state is BackorderState.BASELINE:
        noticed = BACKORDER.step(backorder.state, "confirm", None)
        backorder = replace(backorder, state=noticed)
    state = BACKORDER.step(backorder.state, "cancel", None)
    draft.put_backorder(replace(backorder, state=state))


def _decide(draft: Draft, part: Part) -> None:
    captured = part.order.payment_status == "captured"
    about = part.backorder.id if part.backorder else None
    due = refund_due(draft, part.order, part.line, part.quantity, instead_of=about)
    terms = draft.terms(part.order, part.line)
    draft.effects.append(
        Decide(
            order_id=part.order.id,
            line_id=part.line.id,
            kind=_CANCEL,
            quantity=part.quantity,
            decided_by=CUSTOMER,
            reason=terms.rule,
            backorder_id=about,
            refund_minor=due if captured else 0,
            currency=part.order.currency,
            apply_after=draft.now + terms.terms.apply_after,
        )
    )
