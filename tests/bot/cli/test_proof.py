"""The proof of consent and the check of the substitutes' list in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ...builders import a_product, a_substitute
from ...store.test_proof import an_offer_row

if TYPE_CHECKING:
    from store.engine import Store

    from .conftest import Cli


def test_the_proof_reads_like_a_record(cli: Cli, shop: Store) -> None:
    """When, what, to whom, in which words; a programme gets it as JSON."""
    number = str(an_offer_row(shop))
    shown = cli("decisions", "proof", number)
    assert shown.exit_code == 0
    assert "shown  telegram:700" in shown.output
    assert "    Closest we have: charcoal\n    [Send charcoal]" in shown.output
    assert "answered  customer telegram:700 11" in shown.output
    assert "not arrived  mailed  anna@example.com" in shown.output
    assert '"kind": "answered"' in cli("decisions", "proof", number, "--json").output


def test_a_decision_nobody_was_asked_about_has_no_proof(cli: Cli, queue: int) -> None:
    """And that is said."""
    shown = cli("decisions", "proof", str(queue))
    assert shown.exit_code == 1
    assert "No customer was asked" in shown.output


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ([("A", "A")], "A is listed as its own substitute"),
        (
            [("A", "B"), ("B", "C"), ("C", "A")],
            "substitute_cycle: A -> B -> C -> A",
        ),
        ([("A", "B"), ("B", "A")], "the shop's list makes sense"),
        ([("A", "GHOST")], "A -> GHOST: there is no product GHOST"),
        ([("A", "B")], "the shop's list makes sense"),
    ],
)
def test_the_check_reads_the_list(
    cli: Cli, shop: Store, pairs: list[tuple[str, str]], told: str
) -> None:
    """A row that cannot be meant is told before a customer meets it."""
    with shop.write() as connection:
        for sku in ("A", "B", "C"):
            a_product(connection, sku)
        for sku, other in pairs:
            a_substitute(connection, sku, other)
    assert f"substitutes: {told}" in cli("check").output
