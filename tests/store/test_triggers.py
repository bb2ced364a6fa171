"""The triggers: every change of the shop is noted, and only real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select, text, update

from store import shop
from store.engine import Store
from store.tables import changes
from store.triggers import WATCHED, ensure

from ..builders import (
    a_backordered_line,
    a_customer,
    a_product,
    a_refund,
    a_shipment,
    a_shipment_line,
    a_substitute,
    a_supply,
    an_order,
    some_stock,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection


@pytest.fixture
def watched(store: Store) -> Store:
    """The store, its triggers in place."""
    with store.write() as connection:
        ensure(connection)
    return store


def noted(connection: Connection) -> list[tuple[str, str]]:
    """Return what was noted since last asked, in no particular order."""
    rows = connection.execute(
        delete(changes).returning(changes.c.relation, changes.c.row_key)
    )
    return sorted((row.relation, row.row_key) for row in rows)


def test_each_relation_names_whom_a_new_row_concerns(watched: Store) -> None:
    """A new row is noted with its customer, order, shipment or SKU."""
    with watched.write() as connection:
        customer = a_customer(connection)
        sku = a_product(connection, "TEE")
        order = an_order(connection, customer)
        line = a_backordered_line(connection, order, sku)
        parcel = a_shipment(connection, order)
        a_shipment_line(connection, parcel, line)
        a_refund(connection, order)
        a_supply(connection, sku)
        some_stock(connection, sku, 3)
        a_substitute(connection, sku, "OTHER")
        connection.execute(
            shop.sources.insert().values(sku=sku, supplier="Mill", rank=0)
        )
        connection.execute(
            text(
                "INSERT INTO bot_supply_dates (supply_id, told_by, since)"
                " VALUES ('s1', 'U1', '2026-01-01 00:00:00+00:00')"
            )
        )

        assert noted(connection) == [
            ("bot_supply_dates", "supply:s1"),
            ("shop_customers", customer),
            ("shop_order_lines", order),
            ("shop_orders", customer),
            ("shop_products", sku),
            ("shop_refunds", order),
            ("shop_shipment_lines", parcel),
            ("shop_shipments", order),
            ("shop_sources", sku),
            ("shop_stock", sku),
            ("shop_substitutes", sku),
            ("shop_supplies", sku),
        ]


def test_only_a_real_change_is_noted(watched: Store) -> None:
    """Writing the same values again notes nothing, writing others does."""
    with watched.write() as connection:
        sku = a_product(connection, attributes={"fit": "wide"})
        some_stock(connection, sku, 3)
        noted(connection)

        connection.execute(update(shop.stock).values(on_hand=3))
        connection.execute(update(shop.products).values(attributes={"fit": "wide"}))
        assert noted(connection) == []

        connection.execute(update(shop.stock).values(on_hand=2))
        connection.execute(update(shop.products).values(attributes={"fit": "slim"}))
        assert noted(connection) == [("shop_products", sku), ("shop_stock", sku)]


def test_a_row_that_moves_concerns_both(watched: Store) -> None:
    """An order that passes to another customer is noted for both of them."""
    with watched.write() as connection:
        an_order(connection, "before")
        noted(connection)

        connection.execute(update(shop.orders).values(customer_id="after"))

        assert noted(connection) == [
            ("shop_orders", "after"),
            ("shop_orders", "before"),
        ]


def test_a_row_that_goes_is_noted(watched: Store) -> None:
    """A deleted row is noted with whom it concerned."""
    with watched.write() as connection:
        a_supply(connection, "TEE")
        noted(connection)

        connection.execute(delete(shop.supplies))

        assert noted(connection) == [("shop_supplies", "TEE")]


def test_of_a_decision_only_what_the_shop_does_is_noted(watched: Store) -> None:
    """A decision is noted when it is claimed, applied or rejected, not when made."""
    with watched.write() as connection:
        decision = connection.scalar(
            text(
                "INSERT INTO bot_decisions"
                " (created_at, order_id, kind, quantity, reason, decided_by, told)"
                " VALUES ('2026-01-01 00:00:00+00:00', 'o1', 'wait', 1, '', 'x', '')"
                " RETURNING id"
            )
        )
        connection.execute(text("UPDATE bot_decisions SET told = 'claimed'"))
        assert noted(connection) == []

        connection.execute(
            text("UPDATE bot_decisions SET claimed_at = '2026-01-02 00:00:00+00:00'")
        )
        assert noted(connection) == [("bot_decisions", str(decision))]


def test_what_the_shop_rolls_back_is_not_noted(watched: Store) -> None:
    """A transaction of the shop that is rolled back leaves no note."""
    with watched.engine.connect() as connection:
        an_order(connection)
        connection.rollback()

    with watched.read() as connection:
        assert connection.execute(select(changes)).all() == []


def test_triggers_in_place_are_left_alone(watched: Store) -> None:
    """A second look changes nothing."""
    with watched.write() as connection:
        assert ensure(connection).put_back == ()


def test_a_table_rebuilt_by_rename_gets_its_trigger_back(watched: Store) -> None:
    """A table that took another's place lacks its triggers until the next look."""
    with watched.write() as connection:
        connection.execute(text("CREATE TABLE anew AS SELECT * FROM shop_stock"))
        connection.execute(text("ALTER TABLE shop_stock RENAME TO shop_stock_old"))
        connection.execute(text("ALTER TABLE anew RENAME TO shop_stock"))
        some_stock(connection, "TEE", 1)
        assert noted(connection) == []

        ensured = ensure(connection)
        connection.execute(update(shop.stock).values(on_hand=2))

        assert ensured.put_back == ("shop_stock",)
        assert noted(connection) == [("shop_stock", "TEE")]


