"""Two replicas on one PostgreSQL: together they do everything once, in order."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.instants import Instants
from bot.pace import Pace
from bot.relay import Relay
from bot.watch import Watch
from store.engine import Store
from store.listening import note_read
from store.tables import outbox

from . import scene
from .scene import CHANNEL, HandClock
from .wire import PATIENCE, Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BUYERS = 12


class Replica:
    """All that works by itself in one process, on a store of its own."""

    def __init__(self, url: str, clock: HandClock, wire: Wire) -> None:
        self._url = url
        self._clock = clock
        self._wire = wire

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Replica]:
        """Run for the time of the block."""
        store = Store(self._url)
        try:
            with scene.turns_at(store, self._clock) as turns:
                self.relay = Relay(
                    store,
                    turns,
                    self._clock,
                    {"telegram": self._wire, "slack": self._wire},
                    paces={n: Pace(limits=None) for n in ("telegram", "slack")},
                )
                self.instants = Instants(store, turns, self._clock)
                self.watch = Watch(store, turns, self._clock, poll=0.05)
                turns.committed = self.wake
                tasks = [
                    asyncio.create_task(part.run())
                    for part in (self.relay, self.instants, self.watch)
                ]
                try:
                    yield self
                finally:
                    for task in tasks:
                        task.cancel()
                    await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            store.close()

    def wake(self) -> None:
        """Look again."""
        self.relay.wake()
        self.instants.wake()

    async def settle(self) -> None:
        """Return when this replica finds nothing to do."""
        async with asyncio.timeout(PATIENCE):
            await self.watch.idle()
            await self.instants.idle()
            await self.relay.idle()


@pytest.mark.postgres
async def test_two_replicas_share_the_work(postgres_url: str) -> None:
    """Proposals, deadlines and messages are each taken by one of two, in lane order."""
    clock, wire = HandClock(), Wire()
    store = Store(postgres_url)
    with store.write() as connection:
        scene.open_shop(connection, close=BUYERS)
        buyers = [
            scene.a_buyer(connection, 7000 + n, short=False) for n in range(BUYERS)
        ]
    with scene.turns_at(store, clock) as turns:
        for buyer in buyers:
            scene.link(turns, buyer)
    one, two = (Replica(postgres_url, clock, wire) for _ in range(2))
    async with one.running(), two.running():
        await asyncio.gather(one.settle(), two.settle())
        with store.write() as connection:
            for buyer in buyers:
                scene.fall_short(connection, buyer)
        await wire.takes(2 * BUYERS)
        await _settle(one, two)

        assert {scene.offer_of(store, b).state for b in buyers} == {"open"}
        clock.at = scene.offer_of(store, buyers[0]).deadline_at
        with store.write() as connection:
            note_read(connection, CHANNEL, clock.at, clock.seconds)
        one.wake()
        two.wake()
        # A closed proposal is edited, and what silence chose is said below it.
        await wire.takes(4 * BUYERS)
        await _settle(one, two)

    for buyer in buyers:
        (row,) = scene.decided(store, buyer)
        assert row.decided_by == "silence"
    taken = [parcel.id for parcel in wire.taken]
    assert max(Counter(taken).values()) == 1, "each row once"
    assert sorted(taken) == [row.id for row in scene.rows(store, outbox)]
    assert {row.state for row in scene.rows(store, outbox)} == {"sent"}
    for lane in {parcel.lane for parcel in wire.taken}:
        rows = [parcel.id for parcel in wire.taken if parcel.lane == lane]
        assert rows == sorted(rows), "each lane in order"
    assert wire.overtaken == [], "one at a time"
    store.close()


async def _settle(*replicas: Replica) -> None:
    for _ in range(2):
        for replica in replicas:
            await replica.settle()
