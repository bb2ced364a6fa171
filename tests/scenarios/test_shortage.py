"""The team hears at once what fell short, on one card that lasts as long as it does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import update

from bot.playground.story import short
from store import shop

from ..builders import NOON, a_backordered_line, a_customer, an_order

if TYPE_CHECKING:
    from bot.playground.runtime import Playground

PEOPLE = ("Ben Okafor", "Cleo Adler", "Dan Ito", "Eve Roux", "Finn Dahl")


async def changed(stage: Playground) -> None:
    """Let the bot notice what the shop wrote, and say what follows."""
    stage.bot.watch.nudge()
    await stage.settle()


def cards(stage: Playground, words: str) -> list[str]:
    """Return the staff's messages that say this."""
    return [message.ts for message in stage.channel.messages if words in message.says]


async def test_a_mass_shortage_is_one_card_until_it_is_over(stage: Playground) -> None:
    """Six orders of one hoodie: six turns, one message, redrawn and then ended."""
    line = stage.demo.story
    with stage.bot.store.write() as connection:
        for hour, person in enumerate(PEOPLE):
            who = a_customer(connection, name=person)
            order = an_order(
                connection,
                who,
                number=f"9-{person[0]}",
                currency="EUR",
                placed_at=NOON + timedelta(hours=hour),
            )
            a_backordered_line(connection, order, line.sku, title="Hoodie Fjord")
    await short(stage, line)

    card = await stage.channel.hears("is short: 6 units in 6 orders")
    assert "Hoodie Fjord, black, L is short" in card.says
    assert "Likely to ask: Ben Okafor (9-B), Cleo Adler (9-C)" in card.says
    assert "and one more." in card.says

    lines = shop.order_lines
    with stage.bot.store.write() as connection:
        connection.execute(
            update(lines)
            .where(lines.c.sku == line.sku, lines.c.backordered > 0)
            .values(allocated=lines.c.backordered, backordered=0)
        )
    await changed(stage)

    over = await stage.channel.hears("is no longer short")
    assert over.ts == card.ts
    await short(stage, line)
    again = await stage.channel.hears("is short: one unit in one order")
    assert again.ts != card.ts
    assert cards(stage, "is short") == [again.ts]
