"""Socket Mode: kept alive, replaced when dead, gone without a trace."""

import asyncio
from datetime import timedelta

import pytest

from bot.slack.service import open_slack
from bot.slack.socket import SlackSocket, SocketRefusedError
from flows.codes import ticket_data

from .doubles import House


async def press(house: House) -> None:
    card = await house.card(("Claim", ticket_data("claim", 7, "t9")))
    reply = await house.tom.clicks(house.channel, card, "Claim")
    assert reply is not None
    assert reply.is_ack


async def test_stop_leaves_nothing_behind(house: House) -> None:
    """After a stop there is no connection and no task of ours or the library's."""
    before = asyncio.all_tasks()
    async with house.bot() as side:
        assert side.socket is not None
        assert side.socket.health().connected
        await press(house)
        await side.socket.stop()
        assert not side.socket.health().connected
        ours = {
            task
            for task in asyncio.all_tasks() - before
            if "slack_sdk" in repr(task) or "bot/slack" in repr(task)
        }
        assert ours == set()


async def test_silent_connection_is_replaced(house: House) -> None:
    """A connection nobody answers on is replaced, and presses arrive again."""
    async with house.bot() as side:
        assert side.socket is not None
        (first,) = house.standin.sockets.open
        house.clock.ahead = timedelta(seconds=61)
        assert not side.socket.health().connected

        house.clock.ahead = timedelta(0)
        _age(side.socket, seconds=61)
        await side.socket.look()
        await house.standin.changes.until(
            lambda: True if len(house.standin.sockets.open) == 1 else None, timeout=15
        )
        (second,) = house.standin.sockets.open
        assert second.number != first.number
        assert side.socket.health().connected
        await press(house)


async def test_living_connection_is_left_alone(house: House) -> None:
    """Looking at a connection that answers changes nothing."""
    async with house.bot() as side:
        assert side.socket is not None
        await side.socket.look()
        await press(house)
    assert [name for name, _ in house.standin.calls].count("apps.connections.open") == 1


async def test_slack_that_is_away_is_tried_again(house: House) -> None:
    """Out of reach at the start is no reason not to start; the next look connects."""
    house.standin.faults.fail("apps.connections.open", status=503)
    async with open_slack(
        house.settings("socket"),
        turns=house.turns,
        desk=house.desk,
        ticket_summary=house.ticket_summary,
        clock=house.clock,
    ) as side:
        assert side.socket is not None
        await side.socket.start()
        assert not side.socket.health().connected
        await side.socket.look()
        assert side.socket.health().connected
        await press(house)


async def test_wrong_token_is_refused_at_once(house: House) -> None:
    """A bot token in the app token's place is said to be wrong, not tried for ever."""
    settings = house.settings("socket", app_token=house.standin.identity.bot_token)
    async with open_slack(
        settings,
        turns=house.turns,
        desk=house.desk,
        ticket_summary=house.ticket_summary,
        clock=house.clock,
    ) as side:
        assert side.socket is not None
        with pytest.raises(SocketRefusedError, match="not_allowed_token_type"):
            await side.socket.start()


async def test_refreshed_connection_goes_on(house: House) -> None:
    """Slack asks for a new connection now and then; nothing is lost by it."""
    async with house.bot() as side:
        assert side.socket is not None
        (first,) = house.standin.sockets.open
        await house.standin.sockets.refresh()
        await house.standin.changes.until(
            lambda: (
                True
                if any(each is not first for each in house.standin.sockets.open)
                else None
            ),
            timeout=15,
        )
        await press(house)


def _age(socket: SlackSocket, *, seconds: float) -> None:
    """Make a connection look as if nobody had answered for so long."""
    line = socket._line
    assert line is not None
    line.spoken_at -= seconds
    line._client.last_ping_pong_time = line.spoken_at
