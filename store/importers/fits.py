"""Whether a value fits its column on both databases.

SQLite takes any length and any number; PostgreSQL does not. What only one of them
would refuse is refused while the file is checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Integer, String

if TYPE_CHECKING:
    from sqlalchemy import Column

#: Columns of counted units and money that never go below zero.
_NOT_NEGATIVE = frozenset(
    {
        "quantity", "received", "allocated", "shipped", "cancelled", "backordered",
        "shipping_minor", "discount_minor", "unit_price_minor", "tax_minor",
        "price_minor", "amount_minor", "lead_time_days",
    }
)  # fmt: skip


def misfit(column: Column[Any], value: Any) -> str | None:
    """Return what the column expects when the value does not fit it."""
    if value is None:
        if column.nullable:
            return None
        return "a value"
    if isinstance(value, str):
        return _text_misfit(column, value)
    if isinstance(value, int) and not isinstance(value, bool):
        bits = 64 if isinstance(column.type, BigInteger) else 32
        if isinstance(column.type, Integer) and not _within(value, bits):
            return f"a whole number of at most {bits} bits"
        if column.name in _NOT_NEGATIVE and value < 0:
            return "a number not below zero"
    return None


def _within(value: int, bits: int) -> bool:
    return value.bit_length() < bits


def _text_misfit(column: Column[Any], value: str) -> str | None:
    if "\x00" in value:
        return "a text without zero bytes"
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        return "a text in whole Unicode characters"
    if column.primary_key and not value:
        return "a value"
    length = column.type.length if isinstance(column.type, String) else None
    if length is not None and len(value) > length:
        return f"at most {length} characters"
    return None
