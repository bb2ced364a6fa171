"""A poller with everything around it, for tests to start and stop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bot.telegram.intake import Intake
from bot.telegram.polling import Poller

if TYPE_CHECKING:
    from bot.telegram.client import BotApi

    from .doubles import HandClock, Readings, RecordingTurns


class Desk:
    """A poller with everything around it, started and stopped by the test."""

    def __init__(
        self, api: BotApi, turns: RecordingTurns, clock: HandClock, readings: Readings
    ) -> None:
        #: Machine time of the next due instant.
        self.due_at: float | None = None
        self._parts = (api, turns, clock, readings)
        self.poller = self.build()
        self.run: asyncio.Task[None] | None = None

    def build(self, **more: Any) -> Poller:
        """Return a fresh poller, as after a restart."""
        api, turns, clock, readings = self._parts
        intake = Intake(api, turns, username="northprint_bot")
        self.poller = Poller(
            api,
            intake.take_update,
            clock=clock,
            on_read=readings,
            next_due=self.next_due,
            back_off=0.01,
            **more,
        )
        return self.poller

    def next_due(self) -> float | None:
        """Return the seconds until the instant the test has set."""
        clock = self._parts[2]
        return None if self.due_at is None else self.due_at - clock.machine()

    def start(self) -> None:
        """Begin to poll."""
        self.run = asyncio.create_task(self.poller.run())

    async def stop(self) -> None:
        """Stop, and fail if that takes long."""
        self.poller.stop()
        if self.run is not None:
            async with asyncio.timeout(15):
                await self.run
