"""The stand-in, the real client, a real Bolt app and one colleague."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import Channel, Person, SlackStandIn

from .doubles import HandClock, Inbox, bolt


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def slack(clock: HandClock) -> AsyncIterator[SlackStandIn]:
    async with SlackStandIn(clock=clock) as standin:
        yield standin


@pytest.fixture
def client(slack: SlackStandIn) -> AsyncWebClient:
    return AsyncWebClient(base_url=slack.api_url, token=slack.identity.bot_token)


@pytest.fixture
def desk(slack: SlackStandIn) -> Channel:
    return slack.channel("C1", "backorders")


@pytest.fixture
def mia(slack: SlackStandIn) -> Person:
    return slack.person("U1", "Mia")


@pytest.fixture
async def app(slack: SlackStandIn, client: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    bolt = AsyncApp(client=client, signing_secret=slack.identity.signing_secret)
    handler = AsyncSocketModeHandler(bolt, slack.identity.app_token)
    await handler.connect_async()
    await slack.sockets.connected()
    yield bolt
    await handler.close_async()


@pytest.fixture
async def socket_inbox(slack: SlackStandIn) -> AsyncIterator[Inbox]:
    app, inbox = bolt(slack)
    handler = AsyncSocketModeHandler(app, slack.identity.app_token, ping_interval=0.05)
    await handler.connect_async()
    await slack.sockets.connected()
    yield inbox
    await handler.close_async()


@pytest.fixture
async def http_inbox(slack: SlackStandIn) -> AsyncIterator[Inbox]:
    app, inbox = bolt(slack)
    runner = web.AppRunner(app.web_app(path="/slack/events"), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    await slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
    inbox.bodies.clear()
    inbox.headers.clear()
    yield inbox
    await runner.cleanup()
