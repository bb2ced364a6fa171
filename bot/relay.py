"""Delivers the outbox: in order per lane, at least once, at the platforms' pace.

Any replica may run it. A row is leased, sent, and marked; a crash between the last
two sends it again, which is stated and rare. Rows somebody waits for are marked
inside the turn that hears of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from typing import TYPE_CHECKING

import structlog

from bot.channel import Channel, Parcel, Refused, TryLater, Unreachable
from bot.pace import Pace
from flows.events import Delivered, Undeliverable
from store import outbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.clock import Clock
    from bot.turns import Turns
    from store.columns import AnyRow
    from store.engine import Store

_log = structlog.get_logger()

#: Messages under way at once.
IN_FLIGHT = 32
#: Seconds of machine time after which another worker may take a row over.
LEASE = 60.0
#: Seconds between looks when nothing woke us.
_IDLE = 2.0
#: Back-off after a failure, in seconds: doubling from the first to the last.
_FIRST, _LAST = 1.0, 300.0


class Relay:
    """Runs until stopped; see the module's first line."""

    def __init__(
        self,
        store: Store,
        turns: Turns,
        clock: Clock,
        channels: Mapping[str, Channel],
        *,
        paces: Mapping[str, Pace] | None = None,
    ) -> None:
        """``channels`` and ``paces`` are keyed by the channel's first word."""
        self._store = store
        self._turns = turns
        self._clock = clock
        self._channels = channels
        self._paces = paces or {name: Pace() for name in channels}
        self._worker = f"{socket.gethostname()[:32]}:{os.getpid()}:{id(self):x}"[:64]
        self._wake = asyncio.Event()
        self._quiet = asyncio.Event()
        self._running: set[asyncio.Task[tuple[int, str | None] | None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def wake(self) -> None:
        """Look for work now; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stir)

    def _stir(self) -> None:
        self._quiet.clear()
        self._wake.set()

    async def idle(self) -> None:
        """Return when nothing is under way and nothing can be sent now."""
        self._stir()
        await self._quiet.wait()

    async def run(self) -> None:
        """Deliver until cancelled; what is under way then stays leased."""
        self._loop = asyncio.get_running_loop()
        try:
            while True:
                self._wake.clear()
                claimed = await self._claim()
                for row in claimed:
                    self._running.add(asyncio.create_task(self._deliver(row)))
                if not claimed and not self._running:
                    await self._rest()
                    continue
                await self._collect()
        finally:
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    async def _claim(self) -> list[AnyRow]:
        room = IN_FLIGHT - len(self._running)
        if room <= 0:
            return []
        now = self._clock.machine()
        busy = [key for pace in self._paces.values() for key in pace.busy(now)]
        rows = await asyncio.to_thread(self._claim_rows, room, now, busy)
        for row in rows:
            self._pace(row.channel).spend(row.pace_key, now)
        return rows

    def _claim_rows(self, room: int, now: float, busy: list[str]) -> list[AnyRow]:
        with self._store.write() as connection:
            return outbox.claim(
                connection,
                worker=self._worker,
                machine_now=now,
                lease=LEASE,
                limit=room,
                busy=busy,
            )

    async def _rest(self) -> None:
        """Sleep until woken, until a chat's pace allows, or until a retry is due."""
        now = self._clock.machine()
        waits = [at for pace in self._paces.values() for at in pace.busy(now).values()]
        upcoming = await asyncio.to_thread(self._next_attempt)
        if upcoming is not None:
            waits.append(upcoming)
        soon = min((at - now for at in waits), default=_IDLE)
        if not self._wake.is_set() and (upcoming is None or upcoming > now + 1):
            self._quiet.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), max(0.005, min(soon, _IDLE)))

    def _next_attempt(self) -> float | None:
        with self._store.read() as connection:
            return outbox.next_attempt(connection)

    async def _collect(self) -> None:
        """Wait for some deliveries and mark those without a receipt in one batch."""
        waker = asyncio.create_task(self._wake.wait())
        try:
            await asyncio.wait(
                {*self._running, waker}, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            waker.cancel()
        done = {task for task in self._running if task.done()}
        self._running -= done
        sent = [result for task in done if (result := task.result()) is not None]
        if sent:
            await asyncio.to_thread(self._mark_sent, sent)

    def _mark_sent(self, sent: list[tuple[int, str | None]]) -> None:
        with self._store.write() as connection:
            outbox.mark_sent(connection, self._worker, sent, self._clock.now())

    async def _deliver(self, row: AnyRow) -> tuple[int, str | None] | None:
        """Send one row; return what is to be marked, or None when that is done."""
        try:
            return await self._send(row)
        except Exception as error:  # noqa: BLE001 - whatever it is, the lane must go on
            _log.exception("delivery failed", row=row.id, key=row.key)
            await self._again(row, TryLater(repr(error)))
            return None

    async def _send(self, row: AnyRow) -> tuple[int, str | None] | None:
        if row.expires_at is not None and row.expires_at <= self._clock.now():
            await asyncio.to_thread(self._bury, row, "expired")
            return None
        parcel = Parcel(
            id=row.id,
            lane=row.lane,
            address=row.address,
            key=row.key,
            payload=row.payload,
            target=row.target_platform_id,
        )
        try:
            await self._pace(row.channel).slot(self._clock.machine())
            platform_id = await self._channel(row.channel).deliver(parcel)
        except TryLater as later:
            await self._again(row, later)
        except Unreachable as closed:
            await self._lost(row, str(closed), unreachable=True)
            await asyncio.to_thread(self._park, row.lane)
        except Refused as refused:
            await self._lost(row, str(refused), unreachable=False)
        else:
            if not row.receipt:
                return row.id, platform_id
            await self._turns.take(
                Delivered(
                    case_id=row.case_id,
                    chat_id=row.chat_id,
                    subject=row.subject,
                    key=row.key,
                    at=self._clock.now(),
                    row_id=row.id,
                    platform_id=platform_id,
                )
            )
        return None

    async def _again(self, row: AnyRow, later: TryLater) -> None:
        now = self._clock.machine()
        wait = later.after or min(_FIRST * 2 ** (row.attempts), _LAST)
        if later.after is not None:
            self._pace(row.channel).shut(row.pace_key, now + later.after)
        _log.warning(
            "will send again", row=row.id, key=row.key, seconds=wait, why=str(later)
        )
        await asyncio.to_thread(self._postpone, row.id, now + wait, str(later))

    async def _lost(self, row: AnyRow, reason: str, *, unreachable: bool) -> None:
        """A message will never arrive: whoever waits for it hears so in a turn."""
        if row.chat_id is None or not (row.receipt or unreachable):
            await asyncio.to_thread(self._bury, row, reason)
            return
        await self._turns.take(
            Undeliverable(
                case_id=row.case_id,
                chat_id=row.chat_id,
                subject=row.subject,
                key=row.key,
                reason=reason,
                unreachable=unreachable,
                row_id=row.id,
            )
        )

    def _postpone(self, row_id: int, until: float, error: str) -> None:
        with self._store.write() as connection:
            outbox.postpone(connection, self._worker, row_id, until, error)

    def _bury(self, row: AnyRow, error: str) -> None:
        _log.warning("not sent", row=row.id, key=row.key, why=error)
        with self._store.write() as connection:
            outbox.bury(connection, self._worker, row.id, error)

    def _park(self, lane: str) -> None:
        with self._store.write() as connection:
            outbox.park(connection, lane)

    def _channel(self, name: str) -> Channel:
        return self._channels[name.partition(":")[0]]

    def _pace(self, name: str) -> Pace:
        return self._paces[name.partition(":")[0]]
