"""One order ships once, unless its customer wants the first parcel now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from bot.playground.runtime import POLICY
from bot.playground.story import decided, find_label, labels, phone, short, tap
from store import shop

if TYPE_CHECKING:
    from typing import Any

    from bot.playground.runtime import Playground
    from bot.playground.telegram import Person

HOUR = timedelta(hours=1)
NOW_FOR_A_PRICE = "Send Mug Fjord, white now, €4.90"


async def anna_is_linked(stage: Playground, more: str = "") -> Person:
    """Tie Anna's chat to her order of a mug and a hoodie."""
    if more:
        await stage.set_policy(POLICY + more)
    anna = phone(stage, "anna")
    anna.starts(await stage.link(stage.demo.story.order_id))
    await anna.hears("linked to order 1042")
    return anna


async def papers(stage: Playground, kind: str) -> list[dict[str, Any]]:
    """Return the standing decisions of a kind about Anna's order."""
    rows = (await stage.overview())["decisions"]
    return [
        row
        for row in rows
        if row["order_id"] == stage.demo.story.order_id
        and row["kind"] == kind
        and not row["withdrawn_at"]
    ]


async def test_anna_has_the_mug_sent_ahead(stage: Playground) -> None:
    """She sees that the mug waits, reads the price, presses once, and it is shipped."""
    anna = await anna_is_linked(stage)
    await short(stage, stage.demo.story)
    proposal = await anna.hears("We send one parcel, so this waits too: Mug Fjord")
    assert NOW_FOR_A_PRICE in labels(proposal)

    anna.taps(proposal.id, NOW_FOR_A_PRICE)
    await anna.hears("The second parcel costs €4.90, as the button said")

    await stage.move(HOUR)
    (row,) = await papers(stage, "split_shipment")
    assert (row["price_minor"], row["decided_by"]) == (490, "customer")
    await stage.decision("claim", row["id"])
    await stage.decision("apply", row["id"])
    await stage.shop("ship", order_id=stage.demo.story.order_id)
    await stage.settle()
    anna.says("where is my order?")
    await anna.hears("Mug Fjord, white: shipped on")


async def test_anna_waits_for_all_of_it(stage: Playground) -> None:
    """Who chooses to wait gets one parcel: nothing is decided about sending ahead."""
    anna = await anna_is_linked(stage)
    await short(stage, stage.demo.story)
    await tap(stage, anna, "Closest we have", "Wait for it")
    await stage.move(HOUR)
    assert await papers(stage, "split_shipment") == []
    anna.says("where is my order?")
    answer = await anna.hears("so it waits for Hoodie Fjord")
    assert NOW_FOR_A_PRICE in labels(answer)


async def test_dropping_the_late_line_releases_the_rest(stage: Playground) -> None:
    """The hoodie is cancelled, and in the same turn the mug becomes ready to ship."""
    anna = await anna_is_linked(stage)
    await short(stage, stage.demo.story)
    await tap(stage, anna, "Closest we have", "Cancel, refund")
    (released,) = await papers(stage, "release")
    (cancelled,) = await decided(stage, stage.demo.story)
    assert released["created_at"] == cancelled["created_at"]
    anna.says("where is my order?")
    await anna.hears("Mug Fjord, white: ready, it ships next.")


async def test_the_merchant_may_pay_for_it(stage: Playground) -> None:
    """The second parcel is free where the merchant pays for it."""
    anna = await anna_is_linked(stage, "[terms]\nsecond_parcel = 'merchant'\n")
    await short(stage, stage.demo.story)
    proposal = await anna.hears("Closest we have")
    assert "Send Mug Fjord, white now, free" in labels(proposal)


@pytest.mark.parametrize(
    ("free_from", "label"),
    [(5_350, "Send Mug Fjord, white now, free"), (5_351, NOW_FOR_A_PRICE)],
)
async def test_a_large_order_gets_it_free(
    stage: Playground, free_from: int, label: str
) -> None:
    """F34: from the merchant's threshold on nobody pays; below it, the customer."""
    terms = f"[terms]\nsecond_parcel_free_from_minor = {free_from}\n"
    anna = await anna_is_linked(stage, terms)
    await short(stage, stage.demo.story)
    assert label in labels(await anna.hears("Closest we have"))


async def test_of_ten_four_are_here_and_six_wait(stage: Playground) -> None:
    """The line is handled as four and six: each its own words, dates and choices."""
    with stage.bot.store.write() as connection:
        connection.execute(
            update(shop.order_lines)
            .where(shop.order_lines.c.id == stage.demo.story.line_id)
            .values(quantity=10, allocated=10)
        )
        connection.execute(
            update(shop.stock)
            .where(shop.stock.c.sku == stage.demo.story.stock_sku)
            .values(on_hand=10)
        )
    anna = await anna_is_linked(stage)
    await stage.shop("mark_backordered", line_id=stage.demo.story.line_id, quantity=6)
    await stage.settle()

    asked = await anna.hears("6 × Hoodie Fjord, black, L in your order 1042")
    assert "4 × Hoodie Fjord" in asked.text
    anna.says("where is my order?")
    answer = await anna.hears("4 × Hoodie Fjord, black, L: ready.")
    assert "so it waits for 6 × Hoodie Fjord" in answer.text
    assert "6 × Hoodie Fjord, black, L: out of stock" in answer.text

    anna.taps(asked.id, find_label(asked, "Cancel, refund"))
    await stage.settle()
    (row,) = await decided(stage, stage.demo.story)
    assert (row["quantity"], row["refund_minor"]) == (6, 6 * 3900)
    await stage.move(HOUR)
    await stage.decision("claim", row["id"])
    await stage.decision("apply", row["id"])
    await stage.settle()
    anna.says("where is my order?")
    last = await anna.hears("6 × Hoodie Fjord, black, L: cancelled.")
    assert "4 × Hoodie Fjord, black, L: ready, it ships next." in last.text
