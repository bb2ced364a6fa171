"""The papers between bot and shop: decisions to carry out, notices to mail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from store import shop, tables

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

Json = dict[str, Any]


def paperwork(connection: Connection) -> dict[str, list[Json]]:
    """Return decisions and notices as plain JSON, newest first.

    Instants are ISO text in UTC, money is minor units. A decision that sends another
    product names it in ``substitute``.
    """
    decisions = _newest(connection, tables.decisions)
    names = _names(connection, {row["substitute_sku"] for row in decisions})
    return {
        "decisions": [
            row | {"substitute": names.get(row["substitute_sku"])} for row in decisions
        ],
        "notices": _newest(connection, tables.notices),
    }


def _names(connection: Connection, skus: set[str | None]) -> dict[str, Json]:
    products = shop.products.c
    named = select(products.sku, products.title, products.color, products.size)
    known = [sku for sku in skus if sku]
    rows = connection.execute(named.where(products.sku.in_(known))).mappings()
    return {row["sku"]: dict(row) for row in rows}


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
