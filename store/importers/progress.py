"""How an import tells a person that it is still at it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Hears that so many more records of a stage of work are done."""

    def __call__(self, work: str, done: int, /) -> None:
        """Take note; must not raise."""


def silent(_work: str, _done: int, /) -> None:
    """Tell nobody."""
