"""A minimal Bot API in its own process, so that its work is not counted as ours.

It reads each request whole, answers `sendMessage` with the message a real platform
would send back, and does nothing else. With ``strict`` the playground's stand-in
answers instead, which checks everything and is therefore a ceiling of its own.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.playground.telegram import TelegramStandIn

from .message import BUTTONS, TEXT, TOKEN, chat_number

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
_BOT = {"id": 100200300, "is_bot": True, "first_name": "Bot", "username": "a_bot"}
_ME = json.dumps({"ok": True, "result": _BOT}).encode()
_SENT = json.dumps(
    {
        "ok": True,
        "result": {
            "message_id": 4711,
            "from": _BOT,
            "chat": {"id": 7_000_000_000, "type": "private", "first_name": "Ada"},
            "date": int(_NOW.timestamp()),
            "text": TEXT,
            "reply_markup": {"inline_keyboard": BUTTONS},
        },
    }
).encode()


class Minimal(asyncio.Protocol):
    """One connection: requests in, the same two answers out."""

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that has arrived whole."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            whole = end + 4 + _length(head)
            if len(self._buffer) < whole or self._transport is None:
                return
            self._buffer = self._buffer[whole:]
            line = head[: head.find(b"\r\n")]
            self._transport.write(_answer(_ME if b"getMe" in line else _SENT))


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def _answer(body: bytes) -> bytes:
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@asynccontextmanager
async def running(kind: str) -> AsyncIterator[str]:
    """Run a server, minimal or strict, and give its address before the token."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, kind), stdout=asyncio.subprocess.PIPE
    )
    try:
        if process.stdout is None:
            raise RuntimeError("the server cannot tell its address")
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.wait()


async def _serve_minimal() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Minimal, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    _tell(f"http://127.0.0.1:{port}/bot")
    await server.serve_forever()


async def _serve_strict() -> None:
    async with TelegramStandIn(token=TOKEN, now=lambda: _NOW, pace=None) as stand_in:
        for number in range(64):
            stand_in.person(chat_number(number)).starts()
        _tell(stand_in.base_url)
        await asyncio.Event().wait()


def _tell(address: str) -> None:
    sys.stdout.write(address + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve_strict() if "strict" in sys.argv else _serve_minimal())
