"""What a merchant reads about a mistake in policy.toml: its line, what was expected."""

from __future__ import annotations

import re
from difflib import get_close_matches
from itertools import product
from typing import TYPE_CHECKING, Any

from flows.conditions import applying, meetings
from flows.terms import Brake, OpeningHours, PolicyFile, Rule, ShopFace, Terms, When

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel, ValidationError

    Path = Sequence[str | int]

#: The tables of the file; what stands in none of them is a key of the file itself.
_TABLES: dict[str, type[BaseModel]] = {
    "shop": ShopFace,
    "hours": OpeningHours,
    "terms": Terms,
    "brake": Brake,
    "rules": Rule,
    "when": When,
}
#: What was expected, where the library says it in its own terms.
_EXPECTED = {
    "missing": "expected, but missing",
    "tuple_type": 'expected a list like ["one", "other"]',
    "model_type": "expected a table of keys and values",
    "string_type": "expected words in quotes",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
}
_CLASH = (
    'expected "wait" or "recommended" (found \'cancel\'), or automatic_cancel "ask" or'
    ' "auto": silence may not cancel where automatic_cancel is "never"'
)
_WORDING = (
    (r"^Value error, ", ""),
    (r"^Input should be (greater|less)", r"expected a number \1"),
    (r"^(Input should be|String should have)", "expected"),
)
_HEAD = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?\s*(#.*)?")


def told(error: ValidationError, source: str, raw: dict[str, Any]) -> list[str]:
    """Return every mistake of a file that was read as ``raw``, in the file's order."""
    found: list[tuple[Path, str]] = [
        (item["loc"], _expected(item)) for item in error.errors()
    ]
    return _in_order(found, source, raw)


def contradictions(data: PolicyFile, source: str) -> list[str]:
    """Return where terms that meet contradict each other, or rules share a name.

    A decision names its rule; one name for two would explain nothing.
    """
    rules = (Rule(name="defaults", when=When(), terms=data.terms), *data.rules)
    whens = [rule.when for rule in rules]
    never = _setting(rules, "automatic_cancel", "never")
    cancel = _setting(rules, "on_silence", "cancel")
    found = [
        (_path(two, "on_silence"), f"{_CLASH}{_whose(rules, one, two)}")
        for one, two in product(never, cancel)
        if _meet(rules, whens, one, two)
    ]
    names = [rule.name for rule in data.rules]
    found += [
        (("rules", place, "name"), "expected a name that no other rule has")
        for place, name in enumerate(names)
        if name in names[:place]
    ]
    told_as = [{"name": name} for name in names]
    return _in_order(found, source, {"rules": told_as})


def _whose(rules: Sequence[Rule], never: int, cancel: int) -> str:
    if never == cancel:
        return ""
    return f", which {f'rule {rules[never].name!r}' if never else '[terms]'} says"


def _setting(rules: Sequence[Rule], name: str, value: str) -> list[int]:
    return [
        place
        for place, rule in enumerate(rules)
        if name in rule.terms.model_fields_set and getattr(rule.terms, name) == value
    ]


def _meet(
    rules: Sequence[Rule], whens: Sequence[When], never: int, cancel: int
) -> bool:
    """Return whether there is an order for which these two rules decide."""
    for facts in meetings(whens[never], whens[cancel], whens):
        places = applying(rules, facts)
        if (
            _last(rules, places, "automatic_cancel") == never
            and _last(rules, places, "on_silence") == cancel
        ):
            return True
    return False


def _last(rules: Sequence[Rule], places: Sequence[int], name: str) -> int:
    return [n for n in places if name in rules[n].terms.model_fields_set][-1]


def _path(place: int, name: str) -> Path:
    return ("rules", place - 1, "terms", name) if place else ("terms", name)


def _expected(item: Any) -> str:
    if item["type"] == "extra_forbidden":
        return _unknown(item["loc"])
    if item["loc"] == ("rules",):
        return "expected [[rules]] above each rule"
    says = _EXPECTED.get(item["type"], item["msg"])
    for pattern, words in _WORDING:
        says = re.sub(pattern, words, says)
    found = item.get("input")
    plain = isinstance(found, str | int | float) and item["type"] != "missing"
    return f"{says} (found {found!r})" if plain else says


def _unknown(path: Path) -> str:
    *above, name = [part for part in path if isinstance(part, str)]
    keys = list(_TABLES[above[-1]].model_fields if above else PolicyFile.model_fields)
    near = get_close_matches(name, keys, n=1)
    if near:
        return f"there is no such key; did you mean {near[0]}?"
    return f"there is no such key; expected one of {', '.join(keys)}"


def _in_order(
    found: list[tuple[Path, str]], source: str, raw: dict[str, Any]
) -> list[str]:
    lines = source.splitlines()
    placed = [(_line_of(path, lines), path, says) for path, says in found]
    placed.sort(key=lambda one: one[0])
    return [f"line {line}, {_name(path, raw)}: {says}" for line, path, says in placed]


def _name(path: Path, raw: dict[str, Any]) -> str:
    """Return what a place is called: ``terms.ship`` or ``rule 'club', terms.ship``."""
    keys = ".".join(part for part in path if isinstance(part, str))
    if len(path) < 2 or path[0] != "rules":
        return keys
    number = int(path[1])
    rule = raw["rules"][number]
    name = rule.get("name") if isinstance(rule, dict) else None
    which = f"rule {name!r}" if name else f"rule {number + 1}"
    return ", ".join(part for part in (which, keys.removeprefix("rules")[1:]) if part)


def _line_of(path: Path, lines: Sequence[str]) -> int:
    """Return the line a place stands on, or the one its table begins on."""
    start, end = _table_of(path, lines)
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    said = re.compile(rf"""(^|[\s{{,."'])({re.escape(name)})["']?\s*=""")
    for number in range(start, end):
        line, head = lines[number], _HEAD.fullmatch(lines[number])
        heads = head is not None and head[1].split(".")[-1] == name
        if heads or (not line.lstrip().startswith("#") and said.search(line)):
            return number + 1
    return start + 1


def _table_of(path: Path, lines: Sequence[str]) -> tuple[int, int]:
    """Return the first line of a place's table and the line behind its last one."""
    table, *inner = path
    number = int(inner[0]) if table == "rules" and inner else 0
    found = ((n, _HEAD.fullmatch(line)) for n, line in enumerate(lines))
    heads = [(n, head[1]) for n, head in found if head]
    begins = [n for n, name in heads if name == table]
    if len(begins) <= number:
        return 0, len(lines)
    start = begins[number]
    below = f"{table}."
    ends = [n for n, name in heads if n > start and not name.startswith(below)]
    return start, min(ends, default=len(lines))
