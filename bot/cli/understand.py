"""``backorder-bot understand``: try the bot's ears on your own chat export."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotation at run time
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.understanding.kinds import Understanding
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

    for line in _lines():
        print(json.dumps(_row(read(line)), ensure_ascii=False), flush=True)


def _lines() -> Iterator[str]:
    """Yield the lines of stdin; bytes that are no UTF-8 are replaced, not refused."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    for line in sys.stdin:
        yield line.rstrip("\r\n")


def _row(found: Understanding) -> dict[str, object]:
    return {
        "intent": found.intent,
        "confidence": found.confidence,
        "order_refs": found.order_refs,
        "lang": found.lang,
    }


def _print_score(path: Path) -> None:
    from flows.intents import understand as read
    from flows.understanding.scoring import Labelled, score

    from .labelled import BadFileError, labelled, unknown_labels

    try:
        rows = labelled(path)
    except BadFileError as error:
        raise typer.BadParameter(str(error)) from None
    if unknown := unknown_labels(rows):
        typer.echo(f"no such label, counted as wrong: {', '.join(unknown)}", err=True)
    _show(
        score(
            Labelled(label=row.label, also=row.also, found=read(row.text).intent)
            for row in rows
        )
    )


def _show(found: Score) -> None:
    print(f"messages        {found.count}")
    print(f"macro-F1        {found.macro_f1:.3f}")
    print(f"right           {found.right:.3f}")
    print(f"wrong action    {found.wrong_action:.3f}")
    print(f"other kept out  {found.kept_out:.3f}")
    for label, value in found.by_label.items():
        print(f"  {label:<24}{value:.3f}")
