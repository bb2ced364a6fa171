"""`make bench`: measure side by side, print, and write ``bench.json``."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from rich.console import Console

from . import delivery, intents, machine, report, turns
from .progress import Progress

if TYPE_CHECKING:
    from .report import Figure

#: On the project's own disk: a temporary folder may be memory, which flatters.
_FOLDER = Path(".cache")
_FIGURES = Path("bench.json")


def main() -> None:
    """Measure everything."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    console = Console(highlight=False, soft_wrap=True)
    _FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_FOLDER, prefix="bench-") as name:
        figures = asyncio.run(_measure(Path(name), console))
    report.summary(console, figures)
    report.write(figures, _FIGURES)


async def _measure(folder: Path, console: Console) -> list[Figure]:
    progress = Progress()
    console.print(machine.describe(folder))
    figures = await turns.measure(folder, console, progress)
    figures += await delivery.measure(folder, console, progress)
    figures += intents.measure(console, progress)
    return figures


if __name__ == "__main__":
    main()
