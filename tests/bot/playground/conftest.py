"""The page in a real browser, above a stage without a bot."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect
from pytest_asyncio import fixture
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from telegram.ext import ExtBot

from bot.playground.server import PageServer

from .page_stage import TOKEN, Stage

#: A busy machine may take its time; what never comes still fails.
expect.set_options(timeout=15_000)


@fixture(loop_scope="session")
async def stage(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with Stage() as stage:
        yield stage


@fixture(loop_scope="session")
async def server(stage: Stage) -> AsyncIterator[PageServer]:
    async with PageServer(stage) as server:
        stage.open_shop(server.picture_base)
        yield server


@fixture(loop_scope="session")
async def page(browser: Browser, server: PageServer) -> AsyncIterator[Page]:
    page = await browser.new_page(viewport={"width": 1440, "height": 900})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type == "error" else None,
    )
    await page.goto(server.url)
    await page.get_by_role("button", name="Anna Brandt").click()
    yield page
    await page.close()
    assert complaints == []


@fixture(loop_scope="session")
async def bot(stage: Stage) -> AsyncIterator[ExtBot[None]]:
    urls = {
        "base_url": stage.telegram.base_url,
        "base_file_url": stage.telegram.file_url,
    }
    async with ExtBot(TOKEN, **urls) as bot:
        yield bot


@fixture(loop_scope="session")
async def app(stage: Stage) -> AsyncIterator[AsyncApp]:
    token = stage.slack.identity.bot_token
    client = AsyncWebClient(base_url=stage.slack.api_url, token=token)
    app = AsyncApp(client=client, signing_secret=stage.slack.identity.signing_secret)
    handler = AsyncSocketModeHandler(app, stage.slack.identity.app_token)
    await handler.connect_async()
    await stage.slack.sockets.connected()
    yield app
    await handler.close_async()
