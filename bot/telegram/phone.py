"""Telephone numbers from contact cards, in the one form the shop's rows use."""

from __future__ import annotations

import phonenumbers


def e164(number: str) -> str:
    """Return the number as E.164 where it can be one, else its digits as they came.

    Telegram gives a person's own number with its country code, with or without
    the plus sign; cards from an address book may hold anything.
    """
    digits = "".join(char for char in number if char.isascii() and char.isdecimal())
    if not digits:
        return ""
    international = digits.removeprefix("00")
    try:
        parsed = phonenumbers.parse(f"+{international}")
    except phonenumbers.NumberParseException:
        return digits
    if phonenumbers.is_possible_number(parsed):
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return digits
