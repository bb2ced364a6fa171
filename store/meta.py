"""Small facts about the store itself: the baseline, the mode, the moved clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from store.tables import meta

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection


def find(connection: Connection, key: str) -> str | None:
    """Return a value, or None when it was never set."""
    return connection.scalar(_FIND, {"wanted": key})


def find_all(connection: Connection, keys: Sequence[str]) -> dict[str, str]:
    """Return the values of those keys that were set."""
    rows = connection.execute(_FIND_ALL, {"keys": list(keys)})
    return {row.key: row.value for row in rows}


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


_FIND = select(meta.c.value).where(meta.c.key == bindparam("wanted"))
_FIND_ALL = select(meta).where(meta.c.key.in_(bindparam("keys", expanding=True)))
