"""Triggers that note in bot_changes what the shop and its mailer changed.

A note names the relation and the row that tells whom it concerns (mostly an order or a
SKU); what the change *means* is read later. Triggers are put back where they are
missing: a table that was rebuilt by renaming has silently lost its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.dialects.postgresql.base import PGInspector
from sqlalchemy.exc import DBAPIError

from store.shop import shop_metadata
from store.tables import bot_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

#: PostgreSQL tells the listeners here, once per statement.
CHANNEL = "bot_changes"

_OPERATIONS = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A relation whose changes are noted.

    ``key``: SQL over ``{row}`` that names whom a row concerns; null concerns nobody.
    ``only``: the columns that matter, where the others are the bot's own business.
    """

    relation: str
    key: str
    only: tuple[str, ...] = ()

    @property
    def operations(self) -> tuple[str, ...]:
        """What is noted: of the bot's own rows only what others change in them."""
        return ("UPDATE",) if self.only else _OPERATIONS

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns by which a row is told from its former self.

        Only such as stay: in SQLite a trigger forbids to drop a column it names.
        """
        if self.only:
            return self.only
        known = {**shop_metadata.tables, **bot_metadata.tables}
        return tuple(column.name for column in known[self.relation].columns)


WATCHED = (
    Watched(relation="shop_customers", key="{row}.id"),
    Watched(relation="shop_orders", key="{row}.customer_id"),
    Watched(relation="shop_order_lines", key="{row}.order_id"),
    Watched(relation="shop_shipments", key="{row}.order_id"),
    Watched(relation="shop_shipment_lines", key="{row}.shipment_id"),
    Watched(relation="shop_refunds", key="{row}.order_id"),
    Watched(relation="shop_supplies", key="{row}.sku"),
    Watched(relation="shop_stock", key="{row}.sku"),
    Watched(relation="shop_products", key="{row}.sku"),
    Watched(relation="shop_substitutes", key="{row}.sku"),
    Watched(relation="shop_sources", key="{row}.sku"),
    Watched(
        relation="bot_decisions",
        key="{row}.id",
        only=("claimed_at", "applied_at", "rejected_at"),
    ),
    Watched(relation="bot_notices", key="{row}.id", only=("sent_at", "failed_at")),
    Watched(
        relation="bot_supply_dates",
        # The supply's SKU is looked up later: a trigger that names another table
        # would forbid SQLite to rename that one.
        key="coalesce('sku:' || {row}.sku, 'supply:' || {row}.supply_id)",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ensured:
    """What a check of the triggers found.

    ``without``: relations that are there and cannot have a trigger (views, and tables
    on which this user may create none). ``put_back``: relations whose trigger was
    missing or old until now. Both are to be compared; the latter once.
    """

    without: tuple[str, ...]
    put_back: tuple[str, ...]


def ensure(connection: Connection) -> Ensured:
    """Put back every trigger that is missing or old."""
    looking = inspect(connection)
    tables = set(looking.get_table_names())
    others = {*looking.get_view_names(), *_more_relations(connection)}
    ensure_one = _ensure_sqlite
    if connection.dialect.name == "postgresql":
        ensure_one = _ensure_postgres
        connection.execute(text("SET LOCAL lock_timeout = '2s'"))
    without: list[str] = []
    put_back: list[str] = []
    for watched in WATCHED:
        if watched.relation in tables:
            try:
                with connection.begin_nested():
                    changed = ensure_one(connection, watched)
            except DBAPIError:
                without.append(watched.relation)
            else:
                put_back += [watched.relation] if changed else []
        elif watched.relation in others:
            without.append(watched.relation)
    return Ensured(without=tuple(without), put_back=tuple(put_back))


def _more_relations(connection: Connection) -> list[str]:
    looking = inspect(connection)
    if not isinstance(looking, PGInspector):
        return []
    return looking.get_materialized_view_names() + looking.get_foreign_table_names()


# --- SQLite -------------------------------------------------------------------


def _ensure_sqlite(connection: Connection, watched: Watched) -> bool:
    rows = connection.execute(
        text(
            "SELECT name, sql FROM sqlite_master"
            " WHERE type = 'trigger' AND name LIKE 'bot\\_note\\_%' ESCAPE '\\'"
        )
    )
    there = {row.name: row.sql for row in rows}
    changed = False
    for name, wanted in _sqlite_triggers(connection, watched):
        if there.get(name) == wanted:
            continue
        if name in there:
            # Old, or gone along with a table that was renamed away.
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.exec_driver_sql(wanted)
        changed = True
    return changed


def _sqlite_triggers(
    connection: Connection, watched: Watched
) -> Iterator[tuple[str, str]]:
    present = {c["name"] for c in inspect(connection).get_columns(watched.relation)}
    compared = [name for name in watched.columns if name in present]
    for operation in watched.operations:
        name = f"bot_note_{watched.relation}_{operation.lower()}"
        of = f" OF {', '.join(watched.only)}" if watched.only else ""
        when = ""
        if operation == "UPDATE" and compared:
            differs = " OR ".join(f"OLD.{c} IS NOT NEW.{c}" for c in compared)
            when = f" WHEN {differs}"
        notes = " UNION ".join(
            f"SELECT '{watched.relation}', {key} WHERE {key} IS NOT NULL"
            for row in _rows_of(operation)
            for key in [watched.key.format(row=row)]
        )
        sql = (
            f"CREATE TRIGGER {name} AFTER {operation}{of} ON {watched.relation}{when}"
            f" BEGIN INSERT INTO bot_changes (relation, row_key) {notes}; END"
        )
        yield name, sql


def _rows_of(operation: str) -> tuple[str, ...]:
    return {"INSERT": ("NEW",), "DELETE": ("OLD",)}.get(operation, ("OLD", "NEW"))


# --- PostgreSQL ---------------------------------------------------------------


_FUNCTION = """
CREATE OR REPLACE FUNCTION {schema}.{name}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $note${body}$note$
"""

#: One statement's rows at once, so that a shop's bulk update costs one insert. Rows are
#: compared as text: not every type (json) has an equality, and columns may go.
_BODY = """
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO {schema}.bot_changes (relation, row_key)
    SELECT DISTINCT '{relation}', ({new_key})::text FROM new_rows n
    WHERE {new_key} IS NOT NULL;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO {schema}.bot_changes (relation, row_key)
    SELECT DISTINCT '{relation}', ({old_key})::text FROM old_rows o
    WHERE {old_key} IS NOT NULL;
  ELSE
    INSERT INTO {schema}.bot_changes (relation, row_key)
    SELECT DISTINCT '{relation}', changed.key FROM (
      (SELECT ({new_key})::text AS key, {new_row} FROM new_rows n
       EXCEPT SELECT ({old_key})::text, {old_row} FROM old_rows o)
      UNION ALL
      (SELECT ({old_key})::text, {old_row} FROM old_rows o
       EXCEPT SELECT ({new_key})::text, {new_row} FROM new_rows n)
    ) changed WHERE changed.key IS NOT NULL;
  END IF;
  IF FOUND THEN PERFORM pg_notify('{channel}', ''); END IF;
  RETURN NULL;
