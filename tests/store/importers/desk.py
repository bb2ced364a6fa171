"""The import door as tests use it: give files, look at rows."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, select

from store.importers import Report, import_files


class Desk:
    """A store and what lies in it."""

    def __init__(self, engine: Engine, write: Callable[[str, Any], Path]) -> None:
        self.engine = engine
        self.write = write

    def take(
        self, *, dry_run: bool = False, now: datetime | None = None, **files: Any
    ) -> Report:
        """Import files by name; two underscores stand for the dot."""
        paths = [
            self.write(name.replace("__", "."), body) for name, body in files.items()
        ]
        return import_files(self.engine, paths, dry_run=dry_run, now=now)

    def rows(self, table: Table, **equal: Any) -> list[dict[str, Any]]:
        """Return rows in the order of their keys."""
        query = select(table).order_by(*table.primary_key).filter_by(**equal)
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def row(self, table: Table, **equal: Any) -> dict[str, Any]:
        """Return the one row there is."""
        (row,) = self.rows(table, **equal)
        return row

    def units(self, line_id: str) -> tuple[int, int, int, int]:
        """Return a line's (allocated, shipped, cancelled, backordered) units."""
        from store.shop import order_lines  # noqa: PLC0415 - one place needs it

        line = self.row(order_lines, id=line_id)
        return (
            line["allocated"],
            line["shipped"],
            line["cancelled"],
            line["backordered"],
        )
