"""Finds the order numbers in a message.

One rule: what could be something else (a phone number, a price, a date, a
postcode, a parcel number) is taken out of the text first, from the surest shape
to the vaguest; what is left is an order number when its own shape, a "#", the
nearest label or the rest of the message says so. The result is a list of
candidates: the caller looks each up among the customer's own orders.
"""

import re
from typing import Final

from flows.understanding import labels
from flows.understanding.normalise import fold

_MARKS = re.compile(
    r"[*`~|<>\[\]{}\"“”„«»\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]"
)
_HIDDEN_CARD = re.compile(r"(?:[*x•]{3,}|\*{2,} )[ -]?\d{4}\b")
_DIGIT = re.compile(r"\d")


def find_order_refs(text: str) -> tuple[str, ...]:
    """Returns the order references of a message, upper case, in order, once each."""
    folded = fold(text)
    if not _DIGIT.search(folded):
        return ()
    folded = _MARKS.sub(" ", _HIDDEN_CARD.sub(_blank, folded))
    found: list[tuple[int, str]] = []
    folded = _from_addresses(folded, found)
    for shape in _NOT_A_REF_EVER:
        folded = shape.sub(_blank, folded)
    folded = _take(_SURE, folded, found)
    for shape in _NOT_A_REF:
        folded = shape.sub(_blank, folded)
    _take_numbers(folded, found)
    found.sort()
    return tuple(dict.fromkeys(ref for _, ref in found))


def _blank(match: re.Match[str]) -> str:
    """Returns a filler as long as the match, so that positions stay true."""
    return "\x00" * (match.end() - match.start())


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)


# --- web and mail addresses ----------------------------------------------------

