"""Reading customers' messages: one poller among replicas, or webhooks on each.

However it is read, the store is told up to when: no deadline is applied before the
channel was read past it.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import structlog
from telegram.error import NetworkError

from store.leadership import Leadership
from store.listening import note_read

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.telegram.adapter import TelegramAdapter
    from store.engine import Store

_log = structlog.get_logger()

#: Any number will do, as long as all replicas name the same one.
_POLLER = 0x62616373
#: Seconds between tries to take the reading over, and between looks at a webhook.
_TAKEOVER, _LOOK = 2.0, 5.0


class Reading:
    """Keeps one bot's messages being read; stopped by cancelling ``run``."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """The adapter is told later, since it needs ``note`` to be built."""
        self._store = store
        self._clock = clock
        #: Set once it is known who reads.
        self.settled = asyncio.Event()

    def noting(self, channel: str) -> _Noting:
        """Return what a poller tells its progress to."""
        return _Noting(self._store, self._clock, channel)

    async def run(self, telegram: TelegramAdapter) -> None:
        """Read until cancelled; with several pollers, while this replica leads.

        Raises:
            TelegramFatalError: Telegram will not be read like this.
        """
        if telegram.webhook is not None:
            await self._look_after_webhook(telegram)
        else:
            await self._poll_when_leading(telegram)

    async def _poll_when_leading(self, telegram: TelegramAdapter) -> None:
        leadership = Leadership(self._store, _POLLER)
        leading = False
        try:
            while True:
                leads = await asyncio.to_thread(leadership.acquire)
                if leads and not leading:
                    await _started(telegram)
                elif leading and not leads:
                    await telegram.pause()
                    _log.warning("another replica reads Telegram now")
                leading = leads
                self.settled.set()
                if not leading:
                    await asyncio.sleep(_TAKEOVER)
                    continue
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_TAKEOVER):
                        await telegram.ended()
        finally:
            await asyncio.to_thread(leadership.release)

    async def _look_after_webhook(self, telegram: TelegramAdapter) -> None:
        await _started(telegram)
        self.settled.set()
        noting = self.noting(telegram.channel)
        while True:
            asked_at = self._clock.now()
            if telegram.webhook is not None and await telegram.webhook.caught_up():
                await noting(asked_at, full=False)
            await asyncio.sleep(_LOOK)


async def _started(telegram: TelegramAdapter) -> None:
    """Begin to read, however long Telegram cannot be reached."""
    while True:
        try:
            await telegram.start()
        except NetworkError as error:
            _log.warning("Telegram cannot be reached; trying again", error=str(error))
            await asyncio.sleep(_TAKEOVER)
        else:
            return


class _Noting:
    """Tells the store up to when a channel was read."""

    def __init__(self, store: Store, clock: Clock, channel: str) -> None:
        self._store = store
        self._clock = clock
        self._channel = channel

    async def __call__(self, start_of_poll: datetime, *, full: bool) -> None:
        """Note a poll whose batch is committed, unless more may be waiting."""
        if not full:
            await asyncio.to_thread(self._note, start_of_poll)

    def _note(self, until: datetime) -> None:
        with self._store.write() as connection:
            note_read(connection, self._channel, until, self._clock.machine())
