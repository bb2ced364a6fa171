"""The webhook: 200 says that the turn is committed, anything else asks for a repeat.

Telegram repeats a refused update with growing pauses, and keeps the order of
each chat itself, so one request is one turn.
"""

from __future__ import annotations

import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.telegram.client import ALLOWED_UPDATES, TelegramFatalError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.clock import Clock
    from bot.telegram.client import BotApi, Raw

log = structlog.get_logger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
#: Updates are a few kilobytes; nothing honest comes near this.
BODY_BYTES = 1024 * 1024
#: The ports Telegram calls.
PORTS = frozenset({80, 88, 443, 8443})
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
#: An older error hides nothing: presses expire after 150 s, all else still waits.
_ERROR_COUNTS_FOR = timedelta(minutes=10)


class Webhook:
    """Takes updates by HTTP.

    Raises:
        TelegramFatalError: There is no secret, or not one Telegram takes: then
            anybody could speak in a customer's name.
    """

    def __init__(
        self,
        api: BotApi,
        take: Callable[[Raw], Awaitable[None]],
        *,
        secret: str,
        clock: Clock,
    ) -> None:
        if not _SECRET.fullmatch(secret):
            raise TelegramFatalError(
                "webhook mode needs TELEGRAM_WEBHOOK_SECRET: 1 to 256 characters "
                "of A-Z, a-z, 0-9, _ and -"
            )
        self._api = api
        self._take = take
        self._secret = secret.encode()
        self._clock = clock
        self._running = 0
        self._last_taken = self._machine_now()

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one POST; 200 only after the turn is committed."""
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=403)
        body = await _bounded(request)
        if body is None:
            return web.Response(status=413)
        try:
            raw = json.loads(body)
        except ValueError:
            return web.Response(status=400)
        if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
            return web.Response(status=400)
        self._running += 1
        try:
            await self._take(raw)
        except Exception:
            log.exception("telegram.turn_failed", update_id=raw["update_id"])
            return web.Response(status=500)
        finally:
            self._running -= 1
        self._last_taken = self._machine_now()
        return web.Response()

    async def register(self, url: str, *, connections: int = 40) -> None:
        """Tell Telegram where to bring updates; repeatable, drops nothing.

        Raises:
            TelegramFatalError: Telegram would never call this address.
            TelegramError: Telegram refused it or cannot be reached.
        """
        check_webhook_url(url)
        await self._api.set_webhook(
            url=url,
            secret_token=self._secret.decode(),
            allowed_updates=ALLOWED_UPDATES,
            max_connections=connections,
            drop_pending_updates=False,
        )

    async def caught_up(self) -> bool:
        """Tell whether Telegram holds nothing back and had no trouble lately."""
        before = self._running
        info = await self._api.get_webhook_info()
        if before or self._running or not info.url or info.pending_update_count:
            return False
        if info.last_error_date is None:
            return True
        too_old = self._machine_now() - _ERROR_COUNTS_FOR
        return info.last_error_date < max(self._last_taken, too_old)

    def _machine_now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.machine(), tz=UTC)


def check_webhook_url(url: str) -> None:
    """Accept an address Telegram would call (or, for local stand-ins, loopback).

    Raises:
        TelegramFatalError: It is not https, or its port is not one of four.
    """
    parts = urlsplit(url)
    if parts.hostname in {"localhost", "127.0.0.1", "::1"}:
        return
    if parts.scheme != "https" or not parts.hostname:
        raise TelegramFatalError("TELEGRAM_WEBHOOK_URL must be a public https address")
    if (parts.port or 443) not in PORTS:
        raise TelegramFatalError(
            "TELEGRAM_WEBHOOK_URL: Telegram calls the ports 443, 80, 88 and 8443 only"
        )


async def _bounded(request: web.Request) -> bytes | None:
    """Return the body, or None when it is longer than any update."""
    if (request.content_length or 0) > BODY_BYTES:
        return None
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY_BYTES:
            return None
    return bytes(body)
