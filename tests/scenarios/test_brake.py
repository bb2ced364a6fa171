"""Nothing automatic surprises the merchant: the brake, the pause, the modes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.playground.runtime import CHANNEL, POLICY
from bot.playground.story import decided, phone, short, tap
from flows.setting import Mode

from .test_waitlist import BLANKET, arrives, places, wait_for_blankets

if TYPE_CHECKING:
    from bot.playground.runtime import Playground

HOUR = timedelta(hours=1)


async def linked(stage: Playground, customer_id: str, order_id: str) -> None:
    """Tie a customer's chat to their order."""
    person = phone(stage, customer_id)
    person.starts(await stage.link(order_id))
    await person.hears("linked to order")


async def with_policy(stage: Playground, more: str) -> None:
    """Put a policy in force that says something else than the demo's."""
    await stage.set_policy(POLICY + more)


async def test_a_refund_beyond_the_limit_asks_a_person_first(stage: Playground) -> None:
    """The brake stops an automatic cancellation, and Go lets it through."""
    line = stage.demo.hopeless
    await linked(stage, line.customer_id, line.order_id)
    await with_policy(stage, "\n[brake]\nrefunds_minor = 100\n")

    await short(stage, line)

    card = await stage.channel.hears("Stopped")
    assert await decided(stage, line) == []

    await stage.staff[0].clicks(CHANNEL, card.ts, "Go")
    await phone(stage, line.customer_id).hears("is cancelled")

    assert [row["decided_by"] for row in await decided(stage, line)] == ["policy"]


async def test_held_decisions_stay_held(stage: Playground) -> None:
    """Hold answers the card and decides nothing, however long it takes."""
    line = stage.demo.hopeless
    await linked(stage, line.customer_id, line.order_id)
    await with_policy(stage, "\n[brake]\nrefunds_minor = 100\n")
    await short(stage, line)
    card = await stage.channel.hears("Stopped")

    await stage.staff[0].clicks(CHANNEL, card.ts, "Hold")
    await stage.channel.hears("Mia holds")
    await stage.move(48 * HOUR)

    assert await decided(stage, line) == []


async def test_a_pause_keeps_quiet_and_gives_the_time_back(stage: Playground) -> None:
    """While paused nothing is asked or decided; afterwards the window is as long."""
    anna, line = phone(stage, "anna"), stage.demo.story
    await linked(stage, "anna", line.order_id)
    await short(stage, line)
    asked = await anna.hears("Please choose by")
    mia = stage.staff[0]

    await mia.slash(CHANNEL, "/backorder", "pause")
    await stage.channel.hears("Mia paused the bot")
    stage.bot.clock.move(30 * HOUR)
    await stage.settle()
    assert await decided(stage, line) == []
    await mia.slash(CHANNEL, "/backorder", "resume")
    await stage.channel.hears("Mia let the bot go on")
    await stage.settle()

    assert await decided(stage, line) == []
    await stage.move(25 * HOUR)
    assert [row["decided_by"] for row in await decided(stage, line)] == ["silence"]
    assert asked.id


async def test_a_choice_stays_open_while_the_bot_is_paused(stage: Playground) -> None:
    """Anna taps after the time she was told; the bot was paused since before it."""
    anna, line = phone(stage, "anna"), stage.demo.story
    await linked(stage, "anna", line.order_id)
    await short(stage, line)
    await anna.hears("Please choose by")
    await stage.move(23 * HOUR)
    await stage.staff[0].slash(CHANNEL, "/backorder", "pause")
    await stage.channel.hears("Mia paused the bot")

    stage.bot.clock.move(3 * HOUR)
    await tap(stage, anna, "Closest we have", "Send charcoal")

    await anna.hears("Your choice for Hoodie Fjord")
    assert [row["decided_by"] for row in await decided(stage, line)] == ["customer"]


async def test_a_pause_keeps_what_is_kept_for_who_waits(stage: Playground) -> None:
    """What came back is not passed on to the next while nothing happens by itself."""
    await wait_for_blankets(stage, "anna")
    await arrives(stage, BLANKET, 1)
    mia = stage.staff[0]

    await mia.slash(CHANNEL, "/backorder", "pause")
    await stage.channel.hears("Mia paused the bot")
    stage.bot.clock.move(60 * HOUR)
    await mia.slash(CHANNEL, "/backorder", "resume")
    await stage.channel.hears("Mia let the bot go on")
    await stage.move(HOUR)

    assert places(stage) == ["offered"]


async def test_watch_shows_what_it_would_send_and_sends_nothing(
    stage: Playground,
) -> None:
    """In mode watch the staff see the proposal, the customer sees nothing."""
    anna, line = phone(stage, "anna"), stage.demo.story
    await linked(stage, "anna", line.order_id)
    heard = len(anna.heard)
    await stage.set_mode(Mode.WATCH)

    await short(stage, line)
    await stage.channel.hears("Watching: this would go to Anna")

    assert len(anna.heard) == heard
    assert await decided(stage, line) == []


async def test_ask_waits_for_a_colleague(stage: Playground) -> None:
    """In mode ask a colleague releases each message, and only then it goes."""
    anna, line = phone(stage, "anna"), stage.demo.story
    await linked(stage, "anna", line.order_id)
    heard = len(anna.heard)
    await stage.set_mode(Mode.ASK)

    await short(stage, line)
    card = await stage.channel.hears("Send this to Anna")
    assert len(anna.heard) == heard

    await stage.staff[0].clicks(CHANNEL, card.ts, "Send it")
    await anna.hears("Closest we have")


async def test_switching_from_watch_to_act_asks_at_last(stage: Playground) -> None:
    """What was only shown in watch is proposed for real once the bot may act."""
    anna, line = phone(stage, "anna"), stage.demo.story
    await linked(stage, "anna", line.order_id)
    await stage.set_mode(Mode.WATCH)
    await short(stage, line)
    await stage.channel.hears("Watching")

    await stage.set_mode(Mode.ACT)
    await stage.settle()

    await anna.hears("Closest we have")
