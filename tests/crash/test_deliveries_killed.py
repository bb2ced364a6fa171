"""Kill -9 between any two hops of a delivery: every message arrives, in order.

It may arrive twice only when the platform had taken it and nobody had noted that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.codes import menu_data

from . import scene
from .house import PATIENT, a_proposal_waits, an_open_offer
from .on_both import on_both

if TYPE_CHECKING:
    from .house import House

#: Where a proposal is killed, and how often it may come twice because of that.
REPEATS = {
    ("claimed", "proposal"): 0,
    ("accepted", "proposal"): 1,
    ("locked", "Delivered"): 1,
    ("about to commit", "Delivered"): 1,
    ("committed", "Delivered"): 0,
}


@on_both(REPEATS, postgres=[("accepted", "proposal"), ("committed", "Delivered")])
async def test_a_proposal_arrives_and_its_window_starts_once(
    house: House, hop: tuple[str, str]
) -> None:
    """A proposal comes behind the greeting and runs from its noted delivery."""
    buyer, person = a_proposal_waits(house)
    bot = await house.starts(hop)
    await person.hears_count(1, within=PATIENT)
    await bot.dies_at(hop[0])

    bot = await house.starts_again()
    await house.quiet(bot)

    house.check_chat(buyer, repeats=REPEATS[hop])
    offer = scene.offer_of(house.store, buyer)
    (row,) = [r for r in scene.sent_to(house.store, buyer) if r.key == "proposal"]
    assert (offer.state, offer.delivered_at) == ("open", row.sent_at)
    assert (offer.deadline_at - offer.delivered_at).total_seconds() >= 24 * 3600


#: Where a plain answer is killed: nobody waits for its receipt.
PLAIN = {
    ("committed", "CustomerTapped"): 0,
    ("claimed", "status"): 0,
    ("accepted", "status"): 1,
    ("marked", "reply"): 0,
}


@on_both(PLAIN, postgres=[("accepted", "status")])
async def test_an_answer_arrives(house: House, hop: tuple[str, str]) -> None:
    """An answer without a receipt is sent again only when nobody noted that it went."""
    bot, buyer, person = await an_open_offer(house)
    await bot.arm(*hop)
    press = person.forges_tap(person.heard[-1].id, menu_data("orders"))
    await bot.dies_at(hop[0])

    bot = await house.starts_again()
    await house.quiet(bot)

    await person.gets_answer(press, PATIENT)
    house.check_chat(buyer, repeats=PLAIN[hop])
    keys = [row.key for row in scene.sent_to(house.store, buyer)]
    assert keys.count("status") == 1, "the press was taken once"


#: Where a card for the staff is killed.
CARDS = {("claimed", "ticket"): 1, ("accepted", "ticket"): 2}


@on_both(CARDS, postgres=[])
async def test_a_card_reaches_the_staff(house: House, hop: tuple[str, str]) -> None:
    """A card is posted, twice at most, and its buttons work on the one we know of."""
    bot, buyer, person = await an_open_offer(house)
    await bot.arm(*hop)
    person.forges_tap(person.heard[-1].id, menu_data("person"))
    await bot.dies_at(hop[0])

    bot = await house.starts_again()
    await house.quiet(bot)

    cards = house.channel.everything
    assert len(cards) == CARDS[hop]
    await house.mia.clicks(house.channel, cards[-1], "Claim")
    await house.quiet(bot)
    assert "Mia" in cards[-1].says
    # The answer to the customer goes in a lane of its own, at the same moment.
    house.check_chat(buyer, perhaps=1 if hop[0] == "accepted" else 0)
