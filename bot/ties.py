"""Whose chat is this? Links, proofs and contact cards are checked, and tie a chat.

All of it happens before the core is asked, in the turn's own transaction: the event
goes on with what was found, and the chat is its customer's case's by then.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from flows.claims import read_claim
from flows.events import (
    ContactShared,
    CustomerSaid,
    CustomerStarted,
    CustomerTapped,
    Event,
)
from flows.identity import SWITCH
from flows.links import BadLink, read
from store import identity
from store.cases import (
    StaleCaseError,
    case_of_customer,
    customer_of_order,
    find_chat,
    lock_cases,
    meet_chat,
    use_link,
)
from store.documents import memory_document, read_memory
from store.tables import cases, links

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from flows.claims import Claim

Scope = tuple[Event, list[int]]


def started(
    connection: Connection, event: CustomerStarted, now: datetime, secret: bytes
) -> Scope:
    """Open what a link opens: an order for its buyer, or one that is shared."""
    case_id = meet_chat(connection, event.chat, event.sender, now)
    if not event.payload:
        return event, [case_id]
    link = read(event.payload, now, secret)
    if isinstance(link, BadLink):
        return replace(event, outcome=link.value), [case_id]
    customer_id = customer_of_order(connection, link.order_id)
    if not customer_id:
        return replace(event, outcome=BadLink.UNKNOWN.value), [case_id]
    chat = find_chat(connection, event.chat)
    looks = link.shared and chat is not None and chat.customer_id == customer_id
    # A buyer who looks at what they share does not use it up.
    if not looks and not use_link(
        connection, link.digest, link.order_id, event.sender.id, now
    ):
        return replace(event, outcome=_whose(connection, link.digest)), [case_id]
    if link.shared:
        shared = identity.shared_order(connection, link.order_id)
        return replace(event, outcome="shared", shared=shared), [case_id]
    return _tied(connection, replace(event, how="link"), case_id, customer_id, now)


def said(connection: Connection, event: CustomerSaid, now: datetime) -> Scope:
    """Let a stranger prove an order: its number, and an e-mail address or postcode."""
    known = find_chat(connection, event.chat)
    if known is not None and (known.customer_id or known.dialogue == "with_staff"):
        return event, [known.case_id]
    case_id = meet_chat(connection, event.chat, event.sender, now)
    memory = known.memory if known is not None else {}
    claim = read_claim(event.text, read_memory(memory).claimed)
    if claim is None:
        return event, [case_id]
    proved = CustomerStarted(chat=event.chat, sender=event.sender, how="proof")
    if identity.is_locked(connection, event.chat, now):
        return replace(proved, outcome="locked"), [case_id]
    order_id = identity.prove(connection, claim, now)
    customer_id = customer_of_order(connection, order_id) if order_id else None
    if not customer_id:
        _failed(connection, event, case_id, claim, now)
        return replace(proved, outcome="unproved"), [case_id]
    return _tied(connection, proved, case_id, customer_id, now)


def contact(connection: Connection, event: ContactShared, now: datetime) -> Scope:
    """Look for the customer of somebody's own number; other cards prove nothing."""
    case_id = meet_chat(connection, event.chat, event.sender, now)
    if not event.own:
        return event, [case_id]
    found = identity.customers_with_phone(connection, event.phone)
    if not found:
        return event, [case_id]
    start = CustomerStarted(chat=event.chat, sender=event.sender, how="contact")
    scope = _tied(connection, start, case_id, found[0], now)
    chat = find_chat(connection, event.chat)
    if chat is not None:
        identity.also(connection, chat.id, found[1:])
    return scope


def tapped(connection: Connection, event: CustomerTapped, now: datetime) -> Scope:
    """Switch to another customer the chat has proved to be; other taps pass."""
    case_id = meet_chat(connection, event.chat, event.sender, now)
    if event.data != SWITCH:
        return event, [case_id]
    others = identity.others_of(connection, event.chat)
    if not others:
        return event, [case_id]
    start = CustomerStarted(chat=event.chat, sender=event.sender, how="switch")
    return _tied(connection, start, case_id, others[0], now)


def _tied(
    connection: Connection,
    event: CustomerStarted,
    case_id: int,
    customer_id: str,
    now: datetime,
) -> Scope:
    """Tie the chat to its customer's case; both are locked by ascending id.

    Raises:
        StaleCaseError: When the chat was tied elsewhere meanwhile.
    """
    event = replace(event, outcome="linked")
    home = case_of_customer(connection, customer_id, now)
    if home == case_id:
        return event, [home]
    rows = {row.id: row for row in lock_cases(connection, [case_id, home])}
    chat = identity.chat_row(connection, event.chat)
    if chat is None or chat.case_id != case_id:
        raise StaleCaseError("the chat was tied elsewhere while we waited")
    left = rows[case_id]
    identity.move_chat(connection, chat, rows[home], left)
    tied = "switched" if left.customer_id else "new"
    return replace(event, tied=tied), [home]


def _failed(
    connection: Connection,
    event: CustomerSaid,
    case_id: int,
    claim: Claim,
    now: datetime,
) -> None:
    """Count the try, and keep the number: the next words may prove it."""
    (row,) = lock_cases(connection, [case_id])
    memory = replace(read_memory(row.memory), claimed=claim.number)
    connection.execute(
        update(cases)
        .where(cases.c.id == case_id)
        .values(memory=memory_document(memory))
    )
    identity.note_failure(connection, event.chat, case_id, claim, now)


def _whose(connection: Connection, digest: str) -> str:
    """Return why a used link opens nothing; its owner may have been forgotten."""
    owner = connection.scalar(select(links.c.person_id).where(links.c.digest == digest))
    return BadLink.TAKEN.value if owner else BadLink.EXPIRED.value
