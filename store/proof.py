"""The proof of consent: what a customer was shown, when it arrived, what they answered.

Read from what is written anyway: the outbox, the mailer's notices, the replies and the
decisions. Nothing here is rendered anew; it is what people saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from store.tables import chats, decisions, notices, offers, outbox, replies

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from store.columns import AnyRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened about an offer.

    ``kind`` is proposed, shown, mailed, answered or decided; ``at`` is None where it
    has not happened yet (a message that has not arrived). ``who`` is a chat, a mail
    address, or who answered or decided.
    """

    kind: str
    at: datetime | None
    who: str
    text: str


def offer_of_decision(connection: Connection, decision_id: int) -> str | None:
    """Return the offer behind a decision; None when there is none, or no decision."""
    found: str | None = connection.scalar(
        select(decisions.c.offer_id).where(decisions.c.id == decision_id)
    )
    return found


def proof_of_consent(connection: Connection, offer_id: str) -> list[Step]:
    """Return everything shown and answered about an offer, in the order it happened.

    What never arrived stands last. An offer nobody knows has no steps.
    """
    offer = connection.execute(select(offers).where(offers.c.id == offer_id)).first()
    if offer is None:
        return []
    subject = f"offer:{offer.id}:{offer.version}"
    steps = [
        _proposed(offer),
        *_shown(connection, subject),
        *_mailed(connection, subject),
        *_answered(connection, offer),
        *_decided(connection, offer.id),
    ]
    return sorted(
        steps, key=lambda step: (step.at is None, step.at or offer.proposed_at)
    )


def _proposed(offer: AnyRow) -> Step:
    terms = [
        f"{item['title']}: recommended {_named(item, item['recommended'])},"
        f" without an answer {_named(item, item['on_silence'])}"
        for item in offer.terms["items"]
    ]
    return Step(
        kind="proposed",
        at=offer.proposed_at,
        who=f"policy {offer.policy_version}",
        text="; ".join(terms),
    )


def _shown(connection: Connection, subject: str) -> list[Step]:
    rows = connection.execute(
        select(outbox, chats.c.name.label("chat_name"))
        .outerjoin(chats, chats.c.id == outbox.c.chat_id)
        .where(outbox.c.subject == subject)
        .order_by(outbox.c.id)
    )
    return [
        Step(
            kind="shown",
            at=row.sent_at,
            who=f"{row.channel} {row.address} {row.chat_name or ''}".strip(),
            text=_message(row.payload),
        )
        for row in rows
    ]


def _mailed(connection: Connection, subject: str) -> list[Step]:
    rows = connection.execute(
        select(notices).where(notices.c.about == subject).order_by(notices.c.id)
    )
    return [
        Step(
            kind="mailed",
            at=row.sent_at,
            who=row.email or "",
            text=f"{row.subject}\n{row.text}",
        )
        for row in rows
    ]


def _answered(connection: Connection, offer: AnyRow) -> list[Step]:
    rows = connection.execute(
        select(replies).where(replies.c.offer_id == offer.id).order_by(replies.c.id)
    )
    made = []
    for row in rows:
        text = _option(offer, row.option)
        if row.words:
            text = f"{text} ({row.words!r})"
        made.append(
            Step(kind="answered", at=row.replied_at, who=row.replied_by, text=text)
        )
    return made


def _decided(connection: Connection, offer_id: str) -> list[Step]:
    rows = connection.execute(
        select(decisions)
        .where(decisions.c.offer_id == offer_id)
        .order_by(decisions.c.id)
    )
    return [
        Step(
            kind="decided",
            at=row.created_at,
            who=row.decided_by,
            text=f"decision {row.id}: {row.kind} x {row.quantity}"
            + (f" {row.substitute_sku}" if row.substitute_sku else "")
            + (", withdrawn later" if row.withdrawn_at else ""),
        )
        for row in rows
    ]


def _message(payload: dict[str, Any]) -> str:
    """Return a message as it was seen: its words, and its buttons in brackets."""
    labels = [
        f"[{button['label']}]" for row in payload.get("rows", ()) for button in row
    ]
    return "\n".join((str(payload.get("text", "")), " ".join(labels))).strip()


def _option(offer: AnyRow, code: str) -> str:
    for item in offer.terms["items"]:
        if any(choice["code"] == code for choice in item["choices"]):
            return f"{item['title']}: {_named(item, code)}"
    return code


def _named(item: dict[str, Any], code: str) -> str:
    choice = next((c for c in item["choices"] if c["code"] == code), None)
    if choice is None:
        return code
    sku = choice.get("sku")
    return f"{choice['kind']} {sku}" if sku else str(choice["kind"])