def test_a_view_is_named_as_one_without(watched: Store) -> None:
    """A view cannot have a trigger, and the shop can replace a table by one."""
    with watched.write() as connection:
        connection.execute(text("ALTER TABLE shop_stock RENAME TO shelf"))
        connection.execute(text("CREATE VIEW shop_stock AS SELECT * FROM shelf"))

        assert ensure(connection).without == ("shop_stock",)


def test_the_shop_may_drop_columns_it_added(watched: Store) -> None:
    """A trigger names no column that is the shop's own business."""
    with watched.write() as connection:
        connection.execute(text("ALTER TABLE shop_stock ADD COLUMN shelf_mark TEXT"))
        ensure(connection)
        connection.execute(text("ALTER TABLE shop_stock DROP COLUMN shelf_mark"))
        some_stock(connection, "TEE", 1)

        assert noted(connection) == [("shop_stock", "TEE")]


def test_every_watched_relation_has_its_trigger(watched: Store) -> None:
    """In a store of ours nothing goes without a trigger."""
    with watched.write() as connection:
        assert ensure(connection).without == ()
    assert len({watched.relation for watched in WATCHED}) == len(WATCHED)


@pytest.mark.postgres
def test_a_user_without_rights_on_our_tables_is_noted_too(postgres_url: str) -> None:
    """The shop's own database user needs no right on bot_changes for a note."""
    store = Store(postgres_url)
    with store.write() as connection:
        ensure(connection)
        connection.execute(text("CREATE ROLE shopkeeper"))
        connection.execute(text("GRANT INSERT ON shop_stock TO shopkeeper"))
        connection.execute(text("SET LOCAL ROLE shopkeeper"))
        some_stock(connection, "TEE", 1)
        connection.execute(text("RESET ROLE"))

        assert noted(connection) == [("shop_stock", "TEE")]
        connection.execute(text("DROP OWNED BY shopkeeper"))
        connection.execute(text("DROP ROLE shopkeeper"))
    store.close()


@pytest.mark.postgres
def test_a_table_of_somebody_else_goes_without(postgres_url: str) -> None:
    """Where the bot may create no trigger, the relation is compared instead."""
    store = Store(postgres_url)
    with store.write() as connection:
        connection.execute(text("CREATE ROLE botkeeper"))
        connection.execute(text("GRANT CREATE ON SCHEMA public TO botkeeper"))
        connection.execute(text("GRANT ALL ON bot_changes, shop_stock TO botkeeper"))
        connection.execute(text("REVOKE TRIGGER ON shop_stock FROM botkeeper"))
        connection.execute(text("SET LOCAL ROLE botkeeper"))

        assert "shop_stock" in ensure(connection).without
        connection.execute(text("RESET ROLE"))
        connection.execute(text("DROP OWNED BY botkeeper"))
        connection.execute(text("DROP ROLE botkeeper"))
    store.close()
