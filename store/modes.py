"""The mode in force, and what follows from switching it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store import meta
from store.baseline import queue_waiting
from store.waitlist import queue_called

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: bot_meta: the mode in force, and what MODE said at the last start.
MODE, SETTING = "mode", "mode_setting"
#: The mode in which nothing that was decided is kept.
WATCH = "watch"


def switch(connection: Connection, mode: str) -> bool:
    """Put a mode in force; return False when it was before.

    What watch only showed is then looked at anew, to be done for real.
    """
    before = meta.find(connection, MODE)
    if before == mode:
        return False
    meta.put(connection, MODE, mode)
    if before == WATCH:
        queue_waiting(connection, MODE, baseline=False)
        queue_called(connection)
    return True


def start(connection: Connection, setting: str) -> None:
    """Follow the setting where it was changed; a switch made since then stays."""
    if meta.find(connection, SETTING) != setting:
        meta.put(connection, SETTING, setting)
        switch(connection, setting)
