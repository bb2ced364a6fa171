"""Postcodes of the world, in the sentences people put them in."""

from __future__ import annotations

import pytest

from flows.postcodes import plain_postcode, postcodes_in


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("10115", "10115"),
        ("D-10115", "10115"),
        ("LV-1010", "1010"),
        ("114 55", "11455"),
        ("110 001", "110001"),
        ("00-950", "00950"),
        ("1000-001", "1000001"),
        ("100-0001", "1000001"),
        ("01310-100", "01310100"),
        ("12345-6789", "12345"),
        ("SW1A 1AA", "SW1A1AA"),
        ("n19gu", "N19GU"),
        ("K1A 0B1", "K1A0B1"),
        ("1012 AB", "1012AB"),
        ("1012ab", "1012AB"),
        ("D02 X285", "D02X285"),
        ("C1425CLA", "C1425CLA"),
        ("1010", "1010"),
        ("101", "101"),
        ("2026", "2026"),
        ("１０１１５", "10115"),  # noqa: RUF001 - wide digits, as some keyboards have
    ],
)
def test_every_countrys_shape_is_known(text: str, code: str) -> None:
    """Alone it is an answer, and is compared without blanks and country."""
    assert postcodes_in(text) == (code,)
    assert plain_postcode(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("it's 10115, thanks!", "10115"),
        ("10115 is my postcode", "10115"),
        ("my postcode is 2026 since I moved", "2026"),
        ("Meine Postleitzahl lautet 10115.", "10115"),
        ("mon code postal est 75001", "75001"),
        ("mi código postal es 28013", "28013"),
        ("il mio cap è 20121", "20121"),
        ("o meu código postal é 1000-001", "1000001"),
        ("mijn postcode is 1012 AB", "1012AB"),
        ("mój kod pocztowy to 00-950", "00950"),
        ("posta kodum 34000", "34000"),
        ("мій індекс 01001", "01001"),
        ("10115 Berlin", "10115"),
        ("Berlin 10115", "10115"),
        ("2000 Antwerpen", "2000"),
        ("1012 AB Amsterdam", "1012AB"),
        ("London SW1A 1AA", "SW1A1AA"),
        ("Elm Street 5, 10115 Berlin", "10115"),
        ("Where does it stay? 10115", "10115"),
    ],
)
def test_it_stands_as_an_answer(text: str, code: str) -> None:
    """With its name, a town or small words beside it, in ten languages."""
    assert postcodes_in(text) == (code,)


@pytest.mark.parametrize(
    "text",
    [
        "2026 again",
        "12 maggio 2026",
        "12/05/2026",
        "room 1010 please",
        "I have 12345 of them now",
        "1200 zł",
        "$12345",
        "25000 yours for 3 hours",
        "the 2nd, the 10th",
        "XL2",
        "is it 10115?",
        "5",
    ],
)
def test_other_numbers_are_none(text: str) -> None:
    """Years, dates, rooms, sizes, prices, and what stands amid a sentence."""
    assert postcodes_in(text) == ()


def test_what_may_be_another_order_needs_a_town() -> None:
    """Of two numbers in one sentence the second is rather an order than a proof."""
    assert postcodes_in("cancel | and 70002", orders=("70001", "70002")) == ()
    assert postcodes_in("| 70002", orders=("70001", "70002")) == ("70002",)