_URL = _re(r"(?:https?://|www\.)\S+ | \b[\w.-]+\.(?:com|net|org|shop|store|eu|de)/\S*")
_MAIL = _re(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_URL_REF = _re(
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


# --- shapes that are never an order number ---------------------------------------

_NOT_A_REF_EVER: Final = (
    # Parcel numbers: UPS, Universal Postal Union, DHL, Amazon, long carrier digits.
    _re(r"\b1Z[0-9A-Z]{12,16}\b"),
    _re(r"\b[A-Z]{2}\ ?\d{3}\ ?\d{3}\ ?\d{3}\ ?[A-Z]{2}\b"),
    _re(r"\b(?:JJ?D|JVGL|GM|LX|TBA|C)\d{10,24}\b"),
    _re(r"\b\d{18,30}\b"),
    _re(r"\b[A-Z]{2}\d{2}(?:\ ?[A-Z0-9]{4}){3,7}(?:\ ?[A-Z0-9]{1,3})?\b"),  # IBAN
    _re(r"\b\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{2,4}\b"),  # payment cards
    _re(r"\b\d{4}[ -]\d{6}[ -]\d{5}\b"),
    _re(r"(?:[x•*]{2,}|\.{3,}|…)[ -]?\d{4}\b"),
    # Dates.
    _re(r"\b(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])\b"),
    _re(r"(?<![\d#])[0-3]?\d[./-][0-3]?\d[./-](?:(?:19|20)\d\d|\d\d)\b(?![-\d])"),
    _re(r"(?<![\d.#/-])(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?!\d)"),
    _re(r"(?<![\d.#/-])(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|1[0-2])(?![\d./-])"),
    # Times of the day.
    _re(r"\b\d{1,2}[:h.]\d{2}(?:[:.]\d{2})?\ ?(?:am|pm|uhr|h\b)"),
    _re(r"(?<![\d#])\d{1,2}[:h]\d{2}(?![\d-])"),
    # Prices: a currency before or after, or cents behind a comma.
    _re(rf"(?<![a-z])(?:{labels.CURRENCY})\ ?-?\d+(?:[.,']\d+)*(?:\ \d{{3}}\b)?"),
    _re(rf"(?<![\w#])\d[\d.,']*\ ?(?:{labels.CURRENCY}|{labels.CURRENCY_WORD})(?!\w)"),
    _re(rf"(?<![\w])(?:{labels.CURRENCY_WORD})\ ?\d[\d.,']*(?!\w)"),
    _re(r"(?<![\w#.,])\d{1,3}(?:[.,']\d{3})*[.,]\d{2}(?![\d\w])"),
    _re(r"(?<![\w#])\d+(?:[.,]\d+)?\ ?(?:%|percent\b|prozent\b|rabatt\b)"),
    # Phone numbers that look like one.
    _re(r"(?<![\w#])(?:\+|00(?=[1-9]\d[\s\d/-]))\(?\d[\d\s()./-]{6,18}\d"),
    _re(r"\(\d{2,5}\)\ ?\d{3,4}[ -]?\d{3,5}(?:[ -]?\d{2,4})?"),
    _re(r"(?<![\w#-])\d{3}[-. ]\d{3}[-. ]\d{4}(?![\d-])"),
    _re(r"(?<![\w#-])\d{3}-\d{4}(?![\w-])"),
    _re(r"(?<![\w#-])0\d{2,4}[ /-]\d{3,8}(?:[ -]\d{2,6})*(?![\d-])"),
    _re(r"(?<![\w#-])\d{2}(?:[ .]\d{2}){4}(?!\d)"),
    _re(r"(?<![\w#-])0[1-9]\d{8,10}(?![\w-])"),
    # Product names: letters glued to digits glued to letters.
    _re(r"\b[A-Z]{1,4}-?\d{2,5}[A-Z]{1,3}\d{0,2}\b(?!-)"),
)

# --- shapes that are an order number by themselves --------------------------------

_PREFIX: Final = r"(?:ord(?:er)?|so|po|web|shop|wc|wo|bo|sale|best|auftrag|cmd|ped|zam)"
_NOT_PREFIX: Final = (
    r"(?!(?:inv|re|rg|rnr|tk|tkt|tck|tic|ticket|case|cust|cus|kd|kdnr|cu|sku|art|ean|upc|"
    r"rma|ret|iso|din|en|covid|cod|pin|otp|vat|ust|iban|ref|fa|fac|fact|fs|fv|cn|gs|"
    r"rtx|gtx|usb|wh|wf|mk|mod|model|type|typ|size|gr|nr|no|tel|fax|ph|isbn|asin|bic|"
    r"id|mid|pre|post|pack|set|lot|part|pt|pn|sn|imei|eur|usd|gbp|inr)[-_ ]?\d)"
)
_SURE: Final = (
    _re(r"(?<![\w-])\d{3}\ ?-\ ?\d{7}\ ?-\ ?\d{7}(?![\w-])"),
    _re(
        rf"(?<![\w-]){_NOT_PREFIX}{_PREFIX}[-_]?\d{{3,}}(?:[-_]\d+)*(?:-[A-Z])?(?![\w-])"
    ),
    _re(
        rf"(?<![\w-]){_NOT_PREFIX}[A-Z]{{2,6}}[-_](?:20\d\d-)?\d{{3,}}(?:-[A-Z])?(?![\w-])"
    ),
    _re(rf"(?<![\w-]){_NOT_PREFIX}[A-Z]{{2,6}}[-_]\d{{2,}}(?:[-_]\d{{2,}})+(?![\w-])"),
    _re(
        rf"(?<![\w-]){_NOT_PREFIX}[A-Z]{{1,3}}\d{{1,4}}-\d{{3,}}(?:-[A-Z0-9]+)?(?![\w-])"
    ),
    _re(r"(?<![\w-])[A-Z]{1,3}\d{6,12}(?![\w-])"),
)

_LEFT: Final = re.compile(rf"(?:{labels.ANY_LABEL})", re.IGNORECASE)


def _take(
    shapes: tuple[re.Pattern[str], ...],
    text: str,
    found: list[tuple[int, str]],
) -> str:
    """Moves what has a sure shape from the text to the findings."""

    def take(match: re.Match[str]) -> str:
        label = _label_before(text, match.start())
        if label in {"", "order"}:
            found.append((match.start(), match[0].upper().replace(" ", "")))
        return _blank(match)

    for shape in shapes:
        text = shape.sub(take, text)
    return text


# --- plain numbers -----------------------------------------------------------------

_NOT_A_REF: Final = (
    _re(rf"(?<![\w#-])\d+(?:[.,]\d+)?(?:\ ?-\ ?|\ ?x\ ?)?(?:{labels.UNIT})(?!\w)"),
    _re(rf"\b(?:{labels.STREET_BEFORE})\ ?\d+\ ?[a-z]?\b"),
    _re(rf"(?<![\w#-])\d+[a-z]?\ (?:[a-z]+\ ){{0,2}}(?:{labels.STREET_AFTER})\b"),
    _re(r"(?<![\w#-])[A-Z]{1,2}\d[A-Z\d]?\ \d[A-Z]{2}\b"),  # British postcodes
    _re(r"(?<![\w#-])\d{1,4}\ ?x\ ?\d{1,4}(?!\w)"),
)

_NUMBER: Final = _re(
    r"(?P<mark>\#|№|(?<!\w)n[°º]|(?<!\w)n\.?[oº°]\.?(?=\s?\d))?\s?"
    r"(?<![\w.,-])(?P<ref>"
    r"[A-Z]{1,6}[-_]?\d{2,}(?:[-_]\d+)*(?:-[A-Z]{1,2})?"
    r"|\d{4,}[A-Z](?=[^\w-]|$)|\d+(?:-\d+)*(?:-[A-Z]{1,2})?)"
    r"(?![\w]|[.,]\d|-\d)",
)
_GROUPED: Final = re.compile(r"(?<![\w.,#-])(\d{1,3})[.,' ](\d{3})(?![\d.,]\d|\d)")
_LIST: Final = re.compile(
    rf"^[\s\x00]*(?:,|/|&|\+|;|{labels.AND}|\s)+[\s#№]*(?:{labels.AND})?[\s#№]*$",
    re.IGNORECASE,
)
_FILLER: Final = re.compile(
    rf"^[\s\x00]*(?:(?:{labels.BETWEEN})[\s\x00:#№.=()-]*){{0,4}}$",
    re.IGNORECASE,
)
_AFTER: Final = re.compile(
    rf"^[\s,.!)-]*(?:{labels.IS_MY})\s+(?:\w+\s+)?(?P<label>{labels.ANY_LABEL})",
    re.IGNORECASE,
)


def _label_before(text: str, start: int) -> str:
    """Returns the kind of the label just before a position, "" when there is none."""
    left = text[max(0, start - 48) : start]
    last = max(_LEFT.finditer(left), key=re.Match.end, default=None)
    if last is None or not _FILLER.match(left[last.end() :]):
        return ""
    return labels.kind_of(last[0])


_MIXED: Final = _re(
    rf"(?:{labels.NAMED_ORDER})[\s:#=.]*(?:is\s)?"
    r"\#?(?P<ref>(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{5,12})(?![\w-])",
)


def _take_numbers(text: str, found: list[tuple[int, str]]) -> None:
    """Adds the plain numbers that can be nothing but an order number."""
    text = _GROUPED.sub(
        lambda m: (
            m[1] + m[2] + "\x00"
            if _label_before(text, m.start()) == "order"
            else _blank(m)
        ),
        text,
    )
    found.extend((m.start("ref"), m["ref"].upper()) for m in _MIXED.finditer(text))
    text = _MIXED.sub(_blank, text)
    rest = None
    end_of_last = -1
    for match in _NUMBER.finditer(text):
        ref, start = match["ref"].upper(), match.start("ref")
        label = _label_before(text, match.start())
        if (
            not label
            and end_of_last >= 0
            and _LIST.match(
                text[end_of_last : match.start()],
            )
        ):
            label = "order"
        if not label and (after := _AFTER.match(text[match.end() :])):
            label = labels.kind_of(after["label"])
        digits = sum(c.isdigit() for c in ref)
        if match["mark"] and label in {"", "order"}:
            taken = digits >= 3
        elif label == "order":
            taken = digits >= 3 and not _a_quantity(text, match)
        elif label or not ref.isdigit():
            taken = False
        else:
            rest = rest or _Rest(text)
            taken = rest.leaves_room_for(ref, match)
        if taken:
            found.append((start, ref))
            end_of_last = match.end()


_TO_ORDER: Final = re.compile(
    r"(?:\bto|\bwant|\bwanna|\bi|\blike|\bcan i|\blet me|\bbitte)\s+order\s*$",
    re.IGNORECASE,
)


def _a_quantity(text: str, match: re.Match[str]) -> bool:
    """Returns whether "order 250" is an order for 250 pieces."""
    return len(match["ref"]) <= 4 and bool(_TO_ORDER.search(text[: match.start()]))


_SHORTEST: Final = 4
#: Longer bare numbers are phone numbers …
_LONGEST_BARE: Final = 9
#: … unless the message talks of an order.
_LONGEST_NAMED: Final = 15
_ORDER_TALK: Final = re.compile(
    r"\b(?:cancel\w*|status|orders?|purchase|refund|stornier\w*|annul\w*)\b",
    re.IGNORECASE,
)


class _Rest:
    """Judges a bare number by what else the message talks about."""

    __slots__ = ("_context", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._context = labels.spoils_bare_numbers(text)

    def leaves_room_for(self, ref: str, match: re.Match[str]) -> bool:
        """Returns whether the bare number can only be an order number."""
        longest = _LONGEST_NAMED if _ORDER_TALK.search(self._text) else _LONGEST_BARE
        if self._context or not _SHORTEST <= len(ref) <= longest:
            return False
        if len(ref) == 8 and re.fullmatch(r"20\d\d(?:0\d|1[0-2])[0-3]\d", ref):
            return False
        left, right = self._text[: match.start()], self._text[match.end() :]
        town = re.match(r",?\s([A-ZÀ-Þ][a-zß-ÿ]+)[\s.,!]*$", right)
        if town and len(ref) <= 5 and town[1].lower() not in labels.BEFORE_A_SHORT_ONE:
            return False  # "10115 Berlin"
        if len(ref) > 4:
            return not re.search(r"\b[A-Z]{2,}\s$", left)
        if ref.startswith(("19", "20")):
            return False
        word = re.search(r"([^\W\d]+)[\s:#,.(-]*$", left)
        return word is None or word[1].lower() in labels.BEFORE_A_SHORT_ONE
