"""The bot as a whole: it says when each way in is up, and leaves nothing open."""

from __future__ import annotations

import asyncio
import gc
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import structlog
from aiohttp import ClientSession, web
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import open_bot, run
from bot.logs import configure
from bot.ready import CannotRunError
from bot.settings import load
from store.engine import Store

from ..scenarios.test_ways_in import world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from slack_bolt.authorization import AuthorizeResult

    from ..scenarios.test_ways_in import World

#: Nobody listens there.
NOWHERE = "http://127.0.0.1:1/"


@pytest.fixture
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(sqlite_url, tmp_path) as opened:
        yield opened


def sessions() -> list[ClientSession]:
    """Return every HTTP session there is, open or closed."""
    return [found for found in gc.get_objects() if type(found) is ClientSession]


async def said(stage: World, lines: int, **more: str) -> list[str]:
    """Start a bot and return the first lines it says, in their order."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    store = Store(stage.url)
    settings = load(stage.settings(SLACK_APP_TOKEN="xapp-ways", **more))
    try:
        async with open_bot(settings, store, stage.clock, say=heard.put_nowait):
            return [await heard.get() for _ in range(lines)]
    finally:
        store.close()


async def test_each_way_in_is_announced(stage: World) -> None:
    """A line for each, whichever is up first."""
    lines = sorted(await said(stage, 2))
    assert lines[0] == "Slack: up (Socket Mode)"
    assert lines[1].startswith("Telegram: up as @")
    assert lines[1].endswith("(polling)")


async def test_one_way_in_does_not_wait_for_the_other(stage: World) -> None:
    """Slack is out of reach: Telegram is announced, and Slack is not."""
    (line,) = await said(stage, 1, SLACK_API_URL=NOWHERE)
    assert line.startswith("Telegram: up")


async def test_a_token_slack_refuses_is_a_sentence(stage: World) -> None:
    """What to mend is said; there is no traceback of groups in groups."""
    settings = load(stage.settings(SLACK_APP_TOKEN="xapp-of-somebody-else"))
    with pytest.raises(CannotRunError, match="SLACK_APP_TOKEN"):
        await run(settings, clock=stage.clock)


async def test_a_database_out_of_reach_is_a_sentence(stage: World) -> None:
    """The driver's words and the setting to look at, without the password."""
    url = "postgresql://shop:hush@127.0.0.1:1/shop"
    settings = load(stage.settings(SLACK_APP_TOKEN="xapp-ways", DATABASE_URL=url))
    with pytest.raises(CannotRunError, match="check DATABASE_URL") as caught:
        await run(settings, clock=stage.clock)
    assert "hush" not in str(caught.value)


async def test_a_taken_address_is_a_sentence(
    stage: World, unused_tcp_port: int
) -> None:
    """Which address, and which settings say so."""
    runner = web.AppRunner(web.Application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    taken = f"127.0.0.1:{unused_tcp_port}"
    settings = load(stage.settings(SLACK_APP_TOKEN="xapp-ways", OPS_BIND=taken))
    with pytest.raises(CannotRunError, match=rf"{unused_tcp_port}.*OPS_BIND"):
        await run(settings, clock=stage.clock)
    await runner.cleanup()


async def test_stopped_while_connecting_nothing_stays_open(
    stage: World, unused_tcp_port: int
) -> None:
    """Telegram does not answer and somebody presses Ctrl-C: its session is closed."""
    asked, over = asyncio.Event(), asyncio.Event()

    async def hang(_request: web.Request) -> web.Response:
        asked.set()
        await over.wait()
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", hang)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    before = sessions()

    silent = f"http://127.0.0.1:{unused_tcp_port}/bot"
    settings = load(
        stage.settings(SLACK_APP_TOKEN="xapp-ways", TELEGRAM_API_URL=silent)
    )
    task = asyncio.create_task(run(settings, clock=stage.clock))
    await asked.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    over.set()
    await runner.cleanup()

    assert not [one for one in sessions() if one not in before and not one.closed]


def test_bolt_warns_of_nothing_at_each_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """SLACK_BOT_TOKEN in the environment is ours to use and nobody's worry."""

    async def nobody() -> AuthorizeResult:
        raise RuntimeError("nobody asks")

    configure()
    structlog.reset_defaults()
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-words")
    with caplog.at_level(logging.WARNING):
        AsyncApp(client=AsyncWebClient(), signing_secret="words", authorize=nobody)
    assert caplog.messages == []
