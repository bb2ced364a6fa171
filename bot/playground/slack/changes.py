"""What changed in the workspace, told to whoever watches or waits."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

T = TypeVar("T")

Kind = Literal[
    "message", "message_edited", "message_deleted", "reaction", "ephemeral",
    "modal", "home", "error", "connection", "delivery", "people",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing a viewer of the workspace could see change."""

    kind: Kind
    channel_id: str | None = None
    user_id: str | None = None
    ts: str | None = None
    thread_ts: str | None = None
    detail: str = ""


class Changes:
    """Observers, called at once, and waits, woken by each change without polling."""

    def __init__(self) -> None:
        self._observers: list[Callable[[Change], None]] = []
        self._waits: set[asyncio.Future[None]] = set()

    def subscribe(self, observer: Callable[[Change], None]) -> Callable[[], None]:
        """Call `observer` with each change from now on; return how to stop that."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    def announce(self, change: Change) -> None:
        """Tell every observer and wake every wait."""
        for observer in tuple(self._observers):
            observer(change)
        for wait in self._waits:
            if not wait.done():
                wait.set_result(None)

    async def until(self, look: Callable[[], T | None], *, timeout: float) -> T:  # noqa: ASYNC109 - it is the caller's patience in real seconds, not a machine clock's
        """Return what `look` finds, now or after a later change.

        Raises:
            TimeoutError: nothing was found within `timeout` real seconds.
        """
        async with asyncio.timeout(timeout):
            while (found := look()) is None:
                wait: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waits.add(wait)
                try:
                    await wait
                finally:
                    self._waits.discard(wait)
        return found
