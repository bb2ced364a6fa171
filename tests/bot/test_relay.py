"""The relay: what a platform answers, and what becomes of the message and its case."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from bot.channel import Refused, TryLater, Unreachable
from bot.pace import Pace
from bot.relay import LEASE, Relay
from store import outbox, shop
from store.engine import Store
from store.tables import chats, dead_letters, notices, offers, tickets
from store.tables import outbox as sendings

from ..crash import scene
from ..crash.scene import CHANNEL, HandClock
from ..crash.wire import Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.turns import Turns
    from store.columns import AnyRow

WINDOW = timedelta(hours=24)
#: Seconds; what is tried again within one the relay does not call idle.
BACK_OFF = 2.0


class Post:
    """A relay with a platform that answers as the test says, and a clock by hand."""

    def __init__(self, store: Store, turns: Turns, clock: HandClock) -> None:
        self.store = store
        self.turns = turns
        self.clock = clock
        self.wire = Wire()
        self.relay: Relay | None = None

    @asynccontextmanager
    async def running(self, *, back_off: float = BACK_OFF) -> AsyncIterator[None]:
        """Deliver for the time of the block."""
        self.relay = Relay(
            self.store,
            self.turns,
            self.clock,
            {"telegram": self.wire, "slack": self.wire},
            paces={name: Pace(limits=None) for name in ("telegram", "slack")},
            back_off=back_off,
        )
        self.turns.committed = self.relay.wake
        task = asyncio.create_task(self.relay.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def put(self, lane: str = "chat:1", key: str = "status", **columns: Any) -> int:
        """Put a message into the outbox."""
        row = {
            "lane": lane,
            "pace_key": lane,
            "channel": CHANNEL,
            "address": lane,
            "urgency": 1,
            "key": key,
            "payload": {"kind": "text", "text": key, "rows": []},
            "created_at": self.clock.now(),
        }
        with self.store.write() as connection:
            made = outbox.put(connection, **row | columns)
        if self.relay is not None:
            self.relay.wake()
        return made

    async def settle(self, seconds: float = 0.0) -> None:
        """Move machine time on and return when nothing can be sent any more."""
        self.clock.seconds += seconds
        if self.relay is not None:
            async with asyncio.timeout(10):
                await self.relay.idle()

    def row(self, row_id: int) -> AnyRow:
        """Return a message as it stands."""
        (found,) = scene.rows(self.store, sendings, sendings.c.id == row_id)
        return found

    def a_proposal(self, *, picture: bool = False) -> scene.Buyer:
        """Leave a greeting and a proposal in the outbox, perhaps with a picture."""
        with self.store.write() as connection:
            scene.open_shop(connection)
            if picture:
                url = {"image_url": "https://shop.example/tee.png"}
                connection.execute(update(shop.products).values(url))
            buyer = scene.a_buyer(connection)
        scene.link(self.turns, buyer)
        scene.ask(self.turns, buyer)
        return buyer

    def rows_of(self, buyer: scene.Buyer, key: str) -> list[AnyRow]:
        """Return a buyer's messages of a key."""
        return [r for r in scene.sent_to(self.store, buyer) if r.key == key]


@pytest.fixture
async def post(sqlite_url: str) -> AsyncIterator[Post]:
    """A relay that does not run yet; its statements are proved on both engines."""
    with closing(Store(sqlite_url)) as store, at(store) as post:
        yield post


@contextmanager
def at(store: Store) -> Iterator[Post]:
    """Put a relay, not yet running, in front of a store."""
    clock = HandClock()
    with scene.turns_at(store, clock) as turns:
        yield Post(store, turns, clock)


async def test_a_lane_keeps_its_order_and_holds_nobody_up(post: Post) -> None:
    """While the first of a lane is under way its second waits, another lane's goes."""
    gate = asyncio.Event()
    post.wire.answer("slow", gate)
    async with post.running():
        slow, behind = post.put(key="slow"), post.put(key="behind")
        other = post.put("chat:2", key="other")
        await post.wire.takes(1)
        assert [p.id for p in post.wire.taken] == [other]
        gate.set()
        await post.wire.takes(3)
        await post.settle()

    assert [p.id for p in post.wire.taken] == [other, slow, behind]
    assert [post.row(i).state for i in (slow, behind)] == ["sent", "sent"]


