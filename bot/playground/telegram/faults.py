"""Faults: what a network and a busy platform do now and then, on demand.

A fault is set for a number of calls of one method (or of any) and uses itself up.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from bot.playground.telegram.refusals import RefusalError, too_many_requests


class FaultKind(Enum):
    """What happens to a call."""

    LOSE_ANSWER = "performed, then the connection drops"
    LOSE_CALL = "not performed, the connection drops"
    FAIL = "not performed, answered with an error code"
    HOLD_BEFORE = "held before it is performed"
    HOLD_AFTER = "performed, the answer is held"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fault:
    """A fault of one call; `reached` tells when it struck, `released` lets it go."""

    kind: FaultKind
    code: int = 500
    retry_after: int | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def refusal(self) -> RefusalError:
        """Returns the error that a failing call is answered with."""
        if self.retry_after is not None:
            return too_many_requests(self.retry_after)
        return RefusalError(self.code, "Internal Server Error")


class Faults:
    """The faults that wait for their calls."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[str | None, Fault]] = deque()

    def lose_answers(
        self, times: int = 1, *, method: str | None = "sendMessage"
    ) -> None:
        """Performs the next calls and drops the connection: sent or not? Unknown."""
        self._put(method, Fault(kind=FaultKind.LOSE_ANSWER), times)

    def lose_calls(self, times: int = 1, *, method: str | None = None) -> None:
        """Drops the connection of the next calls without performing them."""
        self._put(method, Fault(kind=FaultKind.LOSE_CALL), times)

    def fail(
        self, times: int = 1, *, code: int = 500, method: str | None = None
    ) -> None:
        """Answers the next calls with 500 as JSON, or 502 as a gateway's page."""
        self._put(method, Fault(kind=FaultKind.FAIL, code=code), times)

    def flood(
        self,
        times: int = 1,
        *,
        retry_after: int = 1,
        method: str | None = "sendMessage",
    ) -> None:
        """Answers the next calls with 429; `retry_after` is in seconds."""
        fault = Fault(kind=FaultKind.FAIL, code=429, retry_after=retry_after)
        self._put(method, fault, times)

    def hold(self, method: str, *, after: bool = False) -> Fault:
        """Holds the next call of a method until its `released` is set.

        With `after` the call is performed first and only its answer is held.
        """
        kind = FaultKind.HOLD_AFTER if after else FaultKind.HOLD_BEFORE
        fault = Fault(kind=kind)
        self._put(method, fault, 1)
        return fault

    def next_for(self, method: str) -> Fault | None:
        """Returns the fault that strikes this call, and uses it up."""
        for index, (wanted, fault) in enumerate(self._waiting):
            if wanted is None or wanted.lower() == method.lower():
                del self._waiting[index]
                fault.reached.set()
                return fault
        return None

    def clear(self) -> None:
        """Forgets all faults that have not struck; what is held goes on."""
        for _, fault in self._waiting:
            fault.released.set()
        self._waiting.clear()

    def _put(self, method: str | None, fault: Fault, times: int) -> None:
        self._waiting.extend([(method, fault)] * times)
