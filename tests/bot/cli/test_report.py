"""The report in the terminal: amounts as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert

from bot.clock import Clock
from store.tables import backorders, cases, decisions

from ...builders import a_backordered_line, a_customer, a_product, an_order

if TYPE_CHECKING:
    from store.engine import Store

    from .conftest import Cli


def test_costs_are_told_in_words_and_money(cli: Cli, shop: Store) -> None:
    """One backorder, cancelled: what waits and what went back, in the currency."""
    now = Clock().now()
    with shop.write() as connection:
        order = an_order(connection, a_customer(connection), currency="EUR")
        sku = a_product(connection)
        line = a_backordered_line(connection, order, sku, unit_price_minor=3900)
        connection.execute(
            insert(cases).values(id=1, dialogue="talking", memory={}, created_at=now)
        )
        about = {"case_id": 1, "order_id": order, "line_id": line, "quantity": 1}
        connection.execute(
            insert(backorders).values(
                id="b1", state="cancelled", found_at=now, slips=0, **about
            )
        )
        connection.execute(
            insert(decisions).values(
                created_at=now,
                kind="cancel_refund",
                decided_by="customer",
                refund_minor=3900,
                currency="EUR",
                **about,
            )
        )

    said = cli("report", "--days", "7").output

    assert "backorders found            1 (1 units)" in said
    assert "cancelled and refunded    €39.00" in said
    assert "after waiting             0 of 0 customers: too few to say" in said


def test_a_quiet_month_says_so(cli: Cli, shop: Store) -> None:
    """Nothing found, nothing spent, no error."""
    del shop
    said = cli("report")
    assert said.exit_code == 0
    assert "backorders found            0" in said.output
    first = said.output.splitlines()[1:6]
    assert {line.rindex(" ") for line in first if line.endswith(" 0")} == {29}, first
