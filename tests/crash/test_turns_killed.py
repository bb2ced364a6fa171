"""Kill -9 between any two hops of a turn: no update is lost, nothing is decided twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.codes import menu_data

from . import scene
from .child import TURN_STEPS

if TYPE_CHECKING:
    from bot.playground.telegram import Person

    from .house import House, Running


async def an_open_offer(house: House) -> tuple[Running, scene.Buyer, Person]:
    """Run the bot until a customer was asked to choose."""
    with house.store.write() as connection:
        scene.open_shop(connection)
        buyer = scene.a_buyer(connection)
    with scene.turns_at(house.store, house.clock) as turns:
        scene.link(turns, buyer)
        scene.ask(turns, buyer)
    person = house.meets(buyer)
    bot = await house.starts()
    await bot.settles()
    assert scene.offer_of(house.store, buyer).state == "open"
    return bot, buyer, person


HOPS = [*TURN_STEPS, "committed"]


@pytest.mark.parametrize("hop", HOPS)
async def test_a_tap_is_decided_once_wherever_its_turn_is_killed(
    house: House, hop: str
) -> None:
    """A tap and the words behind it are answered in order, with one decision."""
    bot, buyer, person = await an_open_offer(house)
    await bot.arm(hop, "CustomerTapped")
    button = person.heard[-1].buttons[0][0]
    press = person.taps(person.heard[-1].id, button)
    person.forges_tap(person.heard[0].id, menu_data("orders"))
    await bot.dies_at(hop)

    bot = await house.starts_again()
    await house.quiet(bot)

    (decision,) = scene.decided(house.store, buyer)
    assert decision.kind == "substitute"
    assert len(scene.answers(house.store, buyer)) == 1
    await person.gets_answer(press)
    house.check_chat(buyer)
