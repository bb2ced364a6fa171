"""The rules of the house, read from the files themselves; nobody has to watch."""

from __future__ import annotations

import ast
import importlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli.charts import charts_text, with_charts
from flows.machine import Lifecycle

from .flows.source import (
    MODULES,
    PACKAGES,
    ROOT,
    TESTS,
    named,
    nodes_of,
    strings_in,
    text_of,
    tree_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What a package may not import: the way runs bot → store → flows, and flows is pure.
FORBIDDEN = {
    "store": {"bot", "telegram", "slack_bolt", "slack_sdk", "aiohttp", "asyncio"},
    "flows": {
        *{"bot", "store"},
        *{"sqlalchemy", "alembic", "psycopg", "sqlite3"},
        *{"telegram", "slack_bolt", "slack_sdk", "aiohttp", "asyncio"},
        *{"socket", "threading", "subprocess", "urllib", "http", "time", "os"},
    },
}

#: A file named so is a name nobody found yet.
NAMELESS = {"util", "helper", "common", "manager", "misc"}
LONGEST = 400

#: States where a life begins besides the table's own beginning.
ENTRANCES = {"backorder": {"baseline"}}
#: States where a life ends; the chart shows an arrow out of each.
ENDS = {
    "offer": {"settled", "withdrawn", "replaced"},
    "backorder": {"filled"},
    "ticket": {"resolved"},
    "dialogue": set(),
    "waiting": {"taken", "passed", "left", "lapsed"},
}

# --- modules ----------------------------------------------------------------------


@pytest.mark.parametrize("package", sorted(FORBIDDEN))
def test_imports_run_one_way(package: str) -> None:
    """No module imports what lies above it, not even for its types."""
    wrong = [
        f"{named(path)}:{line} imports {name}"
        for path in MODULES
        if path.is_relative_to(ROOT / package)
        for name, line in _imports(path)
        if name.split(".")[0] in FORBIDDEN[package]
    ]
    assert not wrong, wrong


def test_one_module_knows_transitions() -> None:
    """The library behind the lifecycles is imported in one place."""
    knowing = [
        named(path)
        for path in MODULES
        if any(name.split(".")[0] == "transitions" for name, _ in _imports(path))
    ]
    assert knowing == ["flows/machine.py"]


def test_no_module_is_long() -> None:
    """Every module can be read in one sitting."""
    lengths = {path: len(text_of(path).splitlines()) for path in (*MODULES, *TESTS)}
    long = {named(path): n for path, n in lengths.items() if n > LONGEST}
    assert not long, long


def test_every_module_has_a_name() -> None:
    """Modules are named after what they know, never after their lack of a name."""
    wrong = [
        named(path)
        for path in (*MODULES, *TESTS)
        for part in path.relative_to(ROOT).with_suffix("").parts
        if NAMELESS & {word.removesuffix("s") for word in part.split("_")}
    ]
    assert not wrong, wrong


def test_every_module_says_what_it_is_for() -> None:
    """A module with code begins with its one rule."""
    silent = [
        named(path)
        for path in MODULES
        if tree_of(path).body and not ast.get_docstring(tree_of(path))
        if path.name != "__init__.py"
    ]
    assert not silent, silent


def test_time_has_one_source() -> None:
    """Only the clock asks what time it is; everybody else is told."""
    asked = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
    asked |= {"time.time", "dt.datetime.now"}
    wrong = [
        f"{named(path)}:{node.lineno} {ast.unparse(node)}"
        for path in MODULES
        if path != ROOT / "bot/clock.py"
        for node in nodes_of(path)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in asked
    ]
    assert not wrong, wrong


def test_nothing_is_left_for_later() -> None:
    """No code says that it is not finished."""
    marks = re.compile(
        r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b"
    )
    unfinished = "NotImplemented" + "Error"
    wrong = [
        named(path)
        for path in (*MODULES, *TESTS)
        if marks.search(text_of(path)) or unfinished in text_of(path)
    ]
    assert not wrong, wrong


def test_no_test_is_set_aside() -> None:
    """A test that does not run proves nothing; only borrowed samples may be missing."""
    aside = re.compile(r"mark\.(skip|xfail)\b|mark\.skipif")
    wrong = [
        named(path)
        for path in TESTS
        if aside.search(text_of(path)) and "BACKORDER_SAMPLES" not in text_of(path)
    ]
    assert not wrong, wrong


# --- lifecycles -------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(ENDS))
def test_a_lifecycle_is_complete(name: str) -> None:
    """Every state can be reached, and life ends where we say and nowhere else."""
    lifecycle = _lifecycles()[name]
    begins = {lifecycle.initial.value} | ENTRANCES.get(name, set())
    reached = set(begins)
    for _ in lifecycle.states:
        reached |= {
            arrow.dest.value
            for arrow in lifecycle.arrows
            if any(source.value in reached for source in arrow.source)
        }
    states = {state.value for state in lifecycle.states}
    left = {source.value for arrow in lifecycle.arrows for source in arrow.source}
    assert reached == states
    assert states - left == ENDS[name]
    for end in ENDS[name]:
        assert f"    {end} --> [*]" in lifecycle.chart()


def test_every_lifecycle_is_checked() -> None:
    """A table nobody named above is a table nobody checks."""
    assert set(_lifecycles()) == set(ENDS)


@pytest.mark.parametrize("name", sorted(ENDS))
def test_a_step_is_never_ambiguous(name: str) -> None:
    """From one state a trigger leads to one place, or guards tell the ways apart."""
    seen: dict[tuple[str, str], list[bool]] = {}
    for arrow in _lifecycles()[name].arrows:
        for source in arrow.source:
            guarded = seen.setdefault((source.value, arrow.trigger), [])
            guarded.append(arrow.guard is not None)
    assert all(len(ways) == 1 or all(ways) for ways in seen.values()), seen


@pytest.mark.parametrize("name", sorted(ENDS))
def test_every_arrow_is_somebodys_and_says_why(name: str) -> None:
    """No trigger stands in a table for show, and each has its sentence."""
    said = strings_in([path for path in MODULES if path != _table_of(name)])
    for arrow in _lifecycles()[name].arrows:
        assert arrow.trigger in said, arrow.trigger
        assert arrow.why.endswith("."), arrow.why
        assert "backorder" not in arrow.trigger


def test_the_charts_are_current() -> None:
    """The README shows the tables that run; drawing them twice gives the same."""
    drawn = charts_text()
    assert drawn == charts_text()
    for lifecycle in _lifecycles().values():
        assert lifecycle.chart() in drawn
    page = ROOT / "README.md"
    if page.exists():
        text = page.read_text(encoding="utf-8")
        assert with_charts(text) == text, "run: backorder-bot charts --write README.md"


# --- what must not be in any file ---------------------------------------------------


def test_no_file_names_a_registry_or_a_machine() -> None:
    """The project works from anywhere: no registry's host, nobody's folders."""
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "registry" + ".npmjs.org")
    hosts += ("proxy.golang" + ".org", "crates" + ".io", "rubygems" + ".org")
    folders = re.compile(r"(?<![\w.~/-])/(work|root|Users|home/\w+)/")
    wrong = []
    for path in _every_file():
        text = path.read_bytes().decode("utf-8", "ignore")
        wrong += [f"{named(path)}: {host}" for host in hosts if host in text]
        wrong += [f"{named(path)}: {found[0]}" for found in folders.finditer(text)]
    wrong = [item for item in wrong if not item.startswith(named(Path(__file__)))]
    assert not wrong, wrong


# --- reading ----------------------------------------------------------------------


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # A relative import stays in its own package.
            yield (node.module or "") if node.level == 0 else "", node.lineno


@cache
def _lifecycles() -> dict[str, Lifecycle[Any, Any]]:
    found = {}
    for path in sorted((ROOT / "flows").glob("*.py")):
        module = importlib.import_module(f"flows.{path.stem}")
        for value in vars(module).values():
            if isinstance(value, Lifecycle):
                found[value.name] = value
    return found


def _table_of(name: str) -> Path:
    files = {"dialogue": "speaker"}
    return ROOT / "flows" / f"{files.get(name, name)}.py"


def _every_file() -> Iterator[Path]:
    yield from (path for path in sorted(ROOT.iterdir()) if path.is_file())
    for name in (*PACKAGES, "tests", ".ci"):
        for path in sorted((ROOT / name).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path
