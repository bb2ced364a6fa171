"""Changes: everybody who watches the phones is told of each thing that happens.

Waiting is done by listening here; nothing in this package looks twice a second.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

PATIENCE = timedelta(seconds=15)
"""How long a wait lasts when nobody says otherwise, in real time."""


class ChangeKind(StrEnum):
    """What happened, as far as a page needs to tell changes apart."""

    MESSAGE = "message"
    EDITED = "edited"
    DELETED = "deleted"
    PRESSED = "pressed"
    ANSWERED = "answered"
    TYPING = "typing"
    ACCESS = "access"
    PROFILE = "profile"
    RECEIVING = "receiving"
    CALLED = "called"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change names what happened and where; look at the chat for the rest.

    `detail` is the action for TYPING and the method for CALLED.
    """

    kind: ChangeKind
    chat_id: int | None = None
    message_id: int | None = None
    detail: str = ""


class Changes:
    """Changes are told to every listener, in order, on the stand-in's event loop."""

    def __init__(self) -> None:
        self._listeners: dict[object, Callable[[Change], None]] = {}

    def tell(
        self,
        kind: ChangeKind,
        *,
        chat_id: int | None = None,
        message_id: int | None = None,
        detail: str = "",
    ) -> None:
        """Tells all listeners of one change."""
        change = Change(
            kind=kind, chat_id=chat_id, message_id=message_id, detail=detail
        )
        for listener in tuple(self._listeners.values()):
            listener(change)

    @contextmanager
    def heard_by(self, listener: Callable[[Change], None]) -> Iterator[None]:
        """Calls the listener for each change until the block ends."""
        key = object()
        self._listeners[key] = listener
        try:
            yield
        finally:
            del self._listeners[key]

    @contextmanager
    def followed(self) -> Iterator[asyncio.Queue[Change]]:
        """Gives a queue that fills with each change until the block ends."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        with self.heard_by(queue.put_nowait):
            yield queue

    async def until(
        self, holds: Callable[[], bool], within: timedelta = PATIENCE
    ) -> None:
        """Waits until a condition holds, asking again only after a change.

        Raises:
            TimeoutError: when it still does not hold after `within` of real time.
        """
        happened = asyncio.Event()
        with self.heard_by(lambda _: happened.set()):
            async with asyncio.timeout(within.total_seconds()):
                while not holds():
                    happened.clear()
                    await happened.wait()
