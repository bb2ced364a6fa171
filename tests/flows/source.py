"""The project's own source as data, for tests of what stands in it."""

from __future__ import annotations

import ast
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("bot", "store", "flows")
MODULES = sorted(chain.from_iterable((ROOT / name).rglob("*.py") for name in PACKAGES))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def named(path: Path) -> str:
    """Return a file's path as people write it."""
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path: Path) -> str:
    """Return what stands in a file."""
    return path.read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    """Return a module as a syntax tree."""
    return ast.parse(text_of(path))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Return everything that stands in a module's tree."""
    return tuple(ast.walk(tree_of(path)))


@cache
def _strings_of(path: Path) -> frozenset[str]:
    return frozenset(
        node.value
        for node in nodes_of(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def calls_in(paths: Iterable[Path]) -> Iterator[tuple[Path, ast.Call, str]]:
    """Yield every call with the last word of what is called."""
    for path in paths:
        for node in nodes_of(path):
            match node:
                case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
                    yield path, node, name


def strings_in(paths: Iterable[Path]) -> frozenset[str]:
    """Return every string that stands literally in these modules."""
    return frozenset().union(*(_strings_of(path) for path in paths))
