"""The first usable e-mail and phone of several, with remarks where none is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.importers.contact import normalise_email, normalise_phone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from store.importers.report import Remarks


def email_of(emails: Iterable[str | None], *, row: int, remarks: Remarks) -> str | None:
    """Return the first address that is one; told ones that are none are noted."""
    told = [email for email in emails if email]
    for email in told:
        if normal := normalise_email(email):
            return normal
    if told:
        remarks.warn(row, "email", told[0], "an e-mail address")
    return None


def phone_of(
    phones: Iterable[str | None], region: str | None, *, row: int, remarks: Remarks
) -> str | None:
    """Return the first valid number in E.164; told ones that are invalid are noted."""
    told = [phone for phone in phones if phone]
    for phone in told:
        if normal := normalise_phone(phone, region):
            return normal
    if told:
        remarks.warn(row, "phone", told[0], "a phone number with its country code")
    return None
