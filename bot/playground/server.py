"""The page's own server, on loopback: its files, what it shows, what one does on it."""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import structlog
from aiohttp import hdrs, web

from bot.playground.acts import Acts
from bot.playground.gate import PROTOCOL, Gate
from bot.playground.shop.pictures import picture
from bot.playground.shop.shelves import ShopRefused
from bot.playground.sight import Sight
from bot.playground.slack import CannotDoError

if TYPE_CHECKING:
    from bot.playground.controls import Controls

log = structlog.get_logger(__name__)

_HOST = "127.0.0.1"
_PAGE = Path(__file__).parent / "page"
_BODY_BYTES = 64 * 1024


class PageServer:
    """Shows the playground to browsers on this machine.

    ``token`` opens it; a new one is drawn at each start unless one is given.
    """

    def __init__(self, controls: Controls, *, token: str | None = None) -> None:
        self._controls = controls
        self._token = token or secrets.token_urlsafe(24)
        self._gate = Gate(self._token)
        self._sight = Sight(controls)
        self._acts = Acts(controls, self._sight)
        self._drawing = asyncio.Semaphore(1)
        self._watching = ExitStack()
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def origin(self) -> str:
        """The address without the token."""
        return f"http://{_HOST}:{self._port}"

    @property
    def url(self) -> str:
        """The address to open; a fragment never leaves the browser."""
        return f"{self.origin}/#{self._token}"

    @property
    def picture_base(self) -> str:
        """Where the pictures of products are, without a slash at the end."""
        return f"{self.origin}/pictures"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one."""
        app = web.Application(
            middlewares=[self._gate.middleware()], client_max_size=_BODY_BYTES
        )
        app.router.add_get("/", self._index)
        app.router.add_static("/page/", _PAGE)
        app.router.add_get("/pictures/{sku}.png", self._picture)
        app.router.add_get("/photos/{path:.+}", self._photo)
        app.router.add_get("/sight", self._show)
        app.router.add_post("/act", self._act)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, _HOST, port).start()
        self._port = self._runner.addresses[0][1]
        self._gate.opens_on(self._port)
        self._watching.enter_context(self._sight.watching())

    async def stop(self) -> None:
        """Send the open pages away and stop listening."""
        self._watching.close()
        await self._sight.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _index(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(_PAGE / "index.html")

    async def _picture(self, request: web.Request) -> web.Response:
        sku = request.match_info["sku"]
        try:
            async with self._drawing:
                body = await asyncio.to_thread(picture, sku)
        except KeyError:
            raise web.HTTPNotFound from None
        headers = {hdrs.CACHE_CONTROL: "max-age=86400"}
        return web.Response(body=body, content_type="image/png", headers=headers)

    async def _photo(self, request: web.Request) -> web.Response:
        photo = self._controls.telegram.picture(request.match_info["path"])
        if photo is None:
            raise web.HTTPNotFound
        return web.Response(body=photo.body, content_type=photo.media_type)

    async def _show(self, request: web.Request) -> web.StreamResponse:
        if not self._gate.admits(request):
            raise web.HTTPUnauthorized
        socket = web.WebSocketResponse(protocols=(PROTOCOL,), heartbeat=20)
        await socket.prepare(request)
        await self._sight.attend(socket)
        return socket

    async def _act(self, request: web.Request) -> web.Response:
        if not self._gate.admits(request):
            raise web.HTTPUnauthorized
        try:
            learned = await self._acts.do(await _json(request))
        except (ValueError, CannotDoError, ShopRefused) as refused:
            return _answer(ok=False, error=str(refused) or "That can't be done.")
        except Exception:
            log.exception("playground.act_failed")
            fault = "Something went wrong here; the terminal says what."
            return _answer(ok=False, error=fault)
        self._sight.books_changed()
        return _answer(ok=True, **learned)


async def _json(request: web.Request) -> Any:
    try:
        return json.loads(await request.text())
    except ValueError:
        raise ValueError("that was no JSON") from None


def _answer(*, ok: bool, **more: Any) -> web.Response:
    return web.json_response({"ok": ok, **more})
