"""What the relay hears of a message becomes a turn of the case that waits for it."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from bot.channel import Refused, Unreachable
from flows.events import CustomerSaid, InstantPassed
from store import decisions
from store.engine import Store
from store.tables import chats, dead_letters, holds, notices, offers, tickets

from ..crash import scene
from .post import Post, at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from store.columns import AnyRow

WINDOW = timedelta(hours=24)


@pytest.fixture
async def post(sqlite_url: str) -> AsyncIterator[Post]:
    """A relay that does not run yet; its statements are proved on both engines."""
    with closing(Store(sqlite_url)) as store, at(store) as post:
        yield post


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
    said = [p.key for p in post.wire.taken if p.lane.startswith("chat:")]
    assert said == ["hello_linked", "proposal"]
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


@pytest.mark.parametrize("refused", [1, 2])
async def test_of_two_chats_one_is_enough(post: Post, refused: int) -> None:
    """Only when both refuse a proposal is it buried, whichever is told first."""
    buyer = post.a_proposal(second=True)
    post.wire.answer("proposal", *[Refused("can't parse entities")] * refused)
    async with post.running():
        await post.settle()

    offer = scene.offer_of(post.store, buyer)
    assert offer.state == ("open" if refused == 1 else "buried")
    assert len(scene.rows(post.store, tickets)) == refused - 1
    assert len(scene.rows(post.store, holds)) == (1 if refused == 1 else 0)


async def test_news_of_the_night_lets_an_answer_pass(post: Post) -> None:
    """The shop acts at night: it is told in the morning, a question is answered now."""
    buyer = post.a_proposal()
    post.sleeps_at_night()
    async with post.running():
        await post.settle()
        post.turns.take_now(scene.tap(buyer, scene.offer_of(post.store, buyer).token))
        post.clock.move(timedelta(hours=11))
        (row,) = scene.decided(post.store, buyer)
        with post.store.write() as connection:
            decisions.apply(connection, row.id, post.clock.now(), write_shop=True)
        scene.ask(post.turns, buyer)
        await post.settle()
        assert "applied" not in [p.key for p in post.wire.taken]

        post.turns.take_now(
            CustomerSaid(
                chat=buyer.chat,
                sender=buyer.sender,
                text="where is my order?",
                message_id="7",
            )
        )
        await post.settle()
        assert post.wire.taken[-1].key == "status"

        case = scene.case_of(post.store, buyer)
        assert case.wake_at.hour == 8
        post.clock.at = case.wake_at
        post.turns.take_now(InstantPassed(case_id=case.id))
        await post.settle()

    assert post.wire.taken[-1].key == "applied"
    assert post.rows_of(buyer, "applied")[0].state == "sent"


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
