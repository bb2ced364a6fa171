"""Wakes at the next due instant and takes a turn for each due case, oldest first.

The query is a hint, one case per transaction; the guard under the lock is the truth,
so a turn that came too early changes nothing and is asked again a moment later.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from flows.events import InstantPassed
from store import inbox, instants

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.clock import Clock
    from bot.turns import Turns
    from store.engine import Store

_log = structlog.get_logger()

#: Seconds of the longest sleep, so that another replica's new instant is noticed.
_LONGEST = 15.0
#: Seconds before a case that was asked too early is asked again.
_AGAIN = 0.5
#: How long a case whose turn fails is left alone, so that it blocks nobody.
_PAUSE = timedelta(minutes=1)


class Instants:
    """Runs until stopped; see the module's first line."""

    def __init__(
        self,
        store: Store,
        turns: Turns,
        clock: Clock,
        *,
        gate: Callable[[list[InstantPassed]], bool] = lambda _events: True,
    ) -> None:
        """All replicas may run it; ``gate`` is asked before a group of turns."""
        self._gate = gate
        self._store = store
        self._turns = turns
        self._clock = clock
        self._wake = asyncio.Event()
        self._quiet = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked: dict[int, float] = {}

    def wake(self) -> None:
        """Look again now; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stir)

    def _stir(self) -> None:
        self._quiet.clear()
        self._wake.set()

    async def idle(self) -> None:
        """Return when nothing is due (or what is due was asked a moment ago)."""
        self._stir()
        await self._quiet.wait()

    async def next_due(self) -> datetime | None:
        """Return the earliest instant any case waits for, or None."""
        return await asyncio.to_thread(self._next_due)

    async def run(self) -> None:
        """Take turns until cancelled."""
        self._loop = asyncio.get_running_loop()
        while True:
            self._wake.clear()
            try:
                if await self._work_off():
                    continue
                upcoming = await self.next_due()
            except (OperationalError, InterfaceError):
                _log.exception("the store does not answer; trying again")
                await asyncio.sleep(_AGAIN)
                continue
            seconds = _LONGEST
            if upcoming is not None:
                seconds = (upcoming - self._clock.now()).total_seconds()
                seconds = min(max(seconds, _AGAIN), _LONGEST)
            if not self._wake.is_set():
                self._quiet.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._wake.wait()

    async def _work_off(self) -> bool:
        """Take a turn for each due case; return whether any was asked."""
        now = self._clock.machine()
        self._asked = {i: at for i, at in self._asked.items() if now - at < _AGAIN}
        due = await asyncio.to_thread(self._due)
        fresh = [case_id for case_id in due if case_id not in self._asked]
        if fresh and not await asyncio.to_thread(self._may_take, fresh):
            return False
        for case_id in fresh:
            self._asked[case_id] = now
            try:
                await self._turns.take(InstantPassed(case_id=case_id))
            except Exception as error:  # noqa: BLE001 - people hear of it
                _log.exception("an instant's turn failed", case=case_id)
                await self._failed(case_id, error)
        return bool(fresh)

    def _may_take(self, case_ids: list[int]) -> bool:
        return self._gate([InstantPassed(case_id=case_id) for case_id in case_ids])

    def _due(self) -> list[int]:
        with self._store.read() as connection:
            return instants.due(connection, self._clock.now())

    def _next_due(self) -> datetime | None:
        with self._store.read() as connection:
            return instants.next_due(connection)

    async def _failed(self, case_id: int, error: Exception) -> None:
        attempts = await asyncio.to_thread(self._pause, case_id)
        if attempts <= inbox.LAST_ATTEMPT:
            # So that people hear of it once; it is tried again all the same.
            await self._turns.failed(
                key=f"instant:{case_id}",
                source="clock",
                raw=str(case_id),
                error=error,
            )

    def _pause(self, case_id: int) -> int:
        with self._store.write() as connection:
            return instants.pause(connection, case_id, self._clock.now() + _PAUSE)
