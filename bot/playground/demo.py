"""``backorder-bot demo``: the page on loopback, or the story told in the terminal."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import webbrowser
from contextlib import suppress
from pathlib import Path

import structlog
from rich.console import Console

from bot.playground.place import NoPlaceError, shown
from bot.playground.runtime import playground
from bot.playground.server import PageServer
from bot.playground.tell import tell_story


def run_demo(
    *, port: int, database: str | None, tell: bool, open_browser: bool
) -> None:
    """Run the playground until it is interrupted, or tell its story and exit.

    Raises:
        SystemExit: 1 when a step of the story is missing, or the database is no
            place to play.
    """
    _only_warnings()
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory(prefix="backorder-demo-") as folder:
        workdir = Path(folder)
        url = database or f"sqlite:///{workdir / 'shop.sqlite3'}"
        work = (
            tell_story(url, workdir, console)
            if tell
            else _serve(
                url,
                workdir,
                port,
                console,
                kept=database is not None,
                open_browser=open_browser,
            )
        )
        try:
            with suppress(KeyboardInterrupt):
                if asyncio.run(work) is False:
                    sys.exit(1)
        except NoPlaceError as refused:
            console.print(str(refused), style="red", markup=False, soft_wrap=True)
            sys.exit(1)


def _only_warnings() -> None:
    """Keep the log out of what a person reads here, but for what went wrong."""
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=quiet)


async def _serve(
    url: str,
    workdir: Path,
    port: int,
    console: Console,
    *,
    kept: bool,
    open_browser: bool,
) -> None:
    console.print("Filling a small shop and starting the bot…")
    async with playground(url, workdir=workdir) as controls:
        page = PageServer(controls)
        try:
            await page.start(port)
        except OSError:
            await page.start(0)
        try:
            console.print(f"The playground is at [bold]{page.url}[/]", soft_wrap=True)
            console.print(_ending(url, kept=kept), markup=False, soft_wrap=True)
            if open_browser:
                webbrowser.open(page.url)
            await asyncio.Event().wait()
        finally:
            await page.stop()


def _ending(url: str, *, kept: bool) -> str:
    """Say how the demo ends and what is left of it then."""
    if not kept:
        return "Ctrl-C ends it; nothing is kept."
    return f"Ctrl-C ends it; the shop stays in {shown(url)}, the chats do not."
