"""Who may use the page: only a browser on this machine that was given the token.

A web page from elsewhere can make a browser call loopback. It cannot fake Host or
Origin, and it does not know the token.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from aiohttp import hdrs, web

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, LooseHeaders, Middleware

TOKEN_HEADER = "X-Playground-Token"  # noqa: S105 - a header's name
#: The WebSocket's protocol; the token stands beside it: browsers send no headers.
PROTOCOL = "playground"

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self' ws://{host}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class Gate:
    """Turns away who must not come in, and sends everybody off with safe headers."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        self._hosts: frozenset[str] = frozenset()

    def opens_on(self, port: int) -> None:
        """Let requests to this port in from now on."""
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})

    def middleware(self) -> Middleware:
        """Return the guard that stands before every route."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not self._is_ours(request):
                return web.Response(status=403, headers=_headers("127.0.0.1"))
            try:
                response = await handler(request)
            except web.HTTPException as error:
                error.headers.update(_headers(request.host))
                raise
            if not response.prepared:
                response.headers.setdefault(hdrs.CACHE_CONTROL, "no-cache")
                response.headers.update(_headers(request.host))
            return response

        return guard

    def admits(self, request: web.Request) -> bool:
        """Tell whether a request carries the token."""
        offered = [request.headers.get(TOKEN_HEADER, "")]
        protocols = request.headers.get(hdrs.SEC_WEBSOCKET_PROTOCOL, "")
        offered += [each.strip() for each in protocols.split(",")]
        return any(
            hmac.compare_digest(each.encode("utf-8", "replace"), self._token)
            for each in offered
        )

    def _is_ours(self, request: web.Request) -> bool:
        if request.headers.get(hdrs.HOST) not in self._hosts:
            return False
        origin = request.headers.get(hdrs.ORIGIN)
        return origin is None or origin.removeprefix("http://") in self._hosts


def _headers(host: str) -> LooseHeaders:
    return {
        "Content-Security-Policy": _POLICY.format(host=host),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
