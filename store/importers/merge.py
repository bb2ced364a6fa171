"""Writes what was staged into the store: only rows whose content differs.

Triggers on the shop's tables note each write as a change, so a row that says the
same as before is not touched. Nothing is ever deleted.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Connection, Table, inspect, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from store.importers.report import Counts
from store.importers.stage import NOTES, Stage, key_of
from store.shop import shop_metadata
from store.tables import meta

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from store.importers.progress import Progress

#: Rows before rows that refer to them.
ORDER = (
    "shop_customers",
    "shop_products",
    "shop_stock",
    "shop_supplies",
    "shop_sources",
    "shop_substitutes",
    "shop_orders",
    "shop_order_lines",
    "shop_shipments",
    "shop_shipment_lines",
    "shop_refunds",
)


def merge(
    stage: Stage, target: Connection, *, write: bool, progress: Progress
) -> dict[str, Counts]:
    """Compare each staged row with the store's and write the different ones.

    The caller owns the transaction. Without ``write`` it only counts.
    """
    relations: dict[str, Counts] = {}
    done, total = 0, stage.count()
    for name in ORDER:
        table = shop_metadata.tables[name]
        counts = Counts()
        for batch in stage.staged(table):
            _merge(table, batch, target, counts, write=write)
            done += len(batch)
            progress("merging", done, total)
        if counts != Counts():
            relations[name] = counts
    return relations


def _merge(
    table: Table,
    batch: Sequence[dict[str, Any]],
    target: Connection,
    counts: Counts,
    *,
    write: bool,
) -> None:
    known = _known(table, batch, target)
    # One statement per set of columns: executemany wants them alike.
    writes: dict[tuple[frozenset[str], ...], list[dict[str, Any]]] = defaultdict(list)
    for row in batch:
        values = {
            name: value
            for name, value in row.items()
            # A JSON column left out becomes NULL; None would become JSON's null.
            if name not in NOTES and not (value is None and name in _json(table))
        }
        given = frozenset(row["_given"]).intersection(values)
        before = known.get(key_of(table, values))
        if before is None:
            counts.new += 1
        elif all(before[name] == values[name] for name in given):
            counts.same += 1
            continue
        else:
            counts.changed += 1
        writes[given, frozenset(values)].append(values)
    if write:
        for (given, _), rows in writes.items():
            _upsert(table, given, rows, target)


def _json(table: Table) -> set[str]:
    return {column.name for column in table.columns if isinstance(column.type, JSON)}


def _known(
    table: Table, batch: Sequence[Mapping[str, Any]], target: Connection
) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    keys = [key_of(table, row) for row in batch]
    columns = list(table.primary_key)
    wanted = (
        columns[0].in_([key[0] for key in keys])
        if len(columns) == 1
        else tuple_(*columns).in_(keys)
    )
    rows = target.execute(select(table).where(wanted)).mappings()
    known = [dict(row) for row in rows]
    return {key_of(table, row): row for row in known}


def _upsert(
    table: Table,
    given: frozenset[str],
    rows: Sequence[dict[str, Any]],
    target: Connection,
) -> None:
    dialect = postgresql if target.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    changes = {
        name: insert.excluded[name] for name in sorted(given) if name not in keys
    }
    if changes:
        statement = insert.on_conflict_do_update(index_elements=keys, set_=changes)
    else:
        statement = insert.on_conflict_do_nothing(index_elements=keys)
    target.execute(statement, list(rows))


def mark_baseline(target: Connection) -> None:
    """Leave word that what the first import brought was late before we came.

    Somebody else acts on it and changes the word; later imports leave it alone.
    """
    if not inspect(target).has_table(meta.name):
        return
    dialect = postgresql if target.dialect.name == "postgresql" else sqlite
    first = dialect.insert(meta).values(key="baseline", value="pending")
    target.execute(first.on_conflict_do_nothing(index_elements=["key"]))
