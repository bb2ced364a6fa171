"""``backorder-bot reorder``: which wares to order again, until when, and how many."""

from __future__ import annotations

import csv
from pathlib import Path  # noqa: TC003 - typer reads the types while it runs
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import fail, open_store, read_policy_file, read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.reorder import Advice, Source

_COLUMNS = (
    "ware",
    "on hand",
    "incoming",
    "waiting",
    "sold a week",
    "lead days",
    "order by",
    "order",
    "supplier",
    "other sources",
)
#: Words stand left, numbers right.
_WORDS = frozenset(("ware", "order by", "supplier", "other sources"))


def reorder(
    *,
    as_csv: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar="FILE", help="Also write all wares there, due or not."
        ),
    ] = None,
    weeks: Annotated[
        int, typer.Option(min=1, max=52, help="How many weeks of sales to go by.")
    ] = 8,
) -> None:
    """Say what to order again, until when, how many and where, before it falls short.

    On hand is what nobody has been given yet, incoming what your supplies still bring,
    waiting what customers are owed. The reorder point is the demand over the lead time
    plus a safety stock; what reaches it within a week is listed, with what your
    shop_sources name. Lead time, cover and safety: reorder_* in policy.toml. Nothing is
    ordered by this.

    Every Monday at 7, by cron:

    0 7 * * 1 cd /srv/shop && .venv/bin/backorder-bot reorder --csv reorder.csv
    """
    from zoneinfo import ZoneInfo

    from bot.clock import Clock
    from flows.reorder import advise
    from store.reorder import read_wares

    settings = read_settings()
    policy = read_policy_file(settings)
    zone = ZoneInfo(policy.hours.time_zone)
    with open_store(settings) as store, store.read() as connection:
        read = read_wares(connection, Clock().now(), zone, weeks)
    found: list[Advice] = []
    if read is not None:
        history, wares = read
        found = [
            advise(one.ware, history, policy.terms_on_sale(one.product).terms)
            for one in wares
        ]
    if as_csv is not None:
        _write(as_csv, found)
    _tell(found, weeks)


def _tell(found: Sequence[Advice], weeks: int) -> None:
    if not found:
        print(
            f"Nothing was ordered in the last {weeks} weeks, so there is no advice yet."
        )
        return
    due = sorted(
        (one for one in found if one.quantity),
        key=lambda one: (str(one.order_by), one.ware.sku),
    )
    if due:
        _print_table([_COLUMNS, *(_row(one) for one in due)])
    rest = len(found) - len(due)
    if due and rest:
        print(f"{rest} more can wait for a week or longer.")
    elif rest:
        print("Nothing has to be ordered within a week.")
    seasonal = [one for one in found if one.season != 1]
    if seasonal:
        print(f"The season of last year counts for {len(seasonal)} of all.")


def _row(one: Advice) -> tuple[str, ...]:
    ware = one.ware
    return (
        f"{ware.sku} ({ware.title})" if ware.title else ware.sku,
        str(ware.on_hand),
        str(ware.incoming),
        str(ware.waiting),
        f"{one.per_week:.1f}",
        str(one.lead_time_days),
        str(one.order_by or ""),
        str(one.quantity),
        one.supplier,
        ", ".join(_named(source) for source in one.others),
    )


def _named(source: Source) -> str:
    days = None if source.lead_time_days is None else f"{source.lead_time_days} days"
    told = ", ".join(part for part in (source.region, days) if part)
    return f"{source.supplier} ({told})" if told else source.supplier


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print columns as wide as they need to be; a narrow window breaks no word."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(_COLUMNS, row, widths, strict=True)
        line = "  ".join(
            cell.ljust(width) if name in _WORDS else cell.rjust(width)
            for name, cell, width in cells
        )
        print(line.rstrip())


def _write(path: Path, found: Sequence[Advice]) -> None:
    """Write a table for spreadsheets: the columns printed, and how they came about."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow((*_COLUMNS, "reorder point", "season"))
            for one in found:
                writer.writerow((*_row(one), one.reorder_point, f"{one.season:.2f}"))
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")
