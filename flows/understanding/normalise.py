"""Folds text as people type it into text that can be compared.

One rule: whatever does not change the meaning (width, case, accents, curly
quotes, repeated letters, invisible marks) is gone after `fold` and `plain`.
"""

import re
import unicodedata

_INVISIBLE = dict.fromkeys(
    [
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
        0x00AD,
        0x061C,
        0x20E3,
        0xFEFF,
        *range(0x1F3FB, 0x1F400),
    ],
)
_DASHES = dict.fromkeys(
    [*range(0x2010, 0x2016), 0x2043, 0x2212, 0xFE58, 0xFE63, 0xFF0D],
    "-",
)
_QUOTES = dict.fromkeys(
    map(ord, "\u2018\u2019\u201a\u201b\u02bc\u00b4\u0060\u2032"), "'"
)
#: NFKC would make "No" of the numero sign and "o" of its ordinal.
_BEFORE = {0x2116: "#", 0xBA: "\u00b0"}
_FOLD: dict[int, str | None] = {**_INVISIBLE, **_DASHES, **_QUOTES}

#: Letters that no accent table knows, and look-alikes people do not tell apart.
_LETTERS = {
    "\u00df": "ss",  # sharp s
    "\u00e6": "ae",
    "\u0153": "oe",
    "\u00f8": "o",
    "\u0111": "d",
    "\u00f0": "d",
    "\u00fe": "th",
    "\u0142": "l",
    "\u0131": "i",  # Turkish, without its dot
    "\u0259": "e",
    "\u03c2": "\u03c3",  # sigma at the end of a word
    "\u0451": "\u0435",  # Russian yo, written ye
    "\u064a": "\u06cc",  # Arabic and Persian ye
    "\u0649": "\u06cc",
    "\u0643": "\u06a9",  # Arabic and Persian kaf
    "\u0623": "\u0627",  # alef with its marks
    "\u0625": "\u0627",
    "\u0622": "\u0627",
    "\u0629": "\u0647",  # te marbuta, written he
}


def _accents() -> dict[int, str | None]:
    """Returns the table that takes accents off Latin and Greek letters."""
    table: dict[int, str | None] = {ord(a): b for a, b in _LETTERS.items()}
    ranges = (range(0xC0, 0x250), range(0x370, 0x400), range(0x1E00, 0x1F00))
    for code in (code for block in ranges for code in block):
        base = unicodedata.normalize("NFD", chr(code))
        if len(base) > 1 and code not in table:
            table[code] = base[0]
    table.update(dict.fromkeys([*range(0x300, 0x370), *range(0x64B, 0x653)]))
    table[ord("'")] = None
    return table


_ACCENTS = _accents()
_ELISION = re.compile(
    r"\b(l|d|j|n|m|t|s|c|qu|jusqu|un|dell|all|nell|sull|quest|com|dov|cos|cd)'(?=\w)",
)
_LONG = re.compile(r"([^\W\d])\1{2,}")
_TOKEN = re.compile(
    r"\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:\d+\w*)?|[$€£¥₹]"
    r"|[\u2600-\u27bf\u2b50\u2764\U0001f300-\U0001faff]|[?\uff1f\u061f]",
)
_DIGITS = re.compile(r"\d+")
_LONG_NUMBER = 3


def fold(text: str) -> str:
    """Returns the text in one width, one dash, one quote and ASCII digits."""
    if text.isascii():
        return text.replace("`", "'")
    text = text.translate(_BEFORE)
    text = unicodedata.normalize("NFKC", text).translate(_FOLD)
    if _DIGITS.search(text):
        text = "".join(
            str(unicodedata.decimal(c)) if c.isdecimal() and c > "9" else c
            for c in text
        )
    return text


def plain(folded: str) -> str:
    """Returns lower-case text without accents, apostrophes and long repeats."""
    text = folded.lower()
    if "'" in text:
        text = _ELISION.sub(r"\1 ", text)
    # "İ".lower() leaves a combining dot behind; the table removes it.
    text = text.replace("'", "") if text.isascii() else text.translate(_ACCENTS)
    return _LONG.sub(r"\1", text)


def tokens(plain_text: str) -> list[str]:
    """Returns words, emoji, currency signs and "?"; numbers keep only their size.

    A number of one or two digits becomes "0", a longer one "000", so that all
    order numbers look alike to the model.
    """
    found = _TOKEN.findall(plain_text)
    return [_token(token) for token in found]


def _token(found: str) -> str:
    if found[0].isdigit():
        return "0" if len(found) < _LONG_NUMBER else "000"
    return "?" if found in "\uff1f\u061f" else found
