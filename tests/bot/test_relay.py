"""The relay: lanes, leases, and what a platform answers."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.channel import TryLater
from bot.relay import LEASE
from store import outbox
from store.engine import Store

from ..crash.scene import CHANNEL
from .post import BACK_OFF, Post, at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def post(sqlite_url: str) -> AsyncIterator[Post]:
    """A relay that does not run yet; its statements are proved on both engines."""
    with closing(Store(sqlite_url)) as store, at(store) as post:
        yield post


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


async def test_an_edit_goes_to_the_message_it_edits(post: Post) -> None:
    """What is sent as an edit names the platform's id of the first message."""
    post.wire.answer("first", "4711")
    async with post.running():
        first = post.put(key="first")
        post.put(key="edit", target_id=first, payload={"kind": "edit", "text": "x"})
        await post.settle()

    assert post.wire.taken[-1].target == "4711"
