"""How fast each platform may be written to, so that it never has to refuse.

Per chat a short burst, then one a second; per token a bucket for all chats; what a
platform says with ``retry_after`` is obeyed. All in machine time, all in memory.
"""

from __future__ import annotations

import asyncio
import math
import sys
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Messages per second and how many may come at once."""

    chat_rate: float = 1.0
    chat_burst: int = 2
    all_rate: float = 25.0
    all_burst: int = 25


@dataclass(slots=True)
class Pace:
    """Keeps one token's pace. ``None`` limits: as fast as it goes (benchmarks)."""

    limits: Limits | None = field(default_factory=Limits)
    _chats: dict[str, float] = field(default_factory=dict)
    _all: float = 0.0
    _shut_until: float = 0.0

    def busy(self, now: float) -> dict[str, float]:
        """Return the pace keys that may not be written to now, with when they may."""
        if self.limits is None:
            return {}
        slack = (self.limits.chat_burst - 1) / self.limits.chat_rate
        waiting = {
            key: at - slack for key, at in self._chats.items() if at - slack > now
        }
        self._chats = {key: at for key, at in self._chats.items() if at > now}
        return waiting

    def room(self, key: str, now: float) -> int:
        """Return how many messages to a chat may go at once."""
        if self.limits is None:
            return sys.maxsize
        ahead = max(0.0, self._chats.get(key, 0.0) - now) * self.limits.chat_rate
        return max(0, self.limits.chat_burst - math.ceil(ahead))

    def spend(self, key: str, now: float) -> None:
        """Note that a message to a chat is on its way."""
        if self.limits is not None:
            step = 1 / self.limits.chat_rate
            self._chats[key] = max(self._chats.get(key, 0.0), now) + step

    def shut(self, key: str, until: float) -> None:
        """Obey a platform's retry_after for one chat, and for all until it passed."""
        self._shut_until = max(self._shut_until, until)
        if self.limits is not None:
            slack = (self.limits.chat_burst - 1) / self.limits.chat_rate
            self._chats[key] = max(self._chats.get(key, 0.0), until + slack)

    async def slot(self, now: float) -> None:
        """Wait until the token may send one more message."""
        if self.limits is None:
            return
        step = 1 / self.limits.all_rate
        slack = (self.limits.all_burst - 1) * step
        self._all = max(self._all, now) + step
        wait = max(self._all - step - slack, self._shut_until) - now
        if wait > 0:
            await asyncio.sleep(wait)
