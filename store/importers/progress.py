"""How an import tells a person that it is still at it, and how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Hears how much of a stage of work is done.

    "reading" counts the bytes of all files, "merging" the rows they held.
    """

    def __call__(self, work: str, done: int, total: int, /) -> None:
        """Take note; ``done`` never shrinks and ends as ``total``. Must not raise."""


def silent(_work: str, _done: int, _total: int, /) -> None:
    """Tell nobody."""
