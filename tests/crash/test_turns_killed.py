"""Kill -9 between any two hops of a turn: nothing is lost, nothing decided twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.codes import menu_data

from . import scene
from .child import TURN_STEPS
from .house import an_open_offer
from .on_both import on_both

if TYPE_CHECKING:
    from .house import House

HOPS = [*TURN_STEPS, "committed"]


@on_both(HOPS, postgres=["admitted", "about to commit", "committed"])
async def test_a_tap_is_decided_once_wherever_its_turn_is_killed(
    house: House, hop: str
) -> None:
    """A tap and the press behind it are answered in order, with one decision."""
    bot, buyer, person = await an_open_offer(house)
    await bot.arm(hop, "CustomerTapped")
    proposal = person.heard[-1]
    press = person.taps(proposal.id, proposal.buttons[0][0])
    person.forges_tap(proposal.id, menu_data("orders"))
    await bot.dies_at(hop)

    bot = await house.starts_again()
    await house.quiet(bot)

    (decision,) = scene.decided(house.store, buyer)
    assert decision.kind == "substitute"
    assert len(scene.answers(house.store, buyer)) == 1
    assert press is not None
    await person.gets_answer(press)
    house.check_chat(buyer)
    assert person.heard[-2].id == proposal.id, "one answer came behind it"
    assert person.heard[-2].text != proposal.text, "and it shows the choice"


async def test_a_bot_that_dies_again_and_again_loses_nothing(house: House) -> None:
    """One update survives a crash at every hop of its turn, one after the other."""
    bot, buyer, person = await an_open_offer(house)
    proposal = person.heard[-1]
    await bot.arm(HOPS[0], "CustomerTapped")
    person.taps(proposal.id, proposal.buttons[0][0])
    await bot.dies_at(HOPS[0])
    for hop in HOPS[1:]:
        bot = await house.starts((hop, "CustomerTapped"))
        await bot.dies_at(hop)

    bot = await house.starts()
    await house.quiet(bot)

    assert len(scene.decided(house.store, buyer)) == 1
    house.check_chat(buyer)
