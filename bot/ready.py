"""Whether a store may be run on: reached, of this version, and nobody else's."""

from __future__ import annotations

import contextlib
import fcntl
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from store.schema import SchemaError, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.engine import Store


class CannotRunError(Exception):
    """The bot cannot run like this; the message says what to do."""


def make_ready(store: Store, where: str) -> None:
    """Bring a store up to this version; ``where`` names it without its password.

    Raises:
        CannotRunError: It is out of reach, or a newer version wrote it.
    """
    try:
        prepare(store, create_shop=False)
    except SchemaError as error:
        raise CannotRunError(f"{where}: {error}") from error
    except DBAPIError as error:
        said = str(error.orig).strip().partition("\n")[0]
        raise CannotRunError(
            f"{where}: {said}; check DATABASE_URL, and that the database is up and "
            "may be written"
        ) from error


@contextlib.contextmanager
def only_one(store: Store) -> Iterator[None]:
    """Keep a second process off an SQLite store: writers would starve each other.

    Raises:
        CannotRunError: There is one already.
    """
    path = store.engine.url.database
    if not store.is_sqlite or path is None:
        yield
        return
    with Path(f"{path}.lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotRunError(
                f"another process already runs on {path}; stop it, "
                "or use PostgreSQL for several replicas"
            ) from None
        yield
