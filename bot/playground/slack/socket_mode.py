"""The Socket Mode way to the app: WebSockets, envelopes, acknowledgements.

Each envelope goes to one connection at random, as docs.slack.dev/apis/events-api/
using-socket-mode says; ten connections are the most.
"""

import asyncio
import json
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from bot.playground.slack.changes import Change, Changes
from bot.playground.slack.routes import Packet, Reply

CONNECTIONS_MOST = 10
PING_SECONDS = 10.0


@dataclass(slots=True, kw_only=True, eq=False)
class Connection:
    """One open WebSocket and what it still owes an acknowledgement for."""

    number: int
    socket: web.WebSocketResponse
    request: web.Request
    is_retiring: bool = False
    owed: dict[str, asyncio.Future[Reply]] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether Slack would still send envelopes here."""
        return not self.socket.closed and not self.is_retiring


class Sockets:
    """Every Socket Mode connection of the app."""

    def __init__(self, *, app_id: str, changes: Changes) -> None:
        self._app_id = app_id
        self._changes = changes
        self._connections: list[Connection] = []
        self._tickets: set[str] = set()
        self._opened = 0
        self.stray_acks: list[dict[str, Any]] = []

    @property
    def open(self) -> list[Connection]:
        """The connections that get envelopes."""
        return [each for each in self._connections if each.is_open]

    async def connected(self, count: int = 1, *, timeout: float = 15) -> None:  # noqa: ASYNC109 - the caller's patience, in real seconds
        """Return once at least `count` connections are open."""
        await self._changes.until(
            lambda: True if len(self.open) >= count else None, timeout=timeout
        )

    def ticket(self) -> str:
        """Return a ticket for one WebSocket URL, as apps.connections.open does."""
        ticket = secrets.token_hex(12)
        self._tickets.add(ticket)
        return ticket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one WebSocket from hello to its end."""
        if request.query.get("ticket") not in self._tickets:
            raise web.HTTPUnauthorized(text="invalid ticket")
        socket = web.WebSocketResponse(heartbeat=PING_SECONDS)
        await socket.prepare(request)
        if len(self.open) >= CONNECTIONS_MOST:
            await socket.send_json(self._disconnect("too_many_websockets"))
            await socket.close()
            return socket
        self._opened += 1
        connection = Connection(number=self._opened, socket=socket, request=request)
        self._connections.append(connection)
        await socket.send_json(self._hello())
        self._changes.announce(Change(kind="connection", detail="open"))
        try:
            await self._listen(connection)
        finally:
            self._connections.remove(connection)
            for owed in connection.owed.values():
                if not owed.done():
                    owed.set_result(Reply(reason="connection_failed"))
            self._changes.announce(Change(kind="connection", detail="closed"))
        return socket

    async def send(self, packet: Packet) -> Reply:
        """Send a packet in an envelope and return what acknowledges it."""
        if not (open_ := self.open):
            return Reply(reason="connection_failed")
        connection = random.choice(open_)
        envelope_id = secrets.token_hex(16)
        envelope: dict[str, Any] = {
            "envelope_id": envelope_id,
            "type": packet.kind,
            "accepts_response_payload": packet.kind != "events_api",
            "payload": packet.payload,
        }
        if packet.kind == "events_api":
            envelope["retry_attempt"] = packet.retry_num
            envelope["retry_reason"] = packet.retry_reason and "timeout"
        owed: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        connection.owed[envelope_id] = owed
        try:
            await connection.socket.send_json(envelope)
            return await owed
        except ConnectionError:
            return Reply(reason="connection_failed")
        finally:
            connection.owed.pop(envelope_id, None)

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to make way for a new one, as Slack does at times."""
        for connection in self.open:
            connection.is_retiring = True
            await connection.socket.send_json(self._disconnect(reason))

    async def ping(self) -> None:
        """Send every connection a ping."""
        for connection in self.open:
            await connection.socket.ping(b"Ping from the playground")

    def drop(self, choose: Callable[[Connection], bool] = lambda _each: True) -> None:
        """Cut connections without a word, all unless `choose` says otherwise."""
        for connection in filter(choose, self._connections):
            if transport := connection.request.transport:
                transport.abort()

    async def close(self) -> None:
        """Close every connection."""
        for connection in tuple(self._connections):
            await connection.socket.close()

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type is WSMsgType.TEXT:
                self._acknowledge(connection, json.loads(message.data))

    def _acknowledge(self, connection: Connection, ack: dict[str, Any]) -> None:
        owed = connection.owed.get(str(ack.get("envelope_id")))
        if owed is None or owed.done():
            self.stray_acks.append(ack)
            self._changes.announce(Change(kind="connection", detail="late ack"))
        else:
            owed.set_result(Reply(status=200, body=ack.get("payload")))

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "connection_info": {"app_id": self._app_id},
            "debug_info": {
                "host": "playground",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
        }

    def _disconnect(self, reason: str) -> dict[str, Any]:
        return {
            "type": "disconnect",
            "reason": reason,
            "debug_info": {"host": "playground"},
        }
