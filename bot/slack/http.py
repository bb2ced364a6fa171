"""Signed requests over HTTP: a guard in front of Bolt, which trusts their shape.

Without it a non-numeric timestamp or broken JSON is a 500, which Slack repeats.
"""

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import Clock as SignatureClock
from slack_sdk.signature import SignatureVerifier

#: Slack's largest payload, a view, is 250 kB, and form encoding can triple it.
BODY_BYTES = 1_000_000
_log = structlog.get_logger(__name__)


class SlackHttp:
    """Answers Slack's requests on the public address."""

    def __init__(
        self,
        app: AsyncApp,
        *,
        signing_secret: str,
        clock: SignatureClock | None = None,
        body_bytes: int = BODY_BYTES,
    ) -> None:
        """Guard the app with its signing secret.

        Raises:
            ValueError: The secret is empty; anybody could then press any button.
        """
        self._app = app
        self._verifier = SignatureVerifier(signing_secret, clock or SignatureClock())
        self._body_bytes = body_bytes

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request: 401 unsigned, 400 unreadable, 413 too large, else Bolt.

        Signatures are valid for 300 seconds around the machine's time.
        """
        raw = await self._body(request)
        if raw is None:
            return web.Response(status=413, text="too large")
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            return web.Response(status=400, text="not UTF-8")
        if not self._signed(text, request):
            _log.warning("slack_request_unsigned", remote=request.remote)
            return web.Response(status=401, text="signature refused")
        try:
            asked = AsyncBoltRequest(
                body=text,
                query=request.query_string,
                headers=dict(request.headers),
            )
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
            # Bolt reads ids out of the payload without looking at its shape.
            _log.warning("slack_request_unreadable", bytes=len(raw))
            return web.Response(status=400, text="unreadable")
        if asked.body.get("type") == "app_rate_limited":
            _log.error(
                "slack_rate_limited_us", minute=asked.body.get("minute_rate_limited")
            )
            return web.Response(status=200)
        return await to_aiohttp_response(await self._app.async_dispatch(asked))

    async def _body(self, request: web.Request) -> bytes | None:
        """Return the body, or None as soon as it proves too large."""
        if (request.content_length or 0) > self._body_bytes:
            return None
        parts = bytearray()
        async for part in request.content.iter_any():
            parts += part
            if len(parts) > self._body_bytes:
                return None
        return bytes(parts)

    def _signed(self, text: str, request: web.Request) -> bool:
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            return False
        # compare_digest raises for anything else than ASCII.
        return signature.isascii() and self._verifier.is_valid(
            body=text, timestamp=timestamp, signature=signature
        )
