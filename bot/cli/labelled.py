"""Reads a merchant's labelled messages, as spreadsheets and programs write them."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.understanding.kinds import Intent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

#: What separates columns: Excel writes semicolons where a comma parts decimals.
_SEPARATORS = ",;\t"
_COLUMNS = ("text", "label")


class BadFileError(Exception):
    """Says what keeps a file from being scored, and in which row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledText:
    """Holds one message with the label a person gave it."""

    text: str
    label: str
    also: frozenset[str]


def labelled(path: Path) -> list[LabelledText]:
    """Return the labelled messages of a .csv or .jsonl file.

    Raises:
        BadFileError: If the file or one of its rows cannot be read.
    """
    text = _decoded(path.read_bytes())
    rows = _json_rows(text) if path.suffix == ".jsonl" else _csv_rows(text)
    return [_labelled(row, number) for number, row in rows]


def unknown_labels(rows: Sequence[LabelledText]) -> list[str]:
    """Return the labels that are none of ours, each once."""
    return sorted({row.label for row in rows} - set(Intent))


def _decoded(raw: bytes) -> str:
    """Return the text of a file written as UTF-8, or else by an older Excel."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    msg = "the file is no text in UTF-8 or Windows-1252"
    raise BadFileError(msg)


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            msg = f"row {number} is no JSON: {error}"
            raise BadFileError(msg) from None
        if not isinstance(row, dict):
            msg = f"row {number} is no JSON object"
            raise BadFileError(msg)
        yield number, row


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=separator)
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    if missing := [name for name in _COLUMNS if name not in names]:
        msg = f"the first row names no column {' and no column '.join(missing)}"
        raise BadFileError(msg)
    reader.fieldnames = names
    try:
        yield from enumerate(reader, start=1)
    except csv.Error as error:
        msg = f"row {reader.line_num} cannot be read: {error}"
        raise BadFileError(msg) from None


def _labelled(row: dict[str, Any], number: int) -> LabelledText:
    text, label = (str(row.get(name) or "").strip() for name in _COLUMNS)
    if not text or not label:
        msg = f"row {number} has no text or no label"
        raise BadFileError(msg)
    return LabelledText(text=text, label=label, also=_also(row.get("also")))


def _also(value: object) -> frozenset[str]:
    if isinstance(value, str):
        value = [label.strip() for label in value.split(",")]
    found = value if isinstance(value, list) else []
    return frozenset(str(label) for label in found if label)
