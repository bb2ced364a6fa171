"""The strict stand-in, our client connected to it, and a recording turn door."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from bot.playground.telegram import TelegramStandIn
from bot.telegram.client import BotApi, TelegramFatalError

from .desk import Desk
from .doubles import TOKEN, HandClock, Readings, RecordingTurns

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.playground.telegram import Person


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def turns() -> RecordingTurns:
    return RecordingTurns()


@pytest.fixture
def readings() -> Readings:
    return Readings()


@pytest.fixture
async def standin(clock: HandClock) -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(
        token=TOKEN, now=clock.now, clock=clock.machine, username="northprint_bot"
    ) as standin:
        yield standin


@pytest.fixture
async def api(standin: TelegramStandIn) -> AsyncIterator[BotApi]:
    api = BotApi(token=TOKEN, api_url=standin.base_url, file_url=standin.file_url)
    await api.connect()
    yield api
    await api.transport.shutdown()


@pytest.fixture
def ada(standin: TelegramStandIn) -> Person:
    ada = standin.person(4711, "Ada", "de", "ada")
    ada.starts()
    return ada


@pytest.fixture
async def desk(
    api: BotApi, turns: RecordingTurns, clock: HandClock, readings: Readings
) -> AsyncIterator[Desk]:
    desk = Desk(api, turns, clock, readings)
    yield desk
    with contextlib.suppress(TelegramFatalError):
        await desk.stop()
