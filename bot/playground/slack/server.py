"""The stand-in as one thing: start it, give it people and channels, watch it."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, Self

import aiohttp
from aiohttp import web

from bot.clock import Clock
from bot.playground.slack.changes import Change, Changes
from bot.playground.slack.channel import Channel
from bot.playground.slack.delivery import Delivery
from bot.playground.slack.events_http import HttpRoute
from bot.playground.slack.faults import Faults
from bot.playground.slack.identity import Identity
from bot.playground.slack.interactions import Interactions
from bot.playground.slack.pace import Pace
from bot.playground.slack.person import Person
from bot.playground.slack.routes import Packet, PacketKind, Reply, Route
from bot.playground.slack.socket_mode import Sockets
from bot.playground.slack.timers import Timers
from bot.playground.slack.web_api import WebApi
from bot.playground.slack.workspace import Workspace


class SlackStandIn:
    """A strict local Slack for one workspace with one app installed.

    `clock` is machine time in seconds: pace, ages and retries run on it, and a clock
    moved by hand needs `tick()` afterwards. Request signatures need `wall`, the real
    time of day; message timestamps come from `stamps`, business time perhaps.
    `pace=None` switches rate limits off and
    `hears_itself=False` spares the app the events of its own posts, for benchmarks.
    """

    def __init__(
        self,
        *,
        bot_token: str = "xoxb-playground",  # noqa: S107 - opens nothing but this
        app_token: str = "xapp-playground",  # noqa: S107 - opens nothing but this
        signing_secret: str = "playground",  # noqa: S107 - opens nothing but this
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] | None = None,
        stamps: Callable[[], datetime] | None = None,
        pace: Pace | Literal["slack"] | None = "slack",
        hears_itself: bool = True,
    ) -> None:
        self.identity = Identity(
            bot_token=bot_token, app_token=app_token, signing_secret=signing_secret
        )
        self._wall = wall or Clock().now
        self.faults = Faults()
        self.workspace = Workspace(
            self.identity,
            clock=clock,
            stamps=stamps or self._wall,
            hears_itself=hears_itself,
        )
        self._timers = Timers(clock)
        self.sockets = Sockets(app_id=self.identity.app_id, changes=self.changes)
        self.delivery = Delivery(
            identity=self.identity,
            timers=self._timers,
            changes=self.changes,
            faults=self.faults,
            route=self._route,
        )
        self.workspace.on_event = self.delivery.event
        self._http: HttpRoute | None = None
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None
        self._base_url = ""
        self._interactions = Interactions(
            self.workspace, self.delivery, lambda: self._base_url
        )
        self._api = WebApi(
            self.workspace,
            sockets=self.sockets,
            faults=self.faults,
            pace=Pace(clock=clock) if pace == "slack" else pace,
            base_url=lambda: self._base_url,
        )
        self._people: dict[str, Person] = {}

    @property
    def api_url(self) -> str:
        """The base URL for AsyncWebClient; it ends with /api/."""
        return f"{self._base_url}/api/"

    @property
    def changes(self) -> Changes:
        """The changes of the workspace, to watch or to wait for."""
        return self.workspace.changes

    @property
    def calls(self) -> list[tuple[str, Any]]:
        """The latest 2,000 authorised Web API calls: method and arguments."""
        return list(self._api.calls)

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 picks a free one."""
        self._session = aiohttp.ClientSession()
        self._runner = web.AppRunner(
            self._api.application(), access_log=None, shutdown_timeout=1
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        host, bound = self._runner.addresses[0][:2]
        self._base_url = f"http://{host}:{bound}"

    async def stop(self) -> None:
        """Stop listening and forget what was still under way."""
        await self.delivery.stop()
        await self.sockets.close()
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        """Start on a free port."""
        await self.start()
        return self

    async def __aexit__(self, *_reason: object) -> None:
        """Stop."""
        await self.stop()

    def tick(self) -> None:
        """Look at the machine clock again, after it was moved by hand."""
        self._timers.tick()

    def subscribe(self, observer: Callable[[Change], None]) -> Callable[[], None]:
        """Call `observer` with each change; return how to stop that."""
        return self.changes.subscribe(observer)

    def channel(self, channel_id: str, name: str, **more: Any) -> Channel:
        """Add a channel with everybody and the bot in it."""
        return self.workspace.add_channel(channel_id, name, **more)

    def person(self, user_id: str, name: str) -> Person:
        """Add a person, to every channel."""
        profile = self.workspace.add_person(user_id, name)
        person = Person(profile, self.workspace, self._interactions)
        self._people[user_id] = person
        return person

    @property
    def is_connected(self) -> bool:
        """Whether the app can be told anything right now."""
        return self._http is not None or bool(self.sockets.open)

    @property
    def people(self) -> list[Person]:
        """Everybody added so far, the bot left out."""
        return list(self._people.values())

    def group(self, group_id: str, handle: str, *members: Person) -> None:
        """Add a user group, or replace its members and tell the app."""
        users = [each.id for each in members]
        is_new = group_id not in self.workspace.groups
        self.workspace.groups[group_id] = (handle, users)
        if not is_new:
            event = {"type": "subteam_members_changed", "subteam_id": group_id}
            self.workspace.tell(event)

    async def deliver_to(self, url: str | None, *, handshake: bool = True) -> None:
        """Tell the app things by signed HTTP from now on, or by sockets for None.

        Raises:
            HandshakeError: the URL did not answer url_verification.
        """
        if url is None:
            self._http = None
            return
        if self._session is None:
            raise RuntimeError("start the stand-in first")
        route = HttpRoute(
            url,
            secret=self.identity.signing_secret,
            wall=self._wall,
            session=self._session,
        )
        if handshake:
            await route.handshake()
        self._http = route

    async def settled(self, *, timeout: float = 10) -> None:  # noqa: ASYNC109 - the caller's patience, in real seconds
        """Return once nothing is being sent to the app; later retries do not count."""
        await self.delivery.settled(timeout=timeout)

    async def inject(
        self, payload: dict[str, Any], *, retry_num: int = 0, retry_reason: str = ""
    ) -> Reply:
        """Send any payload once, as its kind travels, and return the reply."""
        packet = Packet(
            kind=kind_of(payload),
            payload=payload,
            retry_num=retry_num,
            retry_reason=retry_reason,
        )
        return await self.delivery.once(packet)

    async def inject_raw(
        self, body: bytes, headers: dict[str, str], *, secret: str | None = None
    ) -> Reply:
        """Post these very bytes by HTTP; another `secret` spoils the signature."""
        if self._http is None:
            raise RuntimeError("raw bytes travel by HTTP only: call deliver_to")
        return await self._http.send_raw(body, headers, secret=secret)

    def _route(self) -> Route:
        return self._http or self.sockets


def kind_of(payload: dict[str, Any]) -> PacketKind:
    """Return how a payload travels: as event, interaction or slash command."""
    if "command" in payload:
        return "slash_commands"
    events = ("event_callback", "url_verification", "app_rate_limited")
    return "events_api" if payload.get("type") in events else "interactive"
