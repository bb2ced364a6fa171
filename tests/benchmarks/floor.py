"""The floor of a turn: the very rows it wrote, written again by bare ``sqlite3``.

A turn is watched once on a copy of the store: every INSERT, UPDATE and DELETE with its
values. The floor then runs the same statements in the same transactions on another
copy, with the same pragmas: no reading, no deciding, no wording, no Python around it.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from store.engine import Store

#: The statements of one transaction, each with its values.
Written = tuple[tuple[str, tuple[Any, ...]], ...]

_WRITES = ("INSERT", "UPDATE", "DELETE")


@contextmanager
def watched(store: Store) -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """Gather what is written through a store's engine meanwhile."""
    seen: list[tuple[str, tuple[Any, ...]]] = []

    def note(*about: Any) -> None:
        _connection, _cursor, statement, values, _context, many = about
        if statement.startswith(_WRITES):
            rows = values if many else [values]
            seen.extend((statement, tuple(row)) for row in rows)

    event.listen(store.engine, "after_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(store.engine, "after_cursor_execute", note)


class Floor:
    """One bare connection that repeats what turns wrote."""

    def __init__(self, file: Path) -> None:
        """Open the copy as ``store.engine`` opens its own."""
        self._connection = sqlite3.connect(file, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")

    def write(self, written: Written) -> None:
        """Write one turn's rows in one transaction."""
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        for statement, values in written:
            run(statement, values)
        run("COMMIT")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