async def test_a_dead_workers_row_is_taken_over(post: Post) -> None:
    """What another worker leased and never marked goes out when its lease is over."""
    async with post.running():
        await post.settle()
        with post.store.write() as connection:
            row = outbox.put(
                connection,
                lane="chat:1",
                pace_key="chat:1",
                channel=CHANNEL,
                address="1",
                urgency=0,
                key="status",
                payload={"kind": "text"},
                created_at=post.clock.now(),
            )
            outbox.claim(
                connection,
                worker="dead",
                machine_now=post.clock.seconds,
                lease=LEASE,
                limit=1,
            )
        await post.settle(LEASE - 2)
        assert post.wire.tried == []
        await post.settle(2)

    assert [p.id for p in post.wire.taken] == [row]
    assert post.row(row).state == "sent"


async def test_who_is_alone_on_a_store_does_not_wait_for_the_dead(
    store: Store,
) -> None:
    """After a crash SQLite's one process sends at once; on PostgreSQL a lease ends."""
    with at(store) as post:
        await _after_a_crash(post)


async def _after_a_crash(post: Post) -> None:
    row = post.put()
    with post.store.write() as connection:
        now = post.clock.seconds
        outbox.claim(connection, worker="dead", machine_now=now, lease=LEASE, limit=1)
    async with post.running():
        await post.settle()
        assert len(post.wire.taken) == (1 if post.store.is_sqlite else 0)
        await post.settle(LEASE)

    assert [p.id for p in post.wire.taken] == [row]


async def test_try_later_never_loses(post: Post) -> None:
    """A message that is not taken now is tried ever more rarely, until it is."""
    post.wire.answer("status", *[TryLater("busy") for _ in range(10)])
    waits = []
    async with post.running():
        row, behind = post.put(), post.put(key="behind")
        await post.settle()
        while (found := post.row(row)).state == "waiting":
            waits.append(found.not_before - post.clock.seconds)
            await post.settle(waits[-1])
        await post.settle()

    assert waits == [min(BACK_OFF * 2**n, 300) for n in range(10)]
    assert [p.id for p in post.wire.taken] == [row, behind]


async def test_back_off_ends_at_five_minutes(post: Post) -> None:
    """However often a message was tried, it is tried again within five minutes."""
    post.wire.answer("status", TryLater("still away"))
    row = post.put(attempts=5000)
    async with post.running():
        await post.settle()
        assert post.row(row).not_before == post.clock.seconds + 300
        await post.settle(300)

    assert post.row(row).state == "sent"


async def test_retry_after_is_honoured(post: Post) -> None:
    """When the platform names a time, the message waits for exactly that."""
    post.wire.answer("status", TryLater("flood", after=30))
    async with post.running():
        row = post.put()
        await post.settle()
        await post.settle(28)
        assert len(post.wire.tried) == 1
        await post.settle(2)

    assert post.row(row).state == "sent"


async def test_a_broken_channel_loses_nothing(post: Post) -> None:
    """A fault of ours in a channel counts as not now."""
    post.wire.answer("status", ValueError("a bug"))
    async with post.running():
        row = post.put()
        await post.settle()
        assert "a bug" in post.row(row).error
        await post.settle(BACK_OFF)

    assert post.row(row).state == "sent"


async def test_what_is_too_late_is_not_sent(post: Post) -> None:
    """A reminder that waited beyond its deadline is dropped; its lane goes on."""
    expired = post.put(expires_at=post.clock.now())
    behind = post.put()
    async with post.running():
        await post.settle()

    assert [p.id for p in post.wire.tried] == [behind]
    assert (post.row(expired).state, post.row(expired).error) == ("dead", "expired")


async def test_the_window_runs_from_the_delivery(post: Post) -> None:
    """A proposal that got through three hours late has its whole window from then."""
    buyer = post.a_proposal()
    post.clock.move(timedelta(hours=3))
    arrived = post.clock.now()
    async with post.running():
        await post.settle()

    offer = scene.offer_of(post.store, buyer)
    assert (offer.state, offer.delivered_at) == ("open", arrived)
    assert offer.deadline_at == arrived + WINDOW
    row, correction = post.rows_of(buyer, "proposal")
    assert (row.state, row.sent_at) == ("sent", arrived)
    assert correction.target_id == row.id, "the told deadline is put right"


async def test_a_refused_picture_is_swallowed(post: Post) -> None:
    """A picture the platform will not take costs the customer nothing but a picture."""
    buyer = post.a_proposal(picture=True)
    post.wire.answer("picture", Refused("wrong file identifier"))
    async with post.running():
        await post.settle()

    assert post.rows_of(buyer, "picture")[0].state == "dead"
    assert [p.key for p in post.wire.taken] == ["hello_linked", "proposal"]
    assert scene.offer_of(post.store, buyer).state == "open"


