"""``backorder-bot mode``, ``pause`` and ``resume``: how much happens by itself.

Whoever switches here is seen in Slack: the card is the one of the command there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import fail, one_of, open_store, read_settings
from flows.setting import Mode

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection

    from store.engine import Store

_MEANS = {
    "watch": "decides and shows in Slack what it would send; sends nothing",
    "ask": "a colleague releases each message",
    "act": "sends and decides by itself, as the policy allows",
}


def mode(
    to: Annotated[
        str | None,
        typer.Argument(
            metavar="[watch|ask|act]", help="The new mode.", parser=one_of(*Mode)
        ),
    ] = None,
) -> None:
    """Show the mode, or change it for a bot that runs as well.

    Begin with watch; go to ask and act when what it shows in Slack is right.
    """
    from store import halts, meta, modes

    settings = read_settings()
    with open_store(settings) as store:
        if to is not None:
            with store.write() as connection:
                if modes.switch(connection, to):
                    _tell(store, connection, "mode", "mode", mode=to)
        with store.read() as connection:
            now = meta.find(connection, modes.MODE) or settings.mode.value
            paused = halts.paused_since(connection)
    print(f"{now}: {_MEANS.get(now, 'not a mode')}")
    if paused is not None:
        print(f"paused since {_minute(paused)}: `backorder-bot resume` goes on")


def pause() -> None:
    """Stop automatic messages and decisions; customers lose no time by it."""
    from bot.clock import Clock
    from store import halts

    with open_store(read_settings()) as store, store.write() as connection:
        since = halts.paused_since(connection)
        if since is not None:
            fail(f"It is paused since {_minute(since)} already.")
        halts.pause(connection, Clock().now())
        _tell(store, connection, "pause", "paused", paused=True)
    print("Paused. `backorder-bot resume` goes on and gives the lost time back.")


def resume() -> None:
    """Go on after a pause; open deadlines get the time back."""
    from bot.clock import Clock
    from store import halts

    with open_store(read_settings()) as store, store.write() as connection:
        since = halts.resume(connection, Clock().now())
        if since is None:
            fail("It is not paused.")
        _tell(store, connection, "pause", "paused", paused=False)
    print(f"It goes on; it was paused since {_minute(since)}.")


def _tell(
    store: Store, connection: Connection, subject: str, key: str, **context: Any
) -> None:
    """Post the card to the staff that a colleague's own command would post."""
    from bot.clock import Clock
    from bot.rules import Rules
    from flows.events import Staff
    from store.effects import post_card

    rules = Rules()
    rules.follow(store)
    words = rules.staff_words()
    staff = Staff(id="cli", name=words.toast("command_line"))
    card = words.card(key, (), staff=staff, **context)
    post_card(connection, None, subject, card, Clock().now())


def _minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
