"""A store to import into, and files to import."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from store.engine import Store

from .desk import Desk


@pytest.fixture
def engine(store: Store) -> Engine:
    """Return an empty store's engine, SQLite and PostgreSQL in turn."""
    return store.engine


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Any], Path]:
    """Return a function that writes a file: text as it is, anything else as JSON."""

    def _write(name: str, content: Any) -> Path:
        path = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return path

    return _write


@pytest.fixture
def desk(engine: Engine, write: Callable[[str, Any], Path]) -> Desk:
    """Return the store with its import door."""
    return Desk(engine, write)