END
"""

_REFERENCING = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}


def _ensure_postgres(connection: Connection, watched: Watched) -> bool:
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    name = f"bot_note_{watched.relation}"
    body = _BODY.format(
        schema=schema,
        relation=watched.relation,
        channel=CHANNEL,
        new_key=watched.key.format(row="n"),
        old_key=watched.key.format(row="o"),
        new_row=_as_text("n", watched),
        old_row=_as_text("o", watched),
    )
    there = connection.scalar(
        text(
            "SELECT prosrc FROM pg_proc WHERE proname = :name"
            " AND pronamespace = current_schema()::regnamespace"
        ),
        {"name": name},
    )
    if there != body:
        function = _FUNCTION.format(schema=schema, name=name, body=body)
        connection.exec_driver_sql(function)
        connection.exec_driver_sql(
            f"REVOKE ALL ON FUNCTION {schema}.{name}() FROM PUBLIC"
        )
    working = set(
        connection.scalars(
            text(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:relation)"
                " AND tgenabled IN ('O', 'A') AND tgfoid = to_regproc(:function)"
            ),
            {"relation": watched.relation, "function": f"{schema}.{name}"},
        )
    )
    changed = False
    for operation in watched.operations:
        trigger = f"bot_note_{operation.lower()}"
        if trigger in working:
            continue
        connection.exec_driver_sql(
            f"DROP TRIGGER IF EXISTS {trigger} ON {watched.relation}"
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER {trigger} AFTER {operation} ON {watched.relation}"
            f" REFERENCING {_REFERENCING[operation]}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {schema}.{name}()"
        )
        changed = True
    return changed


def _as_text(row: str, watched: Watched) -> str:
    if not watched.only:
        return f"ROW({row}.*)::text"
    return f"ROW({', '.join(f'{row}.{column}' for column in watched.only)})::text"
