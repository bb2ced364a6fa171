"""A temporary SQLite database with the shop's tables, where files are checked.

A staged row is whole: what the source did not say comes from an earlier file of the
same import, else from the store, else from the column's default. ``_given`` keeps
which columns the source spoke of, so that the merge touches no others.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.dialects import sqlite

from store.importers.fits import misfit
from store.shop import shop_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import ColumnElement

    from store.importers.report import Remarks

#: Values in one IN list; SQLite's oldest limit on parameters is 999.
BATCH = 400

#: What a staged row carries beside the relation's own columns.
NOTES = ("_given", "_file", "_row")

Key = tuple[Any, ...]


@dataclass(slots=True)
class Entry:
    """A row under way: its whole content and what was said about it."""

    values: dict[str, Any]
    given: set[str] = field(default_factory=set)
    file: int = 0
    row: int | None = None
    dirty: bool = False


class Stage:
    """Reads through to the store, writes to the temporary database only."""

    def __init__(self, target: Connection, staged: Connection) -> None:
        self._target = target
        self._staged = staged
        self._cache: dict[str, dict[Key, Entry]] = {}
        self._remarks: Remarks | None = None
        self._file = 0

    @contextmanager
    def file(self, number: int, remarks: Remarks) -> Iterator[None]:
        """Stage one file in one transaction; with errors nothing of it stays."""
        self._file, self._remarks = number, remarks
        with self._staged.begin() as transaction:
            yield
            self.flush()
            if remarks.errors:
                transaction.rollback()
        self._cache.clear()

    @property
    def remarks(self) -> Remarks:
        """Where mistakes of the file under way are noted."""
        if self._remarks is None:
            raise RuntimeError("no file is being staged")
        return self._remarks

    def prefetch(
        self,
        table: Table,
        column: str,
        values: Iterable[Any],
        *,
        only: ColumnElement[bool] | None = None,
    ) -> None:
        """Read the rows with these values, staged ones before the store's own.

        ``only`` narrows what is read from the store; staged rows all count.
        """
        wanted = iter({value for value in values if value is not None})
        while batch := list(islice(wanted, BATCH)):
            query = select(table).where(table.c[column].in_(batch))
            if only is not None:
                query = query.where(only)
            for row in self._target.execute(query).mappings():
                self._keep(table, Entry(values=dict(row)))
            shadow = STAGED.tables[table.name]
            staged = select(shadow).where(shadow.c[column].in_(batch))
            for row in self._staged.execute(staged).mappings():
                self._keep(table, _entry(dict(row)), stronger=True)

    def _keep(self, table: Table, entry: Entry, *, stronger: bool = False) -> None:
        known = self._cache.setdefault(table.name, {})
        key = key_of(table, entry.values)
        if key not in known or (stronger and not known[key].dirty):
            known[key] = entry

    def get(self, table: Table, *key: Any) -> Mapping[str, Any] | None:
        """Return a row that was prefetched or put."""
        entry = self._cache.get(table.name, {}).get(key)
        return entry.values if entry else None

    def rows(self, table: Table, **equal: Any) -> list[Mapping[str, Any]]:
        """Return the prefetched and put rows with these values, by key."""
        return [
            entry.values
            for _, entry in sorted(self._cache.get(table.name, {}).items())
            if all(entry.values[name] == value for name, value in equal.items())
        ]

    def put(
        self,
        table: Table,
        values: Mapping[str, Any],
        *,
        row: int | None = None,
        only_known: bool = False,
    ) -> None:
        """Lay values over a row; each that does not fit its column is noted.

        With ``only_known`` a row nobody has is not made.
        """
        known = self._cache.setdefault(table.name, {})
        key = key_of(table, values)
        entry = known.get(key)
        if entry is None:
            if only_known:
                return
            entry = Entry(values=_defaults(table))
        for name, value in values.items():
            column = table.c[name]
            if expected := misfit(column, value):
                self.remarks.error(row, name, value, expected)
                return
            old = entry.values[name]
            if isinstance(value, dict) and isinstance(old, dict):
                entry.values[name] = old | value
            else:
                entry.values[name] = value
        entry.given |= values.keys()
        entry.file, entry.row, entry.dirty = self._file, row, True
        known[key] = entry

    def flush(self) -> None:
        """Write what was put to the temporary database and forget what was read."""
        for name, entries in self._cache.items():
            table = shop_metadata.tables[name]
            dirty = [entry for entry in entries.values() if entry.dirty]
            whole = [entry for entry in dirty if self._is_whole(table, entry)]
            if whole:
                self._write(name, whole)
        self._cache.clear()

    def _is_whole(self, table: Table, entry: Entry) -> bool:
        for column in table.columns:
            if entry.values[column.name] is None and not column.nullable:
                self.remarks.error(entry.row, column.name, None, "a value")
                return False
        return True

    def _write(self, name: str, entries: list[Entry]) -> None:
        shadow = STAGED.tables[name]
        insert = sqlite.insert(shadow)
        keys = [column.name for column in shadow.primary_key]
        changes = {
            column.name: insert.excluded[column.name]
            for column in shadow.columns
            if not column.primary_key
        }
        self._staged.execute(
            insert.on_conflict_do_update(index_elements=keys, set_=changes),
            [
                entry.values
                | {
                    "_given": sorted(entry.given),
                    "_file": entry.file,
                    "_row": entry.row,
                }
                for entry in entries
            ],
        )

    def staged(
        self, table: Table, *, file: int | None = None
    ) -> Iterator[list[dict[str, Any]]]:
        """Yield the staged rows in batches by key, with their ``_given`` columns."""
        shadow = STAGED.tables[table.name]
        order = [shadow.c[column.name] for column in table.primary_key]
        query = select(shadow).order_by(*order)
        if file is not None:
            query = query.where(shadow.c["_file"] == file)
        found = self._staged.execute(query, execution_options={"yield_per": BATCH})
        for page in found.mappings().partitions(BATCH):
            yield [dict(row) for row in page]

    def count(self) -> int:
        """Return how many rows are staged in all relations together."""
        asked = (select(func.count()).select_from(t) for t in STAGED.tables.values())
        return sum(self._staged.scalar(query) or 0 for query in asked)

    def distinct(self, table: Table, column: str) -> Iterator[list[Any]]:
        """Yield the different values of a staged column in batches, sorted."""
        shadow = STAGED.tables[table.name]
        found = shadow.c[column]
        query = select(found).where(found.is_not(None)).distinct().order_by(found)
        values = list(self._staged.scalars(query))
        for start in range(0, len(values), BATCH):
            yield values[start : start + BATCH]

    def only_currency(self) -> str | None:
        """Return the currency of the orders known here, if they share one."""
        found: set[str] = set()
        for connection, metadata in (
            (self._staged, STAGED),
            (self._target, shop_metadata),
        ):
            currency = metadata.tables["shop_orders"].c.currency
            found.update(connection.scalars(select(currency).distinct().limit(2)))
        return found.pop() if len(found) == 1 else None

    def stream_target(self, *columns: Column[Any]) -> Iterator[tuple[Any, ...]]:
        """Yield these columns of every row the store has, without keeping them."""
        found = self._target.execute(
            select(*columns), execution_options={"yield_per": BATCH}
        )
        for row in found:
            yield tuple(row)


def _entry(shadow: dict[str, Any]) -> Entry:
    given, file, row = (shadow.pop(name) for name in NOTES)
    return Entry(values=shadow, given=set(given), file=file, row=row)


def key_of(table: Table, values: Mapping[str, Any]) -> Key:
    """Return a row's key."""
    return tuple(values[column.name] for column in table.primary_key)


def _defaults(table: Table) -> dict[str, Any]:
    return {
        column.name: getattr(column.default, "arg", None) for column in table.columns
    }


def _shadows() -> MetaData:
    shadows = MetaData()
    for table in shop_metadata.tables.values():
        shadow = table.to_metadata(shadows)
        shadow.append_column(Column("_given", JSON, nullable=False))
        shadow.append_column(Column("_file", Integer, nullable=False))
        shadow.append_column(Column("_row", Integer))
    return shadows


#: The shop's tables, each with what the stage itself notes about a row.
STAGED = _shadows()


@contextmanager
def open_stage(target: Connection) -> Iterator[Stage]:
    """Make a temporary database on disk; it is gone afterwards."""
    with TemporaryDirectory(prefix="backorder-import-") as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'stage.sqlite3'}")
        # It never outlives the process: nothing there needs to survive a crash.
        event.listen(engine, "connect", _unsafe_but_fast)
        STAGED.create_all(engine)
        try:
            with engine.connect() as staged:
                yield Stage(target, staged)
        finally:
            engine.dispose()


def _unsafe_but_fast(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=MEMORY")
    connection.execute("PRAGMA synchronous=OFF")
