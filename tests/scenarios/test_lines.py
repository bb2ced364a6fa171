"""Every line for itself: its own state, its own rule, its own answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.playground.runtime import POLICY
from bot.playground.story import decided, phone, short, tap
from store.tables import backorders

from ..builders import a_backordered_line, an_order

if TYPE_CHECKING:
    from bot.playground.runtime import Playground
    from bot.playground.telegram import Person


async def anna_is_linked(stage: Playground) -> Person:
    """Tie Anna's chat to her order of a mug and a hoodie."""
    anna = phone(stage, "anna")
    anna.starts(await stage.link(stage.demo.story.order_id))
    await anna.hears("linked to order 1042")
    return anna


def states(stage: Playground) -> dict[str, list[str]]:
    """Return where the backorders of Anna's order stand, by line."""
    found = select(backorders.c.line_id, backorders.c.state).where(
        backorders.c.order_id == stage.demo.story.order_id
    )
    made: dict[str, list[str]] = {}
    with stage.bot.store.read() as connection:
        for line_id, state in connection.execute(found):
            made.setdefault(line_id, []).append(state)
    return made


async def test_a_line_goes_from_short_to_filled_in_states_of_its_own(
    stage: Playground,
) -> None:
    """F09: one backorder a line: offered, waiting, filled; the mug has none."""
    line = stage.demo.story
    anna = await anna_is_linked(stage)
    await short(stage, line)
    assert states(stage) == {line.line_id: ["offered"]}
    stage.bot.watch.nudge()
    await stage.settle()
    assert states(stage) == {line.line_id: ["offered"]}

    await tap(stage, anna, "Closest we have", "Wait for")
    assert states(stage) == {line.line_id: ["waiting"]}

    await stage.shop("receive", supply_id=line.supply_id, quantity=1)
    await stage.settle()
    await anna.hears("arrived after all")
    assert states(stage) == {line.line_id: ["filled"]}


async def test_each_line_is_decided_by_its_own_facts(stage: Playground) -> None:
    """S0-11: nothing is like the blanket, so it is cancelled; the hoodie is asked."""
    with stage.bot.store.write() as connection:
        placed = {"placed_at": stage.now(), "currency": "EUR", "market": "NO"}
        order = an_order(connection, "ingrid", **placed)
        for line in (stage.demo.hopeless, stage.demo.story):
            named = {"title": line.sku, "unit_price_minor": 3900}
            a_backordered_line(connection, order, line.sku, **named)
    ingrid = phone(stage, "ingrid")
    ingrid.starts(await stage.link(order))
    stage.bot.watch.nudge()
    await stage.settle()

    cancelled = await ingrid.hears("is cancelled")
    asked = await ingrid.hears("Closest we have")
    assert stage.demo.hopeless.sku in cancelled.text
    assert stage.demo.story.sku in asked.text
    rows = [
        row for row in (await stage.overview())["decisions"] if row["order_id"] == order
    ]
    assert [row["kind"] for row in rows] == ["cancel_refund"]


async def test_the_rule_nearest_to_the_order_counts_and_is_named(
    stage: Playground,
) -> None:
    """F11: a rule for one order beats that for all hoodies, and its name is kept."""
    rules = """
    [[rules]]
    name = "hoodies are waited for"
    when = { category = "hoodie" }
    terms = { on_silence = "wait" }

    [[rules]]
    name = "a wedding present"
    when = { order = "1042" }
    terms = { on_silence = "cancel" }
    """
    await stage.set_policy(POLICY + rules)
    anna = await anna_is_linked(stage)
    await short(stage, stage.demo.story)
    await anna.hears("If we don't hear from you, we'll cancel Hoodie Fjord")

    await tap(stage, anna, "Closest we have", "Wait for")
    (row,) = await decided(stage, stage.demo.story)
    assert "a wedding present" in row["reason"]
