"""The rules in the terminal: right or wrong, in force, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...builders import a_backordered_line, a_product, an_order

if TYPE_CHECKING:
    from pathlib import Path

    from store.engine import Store

    from .conftest import Cli

RULES = """
[shop]
name = "Northprint"
[[rules]]
name = "mugs are quick"
when = { category = "mug" }
terms = { reply_window = "12h" }
[[rules]]
name = "Germany waits"
when = { market = "DE" }
terms = { on_silence = "wait" }
"""


def test_a_wrong_policy_is_told_with_its_lines(cli: Cli, folder: Path) -> None:
    """Every mistake at once, each with what was expected."""
    (folder / "policy.toml").write_text('[terms]\nreply_window = "soon"\nship = "x"\n')
    shown = cli("policy", "check")
    assert shown.exit_code == 1
    assert "line 2" in shown.output
    assert "line 3" in shown.output
    assert cli("policy", "check", "none.toml").exit_code == 1


def test_a_right_policy_is_shown_with_its_defaults(cli: Cli, folder: Path) -> None:
    """What was not said stands there as well."""
    (folder / "policy.toml").write_text(RULES)
    assert "is right: Northprint, 2 rules" in cli("policy", "check").output
    shown = cli("policy", "show").output
    assert "reply_window = 24h" in shown
    assert "quiet_hours = 21:00-08:00" in shown
    assert "Germany waits\n  for market DE\n  on_silence = wait" in shown


def test_an_order_is_explained_line_by_line(
    cli: Cli, folder: Path, shop: Store
) -> None:
    """Which rules spoke, in which order, and what they come to."""
    (folder / "policy.toml").write_text(RULES)
    with shop.write() as connection:
        order = an_order(connection, number="1042", market="DE")
        mug = a_product(connection, category="mug")
        first = a_backordered_line(connection, order, mug)
        other = a_backordered_line(connection, order)
    shown = cli("policy", "explain", "--order", "1042", "--line", first).output
    assert "by defaults, then Germany waits, then mugs are quick" in shown
    assert "reply_window = 12h" in shown
    assert "on_silence = wait" in shown
    both = cli("policy", "explain", "--order", "1042").output
    assert other in both
    assert "by defaults, then Germany waits\n" in both
    assert "order 1042, payment " in both
    assert cli("policy", "explain", "--order", "9").exit_code == 1
    assert cli("policy", "explain", "--order", "1042", "--line", "9").exit_code == 1
