"""Who may do what only one replica may: a lock of the session, with takeover.

PostgreSQL gives it up when the connection ends, however that came about. On SQLite
there is one process anyway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.engine import Store


class Leadership:
    """One name that one replica holds at a time; not safe for several threads."""

    def __init__(self, store: Store, number: int) -> None:
        """``number`` names what is led; all replicas use the same."""
        self._store = store
        self._number = number
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        """Return whether this replica leads now; ask again to keep knowing."""
        if self._store.is_sqlite:
            return True
        if self._connection is not None and self._alive():
            return True
        connection = self._store.engine.connect()
        try:
            got = connection.scalar(
                text("SELECT pg_try_advisory_lock(:n)"), {"n": self._number}
            )
            connection.commit()
        except DBAPIError:
            connection.invalidate()
            raise
        if got:
            self._connection = connection
            return True
        connection.close()
        return False

    def release(self) -> None:
        """Let another replica lead."""
        if self._connection is not None:
            # Ending the session is what gives the lock up, whatever state it is in.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _alive(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
            self._connection.commit()
        except DBAPIError:
            self._connection.invalidate()
            self._connection = None
            return False
        return True
