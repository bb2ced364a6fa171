"""Sizes as shops write them, and the steps between two of them."""

from __future__ import annotations

import pytest

from flows.sizes import steps


@pytest.mark.parametrize(
    ("one", "other", "between"),
    [
        ("L", "XL", 1),
        ("L", "M", -1),
        ("XXL", "2XL", 0),
        ("XXXL", "3XL", 0),
        ("2X", "XXL", 0),
        ("x-large", "Extra Large", 0),
        ("medium", "L", 1),
        ("XXS", "S", 2),
        ("4XL", "5XL", 1),
        ("Youth M", "YL", 1),
        ("7-8 years", "9-10Y", 1),
        ("98/104", "110/116", 1),
        ("32/34", "W32 L34", 0),
        ("W32/L34", "32x36", 1),
        ("31/32", "30/32", -1),
        ("34/32", "36/32", 1),
        ("31/32", "32/34", 2),
        ("One Size", "OSFA", 0),
        (None, "one size", 0),
        (None, None, 0),
        ("EU 42", "EU 43", 1),
        ("EU 42", "UK 8", 0),
        ("UK 8", "US 9", 0),
        ("US W 8", "UK 6", 0),
        ("Women's US 8", "Men's US 7", 0),
        ("8.5 UK", "EU 42.5", 0),
        ("38", "40", 1),
        ("7", "8", 1),
    ],
)
def test_steps_are_counted_on_one_scale(
    one: str | None, other: str | None, between: float
) -> None:
    """Above zero is bigger, and the way back is as long."""
    assert steps(one, other) == pytest.approx(between)
    assert steps(other, one) == pytest.approx(-between)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L", "42"),
        ("M", "Youth M"),
        ("W32", "32/34"),
        ("98/104", "116"),
        ("L", None),
        ("grande", "L"),
        ("UK 40", "EU 40"),
    ],
)
def test_what_cannot_be_compared_is_not_guessed(one: str, other: str | None) -> None:
    """Two scales, or a word nobody knows: no distance at all."""
    assert steps(one, other) is None


def test_a_plain_number_on_a_shoe_is_a_shoe_size() -> None:
    """42 and 43 are neighbours on a shoe, while dresses come in even numbers."""
    assert steps("42", "43", category="Sneakers") == 1
    assert steps("42", "UK 8", category="shoe") == 0
    assert steps("42", "44", category="shoe") == 2
    assert steps("42", "44", category="dress") == 1


def test_the_same_words_are_the_same_size_whatever_they_mean() -> None:
    """A size of the shop's own making equals itself."""
    assert steps("Grande", "grande ") == 0
