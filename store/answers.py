"""What was answered to an offer and what was decided on it, as rows; append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from store.cases import StaleCaseError
from store.tables import decisions, replies

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from flows.case import Case
    from flows.effects import AllowFrom, Answered, Decide
    from flows.setting import Setting


def answer(connection: Connection, case: Case, effect: Answered, now: datetime) -> int:
    """Write what was answered to an offer and return the reply's id."""
    made = connection.execute(
        _REPLY,
        {
            "case_id": case.id,
            "offer_id": effect.offer_id,
            "version": effect.version,
            "option": effect.option,
            "replied_by": effect.by,
            "words": effect.words,
            "replied_at": now,
        },
    )
    (reply_id,) = made.inserted_primary_key or (0,)
    return int(reply_id)


def decide(
    connection: Connection,
    case: Case,
    effect: Decide,
    setting: Setting,
    made: Mapping[str, int],
) -> None:
    """Write a decision; ``made`` are this turn's replies by their offers."""
    reply_id = made.get(effect.offer_id or "")
    if effect.offer_id and reply_id is None:
        of_offer = {"case": case.id, "offer": effect.offer_id}
        reply_id = connection.scalar(_LAST_REPLY, of_offer)
    connection.execute(
        _DECIDE,
        {
            "created_at": setting.now,
            "case_id": case.id,
            "order_id": effect.order_id,
            "line_id": effect.line_id,
            "kind": effect.kind.value,
            "quantity": effect.quantity,
            "substitute_sku": effect.substitute_sku,
            "price_minor": effect.price_minor,
            "refund_minor": effect.refund_minor,
            "currency": effect.currency,
            "reason": effect.reason,
            "decided_by": effect.decided_by,
            "reply_id": reply_id,
            "offer_id": effect.offer_id,
            "backorder_id": effect.backorder_id,
            "policy_version": setting.policy.version,
            "rule": effect.rule,
            "apply_after": effect.apply_after,
        },
    )


def withdraw(connection: Connection, decision_id: int, now: datetime) -> None:
    """Take a decision back unless the shop claims it in this very moment."""
    taken = connection.execute(
        update(decisions)
        .where(
            decisions.c.id == decision_id,
            decisions.c.claimed_at.is_(None),
            decisions.c.applied_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    if not taken.rowcount:
        raise StaleCaseError(f"the shop was faster with decision {decision_id}")


def allow(connection: Connection, effect: AllowFrom) -> None:
    """Say from when on the shop may take a decision."""
    connection.execute(
        update(decisions)
        .where(decisions.c.id == effect.decision_id)
        .values(apply_after=effect.apply_after)
    )


_REPLY = insert(replies)
_DECIDE = insert(decisions)
_LAST_REPLY = (
    select(replies.c.id)
    .where(
        replies.c.case_id == bindparam("case"),
        replies.c.offer_id == bindparam("offer"),
    )
    .order_by(replies.c.id.desc())
    .limit(1)
)
