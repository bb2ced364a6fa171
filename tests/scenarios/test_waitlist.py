"""Cancel and join the waiting list; what comes back is offered in order and kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from bot.playground.story import decided, labels, phone, short, tap
from store import shop
from store.demand import waitlist

from ..builders import a_backordered_line, an_order

if TYPE_CHECKING:
    from bot.playground.runtime import Playground

HOUR = timedelta(hours=1)
BLANKET = "BLANKET-HERON-SAGE"
JOIN = "Cancel and tell me when it's back"


async def linked(stage: Playground, customer_id: str, order_id: str) -> None:
    """Tie a customer's chat to their order."""
    person = phone(stage, customer_id)
    person.starts(await stage.link(order_id))
    await person.hears("I'll only write when")


async def arrives(stage: Playground, sku: str, quantity: int) -> None:
    """Let the shop put units on its shelf that nobody's order waits for."""
    with stage.bot.store.write() as connection:
        stock = shop.stock.c
        on_hand = stock.on_hand + quantity
        connection.execute(
            update(shop.stock)
            .where(stock.sku == sku, stock.location == _first_place(stage, sku))
            .values(on_hand=on_hand)
        )
    stage.bot.watch.nudge()
    await stage.settle()


def _first_place(stage: Playground, sku: str) -> str:
    with stage.bot.store.read() as connection:
        asked = select(shop.stock.c.location).where(shop.stock.c.sku == sku)
        found: str = connection.scalars(asked.order_by(shop.stock.c.location)).first()
    return found


def an_order_of(stage: Playground, person: str) -> str:
    """Return an order somebody placed before."""
    with stage.bot.store.read() as connection:
        asked = select(shop.orders.c.id).where(shop.orders.c.customer_id == person)
        return connection.scalars(asked).first() or ""


def places(stage: Playground) -> list[str]:
    """Return where the places on the list stand, the longest waiting first."""
    with stage.bot.store.read() as connection:
        asked = select(waitlist.c.state).order_by(waitlist.c.since)
        return list(connection.scalars(asked))


async def wait_for_blankets(stage: Playground, *people: str) -> None:
    """Let people order a blanket, lose it to the policy, and join the list in turn."""
    for days, person in enumerate(people):
        await linked(stage, person, an_order_of(stage, person))
        placed = stage.now() - timedelta(days=9 - days)
        with stage.bot.store.write() as connection:
            order = an_order(
                connection, person, placed_at=placed, currency="EUR", market="GB"
            )
            a_backordered_line(connection, order, BLANKET, title="Wool Blanket Heron")
        stage.bot.watch.nudge()
        await stage.settle()
        await tap(stage, phone(stage, person), "is cancelled", "Tell me when")


async def test_cancel_and_join_in_one_tap_then_hear_it_is_back(
    stage: Playground,
) -> None:
    """One tap refunds and joins; what comes is kept for her, with a way to buy it."""
    line, anna = stage.demo.story, phone(stage, "anna")
    await linked(stage, "anna", line.order_id)
    await short(stage, line)

    await tap(stage, anna, "Closest we have", JOIN)

    kinds = [row["kind"] for row in await decided(stage, line, standing=True)]
    assert sorted(kinds) == ["cancel_refund", "waitlist"]
    await anna.hears("with the place you had")

    await arrives(stage, line.stock_sku, 10)

    told = await anna.hears("is back, as you asked me to tell you")
    assert "Order it in the shop" in labels(told)
    await tap(stage, anna, "is back, as you asked", "Keep it for me")
    await anna.hears("is kept for you until")


async def test_for_two_blankets_two_people_are_asked_and_then_the_third(
    stage: Playground,
) -> None:
    """Offers go out in order, in waves of the stock; a hold that ends asks the next."""
    await wait_for_blankets(stage, "anna", "priya", "guest-sam")
    third = phone(stage, "guest-sam")
    heard = len(third.heard)

    await arrives(stage, BLANKET, 2)

    for first in ("anna", "priya"):
        await phone(stage, first).hears("is back, as you asked me to tell you")
    assert len(third.heard) == heard
    assert places(stage) == ["offered", "offered", "waiting"]

    await tap(stage, phone(stage, "priya"), "is back", "I no longer need it")
    await third.hears("is back, as you asked me to tell you")
    assert places(stage) == ["offered", "left", "offered"]

    await stage.move(48 * HOUR)
    await phone(stage, "anna").hears("has gone to the next person who waits")
    assert places(stage) == ["passed", "left", "passed"]


async def test_a_restart_asks_nobody_twice(stage: Playground) -> None:
    """What was queued is asked once, whoever looks again."""
    await wait_for_blankets(stage, "anna")
    await arrives(stage, BLANKET, 1)
    person = phone(stage, "anna")
    await person.hears("is back, as you asked me to tell you")
    heard = len(person.heard)

    await arrives(stage, BLANKET, 3)
    stage.bot.watch.nudge()
    await stage.settle()

    assert len(person.heard) == heard
