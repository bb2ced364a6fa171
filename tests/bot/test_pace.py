"""The pace: what may go now, what has to wait, and until when."""

from __future__ import annotations

import asyncio
import sys

import pytest

from bot.pace import Limits, Pace

NOW = 1000.0
CHAT = "telegram:4711"


def test_a_burst_and_then_one_a_second() -> None:
    """Two messages may go to a chat at once, each further one a second later."""
    pace = Pace()
    assert pace.room(CHAT, NOW) == 2

    pace.spend(CHAT, NOW)
    assert (pace.busy(NOW), pace.room(CHAT, NOW)) == ({}, 1)

    pace.spend(CHAT, NOW)
    assert (pace.busy(NOW), pace.room(CHAT, NOW)) == ({CHAT: NOW + 1}, 0)
    assert (pace.busy(NOW + 1), pace.room(CHAT, NOW + 1)) == ({}, 1)


def test_chats_do_not_wait_for_each_other() -> None:
    """A chat that had its share leaves another chat's alone."""
    pace = Pace()
    for _ in range(3):
        pace.spend(CHAT, NOW)

    assert pace.room("telegram:1", NOW) == 2
    assert list(pace.busy(NOW)) == [CHAT]


def test_what_was_long_ago_is_forgotten() -> None:
    """A chat nobody writes to costs no memory."""
    pace = Pace()
    pace.spend(CHAT, NOW)
    pace.busy(NOW + 60)
    assert pace._chats == {}


def test_a_platform_that_says_wait_is_obeyed() -> None:
    """After a retry_after of 30 s the chat is busy for 30 s, whatever it had left."""
    pace = Pace()
    pace.shut(CHAT, NOW + 30)

    assert pace.busy(NOW) == {CHAT: NOW + 30}
    assert pace.room(CHAT, NOW + 29) == 0
    assert pace.busy(NOW + 30) == {}


async def test_while_a_platform_says_wait_nobody_is_written_to() -> None:
    """One chat's retry_after holds every chat of the token back until it passed."""
    pace = Pace()
    pace.shut(CHAT, NOW + 30)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await pace.slot(NOW)
    async with asyncio.timeout(0.01):
        await pace.slot(NOW + 30)


async def test_a_token_has_a_pace_of_its_own() -> None:
    """All chats together may not have more at once than the token's burst."""
    pace = Pace(limits=Limits(all_rate=1.0, all_burst=3))
    for _ in range(3):
        await pace.slot(NOW)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await pace.slot(NOW)


async def test_without_limits_nothing_waits() -> None:
    """A pace without limits lets everything go at once."""
    pace = Pace(limits=None)
    for _ in range(100):
        pace.spend(CHAT, NOW)
        await pace.slot(NOW)

    assert pace.busy(NOW) == {}
    assert pace.room(CHAT, NOW) == sys.maxsize
