"""One nursery for all crash tests, and a house for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from . import house as houses

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[houses.Nursery]:
    """What forks bots for all tests of a session."""
    yield from houses.nursery(tmp_path_factory.mktemp("nursery"))


@pytest.fixture
async def house(
    request: pytest.FixtureRequest, nursery: houses.Nursery, tmp_path: Path
) -> AsyncIterator[houses.House]:
    """A house on SQLite, or on the engine that a test names as its parameter."""
    engine = getattr(request, "param", "sqlite")
    url: str = request.getfixturevalue(f"{engine}_url")
    async with houses.opened(url, nursery, tmp_path) as opened:
        yield opened
