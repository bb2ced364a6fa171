"""A working folder with a store, and the command line to run in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from bot.__main__ import app
from store.engine import Store
from store.tables import decisions

from ...builders import NOON, a_backordered_line, a_customer, an_order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result


class Cli(Protocol):
    """What runs a command and returns what came of it."""

    def __call__(self, *words: str, typed: str | None = None) -> Result:
        """Run the command; ``typed`` is what the keyboard says."""


@pytest.fixture
def cli() -> Cli:
    """Run a command as a person would, and keep what it says."""

    def run(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, list(words), input=typed)

    return run


@pytest.fixture
def folder(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An empty working folder; what stands in its .env counts."""
    made = tmp_path_factory.mktemp("folder")
    monkeypatch.chdir(made)
    return made


@pytest.fixture
def shop(
    folder: Path,  # noqa: ARG001 - where the command runs
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Store]:
    """A prepared store that every command in the folder uses."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    store = Store(sqlite_url)
    yield store
    store.close()


@pytest.fixture
def queue(shop: Store) -> int:
    """Insert one decision about Anna's hoodie that may be claimed; return its id."""
    return insert_decision(shop)


def insert_decision(store: Store, **columns: Any) -> int:
    with store.write() as connection:
        anna = a_customer(connection, name="Anna", email="anna@example.com")
        order = an_order(connection, anna, number="1042", currency="EUR")
        line = a_backordered_line(connection, order, title="Hoodie Fjord, black, L")
        row: dict[str, Any] = {
            "created_at": NOON,
            "order_id": order,
            "line_id": line,
            "kind": "cancel_refund",
            "quantity": 1,
            "refund_minor": 3900,
            "currency": "EUR",
            "decided_by": "customer",
            "backorder_id": "what waits",
            "apply_after": NOON,
        }
        made = connection.execute(insert(decisions).values(row | columns))
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])
