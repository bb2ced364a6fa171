"""Finds the order numbers in a message.

One rule: what could be something else (a phone number, a price, a date, a
postcode, a parcel number) is taken out of the text first, from the surest shape
to the vaguest; what is left is an order number when its own shape, a "#", the
nearest label or the rest of the message says so. The result is a list of
candidates: the caller looks each up among the customer's own orders.
"""

import re

from flows.understanding.normalise import fold
from flows.understanding.numbers import Surroundings, take_numbers
from flows.understanding.ref_shapes import NEVER_A_REF, NOT_A_REF, SURE, verbose

_MARKS = re.compile(
    r"[*`~|<>\[\]{}\"“”„«»\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]"
)
_HIDDEN_CARD = re.compile(r"(?:[*x•]{3,}|\*{2,} )[ -]?\d{4}\b")
#: "Re:" of a mail's subject.
_SUBJECT = re.compile(r"^\s*(?:re|aw|fwd?|wg|sv|odp)\s?:\s*", re.IGNORECASE)
#: "order1042", "no.1042": the label and its number were typed together.
_GLUED = re.compile(
    r"(?<![\w-])(orders?|bestellung|auftrag|commande|pedido|ordine|encomenda|bestelling"
    r"|zam[oó]wienie|sipari[sş]|замовлення|заказ|(?:no|nr|num|nro)\.)(?=\d{3})",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")


def find_order_refs(text: str) -> tuple[str, ...]:
    """Returns the order references of a message, upper case, in order, once each."""
    folded = fold(text)
    if not _DIGIT.search(folded):
        return ()
    folded = _MARKS.sub(" ", _HIDDEN_CARD.sub(_blank, folded))
    folded = _GLUED.sub(r"\1 ", _SUBJECT.sub("", folded))
    found: list[tuple[int, str]] = []
    folded = _from_addresses(folded, found)
    for shape in NEVER_A_REF:
        folded = shape.sub(_blank, folded)
    folded = _take_sure(folded, found)
    for shape in NOT_A_REF:
        folded = shape.sub(_blank, folded)
    take_numbers(folded, found)
    found.sort()
    return tuple(dict.fromkeys(ref for _, ref in found))


def _blank(match: re.Match[str]) -> str:
    """Returns a filler as long as the match, so that positions stay true."""
    return "\x00" * (match.end() - match.start())


# --- web and mail addresses ----------------------------------------------------

_URL = verbose(
    r"(?:https?://|www\.)\S+ | \b[\w.-]+\.(?:com|net|org|shop|store|eu|de)/\S*"
)
_MAIL = verbose(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_URL_REF = verbose(
    r"[?&\#/](?:order(?:s|_?id|_?no|_?number|_?ref)?|orders?/status|id|bestellung"
    r"|pedido|commande|ordine)[=/]\#?([a-z]{0,5}[-_]?\d{3,}(?:-\d+)*)",
)


def _from_addresses(text: str, found: list[tuple[int, str]]) -> str:
    """Takes web and mail addresses out; an order page's number stays."""

    def take(match: re.Match[str]) -> str:
        ref = _URL_REF.search(match[0])
        if ref:
            found.append((match.start(), ref[1].upper()))
        return _blank(match)

    return _MAIL.sub(_blank, _URL.sub(take, text))


# --- shapes that are an order number by themselves --------------------------------


def _take_sure(text: str, found: list[tuple[int, str]]) -> str:
    """Moves what has a sure shape from the text to the findings."""
    for shape in SURE:
        if not shape.search(text):
            continue
        around = Surroundings(text)

        def take(match: re.Match[str], around: Surroundings = around) -> str:
            if around.label_before(match.start()) in {"", "order"}:
                found.append((match.start(), match[0].upper().replace(" ", "")))
            return _blank(match)

        text = shape.sub(take, text)
    return text
