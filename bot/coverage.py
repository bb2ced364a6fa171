"""Keeps every relation of the shop covered: by its triggers, or else by comparison.

Triggers are checked at start and hourly; what has none is compared all the time, and
everything once a day.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.threads import in_thread, persist
from store import baseline, scan, triggers

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.clock import Clock
    from store.engine import Store

_log = structlog.get_logger()

#: Seconds between checks of the triggers, and between comparisons of everything.
HOUR, _DAY = 3600.0, 86400.0
#: Relations without a trigger are compared this often (seconds), yet never more than
#: a twentieth of the time.
_COMPARE, _SHARE = 1.0, 20


class Coverage:
    """Begins once and then runs until cancelled; see the module's first line."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        noted: Callable[[], None],
        hour: float = HOUR,
    ) -> None:
        """``noted`` is called when a comparison may have noted something."""
        self._store = store
        self._clock = clock
        self._noted = noted
        self._hour = hour
        self._without: tuple[str, ...] = ()
        #: When a relation is compared next, in machine seconds.
        self._compare_at: dict[str, float] = {}

    async def begin(self) -> None:
        """Have triggers and digests first: what was late before we came is known last.

        Whatever the shop commits meanwhile is noted, or counts as late before.
        """
        await self._ensure()
        for relation in self._without:
            await in_thread(self._compare, relation)
        await in_thread(self._begin_baseline)

    async def run(self) -> None:
        """Keep triggers in place, and compare where there are none, and daily."""
        checked = self._clock.machine()
        while True:
            if self._clock.machine() - checked >= self._hour:
                await persist(self._ensure)
                checked = self._clock.machine()
            for relation in scan.SCANNED:
                if self._clock.machine() >= self._compare_at.get(relation, 0.0):
                    await persist(partial(in_thread, self._compare, relation))
                    self._noted()
            await asyncio.sleep(_COMPARE)

    async def _ensure(self) -> None:
        ensured = await in_thread(self._ensure_now)
        if set(ensured.without) != set(self._without):
            _log.info("relations without a trigger", relations=ensured.without)
        self._without = ensured.without
        for relation in (*ensured.without, *ensured.put_back):
            self._compare_at[relation] = 0.0

    def _ensure_now(self) -> triggers.Ensured:
        with self._store.write() as connection:
            return triggers.ensure(connection)

    def _compare(self, relation: str) -> None:
        began = self._clock.machine()
        last = scan.last_scan(self._store, relation)
        daily = 0.0 if last is None else last + _DAY
        if relation not in self._compare_at and began < daily:
            # Another process, or we before a restart, did it today.
            self._compare_at[relation] = daily
            return
        found = scan.scan(self._store, relation, began)
        took = self._clock.machine() - began
        often = max(_COMPARE, _SHARE * took) if relation in self._without else _DAY
        self._compare_at[relation] = began + took + often
        if found:
            _log.info("found by comparison", relation=relation, rows=found)

    def _begin_baseline(self) -> None:
        with self._store.write() as connection:
            baseline.begin(connection)
