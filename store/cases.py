"""Cases as rows: finding, locking, making and saving them.

Cases are locked by ascending id. What ``save_case`` writes is the difference to what
was read, checked against the version, so a lost update is impossible.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select, update

from flows.speaker import DIALOGUE
from store.documents import memory_document, terms_document
from store.shop import orders
from store.tables import backorders, cases, chats, links, notices, offers, tickets
from store.upsert import insert_new, put
from store.waitlist import save_places

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from flows.case import Backorder, Case, Offer, Ticket
    from flows.events import ChatKey, Sender
    from store.columns import AnyRow


class StaleCaseError(Exception):
    """Somebody else wrote the case meanwhile; load it and decide again."""


def find_chat(connection: Connection, key: ChatKey) -> AnyRow | None:
    """Return the chat's row with what its case knows of it, if we have met it."""
    return connection.execute(_FIND_CHAT, {"c": key.channel, "a": key.address}).first()


def meet_chat(
    connection: Connection, key: ChatKey, sender: Sender | None, now: datetime
) -> int:
    """Return the id of the case a chat belongs to; a new chat is a case of its own.

    Raises:
        StaleCaseError: When another turn met it at the same time.
    """
    known = find_chat(connection, key)
    if known is not None:
        return int(known.case_id)
    case_id = _new_case(connection, None, now)
    met = insert_new(
        connection,
        chats,
        {
            "case_id": case_id,
            "channel": key.channel,
            "address": key.address,
            "person_id": sender.id if sender else None,
            "name": sender.name if sender else "",
            "language": sender.language if sender else None,
            "created_at": now,
        },
    )
    if met is None:
        raise StaleCaseError("the chat was met by somebody else just now")
    return case_id


def case_of_customer(connection: Connection, customer_id: str, now: datetime) -> int:
    """Return the id of a customer's case, which is made when there is none."""
    found = select(cases.c.id).where(cases.c.customer_id == customer_id)
    known = connection.scalar(found)
    if known is None:
        _new_case(connection, customer_id, now)
        known = connection.scalar(found)
    return int(known or 0)


def customer_of_order(connection: Connection, order_id: str) -> str | None:
    """Return who placed an order, or None when the shop does not have it."""
    return connection.scalar(
        select(orders.c.customer_id).where(orders.c.id == order_id)
    )


def lock_cases(connection: Connection, ids: Sequence[int]) -> list[AnyRow]:
    """Lock cases by ascending id until the transaction ends, and return their rows."""
    wanted = sorted(set(ids))
    if len(wanted) == 1:  # the usual case; a list costs twice as much
        return list(connection.execute(_LOCK_ONE, {"case": wanted[0]}))
    return list(connection.execute(_LOCK, {"ids": wanted}))


def tie_chat(
    connection: Connection, chat_id: int, from_case: int, to_case: int
) -> None:
    """Move a chat to a customer's case; the caller holds both locks.

    A stranger's case ends with it, and what it had besides (a ticket) moves along.
    Another customer's case only loses the chat: their orders are still theirs.
    """
    connection.execute(
        update(chats).where(chats.c.id == chat_id).values(case_id=to_case)
    )
    ended = connection.execute(
        update(cases)
        .where(cases.c.id == from_case, cases.c.customer_id.is_(None))
        .values(merged_into=to_case, wake_at=None, version=cases.c.version + 1)
    )
    if ended.rowcount:
        connection.execute(
            update(tickets)
            .where(tickets.c.case_id == from_case)
            .values(case_id=to_case)
        )


def use_link(
    connection: Connection, digest: str, order_id: str, person_id: str, now: datetime
) -> bool:
    """Record that a person opened a link; False when it was another person's before."""
    used = {"digest": digest, "order_id": order_id, "person_id": person_id}
    insert_new(connection, links, {**used, "used_at": now})
    owner = connection.scalar(select(links.c.person_id).where(links.c.digest == digest))
    return owner == person_id


