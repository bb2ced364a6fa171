"""HTTP for python-telegram-bot over one shared aiohttp session.

PTB's own backend costs ten times the CPU. URLs hold the bot's token, so errors
are told in our words and never chained to the library's, which quote the URL.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    FormData,
    ServerDisconnectedError,
    TCPConnector,
)
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.telegram.redaction import hide_tokens

if TYPE_CHECKING:
    from telegram._utils.types import ODVInput

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_JSON_HEADERS = {"Content-Type": "application/json"}


def check_address(url: str, *, allow_http: bool = False) -> None:
    """Accept https, and plain http to this machine only.

    Raises:
        ValueError: The token would cross a network unencrypted, or no URL at all.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname:
        if allow_http or parts.hostname in _LOOPBACK:
            return
        raise ValueError(
            f"{hide_tokens(url)}: plain http would send the bot's token in the clear; "
            "use https, or ALLOW_HTTP if the network is yours alone"
        )
    raise ValueError(f"{hide_tokens(url)}: not an https address")


class AiohttpRequest(BaseRequest):
    """PTB's request backend on one aiohttp session, shared by sending and polling.

    All timeouts are seconds. ``media_seconds`` replaces the read and write
    timeouts while a file is uploaded.
    """

    def __init__(
        self,
        *,
        connections: int = 128,
        connect_seconds: float = 5.0,
        read_seconds: float = 10.0,
        write_seconds: float = 5.0,
        pool_seconds: float = 5.0,
        media_seconds: float = 30.0,
    ) -> None:
        self._connections = connections
        self._connect = connect_seconds
        self._read = read_seconds
        self._write = write_seconds
        self._pool = pool_seconds
        self._media = media_seconds
        self._session: ClientSession | None = None
        self._timeouts: dict[tuple[float | None, ...], ClientTimeout] = {}

    @property
    def read_timeout(self) -> float | None:
        """The default read timeout in seconds."""
        return self._read

    @property
    def session(self) -> ClientSession:
        """The shared session.

        Raises:
            RuntimeError: ``initialize`` has not run, or ``shutdown`` has.
        """
        if self._session is None:
            raise RuntimeError("the Telegram transport is not open")
        return self._session

    async def initialize(self) -> None:
        """Open the session; a second call changes nothing."""
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(
                    limit=self._connections, ttl_dns_cache=300, keepalive_timeout=50
                ),
                cookie_jar=DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                # Answers are a few hundred bytes: packing them saves nothing.
                skip_auto_headers=("Accept-Encoding", "Accept"),
                auto_decompress=True,
            )

    async def shutdown(self) -> None:
        """Close the session and its connections; a second call changes nothing."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one HTTP request and return its status and body.

        Raises:
            TimedOut: No answer in time; whether the platform acted is unknown.
            NetworkError: The connection failed; nothing in it names the token.
        """
        session = self.session
        body: bytes | FormData | None = None
        headers = None
        media = request_data is not None and request_data.contains_files
        if request_data is not None:
            if media:
                body = _form(request_data)
            else:
                body = json.dumps(request_data.parameters).encode()
                headers = _JSON_HEADERS
        timeout = self._timeout(
            _given(read_timeout, self._media if media else self._read),
            _given(write_timeout, self._media if media else self._write),
            _given(connect_timeout, self._connect),
            _given(pool_timeout, self._pool),
        )
        failure: TelegramError
        try:
            async with session.request(
                method,
                url,
                data=body,
                headers=headers,
                timeout=timeout,
                # A redirect would carry the token to another address.
                allow_redirects=False,
            ) as response:
                return response.status, await response.read()
        except ConnectionTimeoutError:
            failure = TimedOut("no connection to Telegram in time; nothing was sent")
        except TimeoutError:
            failure = TimedOut("no answer from Telegram in time")
        except ClientConnectorError as error:
            reason = error.os_error.strerror or type(error.os_error).__name__
            failure = NetworkError(f"cannot connect to Telegram: {reason}")
        except ServerDisconnectedError:
            failure = NetworkError("Telegram closed the connection without an answer")
        except (ClientError, OSError, ValueError) as error:
            failure = NetworkError(hide_tokens(f"{type(error).__name__}: {error}"))
        # Raised out here so that no traceback shows the URL of the library's error.
        raise failure

    def _timeout(
        self,
        read: float | None,
        write: float | None,
        connect: float | None,
        pool: float | None,
    ) -> ClientTimeout:
        key = (read, write, connect, pool)
        found = self._timeouts.get(key)
        if found is None:
            whole = (
                None
                if read is None or write is None or connect is None or pool is None
                else read + write + connect + pool
            )
            waits = None if connect is None or pool is None else connect + pool
            found = ClientTimeout(
                total=whole, connect=waits, sock_connect=connect, sock_read=read
            )
            if len(self._timeouts) < 64:
                self._timeouts[key] = found
        return found


def _given(value: ODVInput[float], default: float) -> float | None:
    return default if isinstance(value, DefaultValue) else value


def _form(request_data: RequestData) -> FormData:
    form = FormData(default_to_multipart=True)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime_type) in request_data.multipart_data.items():
        # aiohttp warns of large raw bytes, which it would send in one piece.
        part = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, part, filename=filename, content_type=mime_type)
    return form
