"""What was decided, as the shop works it off: listed, claimed, applied, rejected.

Every step is one conditional update, so of two who try at once one wins and the other
is told why not. The caller owns the transaction; ``now`` is business time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select, update

from flows.ledger import UNTOLD
from store import meta, shop
from store.carrying_out import ShopMovedOn, carry_out
from store.schema import OURS, SHOP_TABLES
from store.tables import decisions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from store.columns import AnyRow

__all__ = [
    "AlreadyApplied",
    "AlreadyClaimed",
    "AlreadyRejected",
    "DecisionRefused",
    "Listed",
    "NotYet",
    "ShopMovedOn",
    "State",
    "UnknownDecision",
    "Withdrawn",
    "apply",
    "claim",
    "listed",
    "reject",
]


class State(StrEnum):
    """How far a decision has come."""

    OPEN = "open"
    CLAIMED = "claimed"
    APPLIED = "applied"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One decision with the names people know its parts by."""

    id: int
    state: State
    kind: str
    created_at: datetime
    order_id: str
    order_number: str | None
    line_id: str | None
    line_title: str | None
    quantity: int
    substitute_sku: str | None
    substitute_title: str | None
    price_minor: int | None
    refund_minor: int | None
    currency: str | None
    reason: str
    policy_version: str | None
    rule: str | None
    decided_by: str
    apply_after: datetime | None
    claimed_at: datetime | None
    applied_at: datetime | None
    rejected_at: datetime | None
    rejection: str | None
    withdrawn_at: datetime | None


class DecisionRefused(Exception):
    """A step is not possible; the text says why and what to do."""

    def __init__(self, decision_id: int, text: str) -> None:
        super().__init__(f"decision {decision_id} {text}")
        self.decision_id = decision_id


class UnknownDecision(DecisionRefused):
    """There is none of that id."""


class NotYet(DecisionRefused):
    """The customer may still change it; ``apply_after`` says until when."""

    def __init__(self, decision_id: int, apply_after: datetime) -> None:
        until = apply_after.strftime("%Y-%m-%d %H:%M UTC")
        text = f"may still be changed by the customer: try again after {until}"
        if apply_after == UNTOLD:
            text = (
                "waits until the customer was told: release the message in Slack, or "
                "send the letter in bot_notices"
            )
        super().__init__(decision_id, text)
        self.apply_after = apply_after


class AlreadyClaimed(DecisionRefused):
    """Somebody claimed it before."""


class AlreadyApplied(DecisionRefused):
    """It is done."""


class AlreadyRejected(DecisionRefused):
    """The shop said no."""


class Withdrawn(DecisionRefused):
    """The customer thought again; a newer decision stands in its place."""


def listed(
    connection: Connection, *, state: State | None, order_id: str | None = None
) -> list[Listed]:
    """Return decisions, oldest first: of a state or in any, of an order or of all."""
    asked = (
        select(
            decisions,
            shop.orders.c.number.label("order_number"),
            shop.order_lines.c.title.label("line_title"),
            shop.products.c.title.label("substitute_title"),
        )
        .outerjoin(shop.orders, shop.orders.c.id == decisions.c.order_id)
        .outerjoin(shop.order_lines, shop.order_lines.c.id == decisions.c.line_id)
        .outerjoin(shop.products, shop.products.c.sku == decisions.c.substitute_sku)
        .order_by(decisions.c.id)
    )
    if state is not None:
        asked = asked.where(_in_state(state))
    if order_id is not None:
        asked = asked.where(decisions.c.order_id == order_id)
    return [_listed(row) for row in connection.execute(asked)]


def claim(connection: Connection, decision_id: int, now: datetime) -> None:
    """Take a decision over for the shop; from now on the customer cannot change it.

    Raises:
        DecisionRefused: Not yet, or claimed, ended or withdrawn before.
    """
    after = decisions.c.apply_after
    ripe = or_(after.is_(None), after <= now)
    if not _mark(
        connection, decision_id, and_(_in_state(State.OPEN), ripe), claimed_at=now
    ):
        raise _why_not(connection, decision_id, now)


