"""Polling in bad weather: conflicts end it with a reason, outages are waited out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.telegram.client import BotApi, TelegramFatalError
from bot.telegram.intake import Intake
from bot.telegram.polling import Poller

from .doubles import TOKEN

if TYPE_CHECKING:
    from bot.playground.telegram import Person, TelegramStandIn

    from .desk import Desk
    from .doubles import HandClock, RecordingTurns


async def test_a_webhook_left_behind_is_removed_first(
    desk: Desk, api: BotApi, ada: Person, turns: RecordingTurns
) -> None:
    """A poller takes over from a webhook without dropping what waits."""
    await api.set_webhook("http://127.0.0.1:9/hook", secret_token="s")
    ada.says("waiting")
    desk.start()
    await turns.until(2)

    assert turns.texts == ["waiting"]
    assert not (await api.get_webhook_info()).url


async def test_a_second_poller_ends_the_first_with_the_reason(
    desk: Desk, api: BotApi, standin: TelegramStandIn
) -> None:
    """Two readers of one bot are a mistake that is told and not fought out."""
    desk.start()
    await standin.changes.until(lambda: standin.is_polled)
    intruder = asyncio.create_task(api.fetch_updates(offset=None, wait_seconds=5))
    assert desk.run is not None

    with pytest.raises(TelegramFatalError, match="another program reads"):
        async with asyncio.timeout(15):
            await desk.run
    intruder.cancel()


async def test_a_webhook_set_meanwhile_ends_polling_with_the_reason(
    desk: Desk, api: BotApi, standin: TelegramStandIn
) -> None:
    """Somebody switching the bot to a webhook is named as such."""
    desk.start()
    await standin.changes.until(lambda: standin.is_polled)
    await api.set_webhook("http://127.0.0.1:9/hook", secret_token="s")
    assert desk.run is not None

    with pytest.raises(TelegramFatalError, match=r"webhook|setWebhook"):
        async with asyncio.timeout(15):
            await desk.run


async def test_an_outage_is_waited_out(
    desk: Desk, standin: TelegramStandIn, ada: Person, turns: RecordingTurns
) -> None:
    """Errors of network and platform end by themselves, nothing is lost."""
    desk.start()
    await turns.until(1)
    await standin.changes.until(lambda: standin.is_polled)
    await standin.goes_away()
    await standin.comes_back()
    standin.faults.fail(2, code=502, method="getUpdates")
    standin.faults.lose_calls(1, method="getUpdates")
    standin.faults.lose_answers(1, method="getUpdates")
    ada.says("after the storm")
    await turns.until(2)

    assert turns.texts == ["after the storm"]


async def test_the_platforms_wait_is_kept(
    desk: Desk, standin: TelegramStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 429 names its pause, and the next poll comes after exactly that."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(desk.poller, "_pause", pause)
    standin.faults.flood(1, retry_after=17, method="getUpdates")
    desk.start()
    await standin.changes.until(lambda: standin.is_polled)

    assert pauses == [17]


async def test_a_reading_that_cannot_be_noted_is_tried_again(
    api: BotApi, clock: HandClock, turns: RecordingTurns, ada: Person
) -> None:
    """A database that fails for a moment does not end the polling."""
    noted = asyncio.Event()
    tries: list[bool] = []

    async def on_read(start_of_poll: object, *, full: bool) -> None:
        assert start_of_poll is not None
        tries.append(full)
        if len(tries) == 1:
            raise OSError("disk full")
        noted.set()

    intake = Intake(api, turns)
    poller = Poller(
        api, intake.take_update, clock=clock, on_read=on_read, back_off=0.01
    )
    run = asyncio.create_task(poller.run())
    ada.says("hello")
    async with asyncio.timeout(15):
        await noted.wait()
        poller.stop()
        await run

    assert turns.texts == ["hello"]


async def test_a_clients_form_does_not_show_the_secret() -> None:
    """What a debugger prints of the client is the bot's number."""
    assert repr(BotApi(token=TOKEN)) == "BotApi[123456]"
