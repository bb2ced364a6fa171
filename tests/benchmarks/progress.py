"""One line that says what is being measured, rewritten in place on a terminal."""

from __future__ import annotations

import sys


class Progress:
    """Tells on stderr; where that is no terminal, only headings are printed."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()

    def begin(self, what: str) -> None:
        """Tell that something longer begins."""
        self._write(f"{what} ...", ending="\r" if self._live else "\n")

    def step(self, what: str) -> None:
        """Tell what is measured right now."""
        if self._live:
            self._write(what, ending="\r")

    def end(self) -> None:
        """Clear the line."""
        if self._live:
            self._write("", ending="\r")

    def _write(self, text: str, *, ending: str) -> None:
        clear = "\x1b[2K" if self._live else ""
        sys.stderr.write(f"{clear}{text[:78]}{ending}")
        sys.stderr.flush()
