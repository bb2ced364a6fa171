"""Figures for people on stdout, and for machines in ``bench.json``."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure; ``against`` says what it is measured against and what we aim at."""

    name: str
    value: float
    unit: str
    against: str


def write(figures: list[Figure], path: Path) -> None:
    """Write the figures as a JSON list, values to three significant digits."""
    rows = [{**asdict(one), "value": float(f"{one.value:.3g}")} for one in figures]
    path.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def table(
    console: Console, title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]
) -> None:
    """Print a table: the first column names, the others are numbers."""
    made = Table(title=title, title_justify="left", title_style="bold", box=None)
    for number, name in enumerate(columns):
        made.add_column(name, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        made.add_row(*row)
    console.print()
    console.print(made)


def summary(console: Console, figures: list[Figure]) -> None:
    """Print the figures that are written to the file."""
    rows = [(f.name, f"{f.value:.3g}", f.unit, f.against) for f in figures]
    made = Table(title="Figures", title_justify="left", title_style="bold", box=None)
    for name in ("figure", "value", "unit", "against"):
        made.add_column(name, justify="right" if name == "value" else "left")
    for row in rows:
        made.add_row(*row)
    console.print()
    console.print(made)
