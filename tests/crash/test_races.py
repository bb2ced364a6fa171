"""Two things at the same moment: whoever is first, the outcome is one and is true."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from flows.events import (
    CustomerTapped,
    InstantPassed,
    Sender,
    ShopChanged,
    Staff,
    StaffActed,
    TicketVerb,
)
from store.engine import Store
from store.listening import note_read
from store.tables import audit, chats, holds, tickets

from . import scene
from .scene import CHANNEL, CLOSE, HandClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.turns import Outcome, Turns

ROUNDS = 20
INSTANT = timedelta(microseconds=1)


@contextmanager
def replicas(store: Store) -> Iterator[tuple[Replica, Replica]]:
    """Have two who take turns: each with a store of its own where that may be."""
    with ExitStack() as stack:
        other = store
        if not store.is_sqlite:
            other = Store(store.engine.url.render_as_string(hide_password=False))
            stack.callback(other.close)
        clocks = HandClock(), HandClock()
        one = stack.enter_context(scene.turns_at(store, clocks[0]))
        two = stack.enter_context(scene.turns_at(other, clocks[1]))
        yield Replica(one, clocks[0]), Replica(two, clocks[1])


class Replica:
    """One taker of turns with a clock of its own."""

    def __init__(self, turns: Turns, clock: HandClock) -> None:
        self.turns = turns
        self.clock = clock


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do all at the same moment, each in a thread, and return what they return."""
    start = Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        start.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def open_offers(
    store: Store, replica: Replica, number: int
) -> list[tuple[scene.Buyer, Any]]:
    """Ask customers to choose, and see all of it delivered."""
    with store.write() as connection:
        scene.open_shop(connection, close=number)
        buyers = [scene.a_buyer(connection, 5000 + n) for n in range(number)]
    for buyer in buyers:
        scene.link(replica.turns, buyer)
        scene.ask(replica.turns, buyer)
    scene.deliver(store, replica.turns, replica.clock)
    return [(buyer, scene.offer_of(store, buyer)) for buyer in buyers]


def listened_until(store: Store, at: datetime) -> None:
    """Note that the customers' channel was read past an instant."""
    with store.write() as connection:
        note_read(connection, CHANNEL, at, HandClock().seconds)


@pytest.mark.parametrize("choice", ["as silence", "another"])
def test_a_tap_meets_the_deadline(store: Store, choice: str) -> None:
    """A tap a microsecond before the deadline and the deadline itself: one decision."""
    with replicas(store) as (desk, clockwork):
        asked = open_offers(store, desk, ROUNDS)
        deadline = asked[0][1].deadline_at
        listened_until(store, deadline)
        desk.clock.at, clockwork.clock.at = deadline - INSTANT, deadline
        for number, (buyer, offer) in enumerate(asked):
            assert offer.deadline_at == deadline
            silent = offer.terms["items"][0]["on_silence"]
            option = silent if choice == "as silence" else "0c"
            case_id = scene.case_of(store, buyer).id
            tap = scene.tap(buyer, offer.token, option)
            at_once(
                lambda tap=tap, n=number: desk.turns.take_now(tap, f"update:{n}"),
                lambda i=case_id: clockwork.turns.take_now(InstantPassed(case_id=i)),
            )

        for buyer, _ in asked:
            rows = scene.decided(store, buyer)
            standing = [row for row in rows if row.withdrawn_at is None]
            assert len(standing) == 1
            if choice == "as silence":
                assert len(rows) == 1
                assert len(scene.answers(store, buyer)) == 1
            else:
                # Silence may have been first: then the tap is a change of mind.
                assert standing[0].kind == "cancel_refund"
                assert [r.decided_by for r in rows][:-1] in ([], ["silence"])


@pytest.mark.parametrize(
    ("early", "by"), [(INSTANT, "customer"), (timedelta(0), "silence")]
)
def test_the_deadline_belongs_to_silence(
    store: Store, early: timedelta, by: str
) -> None:
    """Before the instant the customer wins; from it on the tap is late and told so."""
    with replicas(store) as (desk, clockwork):
        ((buyer, offer),) = open_offers(store, desk, 1)
        listened_until(store, offer.deadline_at)
        desk.clock.at = offer.deadline_at - early
        clockwork.clock.at = offer.deadline_at

        outcome = desk.turns.take_now(scene.tap(buyer, offer.token, "cancel"))
        case_id = scene.case_of(store, buyer).id
        clockwork.turns.take_now(InstantPassed(case_id=case_id))

        (row,) = scene.decided(store, buyer)
        assert row.decided_by == by
        assert outcome.toast
        late = [r.key for r in scene.sent_to(store, buyer)].count("late_tap")
        assert late == (0 if early else 1)


