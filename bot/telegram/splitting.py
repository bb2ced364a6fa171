"""Long HTML cut into messages: at paragraphs, lines or words, tags kept whole."""

from __future__ import annotations

import html
import re

#: Longest message, in UTF-16 units of what the reader sees.
TEXT_UNITS = 4096

_ATOM = re.compile(r"<[^<>]*>|&(?:#\d+|#[xX][0-9a-fA-F]+|[a-zA-Z]+);|.", re.DOTALL)
_TAG_NAME = re.compile(r"</?\s*([a-zA-Z-]+)")
#: Tried in this order; a chunk less than half full is no good place to stop.
_BREAKS = ("\n\n", "\n", " ")
_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")


def utf16_units(text: str) -> int:
    """Return the length of a text as Telegram counts it."""
    return len(text) + sum(char > "\uffff" for char in text)


def split_html(text: str, limit: int = TEXT_UNITS) -> list[str]:
    """Return the text as messages of at most ``limit`` visible UTF-16 units each.

    Tags open at a cut are closed before it and opened again after it.
    """
    if utf16_units(text) <= limit:
        return [text]
    atoms = _ATOM.findall(text)
    seen = ["" if _is_tag(atom) else html.unescape(atom) for atom in atoms]
    chunks: list[str] = []
    start = 0
    open_tags: list[str] = []
    while start < len(atoms):
        end = _fit(seen, start, limit)
        if end < len(atoms):
            end = _good_break(seen, start, end)
        elif start == 0:
            return [text]
        head = "".join(open_tags)
        for atom in atoms[start:end]:
            _track(atom, open_tags)
        tail = "".join(f"</{_name(tag)}>" for tag in reversed(open_tags))
        if "".join(seen[start:end]).strip():
            body = "".join(atoms[start:end]).strip()
            chunks.append(f"{head}{body}{tail}")
        start = end
    return chunks


def _fit(seen: list[str], start: int, limit: int) -> int:
    units = 0
    for index in range(start, len(seen)):
        units += utf16_units(seen[index])
        if units > limit:
            return max(index, start + 1)
    return len(seen)


def _good_break(seen: list[str], start: int, end: int) -> int:
    middle = start + (end - start) // 2
    for mark in _BREAKS:
        for index in range(end, middle, -1):
            if "".join(seen[max(start, index - len(mark)) : index]) == mark:
                return index
    while end > middle and _inside_character(seen, end):
        end -= 1
    return end


def _inside_character(seen: list[str], at: int) -> bool:
    """Tell whether a cut would part an emoji from what it is joined with."""
    return (
        seen[at] in _JOINERS
        or "\U0001f3fb" <= seen[at] <= "\U0001f3ff"
        or seen[at - 1] == "\u200d"
    )


def _is_tag(atom: str) -> bool:
    return len(atom) > 1 and atom[0] == "<"


def _name(tag: str) -> str:
    found = _TAG_NAME.match(tag)
    return found[1] if found else ""


def _track(atom: str, open_tags: list[str]) -> None:
    if not _is_tag(atom):
        return
    if not atom.startswith("</"):
        open_tags.append(atom)
    elif open_tags and _name(open_tags[-1]) == _name(atom):
        open_tags.pop()
