"""The watch: what the shop commits becomes a turn, soon, once, and never none."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text, update

from bot.clock import Clock
from bot.watch import StoppedError, Watch
from store import changes, shop
from store.engine import Store
from store.scan import scan
from store.tables import case_changes
from store.triggers import ensure

from ..builders import a_backordered_line, a_customer, an_order, some_stock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import Connection

    from flows.events import ShopChanged

#: Seconds in which a change of the shop is to be noticed.
SOON = 2.0


class Turns:
    """Takes turns as the real ones do: what is queued is deleted in the turn."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.taken: list[tuple[str, bool]] = []
        self.failures: list[str] = []
        self.failing: set[str] = set()
        self._more = asyncio.Condition()

    async def take(self, event: ShopChanged) -> None:
        """Take what is queued for the event's customer, or fail."""
        queued = await asyncio.to_thread(self._take, event.customer_id)
        if queued is not None:
            self.taken.append((event.customer_id, queued))
        async with self._more:
            self._more.notify_all()

    async def failed(
        self, *, key: str, source: str, raw: str, error: BaseException
    ) -> bool:
        """Note the failure."""
        self.failures.append(f"{source} {key} {raw} {error}")
        async with self._more:
            self._more.notify_all()
        return False

    async def wait_for(self, *customers: str) -> None:
        """Return when each customer had a turn."""
        async with self._more:
            await self._more.wait_for(
                lambda: set(customers) <= {customer for customer, _ in self.taken}
            )

    async def wait_for_failure(self) -> None:
        """Return when a turn failed."""
        async with self._more:
            await self._more.wait_for(lambda: self.failures)

    def _take(self, customer_id: str) -> bool | None:
        with self._store.write() as connection:
            queued = changes.take(connection, customer_id)
            if customer_id in self.failing:
                raise RuntimeError("this turn fails")
            return queued


@contextlib.asynccontextmanager
async def running(watch: Watch) -> AsyncIterator[None]:
    """Run a watch for the time of the block, from when it has begun."""
    task = asyncio.create_task(watch.run())
    try:
        await watch.idle()
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def turns(store: Store) -> Turns:
    """The turns that the watch under test asks for."""
    return Turns(store)


def a_waiting_customer(connection: Connection, sku: str = "TEE") -> str:
    """Build a customer with one line of a SKU that cannot be filled."""
    customer = a_customer(connection)
    a_backordered_line(connection, an_order(connection, customer), sku)
    return customer


def commit_a_waiting_customer(store: Store, sku: str = "TEE") -> str:
    """Do as the shop does: commit a backordered line in a transaction of its own."""
    with store.engine.begin() as connection:
        return a_waiting_customer(connection, sku)


async def test_a_change_is_noticed_within_two_seconds(
    store: Store, turns: Turns
) -> None:
    """What the shop commits becomes a turn of its customer, soon and once."""
    async with running(Watch(store, turns, Clock())):
        customer = commit_a_waiting_customer(store)
        async with asyncio.timeout(SOON):
            await turns.wait_for(customer)

    assert turns.taken == [(customer, False)]


async def test_idle_returns_when_all_is_taken(store: Store, turns: Turns) -> None:
    """After idle nothing is queued, however much was committed before it."""
    watch = Watch(store, turns, Clock(), poll=60)
    async with running(watch):
        with store.engine.begin() as connection:
            customers = [a_waiting_customer(connection) for _ in range(30)]

        await watch.idle()

        assert sorted(turns.taken) == sorted((one, False) for one in customers)
        with store.read() as connection:
            assert connection.execute(select(case_changes)).all() == []


async def test_a_nudge_from_another_thread_is_heard(store: Store, turns: Turns) -> None:
    """Who committed a change in this process need not wait for the next look."""
    watch = Watch(store, turns, Clock(), poll=60)
    async with running(watch):

        def shop_page() -> str:
            customer = commit_a_waiting_customer(store)
            watch.nudge()
            return customer

        customer = await asyncio.to_thread(shop_page)
        async with asyncio.timeout(SOON):
            await turns.wait_for(customer)


async def test_what_is_rolled_back_is_not_noticed(store: Store, turns: Turns) -> None:
    """A transaction the shop rolled back leads to no turn."""
    watch = Watch(store, turns, Clock())
    async with running(watch):
        with store.engine.connect() as connection:
            a_waiting_customer(connection)
            connection.rollback()

        await watch.idle()

    assert turns.taken == []


async def test_what_was_late_before_the_first_start_is_the_baseline(
    store: Store, turns: Turns
) -> None:
    """The first start takes what is late as late before, a later start does not."""
    before = commit_a_waiting_customer(store)
    async with running(Watch(store, turns, Clock())):
        assert turns.taken == [(before, True)]

    after = commit_a_waiting_customer(store)
    async with running(Watch(store, turns, Clock())):
        assert turns.taken == [(before, True), (after, False)]