def save_case(connection: Connection, before: Case, after: Case) -> None:
    """Write what differs between two snapshots of one case.

    Raises:
        StaleCaseError: When the case's version is not the one that was read.
    """
    changed = connection.execute(
        _SAVE,
        {
            "case": before.id,
            "read": before.version,
            "version": before.version + 1,
            "dialogue": after.dialogue.value,
            "misses": after.misses,
            "language": after.language,
            "memory": memory_document(after.memory),
            "wake_at": after.wake_at,
        },
    )
    if changed.rowcount != 1:
        raise StaleCaseError(f"case {before.id} moved on from version {before.version}")
    if after.chats != before.chats:
        for chat in after.chats:
            connection.execute(
                update(chats)
                .where(chats.c.id == chat.id)
                .values(
                    reachable=chat.reachable, muted=chat.muted, language=chat.language
                )
            )
    for backorder in set(after.backorders) - set(before.backorders):
        put(connection, backorders, _backorder_row(after.id, backorder))
    known = {offer.id: offer for offer in before.offers}
    save_places(connection, before, after)
    for offer in after.offers:
        if known.get(offer.id) != offer:
            put(connection, offers, _offer_row(after.id, offer))
    if after.ticket is not None and after.ticket != before.ticket:
        put(connection, tickets, _ticket_row(after.id, after.ticket))


def note_notices(connection: Connection, case: Case) -> None:
    """Remember that the case has seen what became of its notices."""
    seen = [n.id for n in case.notices if n.sent_at or n.failed_at]
    if seen:
        connection.execute(
            update(notices).where(notices.c.id.in_(seen)).values(noted=True)
        )


def forget_chat(connection: Connection, chat_id: int) -> None:
    """Delete a chat, e.g. because the person asked to be forgotten."""
    connection.execute(delete(chats).where(chats.c.id == chat_id))


_FIND_CHAT = (
    select(
        chats.c.id,
        chats.c.case_id,
        cases.c.customer_id,
        cases.c.memory,
        cases.c.dialogue,
    )
    .join(cases, cases.c.id == chats.c.case_id)
    .where(chats.c.channel == bindparam("c"), chats.c.address == bindparam("a"))
)
_LOCK = (
    select(cases)
    .where(cases.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(cases.c.id)
    .with_for_update()
)
_LOCK_ONE = select(cases).where(cases.c.id == bindparam("case")).with_for_update()
_SAVE = (
    update(cases)
    .where(cases.c.id == bindparam("case"), cases.c.version == bindparam("read"))
    .values(
        version=bindparam("version"),
        dialogue=bindparam("dialogue"),
        misses=bindparam("misses"),
        language=bindparam("language"),
        memory=bindparam("memory"),
        wake_at=bindparam("wake_at"),
        retry_at=None,
        attempts=0,
    )
)


def _new_case(connection: Connection, customer_id: str | None, now: datetime) -> int:
    values: dict[str, Any] = {
        "customer_id": customer_id,
        "dialogue": DIALOGUE.initial.value if customer_id is None else "talking",
        "memory": {},
        "version": 0,
        "created_at": now,
    }
    return int(insert_new(connection, cases, values) or 0)


def _backorder_row(case_id: int, item: Backorder) -> dict[str, Any]:
    told = item.told
    return {
        "id": item.id,
        "case_id": case_id,
        "order_id": item.order_id,
        "line_id": item.line_id,
        "sku": item.sku,
        "quantity": item.quantity,
        "state": item.state.value,
        "found_at": item.found_at,
        "closed_at": item.closed_at,
        "promised_from": told.expected_from if told else None,
        "promised_to": told.expected_to if told else None,
        "told_at": told.told_at if told else None,
        "slips": item.slips,
    }


def _offer_row(case_id: int, offer: Offer) -> dict[str, Any]:
    return {
        "id": offer.id,
        "case_id": case_id,
        "version": offer.version,
        "order_id": offer.order_id,
        "kind": offer.kind,
        "state": offer.state.value,
        "token": offer.token,
        "terms": terms_document(offer),
        "policy_version": offer.policy_version,
        "proposed_at": offer.proposed_at,
        "told_deadline": offer.told_deadline,
        "delivered_at": offer.delivered_at,
        "deadline_at": offer.deadline_at,
        "remind_at": offer.remind_at,
        "reminded_at": offer.reminded_at,
        "rested_at": offer.rested_at,
        "decided_at": offer.decided_at,
    }


def _ticket_row(case_id: int, ticket: Ticket) -> dict[str, Any]:
    return {**asdict(ticket), "state": ticket.state.value, "case_id": case_id}
