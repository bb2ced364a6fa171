"""The signed HTTP way to the app: docs.slack.dev/authentication/verifying-requests."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import assert_never
from urllib.parse import urlencode

import aiohttp

from bot.playground.slack.routes import Packet, Reply

FORM = "application/x-www-form-urlencoded"


class HandshakeError(Exception):
    """The URL did not echo the challenge of url_verification."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the v0 signature of a request body."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpRoute:
    """Posts every packet to one URL, signed with the app's secret."""

    def __init__(
        self,
        url: str,
        *,
        secret: str,
        wall: Callable[[], datetime],
        session: aiohttp.ClientSession,
    ) -> None:
        self.url = url
        self._secret = secret
        self._wall = wall
        self._session = session

    async def handshake(self) -> None:
        """Prove the URL with a challenge; raise HandshakeError if it fails."""
        challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
        payload = {
            "token": "verification",
            "type": "url_verification",
            "challenge": challenge,
        }
        reply = await self.send(Packet(kind="events_api", payload=payload))
        echoed = reply.body.get("challenge") if isinstance(reply.body, dict) else None
        if not reply.is_ack or challenge not in (echoed, reply.body):
            raise HandshakeError(f"{self.url} answered {reply.status} {reply.body!r}")

    async def send(self, packet: Packet) -> Reply:
        """Post a packet as Slack encodes its kind."""
        match packet.kind:
            case "events_api":
                body, content_type = json.dumps(packet.payload), "application/json"
            case "interactive":
                body = urlencode({"payload": json.dumps(packet.payload)})
                content_type = FORM
            case "slash_commands":
                body, content_type = urlencode(packet.payload), FORM
            case _:
                assert_never(packet.kind)
        headers = {"Content-Type": content_type}
        if packet.retry_num:
            headers["X-Slack-Retry-Num"] = str(packet.retry_num)
            headers["X-Slack-Retry-Reason"] = packet.retry_reason
        return await self.send_raw(body.encode(), headers)

    async def send_raw(
        self, body: bytes, headers: dict[str, str], *, secret: str | None = None
    ) -> Reply:
        """Post these very bytes; another `secret` makes the signature wrong."""
        stamp = str(int(self._wall().timestamp()))
        signed = {
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(secret or self._secret, stamp, body),
            **headers,
        }
        try:
            async with self._session.post(
                self.url, data=body, headers=signed, max_redirects=2
            ) as response:
                text = await response.text()
        except aiohttp.TooManyRedirects:
            return Reply(reason="too_many_redirects")
        except aiohttp.ClientError:
            return Reply(reason="connection_failed")
        return Reply(
            status=response.status,
            body=_parsed(text, response.content_type),
            reason="" if 200 <= response.status < 300 else "http_error",
            no_retry=response.headers.get("X-Slack-No-Retry") == "1",
        )


def _parsed(text: str, content_type: str) -> object:
    if content_type == "application/json" and text:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
