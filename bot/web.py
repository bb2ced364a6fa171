"""Two web servers: webhooks on one address, health and metrics on another."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy import func, select

from bot.slack.manifest import REQUEST_PATH
from store.tables import dead_letters, outbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.addresses import Address
    from bot.app import Bot

_LIMIT = 2 * 1024 * 1024


@asynccontextmanager
async def serving(bot: Bot) -> AsyncIterator[None]:
    """Serve what this bot's ways in need; nothing listens that nobody calls."""
    async with AsyncExitStack() as stack:
        front = _front(bot)
        if front is not None:
            await stack.enter_async_context(_served(front, bot.settings.bind))
        await stack.enter_async_context(_served(_ops(bot), bot.settings.ops_bind))
        yield


def _front(bot: Bot) -> web.Application | None:
    """The public side: webhooks and a bare sign of life."""
    telegram, slack = bot.telegram.webhook, bot.slack.http
    if telegram is None and slack is None:
        return None
    app = web.Application(client_max_size=_LIMIT)
    app.router.add_get("/", _alive)
    if telegram is not None:
        path = urlsplit(bot.settings.telegram_webhook_url or "").path or "/telegram"
        app.router.add_post(path, telegram.handle)
    if slack is not None:
        app.router.add_post(REQUEST_PATH, slack.handle)
    return app


def _ops(bot: Bot) -> web.Application:
    """The private side: is it well, and what waits."""

    async def health(_request: web.Request) -> web.Response:
        facts = await asyncio.to_thread(_facts, bot)
        return web.json_response(facts)

    app = web.Application()
    app.router.add_get("/health", health)
    return app


def _facts(bot: Bot) -> dict[str, object]:
    with bot.store.read() as connection:
        unsent = connection.scalar(
            select(func.count())
            .select_from(outbox)
            .where(outbox.c.state.in_(("waiting", "leased")))
        )
        dead = connection.scalar(
            select(func.count())
            .select_from(dead_letters)
            .where(dead_letters.c.buried_at.is_not(None))
        )
    socket = bot.slack.socket.health() if bot.slack.socket else None
    return {
        "mode": bot.rules.mode.value,
        "policy": bot.rules.policy.version,
        "unsent": unsent or 0,
        "dead_letters": dead or 0,
        "slack_connected": socket.connected if socket else None,
    }


async def _alive(_request: web.Request) -> web.Response:
    return web.Response(text="ok")


@asynccontextmanager
async def _served(app: web.Application, address: Address) -> AsyncIterator[None]:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, address.host, address.port).start()
        yield
    finally:
        await runner.cleanup()
