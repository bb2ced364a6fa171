"""Pause and brake: while nothing happens by itself, nobody's window runs out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from flows.events import CustomerSaid
from store import halts
from store.listening import outages_since

from ..builders import NOON
from ..crash import scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.turns import Turns
    from store.engine import Store

    Halt = Callable[[Connection, datetime], object]

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def brake(connection: Connection, now: datetime) -> None:
    """Pull the brake."""
    facts = halts.Braked(since=now.isoformat(), cause="stock", count=12)
    halts.engage(connection, facts)


either = pytest.mark.parametrize("halt", [halts.pause, brake], ids=["pause", "brake"])


@pytest.fixture
def clock() -> scene.HandClock:
    """Time that a hand moves."""
    return scene.HandClock()


@pytest.fixture
def turns(store: Store, clock: scene.HandClock) -> Iterator[Turns]:
    """Whoever takes turns in an open shop."""
    with store.write() as connection:
        scene.open_shop(connection)
    with scene.turns_at(store, clock) as taking:
        yield taking


def asked(store: Store, turns: Turns, clock: scene.HandClock) -> scene.Buyer:
    """Let somebody choose, until an hour before it is too late."""
    with store.write() as connection:
        buyer = scene.a_buyer(connection)
    scene.link(turns, buyer)
    scene.ask(turns, buyer)
    scene.deliver(store, turns, clock)
    clock.at = scene.offer_of(store, buyer).deadline_at - HOUR
    return buyer


def stops(store: Store, clock: scene.HandClock, halt: Halt) -> None:
    """Stop what happens by itself now."""
    with store.write() as connection:
        halt(connection, clock.now())


@either
def test_a_choice_does_not_close_while_nothing_happens_by_itself(
    store: Store, turns: Turns, clock: scene.HandClock, halt: Halt
) -> None:
    """Who taps past the told time, the bot being halted since before it, has chosen."""
    buyer = asked(store, turns, clock)
    stops(store, clock, halt)

    clock.move(2 * HOUR)
    turns.take_now(scene.tap(buyer, scene.offer_of(store, buyer).token))

    (row,) = scene.decided(store, buyer)
    assert (row.kind, row.decided_by) == ("substitute", "customer")
    assert "late_tap" not in [row.key for row in scene.sent_to(store, buyer)]


def test_without_a_halt_the_choice_has_closed(
    store: Store, turns: Turns, clock: scene.HandClock
) -> None:
    """The same tap is late where nobody stopped anything."""
    buyer = asked(store, turns, clock)

    clock.move(2 * HOUR)
    turns.take_now(scene.tap(buyer, scene.offer_of(store, buyer).token))

    assert scene.decided(store, buyer) == []


@either
def test_words_find_the_window_as_long_as_the_halt_made_it(
    store: Store, turns: Turns, clock: scene.HandClock, halt: Halt
) -> None:
    """A question after 19 halted hours leaves 19 hours more, not only some."""
    buyer = asked(store, turns, clock)
    before = scene.offer_of(store, buyer).deadline_at
    clock.at = before - 20 * HOUR
    stops(store, clock, halt)

    clock.move(19 * HOUR)
    turns.take_now(
        CustomerSaid(
            chat=buyer.chat,
            sender=buyer.sender,
            text="where is my order?",
            message_id="1",
        )
    )

    assert scene.offer_of(store, buyer).deadline_at == before + 19 * HOUR


def test_a_halt_is_an_outage_of_every_channel_until_now(store: Store) -> None:
    """It counts from the first of both, and once more when it has ended."""
    now = NOON + 3 * HOUR

    def lost() -> list[tuple[str, datetime, datetime]]:
        with store.read() as connection:
            found = outages_since(connection, NOON, now=now, machine_now=0)
        return [(o["channel"], o["began_at"], o["ended_at"]) for o in found]

    assert lost() == []
    with store.write() as connection:
        brake(connection, NOON + HOUR)
        halts.pause(connection, NOON + 2 * HOUR)
    assert lost() == [("*", NOON + HOUR, now)]

    with store.write() as connection:
        halts.release(connection, now, go=False)
        halts.resume(connection, now)
    assert sorted(lost()) == [
        ("*", NOON + HOUR, now),
        ("*", NOON + 2 * HOUR, now),
    ]
