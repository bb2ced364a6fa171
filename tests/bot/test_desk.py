"""What colleagues type: what is advertised is answered, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.desk import Desk
from bot.rules import Rules
from bot.slack.manifest import manifest
from bot.turns import Turns
from flows.codes import StaffPress
from flows.events import Staff
from store import halts, modes

from ..builders import NOON
from ..crash.scene import SECRET, HandClock

if TYPE_CHECKING:
    from store.engine import Store

MIA = Staff(id="U0MIA", name="Mia")
(COMMAND,) = manifest()["features"]["slash_commands"]
HINTED = COMMAND["usage_hint"].split(" · ")


@pytest.fixture
def desk(store: Store) -> Desk:
    rules, clock = Rules(), HandClock()
    turns = Turns(store, clock, rules, link_secret=SECRET.encode())
    return Desk(store, turns, rules, clock)


async def typed(desk: Desk, text: str) -> str | None:
    word, _, rest = text.partition(" ")
    return await desk.press(StaffPress(action=f"command.{word}", argument=rest), MIA)


async def test_each_hinted_command_is_answered(desk: Desk) -> None:
    """The manifest promises no command that does not exist."""
    unknown = await typed(desk, "search Anna")
    for hint in HINTED:
        word, _, choices = hint.partition(" ")
        given = choices.strip("[]").split("|")
        for choice in ("", *given) if choices.startswith("[") else given:
            assert await typed(desk, f"{word} {choice}".strip()) != unknown, hint


async def test_the_mode_is_told_to_who_names_none(desk: Desk) -> None:
    """Who only asks changes nothing, and hears what another replica switched."""
    await typed(desk, "mode ask")
    assert await typed(desk, "mode") == "Mode: ask."
    with desk._store.write() as connection:
        modes.switch(connection, "act")
    assert await typed(desk, "mode") == "Mode: act."


async def test_go_lets_nothing_go_where_nothing_is_held(desk: Desk) -> None:
    """The answer says so; with the brake on it says that they go, once."""
    assert await typed(desk, "go") == "The brake holds nothing back now."
    brake = halts.Braked(since=NOON.isoformat(), cause="stock", count=12, refunds={})
    with desk._store.write() as connection:
        halts.engage(connection, brake)
    assert await typed(desk, "go") == "They go."
    assert await typed(desk, "go") == "The brake holds nothing back now."


async def test_help_names_each_command(desk: Desk) -> None:
    """The manifest's hint and ``/backorder help`` tell the same."""
    told = await typed(desk, "help") or ""
    assert f"{COMMAND['command']} {COMMAND['usage_hint']}" in told
