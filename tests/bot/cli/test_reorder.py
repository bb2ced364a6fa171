"""What to order again, in the terminal and in a file for spreadsheets."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from sqlalchemy import insert

from bot.clock import Clock
from store import shop as relations

from ...builders import a_backordered_line, a_line, a_product, an_order, some_stock

if TYPE_CHECKING:
    from pathlib import Path

    from store.engine import Store

    from .conftest import Cli


def test_what_runs_out_is_told_with_who_delivers_it(
    cli: Cli, folder: Path, shop: Store
) -> None:
    """Due wares in the table, all of them in the file; the second supplier besides."""
    (folder / "policy.toml").write_text("")
    now = Clock().now()
    with shop.write() as connection:
        order = an_order(connection, placed_at=now)
        tee = a_product(connection, "TEE")
        a_backordered_line(connection, order, tee, quantity=4)
        a_line(connection, order, a_product(connection, "CAP"))
        some_stock(connection, "CAP", 5000)
        for rank, supplier, days in ((1, "Mill & Co", 9), (2, "Far East", 30)):
            connection.execute(
                insert(relations.sources).values(
                    sku=tee, supplier=supplier, lead_time_days=days, rank=rank
                )
            )

    said = cli("reorder", "--csv", "again.csv").output

    head, row, rest = said.splitlines()
    assert head.split("  ")[0] == "ware"
    assert row.startswith("TEE (Heavy tee, navy, M)")
    assert row.endswith("Mill & Co  Far East (30 days)")
    assert str(now.date()) in row
    assert rest == "1 more can wait for a week or longer."
    with (folder / "again.csv").open(encoding="utf-8") as file:
        rows = {row["ware"]: row for row in csv.DictReader(file)}
    assert rows["TEE (Heavy tee, navy, M)"]["waiting"] == "4"
    assert rows["CAP (Heavy tee, navy, M)"]["order"] == "0"


def test_an_empty_store_is_told_kindly(cli: Cli, folder: Path, shop: Store) -> None:
    """No orders yet: no table, no error."""
    del shop
    (folder / "policy.toml").write_text("")
    said = cli("reorder")
    assert said.exit_code == 0
    assert said.output == (
        "Nothing was ordered in the last 8 weeks, so there is no advice yet.\n"
    )


def test_the_help_shows_how_to_have_it_every_week(cli: Cli) -> None:
    """The cron line stands on a line of its own."""
    shown = cli("reorder", "--help").output.splitlines()
    assert [line.strip() for line in shown if line.strip().startswith("0 7 * * 1")]
