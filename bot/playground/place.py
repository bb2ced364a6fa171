"""Where a playground keeps its shop: a database that is empty when it begins."""

from __future__ import annotations

from sqlalchemy import func, inspect, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from bot.addresses import database
from store.engine import Store
from store.schema import SchemaError, prepare
from store.shop import orders


class NoPlaceError(Exception):
    """The database is no place to play; the text says why, without its password."""


def shown(database_url: str) -> str:
    """Return a database's address without its password."""
    return make_url(database_url).render_as_string(hide_password=True)


def open_empty(database_url: str) -> Store:
    """Open a store and bring it to this schema; one with orders stays untouched.

    Raises:
        NoPlaceError: When it cannot be used, or holds a shop already.
    """
    try:
        store = Store(database(database_url))
    except (ValueError, SQLAlchemyError):
        raise NoPlaceError(
            "That database cannot be used: expected an SQLAlchemy URL of an SQLite "
            "file or a PostgreSQL database, such as sqlite:///play.sqlite3."
        ) from None
    try:
        _refuse_orders(store)
        prepare(store, create_shop=True)
    except (SchemaError, SQLAlchemyError) as error:
        store.close()
        reason = _first_line(error)
        raise NoPlaceError(f"{shown(database_url)}: {reason}") from error
    except NoPlaceError:
        store.close()
        raise
    return store


def _refuse_orders(store: Store) -> None:
    with store.read() as connection:
        known = inspect(connection)
        there = [*known.get_table_names(), *known.get_view_names()]
        if orders.name not in there:
            return
        if connection.scalar(select(func.count()).select_from(orders)):
            raise NoPlaceError(
                "This database already holds orders; name an empty one to play."
            )


def _first_line(error: Exception) -> str:
    """Return what a database said, without the statement."""
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0] if said else type(error).__name__
