"""Reads one cell of our own CSV as its column's type says.

An empty cell means "nothing": the column's default, or NULL.
"""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import AwareDatetime, TypeAdapter, ValidationError
from sqlalchemy import JSON, Boolean, Date, Integer

from store.columns import Instant
from store.importers.contact import (
    normalise_country,
    normalise_email,
    normalise_locale,
    normalise_phone,
)
from store.importers.fields import instant_text
from store.importers.money import is_currency

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Column

#: What columns with a closed set of words may say.
WORDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("shop_orders", "payment_status"): ("authorized", "captured", "refunded", "none"),
    ("shop_orders", "status"): ("open", "shipped", "cancelled"),
    ("shop_orders", "shipping_policy"): ("once", "as_ready"),
    ("shop_order_lines", "kind"): ("backorder", "preorder"),
    ("shop_supplies", "status"): ("open", "received", "cancelled"),
    ("shop_substitutes", "kind"): ("other_size", "other_color", "other_brand"),
}

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


class BadCellError(ValueError):
    """A cell cannot be read; its text says what was expected."""


def read_cell(column: Column[Any], text: str) -> Any:
    """Return the value of a cell that is not empty.

    Raises:
        BadCellError: When the cell is not what the column holds.
    """
    plain = text.strip()
    words = WORDS.get((column.table.name, column.name))
    if words is not None:
        if plain.lower() not in words:
            raise BadCellError(f"one of {', '.join(words)}")
        return plain.lower()
    if column.name in _SPELLED:
        spell, expected = _SPELLED[column.name]
        if (value := spell(plain)) is None:
            raise BadCellError(expected)
        return value
    return _typed(column, plain)


def _typed(column: Column[Any], plain: str) -> Any:
    kind = column.type
    if isinstance(kind, JSON):
        return _json(plain)
    if isinstance(kind, Instant):
        expected = "a date and time with its UTC offset, like 2026-11-02T09:55:16Z"
        return _parsed(AwareDatetime, instant_text(plain), expected)
    if isinstance(kind, Date):
        return _parsed(date, plain, "a date like 2026-11-30")
    if isinstance(kind, Boolean):
        return _parsed(bool, plain.lower(), "true or false")
    if isinstance(kind, Integer):
        return _parsed(int, plain, "a whole number")
    return plain


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _parsed(kind: Any, plain: str, expected: str) -> Any:
    # Pydantic would read a bare number as seconds since 1970.
    if kind in {date, AwareDatetime} and plain.replace(".", "").isdecimal():
        raise BadCellError(expected)
    try:
        return _adapter(kind).validate_python(plain)
    except ValidationError as error:
        raise BadCellError(expected) from error


def _json(plain: str) -> dict[str, Any]:
    expected = 'a JSON object like {"material": "oak"}'
    try:
        value = json.loads(plain)
    except ValueError as error:
        raise BadCellError(expected) from error
    if not isinstance(value, dict):
        raise BadCellError(expected)
    return value


def _currency(plain: str) -> str | None:
    return plain.upper() if is_currency(plain.upper()) else None


_SPELLED: dict[str, tuple[Callable[[str], str | None], str]] = {
    "currency": (_currency, "an ISO 4217 currency code like EUR"),
    "market": (normalise_country, "an ISO country code like DE"),
    "locale": (normalise_locale, "a language tag like de or pt-BR"),
    "email": (normalise_email, "an e-mail address"),
    "phone": (
        lambda plain: normalise_phone(plain, None),
        "a phone number with its country code, like +12025550101",
    ),
    "color_hex": (
        lambda plain: plain.lower() if _HEX.fullmatch(plain) else None,
        "a colour like #1e90ff",
    ),
}
