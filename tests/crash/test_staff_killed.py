"""Kill -9 while a colleague waits: Slack tells them, they try again, it counts once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from flows.codes import menu_data
from store.tables import audit, tickets

from . import scene
from .house import PATIENCE, PATIENT, House, an_open_offer

if TYPE_CHECKING:
    from bot.playground.slack import Message
    from bot.playground.telegram import Person

    from .house import Running

HOPS = ["about to commit", "committed"]


async def a_ticket(house: House) -> tuple[Running, scene.Buyer, Person, Message]:
    """Run the bot until a customer has asked for a person."""
    bot, buyer, person = await an_open_offer(house)
    person.forges_tap(person.heard[-1].id, menu_data("person"))
    await house.quiet(bot)
    (card,) = house.channel.everything
    return bot, buyer, person, card


@pytest.mark.parametrize("hop", HOPS)
async def test_a_claim_counts_once(house: House, hop: str) -> None:
    """Whoever claims a ticket while the bot dies has it, once, after another press."""
    bot, _, _, card = await a_ticket(house)
    await bot.arm(hop, "StaffActed")
    click = asyncio.create_task(house.mia.clicks(house.channel, card, "Claim"))
    await bot.dies_at(hop)
    reply = await click
    assert reply is not None
    assert not reply.is_ack, "she sees that it did not work"

    bot = await house.starts_again()
    await house.quiet(bot)
    if "Claim" in card.buttons:
        await house.mia.clicks(house.channel, card, "Claim")
        await house.quiet(bot)

    (ticket,) = scene.rows(house.store, tickets)
    assert (ticket.state, ticket.owner_id) == ("claimed", "U0MIA")
    assert len(scene.rows(house.store, audit, audit.c.action == "claimed ticket")) == 1
    assert "Claim" not in card.buttons


@pytest.mark.parametrize("hop", HOPS)
async def test_a_reply_reaches_the_customer_once(house: House, hop: str) -> None:
    """A form that is sent again after a crash does not write to the customer twice."""
    bot, buyer, person, card = await a_ticket(house)
    before = len(person.heard)
    await house.mia.clicks(house.channel, card, "Reply to customer")
    form = await house.mia.sees_modal(timeout=PATIENCE)
    await bot.arm(hop, "StaffReplied")
    words = {"reply": "It is on its way."}
    sending = asyncio.create_task(house.mia.submits(form, words))
    await bot.dies_at(hop)
    await sending

    bot = await house.starts_again()
    await house.mia.submits(form, words)
    await house.quiet(bot)

    await person.hears("It is on its way.", within=PATIENT)
    assert len(person.heard) == before + 1
    house.check_chat(buyer)
