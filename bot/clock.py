"""The two clocks: business time, which a playground may move, and machine time.

Business time decides about people (deadlines, opening hours); machine time
drives leases, pacing, back-off and the age of platform ids.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Both clocks in one hand; only ``move`` ever changes business time."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self._offset = offset

    @property
    def offset(self) -> timedelta:
        """How far business time runs ahead of the machine's."""
        return self._offset

    def now(self) -> datetime:
        """Return business time, aware and in UTC."""
        return datetime.fromtimestamp(time.time(), tz=UTC) + self._offset  # noqa: TID251 - the one source

    def machine(self) -> float:
        """Return machine time in seconds since the epoch, the same for all replicas."""
        return time.time()  # noqa: TID251 - the one source

    def move(self, by: timedelta) -> None:
        """Move business time forward.

        Raises:
            ValueError: When ``by`` is negative; nothing un-happens.
        """
        if by < timedelta(0):
            raise ValueError("business time only moves forward")
        self._offset += by
