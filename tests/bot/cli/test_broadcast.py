"""The text about what is short, ready to be pasted somewhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ...builders import a_product, some_stock

if TYPE_CHECKING:
    from pathlib import Path

    from store.engine import Store

    from .conftest import Cli


def test_a_text_is_printed_per_language(cli: Cli, folder: Path, shop: Store) -> None:
    """Nothing is known of a date, so none is named; what is there is no news."""
    (folder / "policy.toml").write_text(
        '[shop]\nlanguages = ["en", "de"]\nemail = "moin@nord.example"\n'
    )
    with shop.write() as connection:
        a_product(connection, "GONE")
        some_stock(connection, a_product(connection, "HERE"), 3)

    english, german = cli(
        "broadcast", "GONE", "--bot", "@north_bot"
    ).output.splitlines()
    there, unknown = cli("broadcast", "HERE"), cli("broadcast", "NOTHING")

    assert english.startswith("en: Heavy tee, navy, M is out of stock. Nobody can say")
    assert english.endswith("at https://t.me/north_bot or write to moin@nord.example.")
    assert german.startswith("de: ")
    assert (there.exit_code, unknown.exit_code) == (1, 1)
    assert "HERE is in stock" in there.output
    assert "There is no product NOTHING." in unknown.output


@pytest.mark.usefixtures("shop")
def test_nobody_is_sent_to_an_invented_address(cli: Cli, folder: Path) -> None:
    """Where the shop's own e-mail address is not said, it is asked for instead."""
    (folder / "policy.toml").write_text('[shop]\nname = "Nord"\n')

    shown = cli("broadcast", "GONE")

    assert shown.exit_code == 1
    assert "please add the shop's email" in shown.output
    assert "shop.example" not in shown.output
