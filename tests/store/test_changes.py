"""The queue of changes: whom they concern, and that none is passed over."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert, select, text, update

from store import baseline, changes, meta, shop
from store.engine import Store
from store.tables import case_changes, cases, holds
from store.triggers import ensure

from ..builders import (
    NOON,
    a_backordered_line,
    a_customer,
    a_line,
    a_product,
    a_shipment,
    a_shipment_line,
    a_supply,
    an_order,
    some_stock,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

SOON = 10.0


@pytest.fixture
def watched(store: Store) -> Store:
    """The store, its triggers in place."""
    with store.write() as connection:
        ensure(connection)
    return store


def expanded(connection: Connection) -> list[str]:
    """Expand whatever is noted and take what is queued; return the customers."""
    while changes.expand(connection):
        pass
    customers = changes.due(connection, 1000, SOON)
    for customer_id in customers:
        changes.take(connection, customer_id)
    return sorted(customers)


def a_waiting_customer(connection: Connection, sku: str) -> str:
    """Build a customer with one line of a SKU that cannot be filled."""
    customer = a_customer(connection)
    a_backordered_line(connection, an_order(connection, customer), sku)
    return customer


def a_case(connection: Connection, customer_id: str) -> int:
    """Build a case, as if we had met the customer before."""
    case_id = connection.scalar(
        insert(cases)
        .values(customer_id=customer_id, dialogue="idle", memory={}, created_at=NOON)
        .returning(cases.c.id)
    )
    assert case_id is not None
    return case_id


def test_a_backordered_line_queues_its_customer_once(watched: Store) -> None:
    """Many rows about one customer become one row in the queue."""
    with watched.write() as connection:
        customer = a_waiting_customer(connection, "TEE")
        changes.expand(connection)

        rows = connection.execute(select(case_changes)).all()

    assert [(row.customer_id, row.baseline) for row in rows] == [(customer, False)]
    assert rows[0].cause == "shop_customers shop_order_lines shop_orders"


def test_an_order_with_nothing_late_queues_nobody(watched: Store) -> None:
    """A customer we never met and to whom nothing is to be said is left out."""
    with watched.write() as connection:
        a_line(connection, an_order(connection))

        assert expanded(connection) == []


def test_a_customer_we_met_is_queued_whatever_changes(watched: Store) -> None:
    """Who has a case hears of parcels too."""
    with watched.write() as connection:
        customer = a_customer(connection)
        order = an_order(connection, customer)
        line = a_line(connection, order)
        a_case(connection, customer)
        expanded(connection)

        a_shipment_line(connection, a_shipment(connection, order), line)

        assert expanded(connection) == [customer]


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.execute(update(shop.supplies).values(expected_on=None)),
        lambda c: c.execute(update(shop.stock).values(on_hand=9)),
        lambda c: c.execute(update(shop.products).values(title="Heavier tee")),
        lambda c: c.execute(delete(shop.supplies)),
        lambda c: c.execute(
            text(
                "INSERT INTO bot_supply_dates (supply_id, told_by, since)"
                " VALUES ('s1', 'U1', '2026-01-01 00:00:00+00:00')"
            )
        ),
    ],
    ids=["supply", "stock", "product", "supply gone", "date told by staff"],
)
def test_a_change_about_a_sku_queues_who_waits_for_it(
    watched: Store, change: Callable[[Connection], object]
) -> None:
    """Who waits for a SKU is queued when its goods change, who does not is not."""
    with watched.write() as connection:
        a_product(connection, "TEE")
        some_stock(connection, "TEE", 0)
        a_supply(connection, "TEE", id="s1")
        waiting = a_waiting_customer(connection, "TEE")
        a_waiting_customer(connection, "MUG")
        a_line(connection, an_order(connection), "TEE")
        expanded(connection)

        change(connection)

        assert expanded(connection) == [waiting]


def test_who_waits_for_another_print_on_the_same_blank_is_queued(
    watched: Store,
) -> None:
    """What is short is the blank: every print on it is concerned."""
    with watched.write() as connection:
        a_product(connection, "BLANK")
        a_product(connection, "CAT-TEE", blank_sku="BLANK")
        a_product(connection, "DOG-TEE", blank_sku="BLANK")
        cat = a_waiting_customer(connection, "CAT-TEE")
        dog = a_waiting_customer(connection, "DOG-TEE")
        expanded(connection)

        some_stock(connection, "BLANK", 5)
        assert expanded(connection) == sorted([cat, dog])

        a_supply(connection, "CAT-TEE")
        assert expanded(connection) == sorted([cat, dog])


def test_who_holds_a_substitute_is_queued_when_its_stock_changes(
    watched: Store,
) -> None:
    """A running offer depends on the goods it offers."""
    with watched.write() as connection:
        customer = a_customer(connection)
        case_id = a_case(connection, customer)
        connection.execute(
            insert(holds).values(
                case_id=case_id,
                sku="GREEN",
                quantity=1,
                offer_id="o",
                backorder_id="b",
                held_at=NOON,
            )
        )
        expanded(connection)

        some_stock(connection, "GREEN", 0)

        assert expanded(connection) == [customer]


def test_a_decision_the_shop_claims_queues_its_customer(watched: Store) -> None:
    """What the shop does with a decision concerns who it was decided for."""
    with watched.write() as connection:
        customer = a_customer(connection)
        order = an_order(connection, customer)
        a_case(connection, customer)
        connection.execute(
            text(
                "INSERT INTO bot_decisions"
                " (created_at, order_id, kind, quantity, reason, decided_by, told)"
                " VALUES ('2026-01-01 00:00:00+00:00', :id, 'wait', 1, '', 'x', '')"
            ),
            {"id": order},
        )
        expanded(connection)

        connection.execute(
            text("UPDATE bot_decisions SET claimed_at = '2026-01-02 00:00:00+00:00'")
        )

        assert expanded(connection) == [customer]


def test_taking_tells_what_there_was(watched: Store) -> None:
    """Taking says whether anything was queued, and whether it was late before."""
    with watched.write() as connection:
        connection.execute(insert(case_changes).values(customer_id="new"))
        connection.execute(
            insert(case_changes).values(customer_id="old", baseline=True)
        )
        connection.execute(insert(case_changes).values(customer_id="old"))

        assert changes.take(connection, "nobody") is None
        assert changes.take(connection, "new") is False
        assert changes.take(connection, "old") is True
        assert changes.take(connection, "old") is None


def test_a_failing_customer_waits_and_blocks_nobody(watched: Store) -> None:
    """A postponed customer is due again later; a new change does not wait with it."""
    with watched.write() as connection:
        first = a_waiting_customer(connection, "TEE")
        second = a_waiting_customer(connection, "MUG")
        changes.expand(connection)

        changes.postpone(connection, first, retry_at=100.0)

        assert changes.failures(connection, first) == 1
        assert changes.due(connection, 10, 99.0) == [second]
        assert changes.due(connection, 10, 100.0) == [first, second]

        some_stock(connection, "TEE", 3)
        changes.expand(connection)
        assert changes.due(connection, 10, 99.0) == [second, first]
        changes.postpone(connection, first, retry_at=200.0)
        assert changes.failures(connection, first) == 2
        assert changes.due(connection, 10, 150.0) == [second]


def test_a_rolled_back_turn_leaves_its_changes_queued(watched: Store) -> None:
    """What a failing turn took is there again."""
    with watched.write() as connection:
        customer = a_waiting_customer(connection, "TEE")
        changes.expand(connection)

    with watched.engine.connect() as turn:
        changes.take(turn, customer)
        turn.rollback()

    with watched.read() as connection:
        assert changes.due(connection, 10, SOON) == [customer]


def test_the_first_start_is_a_baseline(watched: Store) -> None:
    """Who waited before the first start counts as late before; who came later not."""
    with watched.write() as connection:
        before = a_waiting_customer(connection, "TEE")
        a_line(connection, an_order(connection))

        baseline.begin(connection)
        while changes.expand(connection):
            pass
        after = a_waiting_customer(connection, "MUG")
        baseline.begin(connection)
        changes.expand(connection)

        assert changes.due(connection, 10, SOON) == [before, after]
        assert changes.take(connection, before) is True
        assert changes.take(connection, after) is False


def test_late_since_the_baseline_was_taken_is_no_baseline(store: Store) -> None:
    """Who became late after the bot took its baseline and before triggers is queued."""
    with store.write() as connection:
        meta.put(connection, "baseline", "done")
        customer = a_waiting_customer(connection, "TEE")

        baseline.begin(connection)

        assert changes.take(connection, customer) is False


def test_a_first_import_into_an_empty_store_is_a_baseline(watched: Store) -> None:
    """A bot that started on an empty store takes the first import for the baseline."""
    with watched.write() as connection:
        baseline.begin(connection)
        customer = a_waiting_customer(connection, "TEE")
        meta.put(connection, "baseline", "pending")

        changes.expand(connection)
        baseline.take(connection)

        assert changes.take(connection, customer) is True
        assert not baseline.is_pending(connection)


@pytest.mark.postgres
def test_a_transaction_that_commits_late_is_not_passed_over(postgres_url: str) -> None:
    """A note with a lower number that becomes visible later is still expanded."""
    store = Store(postgres_url)
    with store.write() as connection:
        ensure(connection)
    with store.engine.connect() as early:
        slow = a_waiting_customer(early, "TEE")
        with store.write() as late:
            quick = a_waiting_customer(late, "MUG")
        with store.write() as connection:
            assert expanded(connection) == [quick]

        early.commit()

    with store.write() as connection:
        assert expanded(connection) == [slow]
    store.close()


@pytest.mark.postgres
def test_a_change_during_a_turn_is_queued_again(postgres_url: str) -> None:
    """A turn that already took the queue may have read the shop before this change."""
    store = Store(postgres_url)
    with store.write() as connection:
        ensure(connection)
        customer = a_waiting_customer(connection, "TEE")
        changes.expand(connection)
    with store.engine.connect() as turn:
        assert changes.take(turn, customer) is False
        with store.write() as connection:
            some_stock(connection, "TEE", 3)
        with store.write() as connection:
            changes.expand(connection)
        with store.read() as connection:
            queued_meanwhile = changes.due(connection, 10, SOON)
        turn.commit()

    assert queued_meanwhile == [customer]
    with store.read() as connection:
        assert changes.due(connection, 10, SOON) == [customer]
    store.close()


@pytest.mark.postgres
def test_a_turn_waits_for_an_expansion_that_counts_on_its_row(
    postgres_url: str,
) -> None:
    """A row that an expansion found waiting is taken after the change is visible."""
    store = Store(postgres_url)
    with store.write() as connection:
        ensure(connection)
        customer = a_waiting_customer(connection, "TEE")
        changes.expand(connection)
        some_stock(connection, "TEE", 3)
    took = threading.Event()

    def turn() -> None:
        with store.write() as connection:
            changes.take(connection, customer)
            took.set()

    taking = threading.Thread(target=turn)
    with store.write() as connection:
        assert changes.expand(connection) == 1
        taking.start()
        assert not took.wait(0.2)
    taking.join()

    assert took.is_set()
    with store.read() as connection:
        assert changes.due(connection, 10, SOON) == []
    store.close()


@pytest.mark.postgres
def test_two_expansions_take_each_note_once(postgres_url: str) -> None:
    """A second expansion passes over what the first holds."""
    store = Store(postgres_url)
    with store.write() as connection:
        ensure(connection)
        a_waiting_customer(connection, "TEE")
    with store.write() as first, store.write() as second:
        taken_first = changes.expand(first)
        taken_second = changes.expand(second)

    assert taken_first > 0
    assert taken_second == 0
    store.close()
