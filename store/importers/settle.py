"""Splits the open units of imported lines into what is there and what is missing.

The rule: where a SKU's stock is known, the oldest order gets it first (a higher
priority before that), and what then is left without stock is backordered. Where no
stock is known, lines stay as they are. Lines of the shop's own CSV say it themselves
and keep what they were allocated; products that share a blank share its stock.

A platform's stock leaves out what its open orders have claimed (see
``stock_rows``). Orders younger than the last told level had no part in it yet.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from store.importers.stock_rows import (
    PLATFORMS,
    committed_location,
    is_committed,
    platform_of,
)
from store.shop import order_lines, orders, products, stock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from store.importers.stage import Stage

    Row = Mapping[str, Any]

#: A platform writes an order and the level it lowers within this time.
SETTLING = timedelta(minutes=10)


def settle(stage: Stage) -> None:
    """Settle every SKU whose lines or stock are staged."""
    for table in (order_lines, stock):
        for skus in stage.distinct(table, "sku"):
            _settle(skus, stage)


def _settle(skus: Sequence[str], stage: Stage) -> None:
    stage.prefetch(products, "sku", skus)
    blanks = {_blank(sku, stage) for sku in skus}
    stage.prefetch(products, "blank_sku", blanks)
    stage.prefetch(products, "sku", blanks)
    stage.prefetch(stock, "sku", blanks)
    by_blank: dict[str, set[str]] = defaultdict(set)
    for product in stage.rows(products):
        by_blank[product["blank_sku"] or product["sku"]].add(product["sku"])
    for blank in blanks:
        by_blank[blank].add(blank)
    wanted = {sku for blank in blanks for sku in by_blank[blank]}
    columns = order_lines.c
    still_open = columns.quantity > columns.shipped + columns.cancelled
    stage.prefetch(order_lines, "sku", wanted, only=still_open)
    stage.prefetch(orders, "id", {row["order_id"] for row in stage.rows(order_lines)})
    lines: dict[str, list[Row]] = defaultdict(list)
    for line in stage.rows(order_lines):
        lines[line["sku"]].append(line)
    for blank in sorted(blanks):
        levels = stage.rows(stock, sku=blank)
        told = [level for level in levels if not is_committed(level["location"])]
        if told:
            waiting = [line for sku in by_blank[blank] for line in lines[sku]]
            _share(blank, told, _queue(waiting, stage), stage)
    stage.flush()


def _blank(sku: str, stage: Stage) -> str:
    product = stage.get(products, sku)
    return str(product["blank_sku"] or sku) if product else sku


def _queue(lines: Sequence[Row], stage: Stage) -> list[tuple[Row, Row]]:
    """Return the open (line, order) pairs, who is served first at the front."""
    pairs = [(line, stage.get(orders, line["order_id"])) for line in lines]
    open_ = [
        (line, order)
        for line, order in pairs
        if order is not None and order["status"] == "open" and _owed(line)
    ]
    return sorted(
        open_,
        key=lambda pair: (-pair[1]["priority"], pair[1]["placed_at"], pair[0]["id"]),
    )


def _owed(line: Row) -> int:
    return int(line["quantity"] - line["shipped"] - line["cancelled"])


def _share(
    blank: str,
    told: Sequence[Row],
    queue: Sequence[tuple[Row, Row]],
    stage: Stage,
) -> None:
    left = sum(level["on_hand"] for level in told)
    for platform in PLATFORMS:
        levels = [lv for lv in told if platform_of(lv["location"]) == platform]
        if levels:
            left += _commit(blank, platform, levels, queue, stage)
    for line, _ in queue:
        if platform_of(line["id"]) is None:
            left -= line["allocated"]
    for line, _ in queue:
        if platform_of(line["id"]) is None:
            continue
        allocated = min(_owed(line), max(left, 0))
        left -= allocated
        missing = _owed(line) - allocated
        if (line["allocated"], line["backordered"]) != (allocated, missing):
            stage.put(
                order_lines,
                {"id": line["id"], "allocated": allocated, "backordered": missing},
            )


def _commit(
    blank: str,
    platform: str,
    levels: Sequence[Row],
    queue: Sequence[tuple[Row, Row]],
    stage: Stage,
) -> int:
    """Stage and return the units the platform had set aside when it told its levels."""
    told_at = [level["updated_at"] for level in levels]
    until = None if None in told_at else max(told_at) + SETTLING
    claimed = sum(
        _owed(line)
        for line, order in queue
        if platform_of(line["id"]) == platform
        and (until is None or order["placed_at"] <= until)
    )
    row = {
        "sku": blank,
        "location": committed_location(platform),
        "on_hand": claimed,
        "updated_at": max((at for at in told_at if at is not None), default=None),
    }
    stage.put(stock, row, only_known=claimed == 0)
    return claimed
