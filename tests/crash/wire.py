"""A platform whose every answer a test writes: the far side of the relay's seam."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channel import Parcel

#: Seconds in which anything that is to happen has happened, also on a busy machine.
PATIENCE = 30.0

Answer = str | Exception | asyncio.Event


class Wire:
    """A channel that takes everything, unless it was told to answer otherwise.

    The n-th delivery under a key (or to an address) gets the n-th answer that was
    written for it: an id, an exception, or an event that is waited for first.
    """

    def __init__(self, prefix: str = "w") -> None:
        self.taken: list[Parcel] = []
        self.tried: list[Parcel] = []
        self.overtaken: list[str] = []
        self._prefix = prefix
        self._answers: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self._under_way: Counter[str] = Counter()
        self._changed = asyncio.Condition()

    def answer(self, key: str, *answers: Answer) -> None:
        """Write the next answers for parcels of a key."""
        self._answers[key].extend(answers)

    async def deliver(self, parcel: Parcel) -> str | None:
        """Take a parcel as the script says."""
        self.tried.append(parcel)
        self._under_way[parcel.lane] += 1
        if self._under_way[parcel.lane] > 1:
            self.overtaken.append(parcel.lane)
        await self._tell()
        try:
            platform_id = await self._answer(parcel)
        finally:
            self._under_way[parcel.lane] -= 1
        self.taken.append(parcel)
        await self._tell()
        return platform_id

    async def until(self, holds: Callable[[Wire], bool]) -> None:
        """Wait until something holds of what was tried and taken.

        Raises:
            TimeoutError: naming what was tried instead.
        """
        try:
            async with asyncio.timeout(PATIENCE), self._changed:
                await self._changed.wait_for(lambda: holds(self))
        except TimeoutError:
            raise TimeoutError(f"only {[p.key for p in self.tried]}") from None

    async def takes(self, count: int) -> None:
        """Wait until this many parcels were taken."""
        await self.until(lambda wire: len(wire.taken) >= count)

    async def tries(self, count: int) -> None:
        """Wait until this many parcels were tried."""
        await self.until(lambda wire: len(wire.tried) >= count)

    async def _answer(self, parcel: Parcel) -> str:
        answers = self._answers[parcel.key]
        while answers:
            match answers.popleft():
                case asyncio.Event() as gate:
                    await gate.wait()
                case Exception() as refusal:
                    raise refusal
                case str() as platform_id:
                    return platform_id
        return f"{self._prefix}{parcel.id}"

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
