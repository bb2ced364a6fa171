"""The schema: Alembic owns bot_*, and shop_* only where this project created them.

Two branches of migrations, ``bot`` and ``shop``. Which one a store follows is written
in the store itself (``bot_meta``, ``shop_tables`` = ``ours``), never guessed.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import inspect, text

from store import meta
from store.engine import Store
from store.shop import shop_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

#: The key in bot_meta, and its value where the shop's tables were created here.
SHOP_TABLES = "shop_tables"
OURS = "ours"

_MIGRATIONS = Path(__file__).parent / "migrations"

#: Any number will do, as long as all replicas name the same one.
_PREPARING = 0x6261636B


class SchemaError(Exception):
    """The database does not look as this version of the program needs it."""


def prepare(store: Store | Engine, *, create_shop: bool) -> None:
    """Bring the store to this version's schema, in one transaction; safe to repeat.

    ``create_shop`` also creates the shop's relations, for shops without an order
    backend in this database. Where that was done once, they are kept up to date.

    Raises:
        SchemaError: When the store is newer than this program, or when the shop's
            relations shall be created and some are there already.
    """
    with _writing(store) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": _PREPARING}
            )
        _upgrade(connection, "bot")
        ours = meta.find(connection, SHOP_TABLES) == OURS
        if create_shop and not ours:
            _refuse_present(connection)
            meta.put(connection, SHOP_TABLES, OURS)
        if create_shop or ours:
            _upgrade(connection, "shop")


def is_current(engine: Engine) -> bool:
    """Tell whether the store has this version's schema, without changing anything."""
    with engine.connect() as connection:
        there = set(MigrationContext.configure(connection).get_current_heads())
        if not there:
            return False
        wanted = {_head("bot")}
        if meta.find(connection, SHOP_TABLES) == OURS:
            wanted.add(_head("shop"))
        connection.rollback()
    return there == wanted


def require_current(engine: Engine) -> None:
    """Return only if the store has this version's schema.

    Raises:
        SchemaError: When it has not, with what to do about it.
    """
    if not is_current(engine):
        raise SchemaError(
            "the store is empty or of another version: run `backorder-bot init`"
        )


def missing_in_shop(connection: Connection) -> tuple[str, ...]:
    """Return the shop's relations and columns that the bot needs and does not find.

    A missing relation is named alone, a missing column as ``relation.column``. Tables
    and views count alike.
    """
    looking = inspect(connection)
    missing: list[str] = []
    present = _relations(connection)
    for table in shop_metadata.sorted_tables:
        if table.name not in present:
            missing.append(table.name)
            continue
        columns = {column["name"] for column in looking.get_columns(table.name)}
        missing += [
            f"{table.name}.{column.name}"
            for column in table.columns
            if column.name not in columns
        ]
    return tuple(sorted(missing))


def migrations_config(connection: Connection | None = None) -> Config:
    """Return Alembic's settings, which need no file of their own."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _writing(store: Store | Engine) -> Iterator[Connection]:
    with store.write() if isinstance(store, Store) else store.begin() as connection:
        yield connection


def _upgrade(connection: Connection, branch: str) -> None:
    try:
        command.upgrade(migrations_config(connection), f"{branch}@head")
    except CommandError as error:
        raise SchemaError(
            "the store was written by a newer version of this program"
        ) from error


def _head(branch: str) -> str:
    script = ScriptDirectory.from_config(migrations_config())
    revision = script.get_revision(f"{branch}@head")
    return revision.revision if revision else ""


def _refuse_present(connection: Connection) -> None:
    present = sorted(_relations(connection) & set(shop_metadata.tables))
    if present:
        raise SchemaError(
            f"{', '.join(present)} are there already and belong to the shop:"
            " leave them to it, and create none"
        )


def _relations(connection: Connection) -> set[str]:
    looking = inspect(connection)
    return {*looking.get_table_names(), *looking.get_view_names()}
