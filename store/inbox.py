"""What was already admitted: an update that comes twice is decided once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from store.tables import dead_letters, inbox
from store.upsert import insert_new

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

#: Both platforms repeat within minutes or a day; a week is generous and small.
KEPT = timedelta(days=7)

#: The attempt with which an update is given up and kept for people.
LAST_ATTEMPT = 3


def admit(connection: Connection, key: str, now: datetime) -> bool:
    """Return True once per key; the caller's transaction makes it last."""
    row = {"key": key, "admitted_at": now}
    return insert_new(connection, inbox, row) is not None


def forget_old(connection: Connection, now: datetime) -> int:
    """Forget keys nobody will repeat any more; return how many."""
    old = delete(inbox).where(inbox.c.admitted_at < now - KEPT)
    return connection.execute(old).rowcount


def count_failure(
    connection: Connection,
    *,
    key: str,
    source: str,
    raw: str,
    error: str,
    now: datetime,
) -> bool:
    """Count a failed attempt; return True when it is given up and kept as dead letter.

    A key that is given up counts as admitted, so that it is never tried again.
    """
    first = {"key": key, "source": source, "raw": raw, "error": error}
    insert_new(connection, dead_letters, {**first, "attempts": 0, "seen_at": now})
    connection.execute(
        update(dead_letters)
        .where(dead_letters.c.key == key)
        .values(attempts=dead_letters.c.attempts + 1, error=error)
    )
    attempts = connection.scalar(
        select(dead_letters.c.attempts).where(dead_letters.c.key == key)
    )
    if (attempts or 0) < LAST_ATTEMPT:
        return False
    connection.execute(
        update(dead_letters)
        .where(dead_letters.c.key == key, dead_letters.c.buried_at.is_(None))
        .values(buried_at=now)
    )
    admit(connection, key, now)
    return True


def forget_failure(connection: Connection, key: str) -> None:
    """Forget the failed attempts of an update that went through after all."""
    connection.execute(
        delete(dead_letters).where(
            dead_letters.c.key == key, dead_letters.c.buried_at.is_(None)
        )
    )
