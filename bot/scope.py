"""Which cases an event concerns: names of the outside world become ids of ours.

What a chat shows to prove whose it is, is checked in ``bot/ties.py`` on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from sqlalchemy import select

from bot import ties
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
    StaffGranted,
    StaffReleased,
    StaffReplied,
    Undeliverable,
)
from store.cases import case_of_customer, find_chat, meet_chat
from store.tables import cases

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from store.columns import AnyRow


def find_scope(
    connection: Connection, event: Event, now: datetime, secret: bytes
) -> tuple[Event, list[int]]:
    """Return the event, completed by what was checked, and the case it concerns.

    No case: the event is about nobody we know, and nothing follows.
    """
    match event:
        case CustomerStarted():
            return ties.started(connection, event, now, secret)
        case CustomerSaid():
            return ties.said(connection, event, now)
        case CustomerTapped():
            return ties.tapped(connection, event, now)
        case ContactShared():
            return ties.contact(connection, event, now)
        case CustomerSent() | GroupSpoke():
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
            | StaffGranted()
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


def _current(connection: Connection, case_id: int) -> int:
    """Follow a stranger's case to the customer's case it was merged into."""
    merged = connection.scalar(select(cases.c.merged_into).where(cases.c.id == case_id))
    return int(merged) if merged is not None else case_id