async def test_a_refused_proposal_asks_the_staff(post: Post) -> None:
    """A proposal that will never be taken starts no window and opens a ticket."""
    buyer = post.a_proposal()
    post.wire.answer("proposal", Refused("can't parse entities"))
    async with post.running():
        await post.settle()

    offer = scene.offer_of(post.store, buyer)
    assert (offer.state, offer.deadline_at) == ("buried", None)
    (ticket,) = scene.rows(post.store, tickets)
    assert ticket.reason == "undeliverable"
    assert "ticket" in [p.key for p in post.wire.taken]


@pytest.mark.parametrize("first", ["picture", "proposal"])
async def test_who_closed_the_chat_gets_mail(post: Post, first: str) -> None:
    """A blocked chat is closed for us, its lane rests, the question goes by mail."""
    buyer = post.a_proposal(picture=True)
    for key in ("picture", "proposal"):
        if key in {first, "proposal"}:
            post.wire.answer(key, Unreachable("bot was blocked by the user"))
    gate = asyncio.Event()
    post.wire.answer("hello_linked", gate)
    async with post.running():
        await post.wire.tries(1)
        plain = post.put(f"chat:{_chat(post, buyer).id}", key="status")
        gate.set()
        await post.settle()

    assert not _chat(post, buyer).reachable
    assert post.row(plain).state == "parked"
    assert "status" not in [p.key for p in post.wire.tried]
    (notice,) = scene.rows(post.store, notices)
    assert (notice.customer_id, notice.key) == (buyer.customer_id, "proposal")
    offer = scene.offer_of(post.store, buyer)
    assert (offer.state, offer.deadline_at) == ("proposed", None)
    assert scene.decided(post.store, buyer) == []


async def test_a_receipts_failing_turn_sends_nothing_twice(post: Post) -> None:
    """The message arrived: its turn is repeated, told to people, and given up alone."""
    buyer = post.a_proposal()
    (row,) = post.rows_of(buyer, "proposal")
    with post.store.write() as connection:
        connection.execute(update(offers).values(terms={"broken": True}))
    async with post.running(back_off=0.01):
        await post.settle()
        await post.wire.takes(3)

    assert [p.key for p in post.wire.tried].count("proposal") == 1
    assert post.row(row.id).state == "sent"
    (letter,) = scene.rows(post.store, dead_letters)
    assert (letter.key, letter.attempts) == (f"receipt:{row.id}", 3)
    assert post.wire.taken[-1].key == "dead_letter"


async def test_a_receipts_turn_that_recovers_counts(post: Post) -> None:
    """A receipt whose turn fails and then works starts the window after all."""
    buyer = post.a_proposal()
    with post.store.write() as connection:
        terms = connection.scalar(select(offers.c.terms))
        connection.execute(update(offers).values(terms={"broken": True}))

    def mend() -> None:
        with post.store.write() as connection:
            connection.execute(update(offers).values(terms=terms))

    async with post.running(back_off=0.01):
        await _until_failed(post, mend)
        await post.settle()

    assert [p.key for p in post.wire.tried].count("proposal") == 1
    assert scene.offer_of(post.store, buyer).state == "open"


async def test_an_edit_goes_to_the_message_it_edits(post: Post) -> None:
    """What is sent as an edit names the platform's id of the first message."""
    post.wire.answer("first", "4711")
    async with post.running():
        first = post.put(key="first")
        post.put(key="edit", target_id=first, payload={"kind": "edit", "text": "x"})
        await post.settle()

    assert post.wire.taken[-1].target == "4711"


def _chat(post: Post, buyer: scene.Buyer) -> AnyRow:
    (row,) = scene.rows(post.store, chats, chats.c.address == str(buyer.person))
    return row


async def _until_failed(post: Post, then: Any) -> None:
    """Do something the moment the first attempt of a turn has failed."""
    original = post.turns.failed
    done = asyncio.Event()

    async def failed(**what: Any) -> bool:
        buried = await original(**what)
        if not done.is_set():
            await asyncio.to_thread(then)
            done.set()
        return buried

    post.turns.failed = failed  # type: ignore[method-assign] # listens in
    async with asyncio.timeout(10):
        await done.wait()
