"""Says when each way in is up, one line each, as soon as it is true."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.app import Bot


async def announce(bot: Bot, say: Callable[[str], None]) -> None:
    """Tell of Telegram and Slack, whichever is up first, and return after both."""
    async with asyncio.TaskGroup() as group:
        group.create_task(_telegram(bot, say))
        group.create_task(_slack(bot, say))


async def _telegram(bot: Bot, say: Callable[[str], None]) -> None:
    await bot.reading.settled.wait()
    name, way = bot.telegram.bot_username, bot.settings.telegram_mode
    say(f"Telegram: up as @{name} ({way})")


async def _slack(bot: Bot, say: Callable[[str], None]) -> None:
    ways = []
    if bot.slack.socket is not None:
        await bot.slack.socket.opened.wait()
        ways.append("Socket Mode")
    if bot.slack.http is not None:
        ways.append("signed HTTP")
    say(f"Slack: up ({' and '.join(ways)})")
