"""What strangers claim: an order's number, and one thing that may prove it theirs.

A try is an answer, never a question: an e-mail address, or what has a postcode's shape
and little beside it. One of each at most, so that nobody guesses thirty at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.intents import understand
from flows.postcodes import postcodes_in
from flows.understanding.normalise import fold

#: Whoever writes more, in letters and in words, tells a story.
_LETTERS, _WORDS = 400, 40
#: What stands where an address, an order's number or a phone number was.
_GONE = " | "
_IN_MAIL = r"[^\s@<>\[\](){},;:|\"“”„?!]"
_MAIL = re.compile(rf"{_IN_MAIL}{{1,64}}@{_IN_MAIL}{{1,255}}")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
#: At least nine digits that begin as phone numbers do.
_PHONE = re.compile(r"(?<!\w)[+0](?:[\s()/.-]*\d){8,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An order's number with one e-mail address, one postcode, or one of each."""

    number: str
    email: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offered:
    """What a message gives as proof of one order."""

    emails: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()

    @property
    def several(self) -> bool:
        return len(self.emails) > 1 or len(self.postcodes) > 1

    @property
    def one(self) -> bool:
        return bool(self.emails or self.postcodes) and not self.several


def read_claim(text: str, claimed: str | None) -> Claim | None:
    """Return what a stranger claims and offers as proof; None when that is no try.

    Number and proof come in one message, or the number came before (``claimed``).
    """
    for number, offered in _offers(text, claimed):
        if offered.one:
            return Claim(
                number=number,
                email="".join(offered.emails),
                postcode="".join(offered.postcodes),
            )
    return None


def claimed_with_several(text: str, claimed: str | None) -> str | None:
    """Return the number of an order that a message offers more than one proof of."""
    offers = _offers(text, claimed)
    if any(offered.one for _, offered in offers):
        return None
    return next((claimed or n for n, offered in offers if offered.several), None)


def _offers(text: str, claimed: str | None) -> list[tuple[str, _Offered]]:
    """Return the orders a message can be about, likeliest first, each with its proofs.

    A number that stands alone may be the postcode that was asked for.
    """
    if text.startswith("/") or len(text) > _LETTERS or len(text.split()) > _WORDS:
        return []
    refs = understand(text).order_refs
    named = [(number, _offered(text, number, refs)) for number in refs[:1]]
    if not claimed or claimed in refs:
        return named
    before = (claimed, _offered(text, claimed, refs))
    return [before, *named] if _answers(text, before[1], refs) else [*named, before]


def _answers(text: str, offered: _Offered, refs: tuple[str, ...]) -> bool:
    """Return whether what looks like an order's number is the postcode asked for."""
    if not offered.one or not refs or refs[0] not in offered.postcodes:
        return False
    mail = _MAIL.search(text)
    return mail is None or mail.start() < text.upper().find(refs[0])


def _offered(text: str, number: str, refs: tuple[str, ...]) -> _Offered:
    folded = fold(text)
    emails = (mail[0].strip("'._-").casefold() for mail in _MAIL.finditer(folded))
    rest = _LINK.sub(_GONE, _MAIL.sub(_GONE, folded))
    rest = _PHONE.sub(_GONE, _without(rest, number))
    orders = refs if number in refs else ()
    return _Offered(
        emails=tuple(dict.fromkeys(emails)),
        postcodes=postcodes_in(rest, orders=orders),
    )


def _without(text: str, number: str) -> str:
    """Return the text without an order's number, however that is written there."""
    signs = [re.escape(sign) for sign in number if sign.isalnum()]
    if not signs:
        return text
    spelled = r"[\W_]?".join(signs)
    written = re.compile(rf"#?(?<!\w){spelled}(?!\w)", re.IGNORECASE)
    return written.sub(_GONE, text, count=1)
