"""Long polling: one poller at a time, and never beside a webhook.

The wait itself runs in real time; the ages of updates run on machine time. The
platform's floor of three seconds under hasty repeats of one offset is left out: it
would slow every test and shows nothing.
"""

import asyncio
from typing import Any

from bot.playground.telegram import limits
from bot.playground.telegram.arguments import Arguments
from bot.playground.telegram.changes import ChangeKind, Changes
from bot.playground.telegram.refusals import RefusalError, conflict
from bot.playground.telegram.updates import UpdateQueue

_OTHER_POLLER = (
    "terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
_WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
_WEBHOOK_SET = "terminated by setWebhook request"


class Polling:
    """Hands waiting updates to the one bot that polls."""

    def __init__(self, queue: UpdateQueue, changes: Changes) -> None:
        self._queue = queue
        self._changes = changes
        self._waiting: asyncio.Future[None] | None = None
        self.refused = False
        """True while a webhook is set."""

    @property
    def is_waited_on(self) -> bool:
        """Tells whether a poll is waiting right now."""
        return self._waiting is not None

    async def get_updates(self, arguments: Arguments) -> list[dict[str, Any]]:
        """Confirms what lies below the offset and returns what is there, or waits.

        Raises:
            RefusalError: 409, beside a webhook or when another poller comes.
        """
        if self.refused:
            raise conflict(_WEBHOOK_ACTIVE)
        offset = arguments.integer("offset", 0)
        most = limits.UPDATES_PER_POLL
        limit = arguments.integer("limit", most, 1, most)
        longest = int(limits.POLL_WAIT_MOST.total_seconds())
        timeout = arguments.integer("timeout", 0, 0, longest)
        self._queue.allow(arguments.json("allowed_updates"))
        taken = self._queue.take(offset, limit)
        if not taken and timeout:
            await self._wait(timeout)
            taken = self._queue.take(offset, limit)
        return [update.to_json() for update in taken]

    def end(self, refusal: RefusalError | None = None) -> None:
        """Ends a waiting poll, with a refusal or with what is there."""
        waiting, self._waiting = self._waiting, None
        if waiting is None or waiting.done():
            return
        if refusal is None:
            waiting.set_result(None)
        else:
            waiting.set_exception(refusal)

    def end_for_webhook(self) -> None:
        """Ends a waiting poll because a webhook was set."""
        self.end(conflict(_WEBHOOK_SET))

    async def _wait(self, seconds: int) -> None:
        self.end(conflict(_OTHER_POLLER))
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[None] = loop.create_future()
        self._waiting = mine
        self._queue.arrived.clear()
        arrival = asyncio.ensure_future(self._queue.arrived.wait())
        self._changes.tell(ChangeKind.RECEIVING, detail="waiting")
        try:
            both: set[asyncio.Future[Any]] = {mine, arrival}
            await asyncio.wait(
                both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            arrival.cancel()
            if self._waiting is mine:
                self._waiting = None
        if mine.done():
            mine.result()
