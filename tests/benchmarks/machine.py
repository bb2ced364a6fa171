"""The machine the figures come from: without it no figure means anything."""

from __future__ import annotations

import os
import platform
import sqlite3
import time
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def describe(folder: Path) -> str:
    """Return one line: interpreter, cores, load, and what a flush to disk costs."""
    flush = _flush_seconds(folder) * 1e6
    load = os.getloadavg()[0]
    return (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{os.cpu_count()} cores at load {load:.1f}, "
        f"a 4 KiB write and fdatasync {flush:.0f} µs"
    )


def _flush_seconds(folder: Path) -> float:
    page = os.urandom(4096)
    taken = []
    with (folder / "flush").open("wb", buffering=0) as file:
        for _ in range(100):
            began = time.perf_counter()
            file.write(page)
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - began)
    return median(taken)
