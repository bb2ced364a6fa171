"""Trying another policy on what was really asked, without changing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from bot.__main__ import app
from bot.playground.runtime import POLICY
from bot.playground.story import decided, short

if TYPE_CHECKING:
    from pathlib import Path

    from bot.playground.runtime import Playground


async def test_a_stricter_policy_is_replayed(
    stage: Playground, tmp_path: Path, sqlite_url: str
) -> None:
    """What would have been decided differently is printed, with a table by rule."""
    await short(stage, stage.demo.story)
    await short(stage, stage.demo.hopeless)
    before = await decided(stage, stage.demo.hopeless)
    now, then = tmp_path / "policy.toml", tmp_path / "stricter.toml"
    now.write_text(POLICY, encoding="utf-8")
    stricter = '[[rules]]\nname = "never by ourselves"\nwhen = { market = ["NO"] }\n'
    stricter += 'terms = { automatic_cancel = "never" }\n'
    then.write_text(f"{POLICY}\n{stricter}", encoding="utf-8")

    shown = CliRunner().invoke(
        app,
        ["policy", "simulate", str(then), "--days", "60"],
        env={"DATABASE_URL": sqlite_url, "POLICY_FILE": str(now), "COLUMNS": "200"},
    )

    assert shown.exit_code == 0, shown.output
    assert "1 of 2 would have been decided differently." in shown.output
    assert "never by ourselves" in shown.output
    assert "cancelled: cancel, silence cancel" in shown.output
    assert await decided(stage, stage.demo.hopeless) == before


async def test_a_wrong_policy_is_refused_with_its_mistakes(
    tmp_path: Path, sqlite_url: str
) -> None:
    """A policy with an unknown key and a negative window is not tried at all."""
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('[terms]\nreply_window = "-1h"\nfoo = 1\n', encoding="utf-8")

    shown = CliRunner().invoke(
        app,
        ["policy", "simulate", str(wrong)],
        env={"DATABASE_URL": sqlite_url, "POLICY_FILE": str(tmp_path / "none.toml")},
    )

    assert shown.exit_code == 1
    assert "line 2" in shown.output
    assert "line 3" in shown.output
