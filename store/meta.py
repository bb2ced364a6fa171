"""Small facts about the store itself: the baseline, the mode, the moved clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

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
    # Two replicas may set it at the same moment.
    made = (
        postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    )
    statement = made(meta).values(key=key, value=value)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[meta.c.key], set_={"value": value}
        )
    )
