"""Turns a platform's decimal amounts into integer minor units.

The number of decimals is CLDR's (as Babel prints it), which the wording uses too:
what was read as 12.50 is written as 12.50.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache

from babel.numbers import get_currency_precision, list_currencies

#: PostgreSQL's bigint; SQLite alone would take more.
LARGEST = 2**63 - 1


def is_currency(code: str | None) -> bool:
    """Tell whether this is the code of a currency, upper case."""
    return code in _currencies()


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def _digits(currency: str | None) -> int:
    return 2 if currency is None else get_currency_precision(currency)


def to_minor(amount: Decimal | str, currency: str | None) -> int:
    """Return an amount in minor units; two decimals where no currency is known.

    Raises:
        ValueError: With what was expected as its text.
    """
    digits = _digits(currency)
    expected = f"an amount with at most {digits} decimals" + (
        f" ({currency})" if currency else ""
    )
    try:
        scaled = Decimal(amount).scaleb(digits)
    except InvalidOperation as error:
        raise ValueError(expected) from error
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(expected)
    if abs(scaled) > LARGEST:
        raise ValueError("an amount that fits 64 bits in minor units")
    return int(scaled)


def to_minor_rounded(amount: Decimal, currency: str | None) -> int:
    """Return an amount the platform computed itself, rounded half up.

    WooCommerce keeps more decimals of taxes and subtotals than the currency has.
    """
    digits = _digits(currency)
    return int(amount.scaleb(digits).to_integral_value(ROUND_HALF_UP))
