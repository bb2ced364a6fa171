"""Kill -9 between any two hops of a turn: nothing is lost, nothing decided twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from flows.codes import menu_data
from store.tables import dead_letters, offers, outbox

from . import scene
from .child import TURN_STEPS
from .house import PATIENCE, PATIENT, an_open_offer
from .on_both import on_both

if TYPE_CHECKING:
    from .house import House

HOPS = [*TURN_STEPS, "committed"]


@on_both(HOPS, postgres=["carried out", "committed"])
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
    await person.gets_answer(press, PATIENT)
    house.check_chat(buyer)
    shown = {message.id: message.text for message in person.heard}
    assert shown[proposal.id] != proposal.text, "the message shows the choice"
    keys = [row.key for row in scene.sent_to(house.store, buyer)]
    assert keys.count("status") == 1, "the second press was answered once"


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


async def test_attempts_are_counted_across_crashes(house: House) -> None:
    """An update that fails in three lives is kept for people; others pass it by."""
    bot, buyer, person = await an_open_offer(house)
    with house.store.write() as connection:
        connection.execute(update(offers).values(terms={"no": "use"}))
    await bot.arm("counted", "failure")
    person.taps(person.heard[-1].id, person.heard[-1].buttons[0][0])
    stranger = house.telegram.person(1, "Eve")
    stranger.starts()
    await bot.dies_at("counted")
    bot = await house.starts(("counted", "failure"))
    await bot.dies_at("counted")
    bot = await house.starts()
    await house.quiet(bot)

    (letter,) = scene.rows(house.store, dead_letters)
    assert letter.attempts == 3
    assert letter.buried_at is not None
    assert person.presses[-1].data in letter.raw, "all that is needed to look into it"
    assert await house.channel.hears(letter.key, timeout=PATIENCE), "the staff know"
    hello = scene.rows(house.store, outbox, outbox.c.address == str(stranger.id))
    assert [row.state for row in hello] == ["sent"], "who came behind it was answered"
    assert scene.decided(house.store, buyer) == []
