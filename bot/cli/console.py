"""What every command shares: its settings, the store, and how mistakes are told.

Nobody is shown a traceback for a mistake they can mend; results go to stdout,
mistakes to stderr with exit code 1.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.settings import Settings
    from flows.policy import Policy
    from store.engine import Store


def fail(*lines: str) -> NoReturn:
    """Tell what is wrong and how to mend it, and leave with exit code 1."""
    for line in lines:
        print(line, file=sys.stderr)
    raise typer.Exit(1)


def one_of(*words: str) -> Callable[[str], str]:
    """Return what takes one of these words from a command line, and tells of others."""

    def word(typed: str) -> str:
        if typed not in words:
            known = ", ".join(words)
            raise typer.BadParameter(f"expected one of {known}; found {typed!r}")
        return typed

    return word


def read_settings(*, running: bool = False) -> Settings:
    """Return the settings, or leave with every mistake in them."""
    from bot.settings import BadSettings, load

    try:
        return load(running=running)
    except BadSettings as error:
        fail("The settings are not right yet:", *(f"  {p}" for p in error.problems))


def read_policy_file(settings: Settings) -> Policy:
    """Return the policy of the policy file, or leave with every mistake in it."""
    from flows.policy import BadPolicy, read_policy

    path = settings.policy_file
    try:
        return read_policy(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        fail(f"There is no {path}: `backorder-bot init` writes one.")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{path} cannot be read: {error}")
    except BadPolicy as error:
        fail(f"{path} is not right yet:", *(f"  {p}" for p in error.problems))


@contextmanager
def open_store(settings: Settings, *, ready: bool = True) -> Iterator[Store]:
    """Open the store; leave with a plain sentence where the database does not play.

    ``ready`` wants this version's schema to be there; nothing is made for looking.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from store.engine import Store
    from store.schema import SchemaError, require_current

    if ready:
        require_store(settings)
    store = Store(settings.database_url)
    try:
        if ready:
            require_current(store.engine)
        yield store
    except SchemaError as error:
        fail(f"{settings.database_shown}: {error}")
    except SQLAlchemyError as error:
        fail(f"{settings.database_shown}: {reason_of(error)}", MEND_DATABASE)
    finally:
        store.close()


def require_store(settings: Settings) -> None:
    """Return only if connecting would not make an empty file where a store belongs."""
    if is_absent(settings.database_url):
        fail(f"{settings.database_shown}: {NO_STORE}")


def is_absent(database: str) -> bool:
    """Tell whether an address names an SQLite file that is not there yet.

    A folder that is not there is the driver's to complain about: it makes nothing.
    """
    from sqlalchemy import make_url

    url = make_url(database)
    if url.get_backend_name() != "sqlite" or url.database is None:
        return False
    file = Path(url.database)
    return file.parent.is_dir() and not file.exists()


def reason_of(error: Exception) -> str:
    """Return the first line of what a database said, without the statement."""
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0] if said else type(error).__name__


NO_STORE = "there is no store yet: run `backorder-bot init`"
MEND_DATABASE = "Check DATABASE_URL, and that the database is up and may be written."
