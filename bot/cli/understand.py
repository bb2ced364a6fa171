"""``backorder-bot understand``: try the bot's ears on your own chat export."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotation at run time
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.understanding.scoring import Score


def understand(
    label: Annotated[
        Path | None,
        typer.Option(
            help="A .csv or .jsonl file with columns text and label: print how many "
            "of its messages are understood.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
) -> None:
    """Read one message a line, print one line of JSON each; or score a file."""
    if label is None:
        _answer_lines()
    else:
        _print_score(label)


def _answer_lines() -> None:
    from flows.intents import understand as read

    for line in sys.stdin:
        found = read(line.rstrip("\n"))
        row = {
            "intent": found.intent,
            "confidence": found.confidence,
            "order_refs": found.order_refs,
            "lang": found.lang,
        }
        print(json.dumps(row, ensure_ascii=False), flush=True)


def _print_score(path: Path) -> None:
    from flows.intents import understand as read
    from flows.understanding.scoring import Labelled, score

    rows = [
        Labelled(
            label=row["label"],
            also=_also(row.get("also")),
            found=read(row["text"]).intent,
        )
        for row in _rows(path)
    ]
    _show(score(rows))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the labelled messages; a row without text or label ends the command."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows: Iterator[dict[str, Any]]
        if path.suffix == ".jsonl":
            rows = (json.loads(line) for line in file if line.strip())
        else:
            rows = csv.DictReader(file)
        for number, row in enumerate(rows, start=1):
            if not row.get("text") or not row.get("label"):
                raise typer.BadParameter(f"row {number} has no text or no label")
            yield row


def _also(value: str | list[str] | None) -> frozenset[str]:
    if isinstance(value, str):
        value = [label.strip() for label in value.split(",")]
    return frozenset(filter(None, value or ()))


def _show(found: Score) -> None:
    print(f"messages        {found.count}")
    print(f"macro-F1        {found.macro_f1:.3f}")
    print(f"right           {found.right:.3f}")
    print(f"wrong action    {found.wrong_action:.3f}")
    print(f"other kept out  {found.kept_out:.3f}")
    for label, value in found.by_label.items():
        print(f"  {label:<24}{value:.3f}")
