"""A turn door that only remembers, and a Slack side wired to the local stand-in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from aiohttp import web

from bot.clock import Clock
from bot.playground.slack import Channel, Message, Person, SlackStandIn
from bot.slack.reply_form import TicketSummary
from bot.slack.service import SlackSettings, SlackSide, open_slack
from flows.codes import StaffPress
from flows.events import Event, Staff

WayIn = Literal["socket", "http"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a turn leaves to say."""

    duplicate: bool = False
    toast: str | None = None
    whisper: str | None = None


class RecordingTurns:
    """Takes every turn once per key, and remembers it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.keys: list[str | None] = []
        self.failures: list[tuple[str, str, str]] = []
        self.whisper: str | None = None
        self.error: Exception | None = None
        self.buries = False
        self.open = asyncio.Event()
        self.open.set()

    async def take(self, event: Event, *, key: str | None = None) -> Outcome:
        """Remember the event, unless its key came before."""
        await self.open.wait()
        if self.error is not None:
            raise self.error
        if key in self.keys:
            return Outcome(duplicate=True)
        self.events.append(event)
        self.keys.append(key)
        return Outcome(whisper=self.whisper)

    async def failed(
        self, *, key: str, source: str, raw: str, error: BaseException
    ) -> bool:
        """Remember the failure."""
        del error
        self.failures.append((key, source, raw))
        return self.buries


class MovedClock(Clock):
    """Machine time that jumps ahead when told."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta(0)

    def machine(self) -> float:
        """Return the time it would be then."""
        return super().machine() + self.ahead.total_seconds()


@dataclass(kw_only=True)
class House:
    """The stand-in with its people, and what the bot was asked in it."""

    standin: SlackStandIn
    channel: Channel
    tom: Person
    eva: Person
    turns: RecordingTurns = field(default_factory=RecordingTurns)
    clock: MovedClock = field(default_factory=MovedClock)
    asked: list[tuple[StaffPress, Staff]] = field(default_factory=list)
    desk_says: str | None = None
    desk_error: Exception | None = None
    summary: TicketSummary | None = field(
        default_factory=lambda: TicketSummary(
            customer="Anna & Co", question="Where <is> my hoodie?"
        )
    )

    async def desk(self, press: StaffPress, staff: Staff) -> str | None:
        """Remember what was asked, and say what a test wants said."""
        self.asked.append((press, staff))
        if self.desk_error is not None:
            raise self.desk_error
        return self.desk_says

    async def ticket_summary(
        self, case_id: int, ticket_id: str
    ) -> TicketSummary | None:
        """Return what stands above the reply."""
        del case_id, ticket_id
        return self.summary

    async def card(self, *buttons: tuple[str, str]) -> Message:
        """Put a card with buttons (label, value) into the channel."""
        message = Message(
            channel_id=self.channel.id,
            ts=self.standin.workspace.ts(),
            user_id=self.standin.identity.bot_user_id,
            by_bot=True,
            text="A card",
            blocks=[
                {
                    "type": "actions",
                    "block_id": "buttons",
                    "elements": [
                        {
                            "type": "button",
                            "action_id": f"press:{number}",
                            "text": {"type": "plain_text", "text": label},
                            "value": value,
                        }
                        for number, (label, value) in enumerate(buttons)
                    ],
                }
            ],
        )
        return self.standin.workspace.post(self.channel, message)

    def settings(self, way: WayIn | None = None, **changed: Any) -> SlackSettings:
        """Return the settings that fit the stand-in."""
        identity = self.standin.identity
        given: dict[str, Any] = {
            "bot_token": identity.bot_token,
            "channel": self.channel.id,
            "staff": self.tom.id,
            "api_url": self.standin.api_url,
            "app_token": identity.app_token if way == "socket" else None,
            "signing_secret": identity.signing_secret if way == "http" else None,
        }
        return SlackSettings(**{**given, **changed})

    @asynccontextmanager
    async def bot(
        self, way: WayIn = "socket", *, budget: float = 2.0, **changed: Any
    ) -> AsyncIterator[SlackSide]:
        """Run the Slack side against the stand-in, by one of both ways in."""
        async with open_slack(
            self.settings(way, **changed),
            turns=self.turns,
            desk=self.desk,
            ticket_summary=self.ticket_summary,
            clock=self.clock,
            budget=budget,
        ) as side:
            if side.socket is not None:
                await side.socket.start()
                await self.standin.sockets.connected()
                yield side
            else:
                async with self._listening(side):
                    yield side

    @asynccontextmanager
    async def _listening(self, side: SlackSide) -> AsyncIterator[None]:
        assert side.http is not None
        application = web.Application()
        application.router.add_post("/slack/events", side.http.handle)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            await self.standin.deliver_to(f"http://{host}:{port}/slack/events")
            yield
        finally:
            await self.standin.deliver_to(None)
            await runner.cleanup()
