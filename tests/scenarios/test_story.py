"""The whole story, end to end, through the real adapters, on both engines."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console

from bot.playground.story import STORY
from bot.playground.tell import tell_story

if TYPE_CHECKING:
    from pathlib import Path


async def test_every_step_of_the_story_comes_about(
    store_url: str, tmp_path: Path
) -> None:
    """A backorder is lived through from the shop's database and back into it."""
    heard = StringIO()

    whole = await tell_story(store_url, tmp_path, Console(file=heard, width=120))

    assert whole, heard.getvalue()
    assert f"{len(STORY)} of {len(STORY)} steps" in heard.getvalue()
