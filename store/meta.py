"""Small facts about the store itself: the baseline, the mode, the moved clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from store.tables import meta

if TYPE_CHECKING:
    from sqlalchemy import Connection


def find(connection: Connection, key: str) -> str | None:
    """Return a value, or None when it was never set."""
    return connection.scalar(select(meta.c.value).where(meta.c.key == key))


def put(connection: Connection, key: str, value: str | None) -> None:
    """Set a value; None forgets it."""
    if value is None:
        connection.execute(delete(meta).where(meta.c.key == key))
        return
    changed = connection.execute(
        update(meta).where(meta.c.key == key).values(value=value)
    )
    if not changed.rowcount:
        connection.execute(insert(meta).values(key=key, value=value))
