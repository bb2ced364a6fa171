"""What was decided about an order and still stands, this turn's decisions included.

Rows are read under the lock; what the turn itself decides or takes back is not among
them yet. Money and parcels are counted here, so that two decisions of one turn know
of each other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.case import DecisionRow
from flows.effects import Decide, DecisionKind, Withdraw
from flows.policy import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.draft import Draft

#: Who decided, as the shop reads it.
CUSTOMER, SILENCE, POLICY = "customer", "silence", "policy"

#: The ``apply_after`` of a decision whose customer knows nothing of it yet.
UNTOLD = datetime(9999, 1, 1, tzinfo=UTC)

#: The terms that some kinds of decisions hang on, by how their names begin.
_HANGS_ON = {
    DecisionKind.SPLIT_SHIPMENT: ("allow_split", "second_parcel", "min_fill"),
    DecisionKind.RELEASE: ("ship",),
    DecisionKind.WAITLIST: ("waitlist",),
    DecisionKind.CONSOLATION: ("consolation",),
}

#: The id of a decision that this turn made; its row comes with the commit.
UNWRITTEN = 0


def standing_in(
    draft: Draft, order_id: str, *kinds: DecisionKind
) -> tuple[DecisionRow, ...]:
    """Return the decisions about an order that hold now, of these kinds."""
    taken_back = {e.decision_id for e in draft.effects if isinstance(e, Withdraw)}
    written = [
        row
        for row in draft.case.decisions
        if row.order_id == order_id and row.standing and row.id not in taken_back
    ]
    made = [
        _as_row(effect, draft)
        for effect in draft.effects
        if isinstance(effect, Decide) and effect.order_id == order_id
    ]
    return tuple(row for row in (*written, *made) if row.kind in kinds)


def given_up(rows: Iterable[DecisionRow], line_id: str) -> int:
    """Return how many units of a line that lay ready shall not be sent after all."""
    return sum(
        row.quantity
        for row in rows
        if row.line_id == line_id
        and row.kind == DecisionKind.CANCEL_REFUND
        and row.backorder_id is None
        and row.standing
        and not row.applied_at
    )


def under_rule(draft: Draft, effect: Decide) -> Decide:
    """Return a decision with the name of the rule its order or line is under.

    It is a rule of the policy in force now, as the version written beside it, even
    where an offer of an older one is answered. What hangs on few terms names the rule
    that said them; an order the case no longer has is under the defaults.
    """
    order = draft.case.order(effect.order_id)
    if order is None:
        return replace(effect, rule=DEFAULTS)
    applied = draft.terms(order, order.line(effect.line_id or ""))
    return replace(effect, rule=applied.rule_on(*_HANGS_ON.get(effect.kind, ())))


def again(row: DecisionRow, *, quantity: int, refund_minor: int | None) -> Decide:
    """Return a decision made anew with another number or refund; withdraw the old."""
    return Decide(
        order_id=row.order_id,
        line_id=row.line_id,
        kind=DecisionKind(row.kind),
        quantity=quantity,
        decided_by=row.decided_by,
        reason=row.reason,
        backorder_id=row.backorder_id,
        offer_id=row.offer_id,
        substitute_sku=row.substitute_sku,
        price_minor=row.price_minor,
        refund_minor=refund_minor,
        currency=row.currency,
        apply_after=row.apply_after,
    )


def _as_row(effect: Decide, draft: Draft) -> DecisionRow:
    return DecisionRow(
        id=UNWRITTEN,
        order_id=effect.order_id,
        line_id=effect.line_id,
        kind=effect.kind.value,
        quantity=effect.quantity,
        decided_by=effect.decided_by,
        created_at=draft.now,
        offer_id=effect.offer_id,
        backorder_id=effect.backorder_id,
        substitute_sku=effect.substitute_sku,
        price_minor=effect.price_minor,
        refund_minor=effect.refund_minor,
        currency=effect.currency,
        reason=effect.reason,
        apply_after=effect.apply_after,
    )
