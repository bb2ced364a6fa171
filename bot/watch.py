"""Notices what the shop changed and takes one turn per customer it concerns.

On PostgreSQL the triggers wake it, on SQLite it looks twice a second. Everything it
knows lies in the store, so that any replica may go on where another stopped.
"""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING, Protocol

import psycopg
import structlog

from bot.coverage import HOUR, Coverage
from bot.threads import in_thread, persist
from flows.events import ShopChanged
from store import baseline, changes, inbox, triggers

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.clock import Clock
    from store.engine import Store

_log = structlog.get_logger()

#: Seconds between looks; with a listener only a second belt, and so much longer.
_POLL, _POLL_LISTENING = 0.5, 5.0
#: Customers fetched at a time, and turns at once where the engine has row locks.
_BATCH, _AT_ONCE = 100, 4
#: Seconds of back-off after a failed turn: doubling from the first to the last.
_FIRST, _LAST = 2.0, 300.0


class StoppedError(Exception):
    """The watch was stopped and notices nothing any more."""


class Turning(Protocol):
    """Takes turns, as ``bot.turns.Turns`` does."""

    async def take(self, event: ShopChanged) -> object:
        """Decide one event; raises after rolling back."""

    async def failed(
        self, *, key: str, source: str, raw: str, error: BaseException
    ) -> bool:
        """Count a failed attempt, of which people hear the third time."""


class Watch:
    """Runs until cancelled; see the module's first line."""

    def __init__(
        self,
        store: Store,
        turns: Turning,
        clock: Clock,
        *,
        poll: float | None = None,
        hour: float = HOUR,
        gate: Callable[[list[ShopChanged]], bool] = lambda _events: True,
    ) -> None:
        """All replicas may run it at once.

        ``gate`` is asked before a group of turns, in a worker thread; False leaves
        them queued. ``poll``: seconds between looks, where the usual ones do not fit;
        ``hour``: seconds between checks of the triggers.
        """
        self._store = store
        self._turns = turns
        self._clock = clock
        self._poll = poll
        self._gate = gate
        self._wake = asyncio.Event()
        #: Set while PostgreSQL tells of changes.
        self.listening = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asking: list[asyncio.Future[None]] = []
        self._stopped = False
        self._coverage = Coverage(store, clock, noted=self._wake.set, hour=hour)

    def nudge(self) -> None:
        """Look now; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def idle(self) -> None:
        """Return when nothing is queued that could be taken now.

        What was committed before the call is taken by then; a customer whose turn
        failed and waits for its back-off does not count.

        Raises:
            StoppedError: The watch was stopped before.
        """
        if self._stopped:
            raise StoppedError
        asked: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asking.append(asked)
        self._wake.set()
        await asked

    async def run(self) -> None:
        """Watch until cancelled."""
        self._loop = asyncio.get_running_loop()
        try:
            await persist(self._coverage.begin)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._take_turns())
                tasks.create_task(self._coverage.run())
                if not self._store.is_sqlite:
                    tasks.create_task(self._listen())
        finally:
            self._stopped = True
            for asked in self._asking:
                if not asked.done():
                    asked.set_exception(StoppedError())

    # --- from notes to turns ----------------------------------------------------

    async def _take_turns(self) -> None:
        while True:
            self._wake.clear()
            asking = tuple(self._asking)
            if await persist(self._work_off):
                continue
            for asked in asking:
                self._asking.remove(asked)
                if not asked.done():
                    asked.set_result(None)
            usual = _POLL_LISTENING if self.listening.is_set() else _POLL
            # Not wait_for: in 3.11 it loses a cancellation that meets the wake-up.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._poll or usual):
                    await self._wake.wait()

    async def _work_off(self) -> bool:
        """Take a turn for each customer that waits; return whether any did."""
        customers = await in_thread(self._expand)
        if not await in_thread(self._may_take, customers):
            return False
        side_by_side = 1 if self._store.is_sqlite else _AT_ONCE
        waiting = iter(customers)

        async def one_after_another() -> None:
            for customer_id in waiting:
                await self._turn(customer_id)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(min(side_by_side, len(customers))):
                tasks.create_task(one_after_another())
        return bool(customers)

    def _may_take(self, customers: list[str]) -> bool:
        return self._gate([ShopChanged(customer_id=c) for c in customers])

    async def _turn(self, customer_id: str) -> None:
        try:
            await self._turns.take(ShopChanged(customer_id=customer_id))
        except Exception as error:  # noqa: BLE001 - whatever failed, it comes again later
            _log.exception("a turn about the shop failed", customer=customer_id)
            await persist(partial(self._failed, customer_id, error))

    async def _failed(self, customer_id: str, error: Exception) -> None:
        attempt = await in_thread(self._postpone, customer_id)
        if attempt <= inbox.LAST_ATTEMPT:
            # So that people hear of it once; it is tried again all the same.
            await self._turns.failed(
                key=f"shop:{customer_id}", source="shop", raw=customer_id, error=error
            )

    def _expand(self) -> list[str]:
        """Expand all notes that wait and return customers that are due."""
        while self._has_notes():
            with self._store.write() as connection:
                taken = changes.expand(connection)
                baseline.take(connection)
            if not taken:
                break
        with self._store.read() as connection:
            return changes.due(connection, _BATCH, self._clock.machine())

    def _has_notes(self) -> bool:
        with self._store.read() as connection:
            return not changes.is_empty(connection) or baseline.is_pending(connection)

    def _postpone(self, customer_id: str) -> int:
        with self._store.write() as connection:
            attempt = changes.failures(connection, customer_id) + 1
            pause = min(_FIRST * 2 ** min(attempt - 1, 16), _LAST)
            retry_at = self._clock.machine() + pause
            changes.postpone(connection, customer_id, retry_at)
        return attempt

    # --- PostgreSQL's word ---------------------------------------------------------

    async def _listen(self) -> None:
        """Be woken by the triggers, on a connection of its own."""
        engine = self._store.engine
        _, options = engine.dialect.create_connect_args(engine.url)
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    autocommit=True, **options
                ) as connection:
                    await connection.execute(f"LISTEN {triggers.CHANNEL}".encode())
                    self.listening.set()
                    self._wake.set()
                    async for _ in connection.notifies():
                        self._wake.set()
            except psycopg.Error as error:
                _log.warning(
                    "nobody tells of changes; looking myself", error=str(error)
                )
            finally:
                self.listening.clear()
            await asyncio.sleep(_FIRST)
