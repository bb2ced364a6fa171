"""What is taken and yet hardly meant: warned of, so that somebody looks again."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from store.shop import customers, orders, supplies

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from store.importers.report import Remarks
    from store.importers.stage import Key, Stage

#: A shop's clock may be ahead of ours.
_AHEAD = timedelta(hours=1)


class Seen:
    """The keys of one file's rows, to find those that it has twice."""

    def __init__(self, remarks: Remarks) -> None:
        self._remarks = remarks
        self._rows: dict[Key, int] = {}

    def note(self, row: int, column: str, key: Key) -> None:
        """Warn of a row whose key an earlier one of the file has."""
        first = self._rows.get(key)
        if first is not None:
            shown = key[0] if len(key) == 1 else ", ".join(map(str, key))
            expected = f"a key that no row has twice; row {first} is replaced by this"
            self._remarks.warn(row, column, shown, expected)
        self._rows[key] = row


def check_doubts(stage: Stage, *, file: int, now: datetime | None) -> None:
    """Warn of the rows of a file that can be taken and are hardly meant so.

    Without ``now`` nothing counts as being in the future.
    """
    for batch in stage.staged(orders, file=file):
        _check_numbers(stage, batch)
        for order in batch:
            if now is not None and order["placed_at"] > now + _AHEAD:
                placed = order["placed_at"].isoformat()
                _warn(stage, order, "placed_at", placed, "an instant in the past")
    for batch in stage.staged(supplies, file=file):
        for supply in batch:
            if supply["received"] > supply["quantity"]:
                expected = f"at most the quantity, which is {supply['quantity']}"
                _warn(stage, supply, "received", supply["received"], expected)
    for batch in stage.staged(customers, file=file):
        for customer in batch:
            zone = customer["time_zone"]
            if zone is not None and zone not in _zones():
                expected = "a time zone like Europe/Berlin; the shop's is used"
                _warn(stage, customer, "time_zone", zone, expected)


def _check_numbers(stage: Stage, batch: list[dict[str, Any]]) -> None:
    """Customers name an order by its number: two with one cannot be told apart."""
    stage.prefetch(orders, "number", (order["number"] for order in batch))
    holders: dict[str, list[str]] = defaultdict(list)
    for order in stage.rows(orders):
        holders[order["number"]].append(order["id"])
    for order in batch:
        others = [name for name in holders[order["number"]] if name != order["id"]]
        if others:
            expected = f"a number of its own; the order {others[0]} has it too"
            _warn(stage, order, "number", order["number"], expected)
    stage.flush()


def _warn(
    stage: Stage, row: Mapping[str, Any], column: str, value: Any, expected: str
) -> None:
    stage.remarks.warn(row["_row"], column, value, expected)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
