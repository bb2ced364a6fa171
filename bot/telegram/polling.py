"""Long polling: an update is confirmed only after its turn has been committed.

Inside a batch each chat keeps its order and different chats run side by side.
Nothing is ever dropped: what is not confirmed comes again.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from telegram.error import Conflict, RetryAfter, TelegramError

from bot.telegram.client import UPDATES_PER_POLL, TelegramFatalError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime, timedelta

    from bot.clock import Clock
    from bot.telegram.client import BotApi, Raw

log = structlog.get_logger(__name__)

#: Seconds; the platform would wait up to 50.
LONG_POLL = 30
LANES_AT_ONCE = 8
_BACK_OFF_FIRST, _BACK_OFF_MOST = 1.0, 60.0
#: Seconds between polls of a server that answers long polls at once.
_BREATH = 0.5


class OnRead(Protocol):
    """Takes note of how far the channel has been read."""

    async def __call__(self, start_of_poll: datetime, *, full: bool) -> None:
        """Note a poll whose batch is committed; ``full``: more may be waiting."""


class Poller:
    """The one reader of a bot's updates.

    ``next_due`` returns seconds of business time until the next due instant
    (negative when it has passed, None when there is none): a poll never waits
    beyond it, and one poll begins after it, so that silence can be known.
    ``interval``: seconds between empty polls; 0 means long polling.
    """

    def __init__(
        self,
        api: BotApi,
        take: Callable[[Raw], Awaitable[None]],
        *,
        clock: Clock,
        on_read: OnRead,
        next_due: Callable[[], float | None] = lambda: None,
        interval: float = 0.0,
        back_off: float = _BACK_OFF_FIRST,
    ) -> None:
        self._api = api
        self._take = take
        self._clock = clock
        self._on_read = on_read
        self._next_due = next_due
        self._interval = interval
        self._back_off = back_off
        self._failures = 0
        self._offset: int | None = None
        self._read_from: datetime | None = None
        self._unnoted = False
        self._stopping = False
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Read until ``stop``.

        Raises:
            TelegramFatalError: Somebody else reads this bot's updates.
        """
        self._stopping = False
        await self._again_until_done(self._drop_webhook)
        while not self._stopping:
            await self._again_until_done(self._read_once)

    def stop(self) -> None:
        """End ``run`` soon: a waiting poll is dropped, running turns finish."""
        self._stopping = True
        self._wake.set()

    def look_again(self) -> None:
        """Ask afresh how long to wait, after business time or a deadline moved."""
        self._wake.set()

    async def _again_until_done(self, step: Callable[[], Awaitable[None]]) -> None:
        while not self._stopping:
            try:
                await step()
            except Conflict as conflict:
                reason = _conflict(conflict)
            except RetryAfter as error:
                wait: timedelta = error.retry_after  # type: ignore[assignment] # PTB_TIMEDELTA
                log.warning("telegram.poll_told_to_wait", seconds=wait.total_seconds())
                await self._pause(wait.total_seconds())
                continue
            except TelegramError as error:
                log.warning("telegram.poll_failed", error=str(error))
                await self._pause(self._longer())
                continue
            else:
                self._failures = 0
                return
            # Out of the handler: PTB's own words only repeat ours.
            raise TelegramFatalError(reason)

    async def _drop_webhook(self) -> None:
        info = await self._api.get_webhook_info()
        if info.url:
            log.warning("telegram.webhook_removed_for_polling")
            await self._api.delete_webhook(drop_pending_updates=False)

    async def _read_once(self) -> None:
        self._rearm()
        wait = self._seconds_to_wait()
        began = self._clock.now()
        loop = asyncio.get_running_loop()
        asked = loop.time()
        batch = await self._fetch(wait)
        if batch is None:
            return
        full = len(batch) >= UPDATES_PER_POLL
        if not await self._commit(batch) or not await self._noted(began, full=full):
            await self._pause(self._longer())
            return
        if not full:
            self._read_from = began
        if batch:
            return
        if self._interval:
            await self._pause(self._until_due(self._interval))
        elif wait and loop.time() - asked < _BREATH:
            await self._pause(_BREATH)

    def _seconds_to_wait(self) -> int:
        """Return how long the platform may hold the next poll open."""
        if self._interval or self._unnoted:
            return 0
        return math.ceil(self._until_due(LONG_POLL))

    def _until_due(self, at_most: float) -> float:
        due = self._next_due()
        if due is None:
            return at_most
        if due > 0:
            return min(due, at_most)
        passed_for = (
            (self._clock.now() - self._read_from).total_seconds()
            if self._read_from is not None
            else math.inf
        )
        # Once a poll began after the instant, the rest is up to whoever acts on it.
        return at_most if passed_for <= -due else 0.0

    async def _fetch(self, wait: int) -> list[Raw] | None:
        """Return the next batch, or None when something else came up meanwhile."""
        poll = asyncio.create_task(
            self._api.fetch_updates(offset=self._offset, wait_seconds=wait)
        )
        woken = asyncio.create_task(self._wake.wait())
        try:
            await asyncio.wait({poll, woken}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
            if not poll.done():
                poll.cancel()
            await asyncio.gather(woken, poll, return_exceptions=True)
        # A batch that came together with the wake-up is simply not confirmed.
        return None if poll.cancelled() or self._stopping else poll.result()

    async def _commit(self, batch: list[Raw]) -> bool:
        """Take a batch, confirm what was committed in unbroken order."""
        lanes: dict[object, list[int]] = {}
        for index, raw in enumerate(batch):
            lanes.setdefault(_lane(raw, index), []).append(index)
        done: set[int] = set()
        room = asyncio.Semaphore(LANES_AT_ONCE)

        async def work(lane: list[int]) -> None:
            async with room:
                for index in lane:
                    if self._stopping or not await self._taken(batch[index]):
                        return
                    done.add(index)

        await asyncio.gather(*(work(lane) for lane in lanes.values()))
        for index, raw in enumerate(batch):
            if index not in done:
                return False
            if isinstance(number := raw.get("update_id"), int):
                self._offset = number + 1
        return True

    async def _taken(self, raw: Raw) -> bool:
        try:
            await self._take(raw)
        except Exception:
            log.exception("telegram.turn_failed", update_id=raw.get("update_id"))
            return False
        return True

    async def _noted(self, began: datetime, *, full: bool) -> bool:
        try:
            await self._on_read(began, full=full)
        except Exception:
            log.exception("telegram.read_not_noted")
            self._unnoted = True
            return False
        self._unnoted = False
        return True

    def _longer(self) -> float:
        self._failures += 1
        doubled = self._back_off * 2.0 ** min(self._failures - 1, 10)
        return min(_BACK_OFF_MOST, doubled) * random.uniform(0.5, 1.0)

    async def _pause(self, seconds: float) -> None:
        self._rearm()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    def _rearm(self) -> None:
        if not self._stopping:
            self._wake.clear()


def _lane(raw: Raw, index: int) -> object:
    """Return the chat an update belongs to, read from the bare JSON."""
    for kind, path in (
        ("message", ("chat", "id")),
        ("edited_message", ("chat", "id")),
        ("my_chat_member", ("chat", "id")),
        ("callback_query", ("message", "chat", "id")),
        ("callback_query", ("from", "id")),
    ):
        found: Any = raw.get(kind)
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        if isinstance(found, int):
            return found
    return ("alone", index)


def _conflict(conflict: Conflict) -> str:
    if "webhook" in conflict.message.lower():
        return (
            "somebody set a webhook while this bot was polling: remove it, "
            "or set TELEGRAM_MODE=webhook here"
        )
    return (
        "another program reads this bot's updates with the same token: stop it, "
        "or give this one a bot of its own"
    )
