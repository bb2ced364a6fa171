"""What a product's options mean: which one is the size, which one the colour.

Shops name options in their own language; ``option_names.csv`` lists the names.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What Shopify calls the one option of a product that has none.
DEFAULT_VALUE = "Default Title"

#: Option names that say nothing: old products and single-option ones use them.
_NAMELESS = frozenset({"title", "variant", "option", "style", "model"})

_SIZE = re.compile(r"(?:\d{0,2}x{0,3}[sl]|m|one size)", re.IGNORECASE)


@cache
def _meanings() -> dict[str, str]:
    source = resources.files(__package__).joinpath("option_names.csv")
    with source.open(encoding="utf-8") as file:
        return {_fold(row["name"]): row["kind"] for row in csv.DictReader(file)}


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    # WooCommerce's shared attributes: pa_color, attribute_pa_size.
    return plain.removeprefix("attribute_").removeprefix("pa_")


@cache
def color_hex(name: str) -> str | None:
    """Return the colour a CSS colour name stands for, as ``#rrggbb``."""
    from coloraide import Color  # noqa: PLC0415 - slow to import, products only

    word = name.casefold().replace(" ", "")
    if not word.isalpha() or Color.match(word) is None:
        return None
    return Color(word).to_string(hex=True, alpha=False)


def read_options(pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Return ``size``, ``color``, ``color_hex`` and ``options`` of (name, value) pairs.

    ``options`` holds what is neither. An option without a telling name is read by
    its value: a CSS colour name is a colour, "XL" is a size.
    """
    read: dict[str, object] = {}
    others: dict[str, str] = {}
    for name, value in pairs:
        if not value or value == DEFAULT_VALUE:
            continue
        kind = _meanings().get(_fold(name))
        if kind is None and _fold(name) in _NAMELESS:
            kind = _by_value(value)
        if kind is None or kind in read:
            others[name] = value
        else:
            read[kind] = value
    if isinstance(color := read.get("color"), str) and (code := color_hex(color)):
        read["color_hex"] = code
    if others:
        read["options"] = others
    return read


def _by_value(value: str) -> str | None:
    if _SIZE.fullmatch(value.strip()):
        return "size"
    return "color" if color_hex(value) else None
