"""``backorder-bot demo``: the page on loopback, or the story told in the terminal."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import webbrowser
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from bot.playground.runtime import NotEmptyError, playground
from bot.playground.server import PageServer
from bot.playground.tell import tell_story


def run_demo(
    *, port: int, database: str | None, tell: bool, open_browser: bool
) -> None:
    """Run the playground until it is interrupted, or tell its story and exit.

    Raises:
        SystemExit: 1 when a step of the story is missing, or the database is taken.
    """
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory(prefix="backorder-demo-") as folder:
        workdir = Path(folder)
        url = database or f"sqlite:///{workdir / 'shop.sqlite3'}"
        work = (
            tell_story(url, workdir, console)
            if tell
            else _serve(url, workdir, port, console, open_browser=open_browser)
        )
        try:
            with suppress(KeyboardInterrupt):
                if asyncio.run(work) is False:
                    sys.exit(1)
        except NotEmptyError as refused:
            console.print(f"[red]{refused}[/]")
            sys.exit(1)


async def _serve(
    url: str, workdir: Path, port: int, console: Console, *, open_browser: bool
) -> None:
    console.print("Filling a small shop and starting the bot…")
    async with playground(url, workdir=workdir) as controls:
        page = PageServer(controls)
        try:
            await page.start(port)
        except OSError:
            await page.start(0)
        try:
            console.print(f"The playground is at [bold]{page.url}[/]")
            console.print("Ctrl-C ends it; nothing is kept.")
            if open_browser:
                webbrowser.open(page.url)
            await asyncio.Event().wait()
        finally:
            await page.stop()
