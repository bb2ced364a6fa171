"""Which cases an event concerns: names of the outside world become ids of ours.

Links and proofs are checked here, before the lock, and a chat that proves itself is
tied to its customer's case in the same transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from sqlalchemy import insert, select, update

from flows.events import (
    BaselineConfirmed,
    ChatBlocked,
    ChatReturned,
    ContactShared,
    CustomerSaid,
    CustomerSent,
    CustomerStarted,
    CustomerTapped,
    Delivered,
    Event,
    GroupSpoke,
    InstantPassed,
    ShopChanged,
    StaffActed,
    StaffReleased,
    StaffReplied,
    Undeliverable,
)
from flows.links import BadLink, read
from store import identity
from store.cases import (
    case_of_customer,
    customer_of_order,
    find_chat,
    lock_cases,
    meet_chat,
    tie_chat,
    use_link,
)
from store.documents import memory_document, read_memory
from store.tables import audit, cases

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from store.columns import AnyRow

_DAY = timedelta(days=1)


def find_scope(
    connection: Connection, event: Event, now: datetime, secret: bytes
) -> tuple[Event, list[int]]:
    """Return the event, completed by what was checked, and the case it concerns.

    No case: the event is about nobody we know, and nothing follows.
    """
    match event:
        case CustomerStarted():
            return _started(connection, event, now, secret)
        case CustomerSaid():
            return _said(connection, event, now)
        case CustomerSent() | CustomerTapped() | ContactShared() | GroupSpoke():
            return event, [meet_chat(connection, event.chat, event.sender, now)]
        case ChatBlocked() | ChatReturned():
            known = find_chat(connection, event.chat)
            return event, [known.case_id] if known else []
        case ShopChanged() | BaselineConfirmed():
            return event, [case_of_customer(connection, event.customer_id, now)]
        case (
            StaffActed()
            | StaffReplied()
            | StaffReleased()
            | InstantPassed()
            | Delivered()
            | Undeliverable()
        ):
            return event, [_current(connection, event.case_id)]
        case _:
            assert_never(event)


def find_case(
    connection: Connection, event: ShopChanged | InstantPassed
) -> AnyRow | None:
    """Return the row of an automatic event's case without locking or making it."""
    if isinstance(event, ShopChanged):
        wanted = cases.c.customer_id == event.customer_id
    else:
        wanted = cases.c.id == event.case_id
    return connection.execute(select(cases).where(wanted)).first()


def _started(
    connection: Connection, event: CustomerStarted, now: datetime, secret: bytes
) -> tuple[Event, list[int]]:
    case_id = meet_chat(connection, event.chat, event.sender, now)
    if not event.payload:
        return event, [case_id]
    link = read(event.payload, now, secret)
    if isinstance(link, BadLink):
        return replace(event, outcome=link.value), [case_id]
    customer_id = customer_of_order(connection, link.order_id)
    if customer_id is None:
        return replace(event, outcome=BadLink.UNKNOWN.value), [case_id]
    person = event.sender.id
    if not use_link(connection, link.digest, link.order_id, person, now):
        return replace(event, outcome=BadLink.TAKEN.value), [case_id]
    home = _tie(connection, event, case_id, customer_id, now)
    return replace(event, outcome="linked"), [home]


def _said(
    connection: Connection, event: CustomerSaid, now: datetime
) -> tuple[Event, list[int]]:
    """A stranger who named an order may prove it with the next words."""
    case_id = meet_chat(connection, event.chat, event.sender, now)
    row = connection.execute(
        select(cases.c.customer_id, cases.c.memory, cases.c.dialogue).where(
            cases.c.id == case_id
        )
    ).one()
    memory = read_memory(row.memory)
    if row.customer_id or row.dialogue == "with_staff" or memory.claimed is None:
        return event, [case_id]
    if not _looks_like_proof(event.text):
        return event, [case_id]
    locked = memory.tries >= identity.TRIES_PER_CHAT
    order_id = (
        None
        if locked
        else identity.prove(connection, memory.claimed, event.text, now - _DAY)
    )
    proved = CustomerStarted(chat=event.chat, sender=event.sender)
    if order_id is None:
        _count_try(connection, case_id, now)
        return replace(proved, outcome="locked" if locked else "unproved"), [case_id]
    customer_id = customer_of_order(connection, order_id) or ""
    home = _tie(connection, proved, case_id, customer_id, now)
    return replace(proved, outcome="linked"), [home]


def _looks_like_proof(text: str) -> bool:
    return "@" in text or any(c.isdigit() for c in text)


def _count_try(connection: Connection, case_id: int, now: datetime) -> None:
    (row,) = lock_cases(connection, [case_id])
    memory = read_memory(row.memory)
    tried = replace(memory, tries=memory.tries + 1)
    connection.execute(
        update(cases).where(cases.c.id == case_id).values(memory=memory_document(tried))
    )
    connection.execute(
        insert(audit).values(
            case_id=case_id,
            at=now,
            actor="customer",
            action="proof failed",
            detail=memory.claimed or "",
        )
    )


def _tie(
    connection: Connection,
    event: CustomerStarted,
    case_id: int,
    customer_id: str,
    now: datetime,
) -> int:
    """Tie the chat to its customer's case; both are locked by ascending id."""
    home = case_of_customer(connection, customer_id, now)
    if home != case_id:
        lock_cases(connection, [case_id, home])
        chat = find_chat(connection, event.chat)
        if chat is not None and chat.case_id == case_id:
            tie_chat(connection, chat.id, case_id, home)
    return home


def _current(connection: Connection, case_id: int) -> int:
    """Follow a stranger's case to the customer's case it was merged into."""
    merged = connection.scalar(select(cases.c.merged_into).where(cases.c.id == case_id))
    return int(merged) if merged is not None else case_id
