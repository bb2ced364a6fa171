"""What the page sees: parts that are sent whole, each when something in it changed."""

from __future__ import annotations

import asyncio
import json
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import WSMsgType, web

from bot.playground.slack import Change as DeskChange
from bot.playground.slack import picture
from bot.playground.telegram import Change as PhoneChange
from bot.playground.telegram import ChangeKind
from bot.playground.telegram.views import person_view

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.playground.controls import Controls

log = structlog.get_logger(__name__)

#: Changes that come close together are shown together, in seconds of real time.
_PAUSE = 0.03
#: The bell does not ring for what another process writes, as the command line does:
#: so often, in seconds, an open page looks at the books by itself.
_GLANCE = 1.5
#: What the bot asks of the platform changes nothing on a phone by itself.
_UNSEEN = frozenset({ChangeKind.CALLED, ChangeKind.RECEIVING})


class Sight:
    """Knows every part of the page and tells the open pages which ones changed.

    Parts: ``shop`` (the books), ``clock`` (time and mode), ``slack`` (one colleague's
    screen), ``phone:ID`` (one customer's).
    """

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        self._feeds: set[Feed] = set()
        self._moving = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Take note of everything that happens until the block ends."""
        controls = self._controls
        with ExitStack() as stack:
            stack.enter_context(controls.telegram.changes.heard_by(self._on_phone))
            stack.callback(controls.slack.subscribe(self._on_desk))
            stack.callback(controls.changes.subscribe(self.books_changed))
            yield

    @contextmanager
    def moving(self) -> Iterator[None]:
        """Show on every page that the clock is on its way."""
        self._moving = True
        self.books_changed()
        try:
            yield
        finally:
            self._moving = False
            self.books_changed()

    @property
    def is_moving(self) -> bool:
        """Whether the clock is on its way."""
        return self._moving

    def books_changed(self) -> None:
        """Show the shop and the clock anew."""
        self._touch("shop", "clock")

    async def shown(self, part: str, colleague: str) -> Any:
        """Return one part as JSON."""
        controls = self._controls
        match part.partition(":"):
            case "shop", _, _:
                return await controls.overview()
            case "clock", _, _:
                return await self._clock()
            case "slack", _, _:
                return self._desk(colleague)
            case _, _, customer:
                found = next(each for each in controls.people if each.id == customer)
                return person_view(found.phone) | {"full_name": found.name}

    async def attend(self, socket: web.WebSocketResponse) -> None:
        """Keep one open page up to date until it closes."""
        feed = Feed(self, socket)
        phones = [f"phone:{each.id}" for each in self._controls.people]
        feed.touch("clock", "shop", "slack", *phones)
        self._feeds.add(feed)
        sending = asyncio.create_task(feed.run())
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    feed.sit_with(message.data)
        finally:
            self._feeds.discard(feed)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def close(self) -> None:
        """Send every open page away."""
        for feed in tuple(self._feeds):
            await feed.socket.close()

    async def _clock(self) -> dict[str, Any]:
        controls = self._controls
        due = await controls.next_due()
        return {
            "shop": controls.shop_name,
            "bot": controls.telegram.bot.first_name,
            "zone": controls.time_zone,
            "now": controls.now().isoformat(),
            "next_due": due.isoformat() if due else None,
            "mode": controls.mode.value,
            "moving": self._moving,
        }

    def _desk(self, colleague: str) -> dict[str, Any]:
        people = self._controls.slack.people
        sits = next((each for each in people if each.id == colleague), people[0])
        return picture(self._controls.slack, sits) | {
            "colleagues": [each.id for each in people]
        }

    def _on_phone(self, change: PhoneChange) -> None:
        if change.kind in _UNSEEN:
            return
        self._touch(
            *(
                f"phone:{each.id}"
                for each in self._controls.people
                if change.chat_id in {None, each.phone.id}
            )
        )

    def _on_desk(self, change: DeskChange) -> None:
        if change.kind != "delivery":
            self._touch("slack")

    def _touch(self, *parts: str) -> None:
        for feed in self._feeds:
            feed.touch(*parts)


class Feed:
    """One open page: what it has yet to be sent, and at whose desk it sits."""

    def __init__(self, sight: Sight, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self._sight = sight
        self._colleague = ""
        self._due: dict[str, None] = {}
        self._sent: dict[str, str] = {}
        self._woken = asyncio.Event()

    def touch(self, *parts: str) -> None:
        """Note that these parts may have changed."""
        self._due |= dict.fromkeys(parts)
        self._woken.set()

    def sit_with(self, message: str) -> None:
        """Take the seat of the colleague whose id the page sends."""
        self._colleague = message
        self.touch("slack")

    async def run(self) -> None:
        """Send what changed, whole and at most every few frames, for ever."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_GLANCE):
                    await self._woken.wait()
                    await asyncio.sleep(_PAUSE)
            self.touch("shop", "clock")
            self._woken.clear()
            due, self._due = self._due, {}
            for part in due:
                await self._send(part)

    async def _send(self, part: str) -> None:
        try:
            value = await self._sight.shown(part, self._colleague)
        except Exception:
            log.exception("playground.part_failed", part=part)
            return
        text = json.dumps({"part": part, "value": value}, ensure_ascii=False)
        if self._sent.get(part) != text and not self.socket.closed:
            self._sent[part] = text
            await self.socket.send_str(text)
