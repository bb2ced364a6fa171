"""The instants: what is due is done, what fails waits alone, too early is nothing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from bot.instants import Instants
from store.engine import Store
from store.listening import note_read
from store.tables import cases, dead_letters, offers, outbox

from ..crash import scene
from ..crash.scene import CHANNEL, HandClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from bot.turns import Turns
    from store.columns import AnyRow

#: How long a case whose turn failed is left alone.
PAUSE = timedelta(minutes=1)


class Watchtower:
    """Customers with running windows, and what watches over them."""

    def __init__(self, store: Store, turns: Turns, clock: HandClock) -> None:
        self.store = store
        self.turns = turns
        self.clock = clock
        self.instants = Instants(store, turns, clock)
        turns.committed = self.instants.wake

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Watch for the time of the block."""
        task = asyncio.create_task(self.instants.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def asked(self, number: int = 1) -> list[scene.Buyer]:
        """Ask customers to choose, one second after the other."""
        with self.store.write() as connection:
            buyers = [scene.a_buyer(connection, 8000 + n) for n in range(number)]
        for buyer in buyers:
            scene.link(self.turns, buyer)
            scene.ask(self.turns, buyer)
            scene.deliver(self.store, self.turns, self.clock)
            self.clock.move(timedelta(seconds=1))
        return buyers

    def offer(self, buyer: scene.Buyer) -> AnyRow:
        """Return a buyer's offer as it stands."""
        return scene.offer_of(self.store, buyer)

    def read_until(self, at: datetime) -> None:
        """Note that the customers' channel is read so far."""
        with self.store.write() as connection:
            note_read(connection, CHANNEL, at, self.clock.seconds)

    async def reaches(self, at: datetime) -> None:
        """Move business time and do all that is due; it was read up to then."""
        self.clock.at = at
        self.read_until(at)
        await self.settle()

    async def settle(self) -> None:
        """Do all that is due, also what was asked a moment ago."""
        self.clock.seconds += 1
        async with asyncio.timeout(10):
            await self.instants.idle()

    def breaks(self, buyer: scene.Buyer) -> Any:
        """Let the turns of one customer fail, and return what mends them."""
        mine = offers.c.order_id == buyer.order_id
        with self.store.write() as connection:
            terms = connection.scalar(select(offers.c.terms).where(mine))
            connection.execute(update(offers).where(mine).values(terms={"no": "use"}))

        def mend() -> None:
            with self.store.write() as connection:
                connection.execute(update(offers).where(mine).values(terms=terms))

        return mend


@pytest.fixture
async def tower(sqlite_url: str) -> AsyncIterator[Watchtower]:
    """An open shop; what two processes do at an instant is proved among the races."""
    clock = HandClock()
    with closing(Store(sqlite_url)) as store:
        with store.write() as connection:
            scene.open_shop(connection, close=50)
        with scene.turns_at(store, clock) as turns:
            yield Watchtower(store, turns, clock)


async def test_each_case_is_dealt_with_at_its_instant(tower: Watchtower) -> None:
    """A reminder, then the deadline: each when it is due, and nothing before."""
    (buyer,) = tower.asked()
    offer = tower.offer(buyer)
    async with tower.running():
        await tower.settle()
        assert await tower.instants.next_due() == offer.remind_at

        await tower.reaches(offer.remind_at)
        assert tower.offer(buyer).reminded_at == offer.remind_at
        assert await tower.instants.next_due() == offer.deadline_at

        await tower.reaches(offer.deadline_at)
        assert tower.offer(buyer).state == "expired"
        late = timedelta(minutes=30) + timedelta(hours=24)
        chased = offer.deadline_at + late
        assert await tower.instants.next_due() == chased, "does the shop do its part?"


async def test_all_that_is_due_is_done_at_one_wake(tower: Watchtower) -> None:
    """After a long night every window that ended is closed, whoever's it was."""
    buyers = tower.asked(12)
    async with tower.running():
        await tower.reaches(tower.offer(buyers[-1]).deadline_at)

    assert {tower.offer(buyer).state for buyer in buyers} == {"expired"}


async def test_before_the_channel_was_read_nothing_is_decided(
    tower: Watchtower,
) -> None:
    """A deadline waits for the channel to be read past it, and then comes by itself."""
    (buyer,) = tower.asked()
    deadline = tower.offer(buyer).deadline_at
    async with tower.running():
        tower.clock.at = deadline + timedelta(seconds=10)
        await tower.settle()
        assert tower.offer(buyer).state == "open"
        assert scene.decided(tower.store, buyer) == []

        tower.read_until(deadline)
        await tower.settle()
        assert tower.offer(buyer).state == "expired"


async def test_a_case_that_fails_blocks_nobody(tower: Watchtower) -> None:
    """The one whose turn fails waits a minute; everybody else is served meanwhile."""
    broken, *others = tower.asked(4)
    deadline = tower.offer(others[-1]).deadline_at
    mend = tower.breaks(broken)
    async with tower.running():
        await tower.reaches(deadline)

        assert {tower.offer(buyer).state for buyer in others} == {"expired"}
        assert tower.offer(broken).state == "open"
        case = scene.case_of(tower.store, broken)
        assert (case.retry_at, case.attempts) == (deadline + PAUSE, 1)
        assert await tower.instants.next_due() == case.retry_at

        mend()
        await tower.settle()
        assert tower.offer(broken).state == "open", "not before the pause is over"
        await tower.reaches(case.retry_at)

    assert tower.offer(broken).state == "expired"
    case = scene.case_of(tower.store, broken)
    assert (case.retry_at, case.attempts) == (None, 0)


async def test_people_hear_once_of_a_case_that_goes_on_failing(
    tower: Watchtower,
) -> None:
    """The third failure in a row is told to the staff, and tried again all the same."""
    (buyer,) = tower.asked()
    mend = tower.breaks(buyer)
    at = tower.offer(buyer).deadline_at
    async with tower.running():
        for attempt in range(1, 5):
            await tower.reaches(at)
            assert scene.case_of(tower.store, buyer).attempts == attempt
            at += PAUSE
        cards = scene.rows(tower.store, outbox, outbox.c.key == "dead_letter")
        assert len(cards) == 1
        (letter,) = scene.rows(tower.store, dead_letters)
        assert letter.attempts == 3

        mend()
        await tower.reaches(at)
    assert tower.offer(buyer).state == "expired"


async def test_another_process_s_instant_is_noticed(tower: Watchtower) -> None:
    """An instant that somebody else wrote is done at the next look."""
    async with tower.running():
        await tower.settle()
        (buyer,) = tower.asked()
        with tower.store.write() as connection:
            hint = update(cases).values(wake_at=tower.clock.now())
            mine = cases.c.customer_id == buyer.customer_id
            connection.execute(hint.where(mine))
        await tower.settle()
        # Too early for the offer: the guard changed nothing but the wrong hint.
        assert tower.offer(buyer).state == "open"
        assert await tower.instants.next_due() == tower.offer(buyer).remind_at