def test_an_update_given_twice_at_once_counts_once(store: Store) -> None:
    """Two replicas get the same update: one takes it, the other knows."""
    with replicas(store) as (one, two):
        asked = open_offers(store, one, ROUNDS)
        for number, (buyer, offer) in enumerate(asked):
            tap = scene.tap(buyer, offer.token)
            outcomes = at_once(
                lambda t=tap, n=number: one.turns.take_now(t, f"update:{n}"),
                lambda t=tap, n=number: two.turns.take_now(t, f"update:{n}"),
            )
            assert sorted(o.duplicate for o in outcomes) == [False, True]
            assert len(scene.decided(store, buyer)) == 1
            assert len(scene.answers(store, buyer)) == 1


def test_two_first_words_make_one_case(store: Store) -> None:
    """A chat that is met by two replicas at once is one chat of one case."""
    with store.write() as connection:
        scene.open_shop(connection)
        buyer = scene.a_buyer(connection)
    with replicas(store) as (one, two):
        for number in range(ROUNDS):
            press = CustomerTapped(
                chat=scene.Buyer(
                    customer_id="", order_id="", line_id="", person=number
                ).chat,
                sender=Sender(id=str(number)),
                data="m:orders",
            )
            at_once(
                lambda p=press: one.turns.take_now(p),
                lambda p=press: two.turns.take_now(p),
            )
    met = scene.rows(store, chats, chats.c.address != str(buyer.person))
    assert len(met) == ROUNDS
    assert len({row.case_id for row in met}) == ROUNDS


def test_the_last_unit_is_held_for_one(store: Store) -> None:
    """Two customers could be offered the same last unit: one is, the other is not."""
    with store.write() as connection:
        scene.open_shop(connection, close=1)
        buyers = [scene.a_buyer(connection, 6000 + n) for n in range(2)]
    with replicas(store) as (one, two):
        for buyer in buyers:
            scene.link(one.turns, buyer)
        first, second = (ShopChanged(customer_id=b.customer_id) for b in buyers)
        at_once(
            lambda: one.turns.take_now(first),
            lambda: two.turns.take_now(second),
        )

    (held,) = scene.rows(store, holds)
    assert (held.sku, held.quantity) == (CLOSE, 1)
    offered = [scene.offer_of(store, buyer) for buyer in buyers]
    with_it = [o.id for o in offered if "substitute" in _kinds(o)]
    assert with_it == [held.offer_id]


def test_a_ticket_is_claimed_and_resolved_at_once(store: Store) -> None:
    """Two colleagues press at the same moment: the ticket ends resolved, once."""
    with replicas(store) as (one, two):
        asked = open_offers(store, one, ROUNDS)
        for buyer, _ in asked:
            one.turns.take_now(_menu(buyer, "person"))
        for ticket in scene.rows(store, tickets):
            presses = [
                _acted(ticket, "U0MIA", TicketVerb.CLAIM),
                _acted(ticket, "U0BEN", TicketVerb.RESOLVE),
            ]
            claimed: Outcome
            claimed, resolved = at_once(
                lambda p=presses[0]: one.turns.take_now(p),
                lambda p=presses[1]: two.turns.take_now(p),
            )
            assert resolved.whisper is None
            (now,) = scene.rows(store, tickets, tickets.c.id == ticket.id)
            assert now.state == "resolved"
            # Either she had it before it was resolved, or she was told that it was.
            assert (now.owner_id == "U0MIA") == (claimed.whisper is None)
        done = scene.rows(store, audit, audit.c.action == "resolved ticket")
        assert len(done) == ROUNDS


def _acted(ticket: Any, staff: str, verb: TicketVerb) -> StaffActed:
    return StaffActed(
        staff=Staff(id=staff, name=staff),
        case_id=ticket.case_id,
        ticket_id=ticket.id,
        verb=verb,
    )


def _menu(buyer: scene.Buyer, action: str) -> CustomerTapped:
    return CustomerTapped(chat=buyer.chat, sender=buyer.sender, data=f"m:{action}")


def _kinds(offer: Any) -> set[str]:
    return {c["kind"] for item in offer.terms["items"] for c in item["choices"]}