def apply(
    connection: Connection, decision_id: int, now: datetime, *, write_shop: bool
) -> None:
    """Note that the shop did what was decided; an unclaimed decision is claimed first.

    With ``write_shop`` the shop's relations are changed accordingly, if this project
    created them; a shop of its own does that itself.

    Raises:
        DecisionRefused: Not yet, done before, rejected or withdrawn.
        ShopMovedOn: The shop's numbers no longer allow it; nothing was changed.
    """
    row = _find(connection, decision_id)
    if _state(row) is State.OPEN:
        claim(connection, decision_id, now)
    if not _mark(connection, decision_id, _in_state(State.CLAIMED), applied_at=now):
        raise _why_not(connection, decision_id, now)
    if write_shop and meta.find(connection, SHOP_TABLES) == OURS:
        carry_out(connection, row, now)


def reject(
    connection: Connection, decision_id: int, reason: str, now: datetime
) -> None:
    """Note that the shop will not do it, and why; a colleague gets a card.

    Raises:
        ValueError: There is no reason; the colleague would have nothing to tell.
        DecisionRefused: Done, rejected or withdrawn before.
    """
    if not reason.strip():
        raise ValueError("a rejection needs a reason")
    possible = or_(_in_state(State.OPEN), _in_state(State.CLAIMED))
    values = {"rejected_at": now, "rejection": reason.strip()}
    if not _mark(connection, decision_id, possible, **values):
        raise _why_not(connection, decision_id, now)


def _mark(
    connection: Connection,
    decision_id: int,
    condition: ColumnElement[bool],
    **values: object,
) -> bool:
    changed = connection.execute(
        update(decisions).where(decisions.c.id == decision_id, condition).values(values)
    )
    return bool(changed.rowcount)


def _in_state(state: State) -> ColumnElement[bool]:
    c = decisions.c
    ended = (c.withdrawn_at, c.rejected_at, c.applied_at)
    match state:
        case State.WITHDRAWN:
            return c.withdrawn_at.is_not(None)
        case State.REJECTED:
            return and_(c.rejected_at.is_not(None), c.withdrawn_at.is_(None))
        case State.APPLIED:
            return and_(
                c.applied_at.is_not(None),
                c.rejected_at.is_(None),
                c.withdrawn_at.is_(None),
            )
        case State.CLAIMED:
            return and_(*(at.is_(None) for at in ended), c.claimed_at.is_not(None))
        case State.OPEN:
            return and_(*(at.is_(None) for at in ended), c.claimed_at.is_(None))


def _state(row: AnyRow) -> State:
    if row.withdrawn_at is not None:
        return State.WITHDRAWN
    if row.rejected_at is not None:
        return State.REJECTED
    if row.applied_at is not None:
        return State.APPLIED
    return State.OPEN if row.claimed_at is None else State.CLAIMED


def _find(connection: Connection, decision_id: int) -> AnyRow:
    row = connection.execute(
        select(decisions).where(decisions.c.id == decision_id)
    ).first()
    if row is None:
        raise UnknownDecision(
            decision_id, "does not exist: see `backorder-bot decisions list`"
        )
    return row


def _why_not(
    connection: Connection, decision_id: int, now: datetime
) -> DecisionRefused:
    row = _find(connection, decision_id)
    match _state(row):
        case State.WITHDRAWN:
            return Withdrawn(
                decision_id, "was withdrawn, the customer thought again: leave it"
            )
        case State.REJECTED:
            return AlreadyRejected(
                decision_id, f"was rejected ({row.rejection}): leave it to a colleague"
            )
        case State.APPLIED:
            return AlreadyApplied(decision_id, "is applied already: nothing is left")
        case State.OPEN if row.apply_after is not None and row.apply_after > now:
            return NotYet(decision_id, row.apply_after)
        case State.OPEN | State.CLAIMED:
            return AlreadyClaimed(
                decision_id, "is claimed already: whoever claimed it applies it"
            )


def _listed(row: AnyRow) -> Listed:
    values = {name: getattr(row, name) for name in _NAMES}
    return Listed(state=_state(row), **values)


_NAMES = tuple(name for name in Listed.__slots__ if name != "state")
