"""The command that lets a merchant try the bot's ears."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

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
