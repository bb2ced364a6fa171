"""One Socket Mode connection, with everything it starts kept in hand."""

import asyncio

from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.slack.clients import on_loopback
from bot.slack.inflight import InFlight


class Line:
    """A connection that is opened once, listened to, and replaced when it is stale."""

    def __init__(
        self,
        app: AsyncApp,
        *,
        app_token: str,
        client: AsyncWebClient,
        clock: Clock,
        ping_seconds: float,
    ) -> None:
        self._clock = clock
        self._handler = AsyncSocketModeHandler(
            app, app_token, web_client=client, ping_interval=ping_seconds
        )
        self._client: SocketModeClient = self._handler.client
        if on_loopback(client.base_url):
            self._client.proxy = None
        self._client.socket_mode_request_listeners[:] = [self._handle]  # type: ignore[list-item] # the SDK names its base class
        self._client.on_message_listeners.append(self._heard)
        self._answering = InFlight()
        self._closing = False
        #: Machine time of the last envelope or greeting.
        self.spoken_at = clock.machine()

    @property
    def heard_at(self) -> float:
        """Machine time of the last envelope, greeting or answered ping."""
        return max(self.spoken_at, self._client.last_ping_pong_time or 0.0)

    @property
    def is_open(self) -> bool:
        """Whether there is a connection at all; it may still be dead."""
        session = self._client.current_session
        return session is not None and not session.closed

    async def open(self, *, within: float) -> None:
        """Ask for an address and connect to it.

        The SDK tries one address for ever, though it is good for half a minute.

        Raises:
            SlackApiError: Slack refuses the app's token.
            TimeoutError: There was no connection ``within`` so many seconds.
        """
        async with asyncio.timeout(within):
            self._client.wss_uri = await self._client.issue_new_wss_url()
            await self._client.connect()  # type: ignore[no-untyped-call] # the SDK's
        self.spoken_at = self._clock.machine()

    async def close(self, *, within: float) -> None:
        """Take nothing new, let answers go out, and leave no task behind."""
        self._closing = True
        await self._answering.drain(within=within)
        tasks = (
            self._client.message_processor,
            self._client.current_session_monitor,
            self._client.message_receiver,
        )
        await self._handler.close_async()  # type: ignore[no-untyped-call] # the SDK's
        await asyncio.gather(
            *(task for task in tasks if task is not None), return_exceptions=True
        )

    async def _handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:
        if self._closing:
            # Unacknowledged: Slack brings it again, here or to another process.
            return
        with self._answering.here():
            await self._handler.handle(client, req)

    async def _heard(self, message: WSMessage) -> None:
        del message
        self.spoken_at = self._clock.machine()
