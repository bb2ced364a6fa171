"""The papers between bot and shop: decisions to carry out, notices to mail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from store import tables

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

Json = dict[str, Any]


def paperwork(connection: Connection) -> dict[str, list[Json]]:
    """Return decisions and notices as plain JSON, newest first.

    Instants are ISO text in UTC, money is minor units.
    """
    return {
        "decisions": _newest(connection, tables.decisions),
        "notices": _newest(connection, tables.notices),
    }


def _newest(connection: Connection, table: Table) -> list[Json]:
    return [
        {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        for row in connection.execute(
            select(table).order_by(table.c.id.desc())
        ).mappings()
    ]
