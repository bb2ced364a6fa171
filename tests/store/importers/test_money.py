"""Decimal amounts into minor units."""

from decimal import Decimal

import pytest

from store.importers.money import to_minor, to_minor_rounded


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        ("12.5", "EUR", 1250),
        ("1990", "JPY", 1990),
        ("1990.00", "JPY", 1990),
        ("1.250", "KWD", 1250),
        ("-3.00", "USD", -300),
        ("12.50", None, 1250),
    ],
)
def test_exact(amount: str, currency: str | None, minor: int) -> None:
    """An amount has the decimals of its currency."""
    assert to_minor(amount, currency) == minor


@pytest.mark.parametrize("amount", ["12.505", "12,50", "", "NaN", "1e400", "€5"])
def test_refused(amount: str) -> None:
    """What is no exact amount is refused, never rounded."""
    with pytest.raises(ValueError, match="amount"):
        to_minor(amount, "EUR")


def test_rounded() -> None:
    """Amounts a platform computed are rounded half up."""
    assert to_minor_rounded(Decimal("1.705"), "EUR") == 171
    assert to_minor_rounded(Decimal("0.5"), "JPY") == 1
