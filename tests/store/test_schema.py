"""The schema: what migrations make is what the tables say, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect, text

from store.demand import bot_metadata
from store.engine import Store
from store.schema import (
    SchemaError,
    is_current,
    missing_in_shop,
    prepare,
    require_current,
)
from store.shop import shop_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..postgres import Postgres


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: object) -> Iterator[Store]:
    """A database with nothing in it at all."""
    if request.param == "sqlite":
        store = Store(f"sqlite:///{tmp_path}/empty.db")
        yield store
        store.close()
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create()
    store = Store(server.url(name))
    yield store
    store.close()
    server.drop(name)


@pytest.mark.parametrize("metadata", [bot_metadata, shop_metadata], ids=["bot", "shop"])
def test_migrations_make_what_the_tables_say(store: Store, metadata: MetaData) -> None:
    """A migrated store has exactly the tables, columns and indexes of store.tables.

    Until the first release a difference is mended by writing the first migrations anew:
    ``python -m store.migrations.draft --first``; later by adding one.
    """
    prefix = next(iter(metadata.tables)).split("_")[0]

    with store.read() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _: (
                    kind != "table" or name.startswith(f"{prefix}_")
                )
            },
        )
        differences = compare_metadata(context, metadata)

    assert differences == []


def test_preparing_twice_changes_nothing(store: Store) -> None:
    """A prepared store is current, and preparing it again leaves it so."""
    with store.write() as connection:
        connection.execute(text("INSERT INTO bot_meta VALUES ('kept', 'yes')"))

    prepare(store, create_shop=True)
    prepare(store, create_shop=False)

    assert is_current(store.engine)
    with store.read() as connection:
        kept = connection.scalar(text("SELECT value FROM bot_meta WHERE key = 'kept'"))
    assert kept == "yes"


def test_an_empty_database_is_not_current(empty: Store) -> None:
    """An empty database is told apart, with what to do about it."""
    assert not is_current(empty.engine)
    with pytest.raises(SchemaError, match="backorder-bot init"):
        require_current(empty.engine)


def test_a_shops_own_relations_are_left_alone(empty: Store) -> None:
    """Without create_shop no relation of the shop is made, only missed."""
    prepare(empty, create_shop=False)

    assert is_current(empty.engine)
    tables = inspect(empty.engine).get_table_names()
    assert [name for name in tables if name.startswith("shop_")] == []
    with empty.read() as connection:
        assert "shop_orders" in missing_in_shop(connection)


def test_a_view_counts_as_a_relation_of_the_shop(empty: Store) -> None:
    """A view is as good as a table, and a column it lacks is named."""
    with empty.write() as connection:
        connection.execute(
            text("CREATE TABLE refs (sku varchar, substitute_sku varchar)")
        )
        connection.execute(
            text("CREATE VIEW shop_substitutes AS SELECT *, 0 AS rank FROM refs")
        )

    with empty.read() as connection:
        missing = missing_in_shop(connection)

    assert [name for name in missing if name.startswith("shop_substitutes")] == [
        "shop_substitutes.kind"
    ]


def test_relations_that_are_there_are_not_created_over(empty: Store) -> None:
    """Asked to create the shop's relations where one exists, nothing at all is done."""
    with empty.write() as connection:
        connection.execute(text("CREATE TABLE shop_orders (id varchar)"))

    with pytest.raises(SchemaError, match="shop_orders"):
        prepare(empty, create_shop=True)

    assert inspect(empty.engine).get_table_names() == ["shop_orders"]


def test_a_store_of_a_newer_version_is_refused(store: Store) -> None:
    """A store that a newer program migrated is neither current nor touched."""
    with store.write() as connection:
        connection.execute(
            text(
                "UPDATE alembic_version SET version_num = 'bot_9999'"
                " WHERE version_num LIKE 'bot_%'"
            )
        )

    assert not is_current(store.engine)
    with pytest.raises(SchemaError, match="newer"):
        prepare(store, create_shop=False)
