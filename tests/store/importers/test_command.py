"""The import command: what it prints and how it ends."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from typer import Typer
from typer.testing import CliRunner

from bot.cli.imports import import_

from .platforms import shopify_order

app = Typer()
app.command("import")(import_)


@pytest.fixture
def database(engine: Engine) -> str:
    """Return the store's URL."""
    return str(engine.url)


def test_report_and_exit(database: str, write: Callable[[str, Any], Path]) -> None:
    """A good file ends with 0 and its counts, a bad one with 1 and its cells."""
    good = write("orders.json", [shopify_order()])
    bad = write("products.csv", "sku,lead_time_days\nM,soon\n")

    result = CliRunner().invoke(app, ["--database", database, str(good)])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "3 new, 0 changed"

    result = CliRunner().invoke(app, [str(bad)], env={"DATABASE_URL": database})
    assert result.exit_code == 1
    place = "products.csv, row 2, column lead_time_days: 'soon': expected a whole"
    assert place in result.stdout


def test_dry_run(database: str, write: Callable[[str, Any], Path]) -> None:
    """A dry run says so and writes nothing, so the next run finds all new."""
    path = str(write("orders.json", [shopify_order()]))
    for flags in (["--dry-run"], []):
        result = CliRunner().invoke(app, ["--database", database, *flags, path])
        assert "3 new" in result.stdout


def test_template() -> None:
    """A template is printed as it can be saved."""
    result = CliRunner().invoke(app, ["--template", "stock"])

    assert result.stdout.splitlines()[0] == "sku,location,on_hand,updated_at"


@pytest.mark.parametrize(
    "words", [[], ["--template", "pets"], ["--currency", "X", "f"]]
)
def test_misuse(words: list[str]) -> None:
    """Misuse is explained and ends with 2."""
    assert CliRunner().invoke(app, words).exit_code == 2


def test_no_store(tmp_path: Path, write: Callable[[str, Any], Path]) -> None:
    """Without a store the way to make one is named, and no empty file is left."""
    file = tmp_path / "none.sqlite3"
    path = str(write("orders.json", [shopify_order()]))
    result = CliRunner().invoke(app, ["--database", f"sqlite:///{file}", path])

    assert result.exit_code == 1
    assert "there is no store yet: run `backorder-bot init`" in result.output
    assert not file.exists()


def test_a_database_out_of_reach(write: Callable[[str, Any], Path]) -> None:
    """What the driver says is told in a sentence, without the password."""
    path = str(write("orders.json", [shopify_order()]))
    url = "postgresql://shop:hush@127.0.0.1:1/shop"
    result = CliRunner().invoke(app, ["--database", url, path])

    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 1
    assert "Nothing was imported" in result.output
    assert "Check DATABASE_URL" in result.output
    assert "hush" not in result.output


@pytest.mark.parametrize("words", [["--database", "no:hush@sense"], []])
def test_nonsense_for_a_database(
    write: Callable[[str, Any], Path], words: list[str]
) -> None:
    """An address that is none is refused, wherever it stands, and not repeated."""
    path = str(write("orders.json", [shopify_order()]))
    environment = {} if words else {"DATABASE_URL": "no:hush@sense"}
    result = CliRunner().invoke(app, [*words, path], env=environment)

    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == (2 if words else 1)
    assert "expected an SQLAlchemy URL" in " ".join(result.output.split())
    assert "hush" not in result.output


def test_a_json_file_that_is_none(
    database: str, write: Callable[[str, Any], Path]
) -> None:
    """A .json gets advice about JSON, and its name stands there once."""
    path = str(write("y.json", "hello"))
    result = CliRunner().invoke(app, ["--database", database, path])

    (told,) = [line for line in result.stdout.splitlines() if "error" in line]
    assert told.startswith("  error: y.json: expected valid JSON")
    assert told.count("y.json") == 1
    assert "CSV" not in told


def test_one_record_is_one(database: str, write: Callable[[str, Any], Path]) -> None:
    """The report counts as people do."""
    path = str(write("orders.json", [shopify_order()]))
    result = CliRunner().invoke(app, ["--database", database, path])

    assert "Shopify orders, 1 record, taken" in result.stdout
