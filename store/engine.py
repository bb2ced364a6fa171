"""Engines: one way to write and one way to read, the same on SQLite and PostgreSQL.

SQLite: WAL, ``synchronous=FULL``, every write transaction begins IMMEDIATE and waits
in one fair queue of this process (writers that rely on the busy timeout starve each
other). PostgreSQL: row locks and SKIP LOCKED; the queue is empty.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

#: Milliseconds a write waits for another process (the shop's own writer).
_BUSY_MS = 10_000
_POOL = 12
#: Seconds that closing waits for the transactions of other threads.
_LAST_ONES = 10.0
#: The mark in a connection's ``info`` for transactions that only read.
_READS_ONLY = "reads_only"


class FairLock:
    """A lock whose waiters are served in the order they came."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiters: deque[threading.Lock] = deque()
        self._held = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiters.append(mine)
        mine.acquire()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiters:
                self._waiters.popleft().release()
            else:
                self._held = False


class Store:
    """The shared database, as the bot uses it; safe to use from several threads."""

    def __init__(self, url: str) -> None:
        """Connect lazily; ``url`` is an SQLAlchemy URL."""
        self.engine = open_engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._queue: AbstractContextManager[None] = (
            FairLock() if self.is_sqlite else nullcontext()
        )
        self._open = 0
        self._closing = threading.Condition()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Run one transaction that may write: it commits, or rolls back whole."""
        with self._counted(), self._queue, self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Run one transaction that only reads."""
        with self._counted(), self.engine.connect() as connection:
            only_read(connection)
            yield connection
            connection.rollback()

    def close(self) -> None:
        """Give all connections back, once other threads' transactions have ended."""
        with self._closing:
            self._closing.wait_for(lambda: not self._open, _LAST_ONES)
        self.engine.dispose()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._closing:
            self._open += 1
        try:
            yield
        finally:
            with self._closing:
                self._open -= 1
                self._closing.notify_all()


def only_read(connection: Connection, *, only: bool = True) -> None:
    """Let what a connection begins only read, until it is given back."""
    connection.info[_READS_ONLY] = only


def open_engine(url: str) -> Engine:
    """Return an engine with the manners this project relies on.

    Raises:
        sqlalchemy.exc.ArgumentError: When the URL cannot be read.
    """
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, pool_size=_POOL, connect_args={"timeout": 10})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "checkin", _forget_reading)
        # SQLAlchemy leaves this to the driver, which leaves it to us. Listening to
        # "begin" would do as well, but makes every single statement dearer.
        engine.dialect.do_begin = _begin_sqlite  # type: ignore[method-assign, assignment]  # meant to be replaced
        return engine
    return create_engine(parsed, pool_size=_POOL, pool_pre_ping=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    cursor.close()


def _forget_reading(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info.pop(_READS_ONLY, None)


def _begin_sqlite(connection: PoolProxiedConnection) -> None:
    reads_only = connection.info.get(_READS_ONLY, False)
    cursor = connection.cursor()
    cursor.execute("BEGIN" if reads_only else "BEGIN IMMEDIATE")
    cursor.close()
