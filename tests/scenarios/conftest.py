"""A stage: the real bot among strict stand-ins, with a clock to move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.playground.runtime import Playground, playground

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Playground]:
    """The demo shop's morning on SQLite: mode act, nothing has happened yet.

    Nobody waits between messages; the story is told at the platforms' pace.
    """
    async with playground(sqlite_url, workdir=tmp_path, paced=False) as running:
        await running.settle()
        yield running
