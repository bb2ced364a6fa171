"""Updates wait here until the bot confirms them, or until they are too old.

An update stays and is delivered again until it is confirmed. Ages run on machine
time, in seconds.
"""

import asyncio
import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.playground.telegram.limits import MESSAGE_LIVES

ON_REQUEST_ONLY = frozenset(
    {"chat_member", "message_reaction", "message_reaction_count"}
)
"""Kinds a bot gets only when it names them in `allowed_updates`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """An update is one undelivered thing; `lane` is what keeps its order."""

    id: int
    lane: str
    expires_at: float
    content: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Returns the update as the platform sends it."""
        return {"update_id": self.id, **self.content}


class UpdateQueue:
    """The queue keeps updates in order and tells its one receiver of new ones."""

    def __init__(self, clock: Callable[[], float], first_id: int) -> None:
        self._clock = clock
        self._ids = itertools.count(first_id)
        self._waiting: dict[int, Update] = {}
        self._repeats: list[Update] = []
        self._last: Update | None = None
        self._allowed: frozenset[str] | None = None
        self.arrived = asyncio.Event()

    @property
    def allowed(self) -> frozenset[str] | None:
        """The kinds the bot asked for, None for the platform's default."""
        return self._allowed

    def allow(self, kinds: Any) -> None:
        """Remembers which kinds the bot wants; updates already waiting stay."""
        if isinstance(kinds, list):
            self._allowed = frozenset(map(str, kinds)) or None

    def add(
        self,
        kind: str,
        content: Mapping[str, Any],
        *,
        lane: str,
        lives: timedelta = MESSAGE_LIVES,
    ) -> int | None:
        """Puts an update at the end; returns its id, None when the bot wants none."""
        wanted = (
            kind in self._allowed
            if self._allowed is not None
            else kind not in ON_REQUEST_ONLY
        )
        return self.inject({kind: content}, lane=lane, lives=lives) if wanted else None

    def inject(
        self,
        content: Mapping[str, Any],
        *,
        lane: str = "injected",
        lives: timedelta = MESSAGE_LIVES,
    ) -> int:
        """Puts any JSON into the queue, under an id of ours; returns the id."""
        update = Update(
            id=next(self._ids),
            lane=lane,
            expires_at=self._clock() + lives.total_seconds(),
            content={k: v for k, v in content.items() if k != "update_id"},
        )
        self._waiting[update.id] = update
        self.arrived.set()
        return update.id

    def repeat_last(self) -> None:
        """Delivers the last delivered update once more, confirmed or not.

        Raises:
            LookupError: when nothing was delivered yet.
        """
        if self._last is None:
            raise LookupError("nothing was delivered yet")
        self._repeats.append(self._last)
        self.arrived.set()

    def take(self, offset: int, limit: int) -> list[Update]:
        """Confirms everything below the offset and returns what is there.

        A negative offset counts from the end, as on the platform.
        """
        waiting = self.waiting()
        if offset < 0:
            offset = waiting[offset:][0].id if waiting else 0
        for update in waiting:
            if update.id < offset:
                del self._waiting[update.id]
        taken = (self._repeats + list(self._waiting.values()))[:limit]
        self._repeats = self._repeats[limit:]
        self.delivered(taken)
        return taken

    def requeue_repeats(self) -> None:
        """Puts what shall be delivered once more in front, for a webhook."""
        repeats = {update.id: update for update in self._repeats}
        self._waiting = repeats | self._waiting
        self._repeats = []

    def waiting(self) -> list[Update]:
        """Returns what is neither confirmed nor too old, oldest first."""
        now = self._clock()
        for update in tuple(self._waiting.values()):
            if update.expires_at <= now:
                del self._waiting[update.id]
        return list(self._waiting.values())

    def delivered(self, updates: Iterable[Update]) -> None:
        """Notes what went out, for repeating it."""
        for update in updates:
            self._last = update

    def confirm(self, update_id: int) -> None:
        """Forgets one update for good."""
        self._waiting.pop(update_id, None)

    def drop(self) -> None:
        """Forgets everything that waits."""
        self._waiting.clear()
        self._repeats.clear()
