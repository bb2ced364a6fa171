"""What a test leaves behind in a lent database reaches no other test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from .postgres import Postgres

pytestmark = pytest.mark.postgres


def _told(server: Postgres, name: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.dsn(name)) as connection:
        return connection.execute(question.encode()).fetchall()


def test_rows_numbers_and_functions_are_gone(
    postgres: Postgres, postgres_template: str
) -> None:
    """The same database is handed out again, as empty as the first time."""
    name = postgres.lend(postgres_template)
    meta = _told(postgres, name, "SELECT * FROM bot_meta")
    with psycopg.connect(postgres.dsn(name)) as connection:
        connection.execute("DELETE FROM bot_meta")
        connection.execute("INSERT INTO bot_skus (sku) VALUES ('MUG')")
        connection.execute("SELECT nextval('bot_cases_id_seq')")
        connection.execute(
            "CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RAISE EXCEPTION ''never''; END'"
        )
        for what in ("INSERT", "TRUNCATE"):
            connection.execute(
                f"CREATE TRIGGER t_{what} BEFORE {what} ON bot_meta".encode()
                + b" EXECUTE FUNCTION never()"
            )
    postgres.take_back(name, postgres_template)

    assert postgres.lend(postgres_template) == name
    assert _told(postgres, name, "SELECT * FROM bot_meta") == meta
    assert _told(postgres, name, "SELECT * FROM bot_skus") == []
    assert _told(postgres, name, "SELECT nextval('bot_cases_id_seq')") == [(1,)]
    assert _told(postgres, name, "SELECT 1 FROM pg_proc WHERE proname = 'never'") == []
    postgres.drop(name)


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE more ()",
        "CREATE VIEW more AS SELECT 1 AS one",
        "ALTER TABLE shop_orders ADD COLUMN more text",
        "ALTER TABLE shop_orders DROP COLUMN needed_by",
        "ALTER TABLE shop_orders RENAME COLUMN needed_by TO more",
        "ALTER TABLE shop_orders ALTER COLUMN needed_by SET DEFAULT now()",
        "DROP TABLE shop_refunds",
        "DROP VIEW bot_availability",
        "CREATE SCHEMA more",
        "REVOKE ALL ON shop_orders FROM postgres",
    ],
)
def test_another_schema_is_handed_to_nobody(
    postgres: Postgres, postgres_template: str, change: str
) -> None:
    """Where the schema is not the template's any more, the database is dropped."""
    name = postgres.lend(postgres_template)
    with psycopg.connect(postgres.dsn(name)) as connection:
        connection.execute(change.encode())
    postgres.take_back(name, postgres_template)

    there = f"SELECT 1 FROM pg_database WHERE datname = '{name}'"  # noqa: S608 - ours
    assert _told(postgres, "postgres", there) == []
