"""The demo in the terminal: how it ends, what it says, and what it leaves alone."""

from __future__ import annotations

import asyncio
from io import StringIO
from typing import TYPE_CHECKING

import pytest
import structlog
from rich.console import Console
from sqlalchemy import inspect

from bot.playground import demo, tell
from bot.playground.runtime import CHANNEL, Playground
from store.engine import Store
from store.shop import shop_metadata

from ...builders import a_customer, an_order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


async def comes_about(stage: Playground) -> None:
    """Wait for nothing."""
    await stage.settle()


async def does_not(_: Playground) -> None:
    """Claim what is not so, in words that look like markup."""
    raise AssertionError("not so: [/bold] it rains")


async def a_colleague_talks(stage: Playground) -> None:
    """Post in the channel, which the bot hears and ignores."""
    await stage.staff[0].posts(CHANNEL, "Lunch?")


def told(database: str | None = None) -> None:
    demo.run_demo(port=0, database=database, tell=True, open_browser=False)


def test_a_missing_step_is_counted_and_told_by_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The story goes on behind it, and the last line says how many there were."""
    story = (("One", comes_about), ("Two", does_not), ("Three", comes_about))
    monkeypatch.setattr(tell, "STORY", story)
    with pytest.raises(SystemExit) as left:
        told()
    assert left.value.code == 1
    shown = capsys.readouterr().out
    assert "missing: not so: [/bold] it rains" in shown
    assert shown.splitlines()[-1] == "2 of 3 steps"


def test_a_whole_story_ends_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where every step came about there is no exit code but 0."""
    monkeypatch.setattr(tell, "STORY", (("One", comes_about),))
    told()
    assert capsys.readouterr().out.splitlines()[-1] == "1 of 1 steps"


def test_the_log_keeps_out_of_the_transcript(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is no warning is not printed between the messages."""
    monkeypatch.setattr(tell, "STORY", (("One", a_colleague_talks),))
    told()
    shown = capsys.readouterr()
    assert "Lunch?" in shown.out
    assert "slack_" not in shown.out + shown.err
    assert "[info" not in shown.out + shown.err


def test_a_filled_database_is_refused_and_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A merchant's own shop is no place to play: not a table is added to it."""
    url = f"sqlite:///{tmp_path / 'mine.sqlite3'}"
    store = Store(url)
    with store.write() as connection:
        shop_metadata.create_all(connection)
        an_order(connection, a_customer(connection), number="1042")
    with pytest.raises(SystemExit) as left:
        told(url)
    assert left.value.code == 1
    assert "already holds orders" in capsys.readouterr().out
    tables = inspect(store.engine).get_table_names()
    store.close()
    assert not [name for name in tables if not name.startswith("shop_")]


def test_the_shops_own_database_setting_is_not_touched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """DATABASE_URL means the merchant's database, and the demo never opens it."""
    file = tmp_path / "mine.sqlite3"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.setattr(tell, "STORY", (("One", comes_about),))
    told()
    assert not file.exists()


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://bob:secret@127.0.0.1/shop",
        "postgresql://bob:secret@127.0.0.1:noport/shop",
        "postgresql://bob:secret@127.0.0.1:1/shop",
        "sqlite:////no/such/folder/play.sqlite3",
    ],
)
def test_a_database_that_does_not_open_is_a_sentence(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says why, without the password, and nothing is traced."""
    with pytest.raises(SystemExit) as left:
        told(url)
    assert left.value.code == 1
    shown = capsys.readouterr().out.strip()
    assert shown
    assert "\n" not in shown
    assert "secret" not in shown


@pytest.mark.parametrize("kept", [True, False])
async def test_the_page_says_what_is_left_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, kept: bool
) -> None:
    """A database that was named stays, the temporary one does not."""
    opened = asyncio.Event()
    monkeypatch.setattr(demo.webbrowser, "open", lambda _: opened.set())
    url, paper = f"sqlite:///{tmp_path / 'play.sqlite3'}", StringIO()
    console = Console(file=paper, width=200)
    serving = asyncio.create_task(
        demo._serve(url, tmp_path, 0, console, kept=kept, open_browser=True)
    )
    async with asyncio.timeout(30):
        await opened.wait()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    assert ("the shop stays in sqlite" in paper.getvalue()) is kept
    assert ("nothing is kept" in paper.getvalue()) is not kept