async def test_a_failing_turn_is_tried_later_and_blocks_nobody(
    store: Store, turns: Turns
) -> None:
    """The customer whose turn fails waits for a back-off; the others do not."""
    watch = Watch(store, turns, Clock())
    async with running(watch):
        with store.engine.begin() as connection:
            failing = a_waiting_customer(connection)
            fine = a_waiting_customer(connection)
            turns.failing = {failing}
        await watch.idle()

        assert turns.taken == [(fine, False)]
        assert turns.failures == [f"shop shop:{failing} {failing} this turn fails"]
        with store.read() as connection:
            row = connection.execute(select(case_changes)).one()
        assert (row.customer_id, row.attempts) == (failing, 1)

        turns.failing = set()
        async with asyncio.timeout(10):
            await turns.wait_for(failing)


async def test_a_view_is_noticed_by_comparison(store: Store, turns: Turns) -> None:
    """What changes below a view becomes a turn although no trigger can note it."""
    with store.write() as connection:
        customer = a_waiting_customer(connection)
        some_stock(connection, "TEE", 0)
        connection.execute(text("ALTER TABLE shop_stock RENAME TO backend"))
        connection.execute(text("CREATE VIEW shop_stock AS SELECT * FROM backend"))
    async with running(Watch(store, turns, Clock())):
        turns.taken.clear()

        with store.engine.begin() as connection:
            connection.execute(text("UPDATE backend SET on_hand = 4"))

        async with asyncio.timeout(10):
            await turns.wait_for(customer)


async def test_a_lost_trigger_is_put_back_and_what_it_missed_is_found(
    store: Store, turns: Turns
) -> None:
    """A table rebuilt by renaming is compared when its triggers are put back."""
    with store.write() as connection:
        customer = a_waiting_customer(connection)
        some_stock(connection, "TEE", 0)
        ensure(connection)
    scan(store, "shop_stock", Clock().machine())
    async with running(Watch(store, turns, Clock(), hour=0.1)):
        turns.taken.clear()

        with store.engine.begin() as connection:
            connection.execute(text("CREATE TABLE anew AS SELECT * FROM shop_stock"))
            connection.execute(text("DROP TABLE shop_stock"))
            connection.execute(text("ALTER TABLE anew RENAME TO shop_stock"))
            connection.execute(update(shop.stock).values(on_hand=4))

        async with asyncio.timeout(20):
            await turns.wait_for(customer)
    with store.write() as connection:
        assert ensure(connection).put_back == ()


async def test_stopping_ends_those_who_wait(store: Store, turns: Turns) -> None:
    """Who waits for idle is not left waiting by a watch that is stopped."""
    watch = Watch(store, turns, Clock())
    async with running(watch):
        waiting = asyncio.create_task(watch.idle())
        await asyncio.wait([waiting], timeout=0)

    with pytest.raises(StoppedError):
        await waiting
    with pytest.raises(StoppedError):
        await watch.idle()


@pytest.mark.postgres
async def test_postgres_tells_of_changes(postgres_url: str) -> None:
    """On PostgreSQL the shop's commit itself wakes the watch, before it looks."""
    store = Store(postgres_url)
    turns = Turns(store)
    watch = Watch(store, turns, Clock(), poll=60)
    async with running(watch):
        await watch.listening.wait()
        customer = commit_a_waiting_customer(store)
        async with asyncio.timeout(SOON):
            await turns.wait_for(customer)
    store.close()


@pytest.mark.postgres
async def test_a_broken_listener_listens_again(postgres_url: str) -> None:
    """When the listening connection breaks, another one is made."""
    store = Store(postgres_url)
    turns = Turns(store)
    watch = Watch(store, turns, Clock(), poll=60)
    async with running(watch):
        await watch.listening.wait()
        with store.engine.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE query LIKE 'LISTEN%'"
                )
            )
        customer = commit_a_waiting_customer(store)
        async with asyncio.timeout(10):
            await turns.wait_for(customer)
    store.close()


@pytest.mark.postgres
async def test_two_watches_take_each_change_once(postgres_url: str) -> None:
    """Replicas share the work: of all turns about a change one finds it."""
    store, other = Store(postgres_url), Store(postgres_url)
    turns = Turns(store)
    first, second = Watch(store, turns, Clock()), Watch(other, turns, Clock())
    async with running(first), running(second):
        with store.engine.begin() as connection:
            customers = [a_waiting_customer(connection) for _ in range(40)]
        await asyncio.gather(first.idle(), second.idle())
        await turns.wait_for(*customers)

    assert sorted(turns.taken) == sorted((customer, False) for customer in customers)
    store.close()
    other.close()
