"""The demo shop's own web server: all it serves is pictures of products."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

from bot.playground.shop.pictures import picture

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def storefront() -> AsyncIterator[str]:
    """Serve pictures on loopback; yields the address before ``/SKU.png``."""
    app = web.Application()
    app.router.add_get("/pictures/{sku}.png", _picture)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}/pictures"
    finally:
        await runner.cleanup()


async def _picture(request: web.Request) -> web.Response:
    try:
        drawn = await asyncio.to_thread(picture, request.match_info["sku"])
    except KeyError:
        raise web.HTTPNotFound from None
    return web.Response(body=drawn, content_type="image/png")
