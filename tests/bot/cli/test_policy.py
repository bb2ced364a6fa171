"""The rules in the terminal: right or wrong, in force, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...builders import a_backordered_line, a_product, an_order
from .conftest import insert_decision

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
    assert "does not say its url, email, privacy_url" in cli("policy", "check").output
    shown = cli("policy", "show").output
    assert "reply_window = 24h" in shown
    assert "quiet_hours = 21:00-08:00" in shown
    assert "Germany waits\n  for market DE\n  on_silence = wait" in shown


def test_a_rule_nobody_wrote_says_so(cli: Cli, folder: Path) -> None:
    """It is shown as built in, unless the file says something in its place."""
    built_in = "built in: silence may substitute in the rest of the world\n"
    written = "[[rules]]\nname = 'own'\nwhen = { market = 'rest' }\nterms = { %s }\n"
    for source, shown in (
        ("", True),
        (written % "on_silence = 'wait'", True),
        (written % "silent_substitute = true", False),
        (written % "silent_substitute = false", False),
        ("[terms]\nsilent_substitute = false\n", False),
    ):
        (folder / "policy.toml").write_text(source)
        assert (built_in in cli("policy", "show").output) is shown, source


def test_a_policy_that_names_no_shop_is_told_so(cli: Cli, folder: Path) -> None:
    """The empty file is right, but nobody's name is made up for it."""
    (folder / "policy.toml").write_text("")
    shown = cli("policy", "check")
    assert shown.exit_code == 0
    assert "is right: no name yet, 0 rules" in shown.output
    assert "[shop] does not say its name, url, email, privacy_url" in shown.output
    assert "Northprint" not in shown.output


def test_an_order_is_explained_line_by_line(
    cli: Cli, folder: Path, shop: Store
) -> None:
    """Which rules spoke, in which order, why, and what they come to."""
    (folder / "policy.toml").write_text(RULES)
    with shop.write() as connection:
        order = an_order(connection, number="1042", market="DE")
        mug = a_product(connection, category="mug")
        first = a_backordered_line(connection, order, mug)
        other = a_backordered_line(connection, order)
    shown = cli("policy", "explain", "--order", "1042", "--line", first).output
    assert other not in shown
    assert _lines(shown)[1:8] == [
        "  defaults, for everybody",
        "  Germany waits, because the market is DE",
        "    on_silence = wait",
        "  mugs are quick, because the category is mug",
        "    reply_window = 12h",
        "  together:",
        "    reply_window = 12h (mugs are quick)",
    ]
    assert "    on_silence = wait (Germany waits)\n" in shown
    assert "    quiet_hours = 21:00-08:00\n" in shown
    both = cli("policy", "explain", "--order", "1042").output
    assert first in both
    assert other in both
    assert "    reply_window = 24h\n" in both
    assert "order 1042, payment " in both
    assert cli("policy", "explain", "--order", "9").exit_code == 1
    assert cli("policy", "explain", "--order", "1042", "--line", "9").exit_code == 1


def test_the_payment_plan_is_told_line_by_line(
    cli: Cli, folder: Path, shop: Store
) -> None:
    """Two mugs of one name, one of them here, and the shipping: each its own amount."""
    (folder / "policy.toml").write_text("")
    with shop.write() as connection:
        order = an_order(
            connection,
            number="1042",
            currency="EUR",
            payment_status="authorized",
            shipping_minor=490,
        )
        mug = {"title": "Mug", "unit_price_minor": 1200, "discount_minor": 0}
        a_backordered_line(connection, order, quantity=2, **mug)
        a_backordered_line(
            connection, order, quantity=1, shipped=1, backordered=0, **mug
        )
    shown = cli("policy", "explain", "--order", "1042").output
    told = shown[shown.index("payment authorized") :].splitlines()
    assert set(told[1:3]) == {
        "  2 × Mug: €24.00 held",
        "  1 × Mug: €12.00 to take now",
    }
    assert told[3:5] == [
        "  shipping: €4.90 to take now",
        "  in all: €16.90 to take now, €24.00 held",
    ]


def test_what_was_decided_is_told_with_its_rule(
    cli: Cli, folder: Path, shop: Store
) -> None:
    """The rule and the version of then, whatever the file says now."""
    (folder / "policy.toml").write_text("")
    number = insert_decision(
        shop, decided_by="silence", rule="gifts wait", policy_version="0123456789ab"
    )

    shown = cli("policy", "explain", "--order", "1042").output

    told = f"{number} cancel refund by silence, open: gifts wait, policy 0123456789ab"
    assert told in shown


EUROPE = """
[terms]
ship = "once"
[[rules]]
name = "shirts"
when = { category = "shirts", market = ["US", "EU"] }
terms = { reply_window = "12h", ship = "as_ready" }
[[rules]]
name = "Europe"
when = { market = "EU" }
terms = { reply_window = "36h", allow_split = false }
[[rules]]
name = "everybody"
when = {}
terms = { allow_split = true }
"""


def test_a_rule_that_is_not_heard_is_told_why(
    cli: Cli, folder: Path, shop: Store
) -> None:
    """Another one comes later, or it speaks of a product where the order is asked."""
    (folder / "policy.toml").write_text(EUROPE)
    with shop.write() as connection:
        order = an_order(connection, number="1042", market="FR")
        shirt = a_product(connection, category="shirts")
        lines = [a_backordered_line(connection, order, shirt) for _ in range(2)]
    shown = cli("policy", "explain", "--order", "1042").output
    assert [one for one in lines if f"line {one}:" in shown] == lines
    assert shown.count("together:") == 1, "what is the same is said once"
    assert _lines(shown)[2:11] == [
        "  defaults, for everybody",
        "  everybody, for everybody",
        "    allow_split = true, but Europe comes later",
        "  Europe, because the market FR is in the EU",
        "    reply_window = 36h, but shirts comes later",
        "    allow_split = false",
        "  shirts, because the market FR is in the EU and the category is shirts",
        "    reply_window = 12h",
        "    ship = as_ready, but this is asked of the whole order, not of a product",
    ]
    whole = _lines(shown.partition("order 1042 as a whole\n")[2])
    assert whole[:2] == [
        "    ship = once (defaults)",
        "    allow_split = false (Europe)",
    ]


def test_an_orders_own_shipping_policy_comes_first(
    cli: Cli, folder: Path, shop: Store
) -> None:
    """What the shop wrote on the order beats the policy, and is said to."""
    (folder / "policy.toml").write_text(
        '[[rules]]\nname = "UK"\nwhen = { market = "GB" }\nterms = { ship = "once" }\n'
    )
    with shop.write() as connection:
        for number, own in (("1", "as_ready"), ("2", "once")):
            order = an_order(
                connection, number=number, market="GB", shipping_policy=own
            )
            a_backordered_line(connection, order)
    shown = cli("policy", "explain", "--order", "1").output
    built_in = "  built in: silence may substitute in the rest of the world, because"
    assert built_in in shown
    assert "the market GB is neither in the EU nor the US\n" in shown
    assert "ship = once, but the order's own shipping_policy comes first\n" in shown
    own = "(the order's own shipping_policy; the policy says once)"
    assert f"    ship = as_ready {own}\n" in shown
    shown = cli("policy", "explain", "--order", "2").output
    assert "ship = once (the order's own shipping_policy; as the policy)\n" in shown


def _lines(shown: str) -> list[str]:
    return shown.splitlines()
