"""Our own CSV: one file for a shop_* relation, its header the column names.

Columns may be left out; an update then leaves them as they are. Money stands in
minor units (``price_minor``) or as an amount (``price``) beside its currency.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from store.importers.cells import BadCellError, read_cell
from store.importers.money import is_currency, to_minor
from store.importers.stage import key_of
from store.shop import order_lines, orders, shop_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Table

    from store.importers.doubts import Seen
    from store.importers.report import Remarks
    from store.importers.stage import Stage

#: Our relations by the names files and ``--template`` use.
RELATIONS: dict[str, Table] = {
    name.removeprefix("shop_"): table for name, table in shop_metadata.tables.items()
}

_MINOR = "_minor"


def relation_for(stem: str, header: Iterable[str]) -> Table | None:
    """Return the relation a file is of: by its name, else by its header."""
    words = stem.lower().replace("-", "_").removeprefix("shop_")
    named = [
        name for name in RELATIONS if words == name or words.startswith(f"{name}_")
    ]
    if named:
        return RELATIONS[max(named, key=len)]
    told = set(header)
    fitting = [
        table
        for table in RELATIONS.values()
        if {column.name for column in table.primary_key} <= told <= _columns(table)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _columns(table: Table) -> set[str]:
    names = {column.name for column in table.columns}
    return names | {name.removesuffix(_MINOR) for name in names}


def check_header(table: Table, header: Sequence[str], remarks: Remarks) -> None:
    """Note columns the relation does not have, and a key that is not there."""
    for name in header:
        if name not in _columns(table):
            close = get_close_matches(name, sorted(_columns(table)), n=1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            expected = f"a column of {table.name}{hint}; left out"
            remarks.warn(1, name, name, expected)
    for column in table.primary_key:
        if column.name not in header:
            remarks.error(1, column.name, None, "this column: it names the row")


def stage_plain(
    table: Table,
    batch: Sequence[tuple[int, Mapping[str, str]]],
    stage: Stage,
    seen: Seen,
) -> None:
    """Stage a batch of rows, noting each bad cell and each key seen before."""
    read = [(row, cells, _values(table, cells, stage, row)) for row, cells in batch]
    key = next(iter(table.primary_key)).name
    stage.prefetch(table, key, (values.get(key) for _, _, values in read if values))
    if table is order_lines:
        lines = [values for _, _, values in read if values]
        stage.prefetch(orders, "id", (line.get("order_id") for line in lines))
    for row, cells, values in read:
        if values is None or not _amounts(table, cells, values, stage, row):
            continue
        if table is order_lines:
            _rest_is_allocated(values, stage)
        names = ", ".join(column.name for column in table.primary_key)
        seen.note(row, names, key_of(table, values))
        stage.put(table, values, row=row)
    stage.flush()


def _values(
    table: Table, cells: Mapping[str, str], stage: Stage, row: int
) -> dict[str, Any] | None:
    """Return the values of a row, or nothing after noting its bad cells."""
    values: dict[str, Any] = {}
    good = True
    for name, text in cells.items():
        if name not in table.c:
            continue
        column = table.c[name]
        if text.strip():
            try:
                values[name] = read_cell(column, text)
            except BadCellError as error:
                stage.remarks.error(row, name, text, str(error))
                good = False
        elif column.primary_key:
            stage.remarks.error(row, name, None, "a value: it names the row")
            good = False
        else:
            values[name] = getattr(column.default, "arg", None)
    return values if good else None


def _amounts(
    table: Table,
    cells: Mapping[str, str],
    values: dict[str, Any],
    stage: Stage,
    row: int,
) -> bool:
    """Read amounts with decimals into their ``_minor`` columns."""
    good = True
    for column in table.columns:
        name = column.name.removesuffix(_MINOR)
        text = cells.get(name, "").strip()
        if name == column.name or not text:
            continue
        currency = _currency(table, values, stage)
        if not is_currency(currency):
            expected = "a currency for this amount, in its row or on its order"
            stage.remarks.error(row, name, text, expected)
            good = False
            continue
        try:
            values[column.name] = to_minor(text, currency)
        except ValueError as error:
            stage.remarks.error(row, name, text, str(error))
            good = False
    return good


def _currency(table: Table, values: Mapping[str, Any], stage: Stage) -> str | None:
    before: Mapping[str, Any] | None
    if table is order_lines:
        known = stage.get(order_lines, values["id"])
        order_id = values.get("order_id") or (known["order_id"] if known else None)
        before = stage.get(orders, order_id)
    else:
        before = stage.get(table, *(values[c.name] for c in table.primary_key))
    return values.get("currency") or (before["currency"] if before else None)


def _rest_is_allocated(values: dict[str, Any], stage: Stage) -> None:
    """Allocate the units a row says nothing else about, when it leaves that out."""
    if "allocated" in values:
        return
    known = stage.get(order_lines, values["id"]) or {}
    whole = {"quantity", "shipped", "cancelled", "backordered"}
    told = {name: values.get(name, known.get(name, 0)) or 0 for name in whole}
    if whole & values.keys():
        spent = told["shipped"] + told["cancelled"] + told["backordered"]
        values["allocated"] = max(told["quantity"] - spent, 0)
