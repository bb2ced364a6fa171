"""The comparison: what changed without a trigger is found, and only that."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, text, update

from store import shop
from store.engine import Store
from store.scan import last_scan, scan
from store.tables import changes, seen_rows

from ..builders import a_customer, a_supply, an_order, some_stock

NOW = 1000.0


def found(store: Store, relation: str) -> list[str]:
    """Scan, and return the keys of what was noted."""
    scan(store, relation, NOW)
    with store.write() as connection:
        rows = connection.execute(
            delete(changes).returning(changes.c.relation, changes.c.row_key)
        ).all()
    assert {row.relation for row in rows} <= {relation}
    return sorted(row.row_key for row in rows)


def test_new_changed_and_gone_rows_are_found(store: Store) -> None:
    """Each difference is found once, whoever it concerns, and nothing else is."""
    with store.write() as connection:
        same, changed, gone = (a_supply(connection, sku) for sku in "ABC")
    assert found(store, "shop_supplies") == []

    with store.write() as connection:
        supplies = shop.supplies
        connection.execute(
            update(supplies).where(supplies.c.id == changed).values(expected_on=None)
        )
        connection.execute(delete(supplies).where(supplies.c.id == gone))
        a_supply(connection, "D")

    assert found(store, "shop_supplies") == ["B", "C", "D"]
    assert found(store, "shop_supplies") == []
    assert same


def test_the_first_scan_only_looks(store: Store) -> None:
    """What is there at the first scan is no change; the scan is remembered."""
    with store.write() as connection:
        an_order(connection)
    assert last_scan(store, "shop_orders") is None

    assert scan(store, "shop_orders", NOW) == 0

    assert last_scan(store, "shop_orders") == NOW
    with store.read() as connection:
        assert connection.execute(select(changes)).all() == []


def test_a_view_is_compared_like_a_table(store: Store) -> None:
    """Through a view, what its base table says is found."""
    with store.write() as connection:
        connection.execute(text("ALTER TABLE shop_stock RENAME TO backend"))
        connection.execute(text("CREATE VIEW shop_stock AS SELECT * FROM backend"))
    assert found(store, "shop_stock") == []

    with store.write() as connection:
        connection.execute(
            text("INSERT INTO backend (sku, location, on_hand) VALUES ('TEE', 'a', 2)")
        )
    assert found(store, "shop_stock") == ["TEE"]

    with store.write() as connection:
        connection.execute(text("UPDATE backend SET on_hand = 1"))
    assert found(store, "shop_stock") == ["TEE"]


def test_a_view_whose_values_cannot_be_read_is_still_compared(store: Store) -> None:
    """A digest needs no valid instant, and a view may lack columns or repeat a row."""
    with store.write() as connection:
        connection.execute(text("DROP TABLE shop_supplies"))
        connection.execute(
            text("CREATE TABLE backend (id integer, sku varchar, seen varchar)")
        )
        connection.execute(text("INSERT INTO backend VALUES (1, 'TEE', 'yesterday')"))
        connection.execute(text("INSERT INTO backend VALUES (1, 'TEE', 'yesterday')"))
        connection.execute(
            text(
                "CREATE VIEW shop_supplies AS"
                " SELECT id, sku, 1 AS quantity, seen AS updated_at FROM backend"
            )
        )
    assert found(store, "shop_supplies") == []

    with store.write() as connection:
        connection.execute(text("UPDATE backend SET seen = 'today'"))

    assert found(store, "shop_supplies") == ["TEE"]


def test_a_row_that_moves_concerns_both(store: Store) -> None:
    """An order that passed to another customer is found for both of them."""
    with store.write() as connection:
        an_order(connection, "before")
    found(store, "shop_orders")

    with store.write() as connection:
        connection.execute(update(shop.orders).values(customer_id="after"))

    assert found(store, "shop_orders") == ["after", "before"]


def test_keys_in_any_script_keep_one_order(store: Store) -> None:
    """Upper and lower case, accents, signs: both sides are walked in the same order."""
    names = ["a", "B", "ä", "Z", "z", "-", "_", "é", "日本", "😀", "a b", "A-1", "a_1"]
    with store.write() as connection:
        for name in names:
            some_stock(connection, name, 1)
    found(store, "shop_stock")

    assert found(store, "shop_stock") == []
    with store.write() as connection:
        connection.execute(update(shop.stock).values(on_hand=2))
    assert found(store, "shop_stock") == sorted(names)


def test_more_rows_than_a_chunk_are_all_remembered(store: Store) -> None:
    """A relation larger than one transaction's share is scanned to its end."""
    with store.write() as connection:
        connection.execute(
            shop.stock.insert(),
            [{"sku": f"S{n}", "location": "a", "on_hand": 1} for n in range(1201)],
        )
    found(store, "shop_stock")
    with store.read() as connection:
        assert len(connection.execute(select(seen_rows)).all()) == 1201

    with store.write() as connection:
        connection.execute(delete(shop.stock))

    assert len(found(store, "shop_stock")) == 1201
    with store.read() as connection:
        assert connection.execute(select(seen_rows)).all() == []


def test_a_relation_that_is_not_there_is_passed_over(store: Store) -> None:
    """A missing relation is no change; what stands in it later is one."""
    with store.write() as connection:
        connection.execute(text("ALTER TABLE shop_customers RENAME TO backend"))
    assert found(store, "shop_customers") == []

    with store.write() as connection:
        connection.execute(text("ALTER TABLE backend RENAME TO shop_customers"))
        customer = a_customer(connection)

    assert found(store, "shop_customers") == [customer]


@pytest.mark.postgres
def test_a_materialised_view_is_compared_after_its_refresh(postgres_url: str) -> None:
    """A materialised view shows its changes when it is refreshed."""
    store = Store(postgres_url)
    with store.write() as connection:
        connection.execute(text("ALTER TABLE shop_stock RENAME TO backend"))
        connection.execute(
            text("CREATE MATERIALIZED VIEW shop_stock AS SELECT * FROM backend")
        )
    found(store, "shop_stock")

    with store.write() as connection:
        connection.execute(
            text("INSERT INTO backend (sku, location, on_hand) VALUES ('TEE', 'a', 2)")
        )
        connection.execute(text("REFRESH MATERIALIZED VIEW shop_stock"))

    assert found(store, "shop_stock") == ["TEE"]
    store.close()
