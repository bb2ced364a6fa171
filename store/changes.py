"""The queue between what the shop changed and the turns that find out what it means.

A note of a trigger becomes one row per customer it concerns; a customer's rows are
taken inside that customer's own turn. Both are queues whose rows are deleted when
taken, never a cursor that moves: a transaction that commits late is not passed over.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from store.availability import mark_outdated
from store.concerned import customers_of, slices
from store.tables import case_changes, changes
from store.touched import FREED, touched_blanks
from store.waitlist import call_next

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection


def expand(connection: Connection, limit: int = 500) -> int:
    """Turn up to ``limit`` notes into one row per customer they concern.

    Returns:
        How many notes were taken; 0 when none is left (or others hold them).
    """
    oldest = (
        select(changes.c.id)
        .order_by(changes.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = connection.execute(
        delete(changes)
        .where(changes.c.id.in_(oldest))
        .returning(changes.c.relation, changes.c.row_key)
    ).all()
    notes: defaultdict[str, set[str]] = defaultdict(set)
    for note in taken:
        notes[note.relation].add(note.row_key)
    causes: defaultdict[str, set[str]] = defaultdict(set)
    for relation, keys in notes.items():
        for customer_id in customers_of(connection, relation, keys):
            causes[customer_id].add(relation)
    blanks = touched_blanks(connection, notes)
    mark_outdated(connection, blanks)
    for customer_id in call_next(connection, blanks):
        causes[customer_id].add(FREED)
    for customers in slices(causes):
        queued = _queued(connection, customers)
        rows = [
            {"customer_id": customer_id, "cause": " ".join(sorted(causes[customer_id]))}
            for customer_id in customers
            if customer_id not in queued
        ]
        if rows:
            connection.execute(insert(case_changes), rows)
    return len(taken)


def _queued(connection: Connection, customers: Iterable[str]) -> set[str]:
    """Return whose rows still wait, and keep those rows waiting until we commit.

    A row that a turn is just deleting does not count: that turn may have read the shop
    before this change. A row that waits for its back-off does not count either, since
    the change may be what mends it.
    """
    waiting = (
        select(case_changes.c.customer_id)
        .where(case_changes.c.customer_id.in_(customers), case_changes.c.retry_at == 0)
        .with_for_update(read=True, key_share=True, skip_locked=True)
    )
    return set(connection.scalars(waiting))


def is_empty(connection: Connection) -> bool:
    """Tell whether no note waits to be expanded."""
    return connection.scalar(select(changes.c.id).limit(1)) is None


def due(connection: Connection, limit: int, machine_now: float) -> list[str]:
    """Return customers whose rows wait, the longest waiting first, each once.

    Rows that a turn is just taking are left out where the engine can tell.
    """
    waiting = (
        select(case_changes.c.customer_id)
        .where(case_changes.c.retry_at <= machine_now)
        .order_by(case_changes.c.id)
        .limit(limit)
        .with_for_update(read=True, key_share=True, skip_locked=True)
    )
    return list(dict.fromkeys(connection.scalars(waiting)))


def take(connection: Connection, customer_id: str) -> bool | None:
    """Take what is queued for a customer; the caller holds the case's lock.

    Whatever is read of the shop *after* this holds all the changes that were queued.

    Returns:
        None when nothing was queued, else whether any of it was late before we came.
    """
    taken = connection.scalars(
        delete(case_changes)
        .where(case_changes.c.customer_id == customer_id)
        .returning(case_changes.c.baseline)
    ).all()
    return any(taken) if taken else None


def failures(connection: Connection, customer_id: str) -> int:
    """Return how often a customer's turn has failed in a row."""
    attempts = select(func.max(case_changes.c.attempts)).where(
        case_changes.c.customer_id == customer_id
    )
    return connection.scalar(attempts) or 0


def postpone(connection: Connection, customer_id: str, retry_at: float) -> None:
    """Count a failed turn and leave the customer alone until then (machine seconds)."""
    connection.execute(
        update(case_changes)
        .where(case_changes.c.customer_id == customer_id)
        .values(retry_at=retry_at, attempts=failures(connection, customer_id) + 1)
    )
