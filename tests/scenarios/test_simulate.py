"""Trying another policy on what was really asked, without changing anything."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from bot.__main__ import app
from bot.playground.runtime import POLICY
from bot.playground.story import a_link_ties_the_chat, decided, short

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


async def test_other_kinds_are_sought_anew(
    stage: Playground, tmp_path: Path, sqlite_url: str
) -> None:
    """Who allows only other sizes reads which product is sent instead of which."""
    await short(stage, stage.demo.story)

    shown = replayed(
        tmp_path,
        sqlite_url,
        then='substitute_kinds = ["other_size"]\nship = "as_ready"',
    )

    assert "1 of 1 would have been decided differently." in shown
    assert "proposal: send Hoodie Fjord, charcoal, L, silence send it" in shown
    assert "proposal: send Hoodie Fjord, black, XL, silence send it" in shown
    assert "what was offered then counts as available" in shown
    assert "Changed as well, but no replay can show it: ship." in shown


async def test_wider_colours_find_what_was_not_close_enough(
    stage: Playground, tmp_path: Path, sqlite_url: str
) -> None:
    """What waits where no other colour will do is sent in charcoal where one may."""
    await short(stage, stage.demo.story)
    narrow = 'similar_color = 5\nsubstitute_kinds = ["other_color"]'

    shown = replayed(tmp_path, sqlite_url, now=narrow, then="similar_color = 25")

    assert "1 of 1 would have been decided differently." in shown
    assert "dated: wait, silence wait" in shown
    assert "proposal: send Hoodie Fjord, charcoal, L" in shown


async def test_the_same_policy_decides_the_same(
    stage: Playground, tmp_path: Path, sqlite_url: str
) -> None:
    """Whatever was asked and became of it, an unchanged policy shows no difference."""
    await a_link_ties_the_chat(stage)
    lines = (stage.demo.story, stage.demo.in_us, stage.demo.in_eu)
    for line in (*lines, stage.demo.hopeless, stage.demo.restocked):
        await short(stage, line)
    await stage.move(timedelta(days=3))
    (sent,) = await decided(stage, stage.demo.story, standing=True)
    await stage.decision("claim", sent["id"])
    await stage.decision("apply", sent["id"])
    await stage.settle()

    shown = replayed(tmp_path, sqlite_url)

    assert sent["substitute_sku"] == stage.demo.closest_sku
    assert re.search(r"^0 of [5-9] would have been decided", shown, re.MULTILINE)
    assert "Nothing else differs between the two files." in shown
    assert "Left out" not in shown


def replayed(folder: Path, database: str, *, now: str = "", then: str = "") -> str:
    """Return what the command prints when the demo's terms would be others."""
    files = folder / "now.toml", folder / "then.toml"
    for file, terms in zip(files, (now, then), strict=True):
        file.write_text(f"{POLICY}\n[terms]\n{terms}\n", encoding="utf-8")
    shown = CliRunner().invoke(
        app,
        ["policy", "simulate", str(files[1])],
        env={"DATABASE_URL": database, "POLICY_FILE": str(files[0]), "COLUMNS": "200"},
    )
    assert shown.exit_code == 0, shown.output
    return shown.stdout


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
