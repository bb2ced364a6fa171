"""Misfortunes a test can order: each happens a stated number of times."""

import fnmatch
from dataclasses import dataclass, field
from typing import Literal


@dataclass(slots=True, kw_only=True)
class Fault:
    """One ordered misfortune for calls of a method (a shell-style pattern)."""

    kind: Literal["drop_after", "drop_before", "status", "refuse"]
    method: str
    left: int
    status: int = 200
    code: str = ""
    retry_after: int = 1


@dataclass(slots=True)
class Faults:
    """What goes wrong next, in the order it was asked for."""

    _ordered: list[Fault] = field(default_factory=list)
    repeats_left: int = 0

    def drop_after_accept(self, method: str = "*", *, times: int = 1) -> None:
        """Do what is asked, then cut the connection instead of answering."""
        self._ordered.append(Fault(kind="drop_after", method=method, left=times))

    def drop_before_accept(self, method: str = "*", *, times: int = 1) -> None:
        """Cut the connection without doing anything."""
        self._ordered.append(Fault(kind="drop_before", method=method, left=times))

    def fail(self, method: str = "*", *, times: int = 1, status: int = 500) -> None:
        """Answer with an HTTP error, without doing anything."""
        fault = Fault(kind="status", method=method, left=times, status=status)
        self._ordered.append(fault)

    def ratelimit(
        self, method: str = "*", *, times: int = 1, retry_after: int = 1
    ) -> None:
        """Answer 429 with Retry-After, without doing anything."""
        self._ordered.append(
            Fault(
                kind="refuse",
                method=method,
                left=times,
                code="ratelimited",
                retry_after=retry_after,
            )
        )

    def refuse(self, method: str, code: str, *, times: int = 1) -> None:
        """Answer with one of Slack's error codes, such as token_revoked."""
        self._ordered.append(Fault(kind="refuse", method=method, left=times, code=code))

    def repeat_events(self, times: int = 1) -> None:
        """Deliver the next events once more although they were acknowledged."""
        self.repeats_left += times

    def clear(self) -> None:
        """Let everything go well again."""
        self._ordered.clear()
        self.repeats_left = 0

    def take(self, method: str) -> Fault | None:
        """Return the fault this call meets, and count it."""
        for fault in self._ordered:
            if fnmatch.fnmatchcase(method, fault.method):
                fault.left -= 1
                if fault.left <= 0:
                    self._ordered.remove(fault)
                return fault
        return None

    def take_repeat(self) -> bool:
        """Return whether an acknowledged event is to be repeated, and count it."""
        if self.repeats_left <= 0:
            return False
        self.repeats_left -= 1
        return True
