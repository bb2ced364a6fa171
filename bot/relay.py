"""Delivers the outbox: in order per lane, at least once, at the platforms' pace.

Any replica may run it. A row is leased, sent, and marked; a crash between the last
two sends it again, which is stated and rare. Rows somebody waits for are marked
inside the turn that hears of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.channel import Channel, Parcel, Refused, TryLater, Unreachable
from bot.pace import Pace
from flows.events import Delivered, Undeliverable
from store import outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.clock import Clock
    from bot.turns import Turns
    from store.columns import AnyRow
    from store.engine import Store

_log = structlog.get_logger()

_P = ParamSpec("_P")
_T = TypeVar("_T")

#: Messages under way at once.
IN_FLIGHT = 32
#: Seconds of machine time after which another worker may take a row over.
LEASE = 60.0
#: Seconds between looks when nothing woke us.
_IDLE = 2.0
#: Back-off after a failure, in seconds: doubling from the first to the last.
_FIRST, _LAST = 1.0, 300.0
#: More doublings than lead from the first to the last; a float ends at 1023.
_DOUBLINGS = 16


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
        back_off: float = _FIRST,
    ) -> None:
        """``channels`` and ``paces`` are keyed by the channel's first word.

        ``back_off``: seconds of machine time before the first repeat.
        """
        self._store = store
        self._turns = turns
        self._clock = clock
        self._channels = channels
        self._paces = paces or {name: Pace() for name in channels}
        self._back_off = back_off
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
        if self._store.is_sqlite:
            await self._insist(self._take_over)
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
        rows = await self._insist(self._claim_rows, room, now, busy)
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
                room=lambda row: self._pace(row.channel).room(row.pace_key, now),
            )

    def _take_over(self) -> None:
        """A store of one process: what is leased at its start, a crash left behind."""
        with self._store.write() as connection:
            outbox.take_over(connection)

    async def _rest(self) -> None:
        """Sleep until woken, until a chat's pace allows, or until a retry is due."""
        now = self._clock.machine()
        waits = [at for pace in self._paces.values() for at in pace.busy(now).values()]
        upcoming = await self._insist(self._next_attempt)
        # What could go now and did not was held back by its chat's pace.
        if upcoming is not None and (upcoming > now or not waits):
            waits.append(upcoming)
        soon = min((at - now for at in waits), default=_IDLE)
        if not self._wake.is_set() and (upcoming is None or upcoming > now + 1):
            self._quiet.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.005, min(soon, _IDLE))):
                await self._wake.wait()

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
            await self._insist(self._mark_sent, sent)

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
            await self._insist(self._bury, row, "expired")
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
        except Refused as refused:
            await self._lost(row, str(refused), unreachable=False)
        else:
            if not row.receipt:
                return row.id, platform_id
            await self._tell(
                row,
                Delivered(
                    case_id=row.case_id,
                    chat_id=row.chat_id,
                    subject=row.subject,
                    key=row.key,
                    at=self._clock.now(),
                    row_id=row.id,
                    platform_id=platform_id,
                ),
            )
        return None

    async def _again(self, row: AnyRow, later: TryLater) -> None:
        now = self._clock.machine()
        wait = later.after
        if wait is None:
            wait = min(self._back_off * 2 ** min(row.attempts, _DOUBLINGS), _LAST)
        if later.after is not None:
            self._pace(row.channel).shut(row.pace_key, now + later.after)
        _log.warning(
            "will send again", row=row.id, key=row.key, seconds=wait, why=str(later)
        )
        await self._insist(self._postpone, row.id, now + wait, str(later))

    async def _lost(self, row: AnyRow, reason: str, *, unreachable: bool) -> None:
        """A message will never arrive: whoever waits for it hears so in a turn."""
        if row.chat_id is None or not (row.receipt or unreachable):
            await self._insist(self._bury, row, reason)
            return
        await self._tell(
            row,
            Undeliverable(
                case_id=row.case_id,
                chat_id=row.chat_id,
                subject=row.subject,
                key=row.key,
                reason=reason,
                unreachable=unreachable,
                row_id=row.id,
            ),
        )

    async def _tell(self, row: AnyRow, event: Delivered | Undeliverable) -> None:
        """Take the turn of a receipt; what arrived never goes out again for it.

        A turn that fails for good is a dead letter, and the row is marked without it.
        """
        while True:
            try:
                await self._turns.take(event)
            except Exception as error:  # noqa: BLE001 - it ends as a dead letter
                _log.exception("a receipt's turn failed", row=row.id, key=row.key)
                if await self._given_up(row, error):
                    break
                await asyncio.sleep(self._back_off)
            else:
                return
        if isinstance(event, Delivered):
            await self._insist(self._mark_sent, [(row.id, event.platform_id)])
        else:
            await self._insist(self._bury, row, event.reason)

    async def _given_up(self, row: AnyRow, error: Exception) -> bool:
        raw = json.dumps({"row": row.id, "key": row.key, "subject": row.subject})
        try:
            return await self._turns.failed(
                key=f"receipt:{row.id}", source="relay", raw=raw, error=error
            )
        except (OperationalError, InterfaceError):
            # A store that does not answer is no fault of the turn's.
            return False

    async def _insist(
        self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """Return what work on the store returns, however long the store is away."""
        while True:
            try:
                return await asyncio.to_thread(work, *args, **kwargs)
            except (OperationalError, InterfaceError):
                _log.exception("the store does not answer; trying again")
                await asyncio.sleep(self._back_off)

    def _postpone(self, row_id: int, until: float, error: str) -> None:
        with self._store.write() as connection:
            outbox.postpone(connection, self._worker, row_id, until, error)

    def _bury(self, row: AnyRow, error: str) -> None:
        _log.warning("not sent", row=row.id, key=row.key, why=error)
        with self._store.write() as connection:
            outbox.bury(connection, self._worker, row.id, error)

    def _channel(self, name: str) -> Channel:
        return self._channels[name.partition(":")[0]]

    def _pace(self, name: str) -> Pace:
        return self._paces[name.partition(":")[0]]
