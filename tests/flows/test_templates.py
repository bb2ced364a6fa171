"""Every key has words, every word has a key, and Python holds neither."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from flows.plan import Kind
from flows.wording import TEMPLATES

from .source import MODULES, ROOT, calls_in, named, nodes_of, strings_in, tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

FLOWS = [path for path in MODULES if path.is_relative_to(ROOT / "flows")]
#: The store's columns have labels, too; those are nobody's words.
SPEAKING = [path for path in MODULES if not path.is_relative_to(ROOT / "store")]

#: Calls that put words before people; what they are given are keys, never words.
SPEAKERS = {
    *{"reply", "push", "reword", "toast", "whisper", "card", "thread", "menu"},
    *{"label", "message", "notice", "about"},
}
#: Where finished words travel; in flows they come from templates alone.
CARRIERS = {
    "Message": {"text"},
    "Card": {"text", "summary"},
    "Button": {"label"},
    "Toast": {"text"},
    "Whisper": {"text"},
    "Notice": {"text", "subject_line"},
}
A_KEY = re.compile(r"[a-z0-9_:.]*")

#: Which channel's template a call wants.
CHANNELS = {
    "reply": ("telegram",),
    "push": ("telegram", "notice"),
    "reword": ("telegram",),
    "message": ("telegram",),
    "notice": ("notice",),
    "card": ("slack",),
    "thread": ("slack",),
}


def test_customers_read_no_text_from_python() -> None:
    """In flows, what reaches people is a key of a template, never a literal."""
    wrong = [
        f"{named(path)}:{call.lineno} {text!r}"
        for path, call, name in calls_in(FLOWS)
        for text in _literal_words(call, name)
    ]
    assert not wrong, wrong


def test_every_key_has_its_template() -> None:
    """Whatever flows, store or bot say, there are words for on that channel."""
    used = _used_keys()
    missing = {
        f"{key}/{channel}.j2"
        for channel, keys in used.items()
        for key in keys
        if not (TEMPLATES / key / f"{channel}.j2").exists()
    }
    assert not missing, missing
    assert {"proposal", "delay"} <= used["notice"]
    assert "ticket" in used["slack"]


def test_every_template_is_used() -> None:
    """No words stand in a template that nobody says."""
    said = strings_in(MODULES) | {kind.value for kind in Kind}
    keys = {path.parent.name for path in TEMPLATES.glob("*/*.j2")}
    assert keys <= said, keys - said


@pytest.mark.parametrize("file", ["labels", "toasts", "commands"])
def test_every_short_text_is_used(file: str) -> None:
    """No label, toast or description stands there that nobody asks for."""
    said, starts = strings_in(MODULES), tuple(_starts())
    unused = {name for name in _macros(file) if not name.startswith(starts)} - said
    assert not unused, unused


@pytest.mark.parametrize("file", ["labels", "toasts", "commands"])
def test_no_short_text_hides_another(file: str) -> None:
    """Of two macros with one name only the later speaks, for both."""
    names = _macros(file)
    twice = {name for name in names if names.count(name) > 1}
    assert not twice, twice


@pytest.mark.parametrize(
    ("calls", "file"),
    [(("label", "menu"), "labels"), (("toast", "whisper"), "toasts")],
)
def test_every_short_text_exists(calls: tuple[str, ...], file: str) -> None:
    """Each label and toast that is asked for by name has its macro."""
    asked = {
        argument.value
        for _, call, name in calls_in(SPEAKING)
        if name in calls and isinstance(call.func, ast.Attribute)
        if "words" in ast.unparse(call.func.value) or name != "label"
        for argument in (call.args if name == "menu" else call.args[:1])
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
    assert asked
    assert asked <= set(_macros(file)), asked - set(_macros(file))


def test_no_menu_word_is_taken_twice() -> None:
    """A press goes to the first who knows its word; a second would never hear of it."""
    first = _cases("taps.py", "on_menu_press")
    second = _cases("commands.py", "on_button")
    assert {"orders", "person"} <= first
    assert not first & second


def _cases(file: str, function: str) -> set[str]:
    """Return the strings that a function's match statement tells apart."""
    (found,) = (
        node
        for node in ast.walk(tree_of(ROOT / "flows" / file))
        if isinstance(node, ast.FunctionDef) and node.name == function
    )
    return {
        node.value.value
        for node in ast.walk(found)
        if isinstance(node, ast.MatchValue) and isinstance(node.value, ast.Constant)
    }


def _literal_words(call: ast.Call, name: str) -> Iterator[str]:
    if name in SPEAKERS and isinstance(call.func, ast.Attribute):
        for given in (*call.args, *(keyword.value for keyword in call.keywords)):
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                yield from () if A_KEY.fullmatch(given.value) else (given.value,)
    for keyword in call.keywords:
        spoken = keyword.arg in CARRIERS.get(name, set())
        if spoken and isinstance(keyword.value, ast.Constant | ast.JoinedStr):
            yield ast.unparse(keyword.value)


def _used_keys() -> dict[str, set[str]]:
    asked = {kind.value for kind in Kind} - {Kind.ASK_STAFF.value}
    used = {"telegram": set(asked), "notice": set(asked), "slack": set()}
    for _, call, name in calls_in(SPEAKING):
        if not isinstance(call.func, ast.Attribute):
            continue
        for channel in CHANNELS.get(name, ()):
            used[channel] |= {
                given.value
                for given in call.args[:2]
                if isinstance(given, ast.Constant) and isinstance(given.value, str)
            }
    return used


@cache
def _macros(file: str) -> tuple[str, ...]:
    text = (TEMPLATES / f"{file}.j2").read_text(encoding="utf-8")
    return tuple(re.findall(r"\{% macro ([a-z]\w*)\(", text))


def _starts() -> set[str]:
    """Return how f-strings begin that name a text by what it is about."""
    found = {
        node.values[0].value
        for path in SPEAKING
        for node in nodes_of(path)
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant)
    }
    return {start for start in found if re.fullmatch(r"[a-z]+_", start)}
