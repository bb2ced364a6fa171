"""The phrase files' small template language (used when training only).

`(a|b)` one of them, `[a|b]` one of them or nothing, `{slot}` a word of that slot.
"""

import re
from math import prod
from random import Random
from typing import TypeAlias

_PIECE = re.compile(r"[()\[\]|]|\{\w+\}|[^()\[\]|{}]+")

Node: TypeAlias = "str | list[Node] | tuple[Node, ...]"
"""A literal or `{slot}`, a sequence (list), or a choice (tuple)."""


def parse(template: str) -> Node:
    """Returns the tree of a template; raises ValueError on unbalanced brackets."""
    pieces = _PIECE.findall(template)
    node, rest = _choice(pieces, 0)
    if rest != len(pieces):
        raise ValueError(f"unbalanced brackets: {template}")
    return node


def _choice(pieces: list[str], at: int) -> tuple[Node, int]:
    options: list[Node] = []
    sequence: list[Node] = []
    while at < len(pieces) and pieces[at] not in ")]":
        piece = pieces[at]
        at += 1
        if piece == "|":
            options.append(sequence)
            sequence = []
        elif piece in "([":
            inner, at = _choice(pieces, at)
            if at >= len(pieces) or pieces[at] != {"(": ")", "[": "]"}[piece]:
                raise ValueError(f"unbalanced brackets: {''.join(pieces)}")
            at += 1
            branches = inner if isinstance(inner, tuple) else (inner,)
            sequence.append((*branches, "") if piece == "[" else branches)
        else:
            sequence.append(piece)
    options.append(sequence)
    return (tuple(options) if len(options) > 1 else sequence), at


def size(node: Node, slots: dict[str, list[str]]) -> int:
    """Returns how many texts a template can make."""
    match node:
        case str():
            return len(slots[node[1:-1]]) if node.startswith("{") else 1
        case tuple():
            return sum(size(option, slots) for option in node)
        case _:
            return prod(size(part, slots) for part in node)


def sample(node: Node, slots: dict[str, list[str]], random: Random) -> str:
    """Returns one text of a template; slots' words may be templates again."""
    match node:
        case str():
            if not node.startswith("{"):
                return node
            return sample(parse(random.choice(slots[node[1:-1]])), slots, random)
        case tuple():
            return sample(random.choice(node), slots, random)
        case _:
            return "".join(sample(part, slots, random) for part in node)


def texts(
    template: str, slots: dict[str, list[str]], most: int, random: Random
) -> list[str]:
    """Returns up to `most` different texts of a template, in a repeatable order."""
    node = parse(template)
    wanted = min(most, size(node, slots))
    found: dict[str, None] = {}
    for _ in range(wanted * 4):
        found[" ".join(sample(node, slots, random).split())] = None
        if len(found) >= wanted:
            break
    return list(found)
