"""What may be sold though it is not here, condition by condition, in the terminal."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.clock import Clock

from ...builders import a_product, a_supply, some_stock

if TYPE_CHECKING:
    from pathlib import Path

    from store.engine import Store

    from .conftest import Cli


def test_a_shop_in_which_nothing_is_missing_hears_so(
    cli: Cli, folder: Path, shop: Store
) -> None:
    """An empty answer would leave open whether it looked at all."""
    (folder / "policy.toml").write_text("")
    assert "There are no products yet" in cli("availability").output
    with shop.write() as connection:
        some_stock(connection, a_product(connection, "HERE"), 3)
    assert cli("availability").output == "Everything that is sold is in stock.\n"


def test_each_condition_is_told_with_its_numbers(
    cli: Cli, folder: Path, shop: Store
) -> None:
    """Pass or fail and why; what is in stock is not worth a line."""
    (folder / "policy.toml").write_text("")
    now = Clock().now()
    soon = (now + timedelta(days=9)).date()
    with shop.write() as connection:
        some_stock(connection, a_product(connection, "HERE"), 3)
        a_product(connection, "GONE")
        a_product(connection, "COMING")
        a_supply(connection, "COMING", expected_on=soon, updated_at=now)

    shown = cli("availability").output
    one = cli("availability", "HERE").output
    unknown = cli("availability", "NOTHING")

    assert "GONE: cannot be ordered (no_date)" in shown
    assert "  FAIL  date: no supply with a future date" in shown
    assert "COMING: can be ordered (coming)" in shown
    assert f"  pass  date: next supply on {soon}" in shown
    assert "  pass  incoming: 20 coming, 0 of them promised" in shown
    assert "HERE" not in shown
    assert "HERE: can be ordered, in stock; not needed: date, incoming" in one
    assert "FAIL" not in one
    assert unknown.exit_code == 1
    assert "There is no product NOTHING." in unknown.output
