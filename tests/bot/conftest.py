"""A shop of several customers, each with secrets, that nobody has met yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store.engine import Store

from .strangers import World

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    """A shop of four customers, and six people with phones."""
    store = Store(sqlite_url)
    made = World(store)
    yield made
    made.turns.stop()
    store.close()
