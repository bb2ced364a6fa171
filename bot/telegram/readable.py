"""What people typed, made safe to store and judged for being readable at all."""

from __future__ import annotations

import unicodedata

#: Drawn as nothing although Unicode calls them letters, marks or symbols.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5")


def clean(text: str) -> str:
    """Return the text without what a database cannot hold: NUL and lone surrogates."""
    if text.isascii():
        return text.replace("\x00", "\ufffd") if "\x00" in text else text
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "\ufffd")


def is_blank(text: str) -> bool:
    """Tell whether a reader would see nothing at all."""
    return all(
        char.isspace()
        or char in _BLANKS
        or unicodedata.category(char) in {"Cc", "Cf", "Zs", "Mn", "Me"}
        for char in text
    )
