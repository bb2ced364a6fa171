"""Finds the line a source speaks of among the lines the store has of that order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from store.importers.stock_rows import platform_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from store.importers.draft import DraftLine, ParcelLine


class LineMatch:
    """The lines of one order; each is found once.

    An id the store has is that line. Otherwise it is the first line not found yet
    with the same title and a SKU that does not contradict; else the line is new.
    """

    def __init__(
        self, known: Iterable[Mapping[str, Any]], told: Iterable[str | None]
    ) -> None:
        """Take the store's lines and the ids the source is going to name."""
        self._left = {str(row["id"]): row for row in known}
        # Never give a line that is named by its id to another that looks like it.
        self._exact = self._left.keys() & set(told)
        for id_ in self._exact:
            del self._left[id_]

    def find(self, line: DraftLine) -> str:
        """Return the id the line has, or shall have, in the store."""
        own = line.id or ""
        return self._find(own, line.sku, line.title) or own

    def find_packed(self, line: ParcelLine) -> str | None:
        """Return the id of the line a parcel's units belong to, if there is one."""
        return self._find(line.line_id, line.sku, line.title)

    def _find(self, own: str, sku: str | None, title: str) -> str | None:
        if own in self._exact:
            return own
        found = self._alike(sku, title)
        if found is not None:
            del self._left[found]
        return found

    def _alike(self, sku: str | None, title: str) -> str | None:
        for id_, row in self._left.items():
            if row["title"] == title and _agree(row["sku"], sku):
                return id_
        return None


def _agree(one: str | None, other: str | None) -> bool:
    """Tell whether two SKUs may be the same; blank and made-up ones may be any."""
    if one == other:
        return True
    return any(sku is None or platform_of(sku) is not None for sku in (one, other))
