"""How well and how fast messages are understood, on the development files.

The files are found through ``BACKORDER_SAMPLES`` (a folder with ``intents/dev.jsonl``
and ``order_refs/dev.jsonl``). The model has seen none of them: it learns from
``flows/phrases`` only.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.intents import understand
from flows.understanding.scoring import Labelled, Score, score

from .report import Figure, table

if TYPE_CHECKING:
    from rich.console import Console

    from .progress import Progress

_WHOLE = 100
_TRIES = 3


def measure(console: Console, progress: Progress) -> list[Figure]:
    """Print how well messages are understood, and return the figures."""
    samples = os.environ.get("BACKORDER_SAMPLES")
    if not samples:
        console.print("Understanding: skipped, BACKORDER_SAMPLES is not set")
        return []
    progress.begin("Understanding: reading the development files")
    folder = Path(samples)
    messages = _rows(folder / "intents" / "dev.jsonl")
    quality = _quality(messages)
    refs = _refs_exact(_rows(folder / "order_refs" / "dev.jsonl"))
    taken = _milliseconds([row["text"] for row in messages])
    progress.end()
    by_label = [(label, f"{f1:.3f}") for label, f1 in quality.by_label.items()]
    table(console, "Understanding, F1 of each label", ("label", "F1"), by_label)
    p50, p99 = (taken[len(taken) * share // _WHOLE] for share in (50, 99))
    return [
        _figure("intent_macro_f1", quality.macro_f1, "0 to 1", "aim 0.91, unseen"),
        _figure("intent_wrong_action", quality.wrong_action, "share", "aim 0.02"),
        _figure("order_refs_exact", refs, "share", "aim 0.96"),
        _figure("intent_p50_ms", p50, "ms", "aim 0.5"),
        _figure("intent_p99_ms", p99, "ms", "aim 2"),
    ]


def _figure(name: str, value: float, unit: str, against: str) -> Figure:
    return Figure(name=name, value=value, unit=unit, against=against)


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _quality(messages: list[dict[str, Any]]) -> Score:
    return score(
        Labelled(
            label=row["label"],
            also=frozenset(row.get("also", ())),
            found=understand(row["text"]).intent,
        )
        for row in messages
    )


def _refs_exact(rows: list[dict[str, Any]]) -> float:
    right = sum(set(understand(r["text"]).order_refs) == set(r["refs"]) for r in rows)
    return right / len(rows)


def _milliseconds(texts: list[str]) -> list[float]:
    """Return what each message takes: the quickest of three, as noise only adds."""
    return sorted(min(_once(text) for _ in range(_TRIES)) for text in texts)


def _once(text: str) -> float:
    began = time.perf_counter()
    understand(text)
    return (time.perf_counter() - began) * 1000
