"""Who a customer is: e-mail, phone, locale and country in one spelling each."""

from __future__ import annotations

import hashlib
import unicodedata
from functools import cache

import phonenumbers
from babel import Locale, UnknownLocaleError


def normalise_email(text: str | None) -> str | None:
    """Return an address trimmed, NFKC and lower case, or nothing when it is none.

    Dots and plus signs stay: only Gmail ignores them, others deliver elsewhere.
    """
    plain = unicodedata.normalize("NFKC", text or "").strip().lower()
    name, at, host = plain.rpartition("@")
    if not (name and at and host) or any(c.isspace() for c in plain):
        return None
    return plain


def normalise_phone(text: str | None, region: str | None) -> str | None:
    """Return a number in E.164, or nothing when it is no valid number.

    ``region`` (ISO country) reads numbers written without their country code.
    """
    try:
        number = phonenumbers.parse(text or "", region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise_locale(text: str | None) -> str | None:
    """Return a locale as a BCP 47 tag ("pt-BR"), or nothing when it is unknown."""
    try:
        return str(Locale.parse((text or "").replace("-", "_"))).replace("_", "-")
    except (ValueError, UnknownLocaleError):
        return None


def normalise_country(text: str | None) -> str | None:
    """Return an ISO country code for a code or an English country name."""
    plain = (text or "").strip()
    if plain.upper() in _countries().values():
        return plain.upper()
    return _countries().get(plain.casefold())


@cache
def _countries() -> dict[str, str]:
    names = Locale("en").territories
    return {
        name.casefold(): code
        for code, name in names.items()
        if len(code) == 2 and code.isalpha()
    }


def guest_id(contact: str) -> str:
    """Return the id of the one customer behind a normalised e-mail or phone."""
    return f"guest:{hashlib.sha256(contact.encode()).hexdigest()[:32]}"


def postcode(text: str | None) -> str | None:
    """Return a post code without the apostrophe spreadsheets protect it with."""
    return (text or "").strip().removeprefix("'").strip() or None
