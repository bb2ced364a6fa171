"""Work that goes on after its request was answered, so that a stop can wait for it."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import structlog

T = TypeVar("T")
_log = structlog.get_logger(__name__)


class InFlight:
    """Every task the Slack side has started and not yet finished."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start work whose failure is logged even if nobody awaits it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    @contextmanager
    def here(self) -> Iterator[None]:
        """Count the current task, which somebody else started, as ours."""
        task = asyncio.current_task()
        if task is None or task in self._tasks:
            yield
            return
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    async def drain(self, *, within: float) -> None:
        """Wait for what is running; cancel what is not done in ``within`` seconds."""
        current = asyncio.current_task()
        loop = asyncio.get_running_loop()
        until = loop.time() + within
        # What finishes may have started something more, a whisper for instance.
        while waiting := {task for task in self._tasks if task is not current}:
            done, late = await asyncio.wait(
                waiting, timeout=max(0, until - loop.time())
            )
            if not done:
                for task in late:
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)
                return

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.warning("slack_work_failed", error=repr(error))
