"""Socket Mode: one connection kept alive, and replaced when it goes quiet."""

import asyncio
import contextlib
from dataclasses import dataclass

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.slack.clients import NETWORK_ERRORS, error_code
from bot.slack.line import Line

PING_SECONDS = 10.0
#: Six pings without an answer: whatever the SDK thinks, nobody is there.
STALE_SECONDS = 60.0
#: Connections were seen to answer pings and bring no events; a new one costs nothing.
QUIET_SECONDS = 1800.0
LOOK_SECONDS = 5.0
OPEN_SECONDS = 20.0
CLOSE_SECONDS = 3.0
#: No use trying again: somebody has to set another token.
_HOPELESS = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "token_revoked",
    }
)
_log = structlog.get_logger(__name__)


class SocketRefusedError(Exception):
    """Slack refuses SLACK_APP_TOKEN: it wants an xapp- token, connections:write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketHealth:
    """How the connection stands; ``silent_seconds`` counts machine time."""

    connected: bool
    silent_seconds: float | None


class SlackSocket:
    """Keeps a connection to Slack from start to stop."""

    def __init__(
        self,
        app: AsyncApp,
        *,
        app_token: str,
        client: AsyncWebClient,
        clock: Clock,
        ping_seconds: float = PING_SECONDS,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._client = client
        self._clock = clock
        self._ping_seconds = ping_seconds
        self._look_seconds = look_seconds
        self._line: Line | None = None
        self._watch: asyncio.Task[None] | None = None
        #: Set with the first connection, and from then on.
        self.opened = asyncio.Event()

    async def start(self) -> None:
        """Connect, and watch over the connection from now on.

        When Slack is out of reach the watch goes on trying.

        Raises:
            SocketRefusedError: The app's token will never open a connection.
        """
        try:
            await self._replace()
        except SlackApiError as error:
            if error_code(error) in _HOPELESS:
                raise SocketRefusedError(error_code(error)) from error
            _log.warning("slack_socket_unopened", error=error_code(error))
        self._watch = asyncio.get_running_loop().create_task(self._watching())

    async def stop(self) -> None:
        """Let answers go out, then close the connection."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None
        line, self._line = self._line, None
        if line is not None:
            await line.close(within=CLOSE_SECONDS)

    def health(self) -> SocketHealth:
        """Return how the connection stands now."""
        if self._line is None:
            return SocketHealth(connected=False, silent_seconds=None)
        silent = max(0.0, self._clock.machine() - self._line.heard_at)
        return SocketHealth(
            connected=self._line.is_open and silent <= STALE_SECONDS,
            silent_seconds=silent,
        )

    async def look(self) -> None:
        """Replace the connection if there is none, or none that anybody answers on."""
        now = self._clock.machine()
        line = self._line
        if (
            line is None
            or now - line.heard_at > STALE_SECONDS
            or now - line.spoken_at > QUIET_SECONDS
        ):
            try:
                await self._replace()
            except SlackApiError as error:
                _log.error("slack_socket_unopened", error=error_code(error))

    async def _watching(self) -> None:
        while True:
            await asyncio.sleep(self._look_seconds)
            await self.look()

    async def _replace(self) -> None:
        """Open a new connection before closing the old one, so that none is missed."""
        line = Line(
            self._app,
            app_token=self._app_token,
            client=self._client,
            clock=self._clock,
            ping_seconds=self._ping_seconds,
        )
        try:
            await line.open(within=OPEN_SECONDS)
        except NETWORK_ERRORS as error:
            _log.warning("slack_socket_unopened", error=type(error).__name__)
            await line.close(within=0)
            return
        except BaseException:
            await line.close(within=0)
            raise
        old, self._line = self._line, line
        self.opened.set()
        _log.info("slack_socket_open")
        if old is not None:
            await old.close(within=CLOSE_SECONDS)
