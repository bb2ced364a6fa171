"""The command that lets a merchant try the bot's ears."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from bot.cli.understand import understand

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer()
app.command()(understand)


def test_each_line_gets_one_answer() -> None:
    """One message a line in, one line of JSON out."""
    found = CliRunner().invoke(app, input="where is #1042\n\n谢谢\n")

    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert [row["intent"] for row in rows] == ["where_is_my_order", "other", "thanks"]
    assert rows[0]["order_refs"] == ["1042"]
    assert rows[2]["lang"] == "zh"
    assert set(rows[0]) == {"intent", "confidence", "order_refs", "lang"}


def test_a_labelled_csv_is_scored(tmp_path: Path) -> None:
    """A labelled export prints how much of it is understood."""
    file = tmp_path / "chats.csv"
    file.write_text("text,label\nwhere is my order,where_is_my_order\nhi,thanks\n")

    found = CliRunner().invoke(app, ["--label", str(file)])

    assert found.exit_code == 0
    assert "right           0.500" in found.stdout


def test_a_row_without_label_is_told(tmp_path: Path) -> None:
    """A file that cannot be scored says which row is at fault."""
    file = tmp_path / "chats.jsonl"
    file.write_text('{"text": "hi", "label": "greeting"}\n{"text": "hi"}\n')

    found = CliRunner().invoke(app, ["--label", str(file)])

    assert found.exit_code == 2
    assert "row 2" in found.output


def test_a_spreadsheet_from_excel_is_scored(tmp_path: Path) -> None:
    """Semicolons and an older encoding, as Excel writes them, are read."""
    file = tmp_path / "chats.csv"
    file.write_bytes("Text;Label\r\nschönen guten Tag;greeting\r\n".encode("cp1252"))

    found = CliRunner().invoke(app, ["--label", str(file)])

    assert found.exit_code == 0
    assert "right           1.000" in found.stdout


def test_labels_nobody_knows_are_told(tmp_path: Path) -> None:
    """A label that is none of ours is named instead of scoring 0 in silence."""
    file = tmp_path / "chats.csv"
    file.write_text("text,label\nhello,greetings\n")

    found = CliRunner().invoke(app, ["--label", str(file)])

    assert found.exit_code == 0
    assert "greetings" in found.output


@pytest.mark.parametrize(
    ("name", "raw", "told"),
    [
        ("a.jsonl", b'{"text": "hi", "label": "greeting"}\n{"text": ', "row 2"),
        ("b.jsonl", b"[1]\n", "row 1"),
        ("c.csv", b"message,label\nhi,greeting\n", "text"),
        ("d.csv", b"", "text"),
        ("e.csv", b"text,label\n\x81\xff\x9d,thanks\n", "UTF-8"),
    ],
)
def test_a_broken_file_is_told_in_a_sentence(
    tmp_path: Path, name: str, raw: bytes, told: str
) -> None:
    """What cannot be read is named by row or column, without a traceback."""
    file = tmp_path / name
    file.write_bytes(raw)

    found = CliRunner().invoke(app, ["--label", str(file)])

    assert found.exit_code == 2
    assert told in found.output


def test_bytes_that_are_no_text_are_read_past() -> None:
    """A chat export in another encoding is answered line by line."""
    found = CliRunner().invoke(app, input=b"where is my order \xff\xfe\nthanks\n")

    assert found.exit_code == 0
    assert len(found.stdout.splitlines()) == 2
