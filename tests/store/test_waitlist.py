"""Waves: who is called for what came back, in order, and never more than there is."""

from __future__ import annotations

import itertools
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, insert, select, update

from store import changes, modes, shop
from store.cases import case_of_customer
from store.demand import waitlist
from store.engine import Store
from store.tables import backorders, case_changes, holds
from store.triggers import ensure
from store.waitlist import call_next, queue_called

from ..builders import (
    NOON,
    a_backordered_line,
    a_customer,
    a_line,
    a_product,
    an_order,
    some_stock,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

_numbers = itertools.count(1)


@pytest.fixture
def watched(store: Store) -> Store:
    """The store, its triggers in place."""
    with store.write() as connection:
        ensure(connection)
    return store


def a_place(connection: Connection, sku: str = "TEE", **columns: Any) -> str:
    """Put a customer on the list, each a minute after the one before; return them."""
    number = next(_numbers)
    customer = a_customer(connection)
    row = {
        "id": f"place-{number}",
        "case_id": case_of_customer(connection, customer, NOON),
        "customer_id": customer,
        "sku": sku,
        "blank": sku,
        "title": "Heavy tee",
        "quantity": 1,
        "order_id": "order-0",
        "line_id": "line-0",
        "since": NOON + timedelta(minutes=number),
        "joined_at": NOON + timedelta(minutes=number),
        "until": NOON + timedelta(days=90),
        "state": "waiting",
    }
    connection.execute(insert(waitlist).values(**row | columns))
    return customer


def called(connection: Connection) -> list[str]:
    """Return who is called, in the order of the list."""
    asked = select(waitlist.c.customer_id).where(waitlist.c.called)
    return list(connection.scalars(asked.order_by(waitlist.c.since)))


def test_as_many_are_called_as_there_are_units(store: Store) -> None:
    """For five units of five hundred people five are called, the longest waiting."""
    with store.write() as connection:
        a_product(connection, "TEE")
        some_stock(connection, "TEE", 5)
        people = [a_place(connection) for _ in range(500)]

        assert call_next(connection, ["TEE"]) == set(people[:5])
        assert call_next(connection, ["TEE"]) == set()

        assert called(connection) == people[:5]


def test_the_place_decides_not_the_day_of_joining(store: Store) -> None:
    """Who left an order's queue to join comes before who joined without one."""
    with store.write() as connection:
        a_product(connection, "TEE")
        some_stock(connection, "TEE", 1)
        a_place(connection, since=NOON)
        earlier = a_place(connection, since=NOON - timedelta(days=9))

        assert call_next(connection, ["TEE"]) == {earlier}


def test_orders_are_served_first(store: Store) -> None:
    """Units that a backordered line waits for are nobody's on the list."""
    with store.write() as connection:
        a_product(connection, "TEE")
        some_stock(connection, "TEE", 2)
        line = a_backordered_line(connection, an_order(connection), "TEE")
        people = [a_place(connection) for _ in range(2)]

        assert call_next(connection, ["TEE"]) == {people[0]}

        # Decided to be cancelled: it no longer waits.
        connection.execute(
            insert(backorders).values(
                id="b1",
                case_id=case_of_customer(connection, people[0], NOON),
                order_id="o",
                line_id=line,
                sku="TEE",
                quantity=1,
                state="cancelled",
                found_at=NOON,
            )
        )
        assert call_next(connection, ["TEE"]) == {people[1]}


def test_what_is_held_or_allocated_is_not_free(store: Store) -> None:
    """A running offer's units and an open order's are not called for."""
    with store.write() as connection:
        a_product(connection, "TEE")
        some_stock(connection, "TEE", 3)
        a_line(connection, an_order(connection), "TEE")
        people = [a_place(connection) for _ in range(3)]
        connection.execute(
            insert(holds).values(
                case_id=case_of_customer(connection, people[0], NOON),
                sku="TEE",
                quantity=1,
                offer_id="offer",
                backorder_id="b",
                held_at=NOON,
            )
        )

        assert call_next(connection, ["TEE"]) == {people[0]}


def test_a_print_waits_for_its_blank(store: Store) -> None:
    """What comes back is the blank, for all products made on it."""
    with store.write() as connection:
        a_product(connection, "TEE-FOX", blank_sku="BLANK")
        a_product(connection, "TEE-OWL", blank_sku="BLANK")
        some_stock(connection, "BLANK", 2)
        people = [
            a_place(connection, sku, blank="BLANK") for sku in ("TEE-FOX", "TEE-OWL")
        ]

        assert call_next(connection, ["BLANK"]) == set(people)


def test_who_wants_more_than_there_is_keeps_nobody_waiting(store: Store) -> None:
    """The place stays for a larger delivery, those behind get what there is."""
    with store.write() as connection:
        a_product(connection, "TEE")
        some_stock(connection, "TEE", 2)
        a_place(connection, quantity=3)
        behind = a_place(connection)

        assert call_next(connection, ["TEE"]) == {behind}


def test_what_is_no_longer_sold_is_offered_to_nobody(store: Store) -> None:
    """A product taken off the shop wakes nobody."""
    with store.write() as connection:
        a_product(connection, "TEE", active=False)
        some_stock(connection, "TEE", 2)
        a_place(connection)

        assert call_next(connection, ["TEE"]) == set()


def test_stock_that_comes_queues_a_turn_for_who_is_called(watched: Store) -> None:
    """The shop's own change starts the wave, in the transaction that reads it."""
    with watched.write() as connection:
        a_product(connection, "TEE")
        people = [a_place(connection) for _ in range(2)]
        changes.expand(connection)
        connection.execute(delete(case_changes))

        some_stock(connection, "TEE", 1)
        changes.expand(connection)

        queued = connection.scalars(select(case_changes.c.customer_id)).all()
        assert list(queued) == [people[0]]


@pytest.mark.parametrize("freed", ["line", "order"])
def test_what_an_order_gives_back_starts_a_wave(watched: Store, freed: str) -> None:
    """Units of a cancelled order are free for the list."""
    with watched.write() as connection:
        a_product(connection, "TEE")
        some_stock(connection, "TEE", 1)
        order = an_order(connection)
        line = a_line(connection, order, "TEE")
        person = a_place(connection)
        changes.expand(connection)
        assert called(connection) == []

        if freed == "line":
            connection.execute(
                update(shop.order_lines)
                .where(shop.order_lines.c.id == line)
                .values(allocated=0, cancelled=1)
            )
        else:
            connection.execute(
                update(shop.orders)
                .where(shop.orders.c.id == order)
                .values(status="cancelled")
            )
        changes.expand(connection)

        assert called(connection) == [person]


def test_who_was_called_while_only_watching_is_asked_later(store: Store) -> None:
    """When the bot may act at last, everybody called gets a turn."""
    with store.write() as connection:
        modes.switch(connection, "watch")
        person = a_place(connection, called=True)
        a_place(connection)

        modes.switch(connection, "act")
        queue_called(connection)

        queued = connection.scalars(select(case_changes.c.customer_id)).all()
        assert set(queued) == {person}


@pytest.mark.postgres
def test_two_waves_at_once_call_nobody_twice(postgres_url: str) -> None:
    """A second wave waits for the ware's lock and counts who was called."""
    store = Store(postgres_url)
    with store.write() as connection:
        a_product(connection, "TEE")
        some_stock(connection, "TEE", 1)
        people = [a_place(connection) for _ in range(2)]
    found: list[set[str]] = []

    def wave() -> None:
        with store.write() as connection:
            found.append(call_next(connection, ["TEE"]))

    second = threading.Thread(target=wave)
    with store.write() as connection:
        found.append(call_next(connection, ["TEE"]))
        second.start()
        second.join(0.2)
        assert second.is_alive()
    second.join()

    assert found == [{people[0]}, set()]
    store.close()


@pytest.mark.postgres
def test_a_place_that_is_just_ending_is_passed_over(postgres_url: str) -> None:
    """A wave waits for nobody's turn: who is leaving is not called."""
    store = Store(postgres_url)
    with store.write() as connection:
        a_product(connection, "TEE")
        some_stock(connection, "TEE", 1)
        person = a_place(connection)
    leaving = update(waitlist).where(waitlist.c.customer_id == person)

    with store.write() as turn:
        turn.execute(leaving.values(state="left"))
        with store.write() as connection:
            assert call_next(connection, ["TEE"]) == set()

    with store.read() as connection:
        assert called(connection) == []
    store.close()
