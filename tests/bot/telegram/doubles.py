"""A turn door that writes down who walked through it, and a clock moved by hand."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.clock import Clock

if TYPE_CHECKING:
    from flows.events import Event

TOKEN = "123456:abcdefghijklmnopqrstuvwxyz-0123456"
CHANNEL = "telegram:123456"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a turn tells the adapter."""

    duplicate: bool = False
    toast: str | None = None
    whisper: str | None = None


@dataclass
class RecordingTurns:
    """Commits events to a list, once per key, and fails when told to."""

    toast: str | None = None
    taken: list[Event] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    #: Texts whose turn raises, and how many times more it does.
    failing: Counter[str] = field(default_factory=Counter)
    #: Texts whose turn waits until the event is set.
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    #: Texts whose turn has begun, whether or not it ended.
    begun: list[str] = field(default_factory=list)
    attempts: Counter[str] = field(default_factory=Counter)
    buried: dict[str, str] = field(default_factory=dict)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, event: Event, *, key: str | None = None) -> Outcome:
        """Take one event, unless it is to wait or to fail."""
        text = getattr(event, "text", "")
        self.begun.append(text)
        await self._tell()
        if text in self.held:
            await self.held[text].wait()
        if self.failing[text] > 0:
            self.failing[text] -= 1
            raise RuntimeError("the turn fails")
        if key in self.keys:
            return Outcome(duplicate=True, toast=self.toast)
        self.taken.append(event)
        self.keys.append(str(key))
        await self._tell()
        return Outcome(toast=self.toast)

    async def failed(
        self, *, key: str, source: str, raw: str, error: BaseException
    ) -> bool:
        """Count an attempt; the third one buries."""
        assert source == CHANNEL
        assert error is not None
        self.attempts[key] += 1
        if self.attempts[key] >= 3:
            self.buried[key] = raw
        await self._tell()
        return self.attempts[key] >= 3

    @property
    def texts(self) -> list[str]:
        """The words taken so far, in order."""
        return [event.text for event in self.taken if hasattr(event, "text")]

    async def until(self, count: int) -> None:
        """Wait until so many events were taken."""
        async with asyncio.timeout(15), self.arrived:
            await self.arrived.wait_for(lambda: len(self.taken) >= count)

    async def until_begun(self, text: str) -> None:
        """Wait until the turn for a text has begun."""
        async with asyncio.timeout(15), self.arrived:
            await self.arrived.wait_for(lambda: text in self.begun)

    async def _tell(self) -> None:
        async with self.arrived:
            self.arrived.notify_all()


class HandClock(Clock):
    """Both clocks stand still until moved."""

    noon = datetime(2026, 6, 10, 12, tzinfo=UTC)

    def now(self) -> datetime:
        """Return noon and what was moved since."""
        return self.noon + self.offset

    def machine(self) -> float:
        """Return the same instant in seconds since the epoch."""
        return self.now().timestamp()

    def pass_seconds(self, seconds: float) -> None:
        """Let time pass."""
        self.move(timedelta(seconds=seconds))


@dataclass
class Readings:
    """What the poller told about how far it has read."""

    seen: list[tuple[datetime, bool]] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __call__(self, start_of_poll: datetime, *, full: bool) -> None:
        """Note one reading."""
        async with self.arrived:
            self.seen.append((start_of_poll, full))
            self.arrived.notify_all()

    async def until(self, count: int) -> None:
        """Wait until so many readings came."""
        async with asyncio.timeout(15), self.arrived:
            await self.arrived.wait_for(lambda: len(self.seen) >= count)
