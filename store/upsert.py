"""INSERT … ON CONFLICT, built once per table.

The two dialects spell it alike but share no type.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Table


def insert_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> Any:
    """Insert a row and return its key; None when there was one like it."""
    # Not every driver counts rows of an insert; what was inserted comes back.
    return connection.scalar(_insert_new(table, connection.dialect.name), row)


def put(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row, or write it over the one with the same ``id``."""
    connection.execute(_put(table, connection.dialect.name, tuple(row)), row)


@lru_cache(maxsize=64)
def _insert_new(table: Table, dialect: str) -> Any:
    key = next(iter(table.primary_key))
    return _insert(table, dialect).on_conflict_do_nothing().returning(key)


@lru_cache(maxsize=64)
def _put(table: Table, dialect: str, columns: tuple[str, ...]) -> Any:
    # Inline: the key is known, and RETURNING it would cost.
    statement = _insert(table, dialect).inline()
    return statement.on_conflict_do_update(
        index_elements=[table.c.id],
        set_={name: statement.excluded[name] for name in columns if name != "id"},
    )


def _insert(table: Table, dialect: str) -> Any:
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
