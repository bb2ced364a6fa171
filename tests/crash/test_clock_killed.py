"""Kill -9 in the turns nobody writes a message for: an instant's and the shop's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flows.codes import menu_data
from store.tables import case_changes, changes, outages

from . import scene
from .house import PATIENT, an_open_offer
from .on_both import on_both

if TYPE_CHECKING:
    from .house import House


@on_both(["about to commit", "committed"], postgres=["about to commit"])
async def test_silence_decides_once(house: House, hop: str) -> None:
    """The deadline's turn, killed anywhere, is taken again until it is taken."""
    bot, buyer, _ = await an_open_offer(house)
    await house.quiet(bot)
    await bot.dies()
    house.moves(timedelta(hours=25))
    bot = await house.starts((hop, "InstantPassed"))
    await bot.dies_at(hop)
    bot = await house.starts()
    await house.decides(buyer)
    await house.quiet(bot)

    (decision,) = scene.decided(house.store, buyer)
    assert decision.decided_by == "silence"
    house.check_chat(buyer)
    keys = [row.key for row in scene.sent_to(house.store, buyer)]
    assert keys.count("silence_applied") == 1


async def test_time_we_were_dead_is_given_back(house: House) -> None:
    """Who comes back after the deadline of a bot that was away has time left."""
    bot, buyer, person = await an_open_offer(house)
    proposal = person.heard[-1]
    person.forges_tap(person.heard[-1].id, menu_data("orders"))
    await house.quiet(bot)
    told = scene.offer_of(house.store, buyer).deadline_at
    await bot.dies()
    away = timedelta(hours=25)
    house.moves(away)
    house.machine_ahead += away.total_seconds()
    press = person.taps(proposal.id, proposal.buttons[0][0])

    bot = await house.starts(("about to commit", "CustomerTapped"))
    await bot.dies_at("about to commit")

    bot = await house.starts()
    await house.quiet(bot)
    (outage,) = scene.rows(house.store, outages)
    assert outage.ended_at > told, "it had been over by then"
    (decision,) = scene.decided(house.store, buyer)
    assert decision.decided_by == "customer"
    assert press is not None
    await person.gets_answer(press, PATIENT)
    # The reminder may have been on its way when the tap's turn was killed.
    house.check_chat(buyer, perhaps=1)


WATCHED = [
    ("notes taken", "shop"),
    ("customers queued", "shop"),
    ("locked", "ShopChanged"),
    ("about to commit", "ShopChanged"),
    ("committed", "ShopChanged"),
]


@on_both(WATCHED, postgres=[("customers queued", "shop"), ("locked", "ShopChanged")])
async def test_what_the_shop_changed_is_noticed(
    house: House, hop: tuple[str, str]
) -> None:
    """A line that falls short becomes one proposal, wherever noticing it is killed."""
    with house.store.write() as connection:
        scene.open_shop(connection)
        buyer = scene.a_buyer(connection, short=False)
    with scene.turns_at(house.store, house.clock) as turns:
        scene.link(turns, buyer)
    person = house.meets(buyer)
    bot = await house.starts()
    await bot.settles()
    await bot.arm(*hop)
    with house.store.write() as connection:
        scene.fall_short(connection, buyer)
    await bot.dies_at(hop[0])

    bot = await house.starts_again()
    await house.quiet(bot)

    await person.hears_count(2, within=PATIENT)
    await house.quiet(bot)
    assert scene.offer_of(house.store, buyer).state == "open"
    house.check_chat(buyer)
    assert len(person.heard) == 2, "one proposal behind the greeting"
    assert scene.rows(house.store, changes) == []
    assert scene.rows(house.store, case_changes) == []
