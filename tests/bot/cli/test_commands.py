"""The command line as a whole: quick, helpful, and never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.__main__ import app

if TYPE_CHECKING:
    from .conftest import Cli

COMMANDS = [command.name for command in app.registered_commands]
GROUPS = [group.name for group in app.registered_groups]


@pytest.mark.parametrize("words", [*COMMANDS, *GROUPS])
def test_every_command_explains_itself(cli: Cli, words: str) -> None:
    """``--help`` of each command says what it does and exits well."""
    shown = cli(words, "--help")
    assert shown.exit_code == 0
    assert len(shown.output.splitlines()) > 3


@pytest.mark.parametrize("name", [*COMMANDS, *GROUPS])
def test_the_readme_lists_every_command(name: str) -> None:
    """Somebody who reads it misses nothing that ``--help`` would show."""
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    table = readme.partition("## Commands")[2].partition("In Slack")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert f"`{name}`" in " ".join(rows)


def test_help_imports_nothing_slow() -> None:
    """``--help`` is there at once: databases, clients and templates stay unloaded."""
    asked = (
        "import sys\n"
        "from bot.__main__ import app\n"
        "slow = {'sqlalchemy', 'telegram', 'slack_sdk', 'aiohttp', 'jinja2',"
        " 'pydantic', 'babel', 'rich'}\n"
        "print(sorted(slow & set(sys.modules)))"
    )
    ran = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


def test_a_usage_mistake_is_no_problem_of_the_shop(cli: Cli) -> None:
    """A wrong option leaves 2, a thing to mend leaves 1."""
    assert cli("link").exit_code == 2
    assert cli("decisions", "list", "--state", "lost").exit_code == 2


def test_wrong_settings_are_told_not_traced(cli: Cli, folder: Path) -> None:
    """Every command tells all mistakes in the settings at once."""
    (folder / ".env").write_text("MODE=loud\nBIND=here\n")
    shown = cli("decisions", "list")
    assert shown.exit_code == 1
    assert "MODE='loud'" in shown.output
    assert "BIND='here'" in shown.output
    assert "Traceback" not in shown.output


def test_an_empty_database_says_what_to_do(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a store the next step is named."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder}/none.sqlite3")
    shown = cli("mode")
    assert shown.exit_code == 1
    assert "backorder-bot init" in shown.output


def test_an_unreachable_database_is_a_sentence(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the driver says is told in a line, without the password."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder}/no/such/folder.sqlite3")
    shown = cli("decisions", "list")
    assert shown.exit_code == 1
    assert "unable to open database file" in shown.output
    assert "DATABASE_URL" in shown.output


@pytest.mark.usefixtures("folder")
def test_run_names_all_that_is_missing(cli: Cli) -> None:
    """Starting without tokens tells every one of them, before anything is loaded."""
    shown = cli("run")
    assert shown.exit_code == 1
    for key in ("TELEGRAM_BOT_TOKEN", "SLACK_BOT_TOKEN", "LINK_SECRET"):
        assert f"{key} is not set" in shown.output


def test_the_manifest_is_json_for_slack(cli: Cli) -> None:
    """It is printed alone, so that it can be piped or pasted."""
    printed = json.loads(cli("slack-manifest").output)
    assert printed["settings"]["socket_mode_enabled"] is True
    over_http = json.loads(
        cli("slack-manifest", "--public-url", "https://bot.example").output
    )
    assert over_http["settings"]["socket_mode_enabled"] is False
    assert cli("slack-manifest", "--public-url", "http://bot.example").exit_code == 2


def test_import_reads_the_database_from_the_env_file(
    cli: Cli, folder: Path, sqlite_url: str
) -> None:
    """``import`` finds the same store as every other command."""
    (folder / ".env").write_text(f"DATABASE_URL={sqlite_url}\n")
    (folder / "stock.csv").write_text("nothing,we,know\n1,2,3\n")
    shown = cli("import", "stock.csv")
    assert "no table" not in shown.output
    assert not (folder / "backorder.sqlite3").exists()
