"""Waiting on the machine clock, also when a test moves that clock by hand."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


class Timers:
    """Every wait of the stand-in ends here, at an instant of one machine clock.

    With a real monotonic clock nothing else is needed. With a clock moved by hand,
    `tick` wakes whatever has become due.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._waiting: dict[asyncio.Future[None], float] = {}

    def now(self) -> float:
        """Return the machine clock's seconds."""
        return self._clock()

    def tick(self) -> None:
        """Wake every wait whose instant has come."""
        now = self._clock()
        for future, due in list(self._waiting.items()):
            if due <= now and not future.done():
                future.set_result(None)

    async def until(self, due: float) -> None:
        """Return once the machine clock has reached `due`."""
        loop = asyncio.get_running_loop()
        while (left := due - self._clock()) > 0:
            future: asyncio.Future[None] = loop.create_future()
            self._waiting[future] = due
            try:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(future, timeout=left)
            finally:
                del self._waiting[future]

    async def within(self, seconds: float, work: Awaitable[T]) -> T:
        """Return what `work` returns, or cancel it and raise TimeoutError.

        The seconds are those of the machine clock.
        """
        task = asyncio.ensure_future(work)
        alarm = asyncio.ensure_future(self.until(self._clock() + seconds))
        try:
            await asyncio.wait((task, alarm), return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise TimeoutError
        finally:
            for each in (task, alarm):
                each.cancel()
            await asyncio.gather(task, alarm, return_exceptions=True)
