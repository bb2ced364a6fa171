"""The shapes of numbers: what is never an order number, and what always is.

One rule: shapes are tried from the surest to the vaguest, each on what the ones
before it have left.
"""

import re
from typing import Final

from flows.understanding import labels


def verbose(pattern: str) -> re.Pattern[str]:
    """Returns a pattern that ignores case and its own spaces."""
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)


NEVER_A_REF: Final = (
    # Parcel numbers: UPS, Universal Postal Union, DHL, Amazon, long carrier digits.
    verbose(r"\b1Z[0-9A-Z]{12,16}\b"),
    verbose(r"\b[A-Z]{2}\ ?\d{3}\ ?\d{3}\ ?\d{3}\ ?[A-Z]{2}\b"),
    verbose(r"\b(?:JJ?D|JVGL|GM|LX|TBA|C)\d{10,24}\b"),
    verbose(r"\b\d{18,30}\b"),
    verbose(r"\b[A-Z]{2}\d{2}(?:\ ?[A-Z0-9]{4}){3,7}(?:\ ?[A-Z0-9]{1,3})?\b"),  # IBAN
    verbose(r"\b\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{2,4}\b"),  # payment cards
    verbose(r"\b\d{4}[ -]\d{6}[ -]\d{5}\b"),
    verbose(r"(?:[x•*]{2,}|\.{3,}|…)[ -]?\d{4}\b"),
    # Dates.
    verbose(r"\b(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])\b"),
    verbose(r"(?<![\d#])[0-3]?\d[./-][0-3]?\d[./-](?:(?:19|20)\d\d|\d\d)\b(?![-\d])"),
    verbose(r"(?<![\d.#/-])(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?!\d)"),
    verbose(r"(?<![\d.#/-])(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|1[0-2])(?![\d./-])"),
    # Times of the day.
    verbose(r"\b\d{1,2}[:h.]\d{2}(?:[:.]\d{2})?\ ?(?:am|pm|uhr|h\b)"),
    verbose(r"(?<![\d#])\d{1,2}[:h]\d{2}(?![\d-])"),
    # Prices: a currency before or after, or cents behind a comma.
    verbose(
        rf"(?<![a-z])(?:{labels.CURRENCY})\ ?-?\d+(?:[.,']\d{{1,9}}){{0,6}}"
        r"(?:\ \d{3}\b)?",
    ),
    verbose(
        r"(?<![\w#])\d[\d.,']{0,18}\ ?"
        rf"(?:{labels.CURRENCY}|{labels.CURRENCY_WORD})(?!\w)",
    ),
    verbose(rf"(?<![\w])(?:{labels.CURRENCY_WORD})\ ?\d[\d.,']{{0,18}}(?!\w)"),
    verbose(r"(?<![\w#.,])\d{1,3}(?:[.,']\d{3})*[.,]\d{2}(?![\d\w])"),
    verbose(r"(?<![\w#])\d+(?:[.,]\d+)?\ ?(?:%|percent\b|prozent\b|rabatt\b)"),
    # Phone numbers that look like one.
    verbose(r"(?<![\w#])(?:\+|00(?=[1-9]\d[\s\d/-]))\(?\d[\d\s()./-]{6,18}\d"),
    verbose(r"\(\d{2,5}\)\ ?\d{3,4}[ -]?\d{3,5}(?:[ -]?\d{2,4})?"),
    verbose(r"(?<![\w#-])\d{3}[-. ]\d{3}[-. ]\d{4}(?![\d-])"),
    verbose(r"(?<![\w#-])\d{3}-\d{4}(?![\w-])"),
    verbose(r"(?<![\w#-])0\d{2,4}[ /-]\d{3,8}(?:[ -]\d{2,6})*(?![\d-])"),
    verbose(r"(?<![\w#-])\d{2}(?:[ .]\d{2}){4}(?!\d)"),
    verbose(r"(?<![\w#-])0[1-9]\d{8,10}(?![\w-])"),
    # Product names: letters glued to digits glued to letters.
    verbose(r"\b[A-Z]{1,4}-?\d{2,5}[A-Z]{1,3}\d{0,2}\b(?!-)"),
)

_PREFIX: Final = r"(?:ord(?:er)?|so|po|web|shop|wc|wo|bo|sale|best|auftrag|cmd|ped|zam)"
NOT_PREFIX: Final = (
    r"(?!(?:inv|re|rg|rnr|tk|tkt|tck|tic|ticket|case|cust|cus|kd|kdnr|cu|sku|art|ean|upc|"
    r"rma|ret|iso|din|en|covid|cod|pin|otp|vat|ust|iban|ref|fa|fac|fact|fs|fv|cn|gs|"
    r"rtx|gtx|usb|wh|wf|mk|mod|model|type|typ|size|gr|nr|no|tel|fax|ph|isbn|asin|bic|"
    r"id|mid|pre|post|pack|set|lot|part|pt|pn|sn|imei|eur|usd|gbp|inr)[-_ ]?\d)"
)
SURE: Final = (
    verbose(r"(?<![\w-])\d{3}\ ?-\ ?\d{7}\ ?-\ ?\d{7}(?![\w-])"),
    verbose(
        rf"(?<![\w-]){NOT_PREFIX}{_PREFIX}[-_]?\d{{3,}}(?:[-_]\d+)*(?:-[A-Z])?(?![\w-])"
    ),
    verbose(
        rf"(?<![\w-]){NOT_PREFIX}[A-Z]{{2,6}}[-_](?:20\d\d-)?\d{{3,}}(?:-[A-Z])?(?![\w-])"
    ),
    verbose(
        rf"(?<![\w-]){NOT_PREFIX}[A-Z]{{2,6}}[-_]\d{{2,}}(?:[-_]\d{{2,}})+(?![\w-])"
    ),
    verbose(
        rf"(?<![\w-]){NOT_PREFIX}[A-Z]{{1,3}}\d{{1,4}}-\d{{3,}}(?:-[A-Z0-9]+)?(?![\w-])"
    ),
    verbose(r"(?<![\w-])[A-Z]{1,3}\d{6,12}(?![\w-])"),
)

#: What else a plain number can be, by what stands next to it.
NOT_A_REF: Final = (
    verbose(rf"(?<![\w#-])\d+(?:[.,]\d+)?(?:\ ?-\ ?|\ ?x\ ?)?(?:{labels.UNIT})(?!\w)"),
    verbose(rf"\b(?:{labels.STREET_BEFORE})\ ?\d+\ ?[a-z]?\b"),
    verbose(rf"(?<![\w#-])\d+[a-z]?\ (?:[a-z]+\ ){{0,2}}(?:{labels.STREET_AFTER})\b"),
    verbose(r"(?<![\w#-])[A-Z]{1,2}\d[A-Z\d]?\ \d[A-Z]{2}\b"),  # British postcodes
    verbose(r"(?<![\w#-])\d{1,4}\ ?x\ ?\d{1,4}(?!\w)"),
)
