"""Finds by comparison what no trigger noted: in views, and after a trigger was lost.

Each row of the shop leaves a digest. A scan runs through the shop's rows and the
digests side by side, both in the order of their keys, so that its memory does not grow
with the shop; what it finds is noted like a trigger's note, some hundred at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Text,
    cast,
    column,
    delete,
    func,
    insert,
    inspect,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects import postgresql, sqlite

from store import meta
from store.shop import shop_metadata
from store.tables import changes, seen_rows
from store.triggers import CHANNEL, WATCHED, Watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Connection

    from store.engine import Store

#: The relations a scan can compare: the shop's. The bot's own always have triggers.
SCANNED = tuple(w.relation for w in WATCHED if w.relation in shop_metadata.tables)

_CHUNK = 500
_STREAMED = {"yield_per": _CHUNK}

#: Stands between the parts of a key; no shop's id holds a control character.
_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True)
class _Seen:
    """A row as the scan knows it: whom it concerns and which it is, and its digest."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A row that is not as it was seen last; without a digest it is gone."""

    key: str
    digest: str | None


def scan(store: Store, relation: str, machine_now: float) -> int:
    """Compare a relation with what was seen of it last, and note each difference.

    The first scan of a relation only looks: it has nothing to compare with. From a
    relation that is not there (yet, or just now) nothing follows.

    Returns:
        How many rows are new, changed or gone.
    """
    watched = next(w for w in WATCHED if w.relation == relation)
    first = last_scan(store, relation) is None
    count = 0
    with store.read() as reading:
        shop_rows = _shop_rows(reading, watched)
        seen = _seen_rows(reading, relation)
        differences = _differences(shop_rows, seen) if shop_rows else iter(())
        for chunk in _chunks(differences):
            with store.write() as writing:
                _remember(writing, relation, chunk)
                if not first:
                    _note(writing, relation, chunk)
            count += len(chunk)
    with store.write() as writing:
        meta.put(writing, _mark(relation), repr(machine_now))
    return 0 if first else count


def last_scan(store: Store, relation: str) -> float | None:
    """Return when a relation was scanned last, in machine seconds; None: never."""
    with store.read() as connection:
        value = meta.find(connection, _mark(relation))
    return None if value is None else float(value)


def _mark(relation: str) -> str:
    return f"scanned:{relation}"


def _shop_rows(connection: Connection, watched: Watched) -> Iterator[_Seen] | None:
    looking = inspect(connection)
    if not looking.has_table(watched.relation):
        return None
    present = {c["name"] for c in looking.get_columns(watched.relation)}
    named = shop_metadata.tables[watched.relation]
    # Untyped on purpose: a digest needs the values as they are, readable or not.
    rows = table(watched.relation, *(column(c.name) for c in named.columns))
    key = _key(connection, watched)
    compared = [c for c in rows.columns if c.name in present]
    asked = select(key.label("row_key"), *compared).order_by(_bytewise(connection, key))
    return _streamed(connection, asked)


def _streamed(connection: Connection, asked: Any) -> Iterator[_Seen]:
    last = None
    for key, *values in connection.execute(asked, execution_options=_STREAMED):
        # A view may hold a row twice; once is enough to know it by.
        if key is not None and key != last:
            yield _Seen(key=key, digest=_digest(values))
        last = key


def _digest(values: list[Any]) -> str:
    return blake2b(repr(values).encode(), digest_size=20).hexdigest()


def _key(connection: Connection, watched: Watched) -> ColumnElement[str]:
    """Return what names a row: first whom it concerns, then which it is."""
    named = shop_metadata.tables[watched.relation]
    concerns: ColumnElement[str] = literal_column(
        watched.key.format(row=watched.relation)
    )
    between = func.char(31) if connection.dialect.name == "sqlite" else func.chr(31)
    key: ColumnElement[str] = cast(concerns, Text)
    for part in named.primary_key.columns:
        key = key.concat(between).concat(cast(literal_column(part.name), Text))
    return key


def _bytewise(connection: Connection, key: ColumnElement[str]) -> ColumnElement[str]:
    """Order as Python orders text, whatever language the database speaks."""
    return key.collate("BINARY" if connection.dialect.name == "sqlite" else "C")


def _seen_rows(connection: Connection, relation: str) -> Iterator[_Seen]:
    key = seen_rows.c.row_key
    asked = (
        select(key, seen_rows.c.digest)
        .where(seen_rows.c.relation == relation)
        .order_by(_bytewise(connection, key))
    )
    for row in connection.execute(asked, execution_options=_STREAMED):
        yield _Seen(key=row.row_key, digest=row.digest)


def _differences(shop: Iterator[_Seen], seen: Iterator[_Seen]) -> Iterator[_Found]:
    """Merge both, which come in one order, and return where they differ."""
    row, old = next(shop, None), next(seen, None)
    while row is not None or old is not None:
        if old is None or (row is not None and row.key < old.key):
            if row is not None:
                yield _Found(key=row.key, digest=row.digest)
            row = next(shop, None)
        elif row is None or row.key > old.key:
            yield _Found(key=old.key, digest=None)
            old = next(seen, None)
        else:
            if row.digest != old.digest:
                yield _Found(key=row.key, digest=row.digest)
            row, old = next(shop, None), next(seen, None)


def _chunks(found: Iterator[_Found]) -> Iterator[list[_Found]]:
    chunk: list[_Found] = []
    for one in found:
        chunk.append(one)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _remember(connection: Connection, relation: str, chunk: list[_Found]) -> None:
    gone = [found.key for found in chunk if found.digest is None]
    connection.execute(
        delete(seen_rows).where(
            seen_rows.c.relation == relation, seen_rows.c.row_key.in_(gone)
        )
    )
    rows = [
        {"relation": relation, "row_key": found.key, "digest": found.digest}
        for found in chunk
        if found.digest is not None
    ]
    if not rows:
        return
    postgres = connection.dialect.name == "postgresql"
    made = (postgresql.insert if postgres else sqlite.insert)(seen_rows)
    connection.execute(
        made.on_conflict_do_update(
            index_elements=["relation", "row_key"],
            set_={"digest": made.excluded.digest},
        ),
        rows,
    )


def _note(connection: Connection, relation: str, chunk: list[_Found]) -> None:
    concerned = dict.fromkeys(found.key.split(_BETWEEN, 1)[0] for found in chunk)
    connection.execute(
        insert(changes),
        [{"relation": relation, "row_key": key} for key in concerned],
    )
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_notify(CHANNEL, "")))
