"""The whole story, end to end, through the real adapters, on both engines."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console

from bot.playground import story, tell
from bot.playground.story import STORY
from bot.playground.tell import tell_story

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

#: Steps whose messages are edited before they end.
_PASSING = (
    story.a_link_ties_the_chat,
    story.the_shop_is_short,
    story.anna_takes_charcoal,
    story.anna_changes_her_mind,
    story.she_wants_a_person,
)


async def test_every_step_of_the_story_comes_about(
    store_url: str, tmp_path: Path
) -> None:
    """A backorder is lived through from the shop's database and back into it.

    One engine is enough to see that the platforms' pace is kept: it knows no store.
    """
    heard = StringIO()
    console = Console(file=heard, width=120)

    paced = store_url.startswith("sqlite")
    whole = await tell_story(store_url, tmp_path, console, paced=paced)

    assert whole, heard.getvalue()
    assert f"{len(STORY)} of {len(STORY)} steps" in heard.getvalue()


async def test_words_that_are_edited_later_are_told_too(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The menu of a changed mind and each face of a card are printed, in order."""
    steps = [each for each in STORY if each[1] in _PASSING]
    monkeypatch.setattr(tell, "STORY", tuple(steps))
    heard = StringIO()

    console = Console(file=heard, width=300)

    assert await tell_story(sqlite_url, tmp_path, console, paced=False)

    told = heard.getvalue()
    words = (
        "Closest we have",
        "What would you like instead?",
        "would like to talk to a person*",
        "With Mia",
        "Resolved: Anna",
    )
    places = [told.find(each) for each in words]
    assert -1 not in places, told
    assert places == sorted(places)
