"""A store to import into, and files to import."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from store.engine import open_engine
from store.shop import shop_metadata
from store.tables import bot_metadata

from .desk import Desk


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Return an empty store."""
    engine = open_engine(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    shop_metadata.create_all(engine)
    bot_metadata.create_all(engine)
    yield engine
    engine.dispose()


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
