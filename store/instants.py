"""Due cases: an indexed column says when each case next wants a turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select, update

from store.tables import cases

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

#: Cases handed out at once; the rest follows in the next look.
_BATCH = 100


def due(connection: Connection, now: datetime) -> list[int]:
    """Return the cases whose instant has passed, the longest overdue first."""
    found = connection.scalars(
        select(cases.c.id)
        .where(
            cases.c.wake_at <= now,
            or_(cases.c.retry_at.is_(None), cases.c.retry_at <= now),
        )
        .order_by(cases.c.wake_at, cases.c.id)
        .limit(_BATCH)
    )
    return list(found)


def next_due(connection: Connection) -> datetime | None:
    """Return the earliest instant any case waits for, or None."""
    earliest: datetime | None = connection.scalar(
        select(func.min(func.coalesce(cases.c.retry_at, cases.c.wake_at))).where(
            cases.c.wake_at.is_not(None)
        )
    )
    return earliest


def pause(connection: Connection, case_id: int, until: datetime) -> int:
    """Leave a case alone until then; return how often its turn failed in a row."""
    attempts = connection.scalar(
        update(cases)
        .where(cases.c.id == case_id)
        .values(retry_at=until, attempts=cases.c.attempts + 1)
        .returning(cases.c.attempts)
    )
    return attempts or 0
