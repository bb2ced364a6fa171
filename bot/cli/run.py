"""``backorder-bot run`` and ``demo``: the bot itself, and the bot among stand-ins."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.console import fail, read_settings, require_store


def run() -> None:
    """Start the bot; Ctrl-C or SIGTERM ends it after what is under way.

    It begins in the mode of the settings, which is watch: it shows in Slack what it
    would send. `backorder-bot check` first saves a wasted start.
    """
    import asyncio
    import signal

    settings = read_settings(running=True)
    require_store(settings)
    from bot.app import run
    from bot.logs import configure
    from bot.ready import CannotRunError

    configure()
    from bot.telegram.client import TelegramFatalError

    async def until_told() -> None:
        task = asyncio.ensure_future(run(settings))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await task

    try:
        asyncio.run(until_told())
    except (CannotRunError, TelegramFatalError) as error:
        fail(str(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("Stopped.")


def demo(
    *,
    tell: Annotated[
        bool,
        typer.Option(
            "--tell", help="Live the whole story in the terminal, unattended, and end."
        ),
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Of the page; 0 takes a free one.")
    ] = 8765,
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="An empty database; it is filled with the demo shop."
        ),
    ] = None,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Show the page in a browser.")
    ] = True,
) -> None:
    """Try everything on this machine: a small shop, phones, Slack, and a clock to move.

    Nothing leaves the machine, no account is needed, DATABASE_URL is not touched.
    """
    from bot.logs import configure
    from bot.playground.demo import run_demo

    configure()
    run_demo(port=port, database=database, tell=tell, open_browser=open_browser)
