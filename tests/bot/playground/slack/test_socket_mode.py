"""Socket Mode with the real client: envelopes, repeats, reconnects."""

import asyncio

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from bot.playground.slack import Channel, Person, SlackStandIn

from .doubles import HandClock, Inbox, bolt


async def test_socket_events_repeat_with_their_metadata(
    clock: HandClock,
    slack: SlackStandIn,
    socket_inbox: Inbox,
    desk: Channel,
    mia: Person,
) -> None:
    """Over Socket Mode an unacknowledged envelope comes again with retry_attempt."""
    socket_inbox.hold = asyncio.Event()
    await mia.posts(desk, "hello")
    await socket_inbox.has(1)
    clock.seconds += 3
    slack.tick()
    await socket_inbox.has(2)
    socket_inbox.hold.set()
    await slack.settled()

    assert socket_inbox.retries() == [("0", ""), ("1", "timeout")]
    await slack.changes.until(
        lambda: True if slack.sockets.stray_acks else None, timeout=15
    )


async def test_envelopes_go_to_one_connection_each(
    slack: SlackStandIn, socket_inbox: Inbox, desk: Channel, mia: Person
) -> None:
    """With two connections every event still arrives once."""
    app, second = bolt(slack)
    handler = AsyncSocketModeHandler(app, slack.identity.app_token)
    await handler.connect_async()
    await slack.sockets.connected(2)
    for number in range(20):
        await mia.posts(desk, str(number))
    await slack.settled()
    await handler.close_async()

    both = [*socket_inbox.bodies, *second.bodies]
    texts = sorted(int(body["event"]["text"]) for body in both)
    assert texts == list(range(20))


async def test_the_client_comes_back_after_a_refresh(
    slack: SlackStandIn, socket_inbox: Inbox, desk: Channel, mia: Person
) -> None:
    """Asked to make way, the real client opens a new connection and loses nothing."""
    first = slack.sockets.open[0].number
    await slack.sockets.refresh()
    await slack.sockets.connected()
    assert slack.sockets.open[0].number > first
    await slack.sockets.ping()
    await mia.posts(desk, "still there?")
    assert (await socket_inbox.has(1))[0]["event"]["text"] == "still there?"


async def test_the_client_comes_back_after_a_cut(
    clock: HandClock,
    slack: SlackStandIn,
    socket_inbox: Inbox,
    desk: Channel,
    mia: Person,
) -> None:
    """Events lost with a cut connection come again once the client is back."""
    slack.sockets.drop()
    await slack.changes.until(
        lambda: True if not slack.sockets.open else None, timeout=15
    )
    await mia.posts(desk, "into the void")
    await slack.settled()
    await slack.sockets.connected()
    clock.seconds += 60
    slack.tick()
    bodies = await socket_inbox.has(1)

    assert bodies[0]["event"]["text"] == "into the void"
    assert socket_inbox.retries()[0] == ("2", "timeout")


async def test_strangers_get_no_socket(slack: SlackStandIn) -> None:
    """A WebSocket needs a ticket, and the eleventh connection is sent away."""
    link = slack.api_url.replace("/api/", "/link/")
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(f"{link}?ticket=made-up")
        url = f"{link}?ticket={slack.sockets.ticket()}"
        sockets = [await session.ws_connect(url) for _ in range(10)]
        await slack.sockets.connected(10)
        late = await session.ws_connect(url)
        goodbye = await late.receive_json()
        hello = await sockets[9].receive_json()
        for each in (*sockets, late):
            await each.close()

    assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "too_many_websockets")
    assert (hello["type"], hello["num_connections"]) == ("hello", 10)
