"""One spelling each for e-mail, phone, locale and country."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.importers.contact import (
    guest_id,
    normalise_country,
    normalise_email,
    normalise_locale,
    normalise_phone,
    postcode,
)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        (" Rita@Example.TEST ", "rita@example.test"),
        ("a.b+shop@example.test", "a.b+shop@example.test"),
        ("\uff21@example.test", "a@example.test"),
        ("nobody", None),
        ("@example.test", None),
        ("a b@example.test", None),
        (None, None),
    ],
)
def test_email(text: str | None, normal: str | None) -> None:
    """Case, blanks and widths go; dots and plus signs stay; other things are none."""
    assert normalise_email(text) == normal


@given(st.emails())
def test_email_is_stable(address: str) -> None:
    """A normal address is its own normal form, so guests never split."""
    normal = normalise_email(address)
    assert normal is not None
    assert normalise_email(normal) == normal
    assert guest_id(normal) == guest_id(normalise_email(address.upper()) or "")


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("912 345 678", "PT", "+351912345678"),
        ("+351 912-345-678", None, "+351912345678"),
        ("912 345 678", None, None),
        ("12", "US", None),
        ("ring the bell", "US", None),
    ],
)
def test_phone(text: str, region: str | None, number: str | None) -> None:
    """A valid number becomes E.164, a doubtful one nothing."""
    assert normalise_phone(text, region) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [("pt", "PT"), ("United States", "US"), ("Narnia", None), (None, None)],
)
def test_country(text: str | None, code: str | None) -> None:
    """A country is known by its code or its English name."""
    assert normalise_country(text) == code


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("en", "en"),
        ("pt_br", "pt-BR"),
        ("zh-TW", "zh-Hant-TW"),
        ("xx-yy", None),
        ("", None),
    ],
)
def test_locale(text: str, tag: str | None) -> None:
    """A locale becomes a language tag."""
    assert normalise_locale(text) == tag


def test_postcode() -> None:
    """The apostrophe that keeps a spreadsheet from dropping zeros is no letter."""
    assert postcode("'01099") == "01099"
    assert postcode(" ") is None
