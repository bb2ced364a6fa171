"""Postcodes in what people write: their shapes, and whether one stands as an answer.

"10115", "my postcode is N1 9GU" and "1012 AB Amsterdam" are answers. A year, a date,
a price, a duration or a number in the middle of a sentence is none.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from flows.understanding import labels
from flows.understanding.normalise import fold
from flows.understanding.numbers import Surroundings

if TYPE_CHECKING:
    from collections.abc import Sequence

_DATA: Final[dict[str, str]] = tomllib.loads(
    (files("flows") / "phrases" / "numbers" / "postcodes.toml").read_text("utf-8")
)["words"]
_NAMES, _SMALL, _NUMBER = (
    "|".join(_DATA[kind].split()) for kind in ("names", "small", "number")
)
_COUNTRY: Final = "(?:" + "|".join(_DATA["countries"].split()) + ")"

#: How many words may stand beside a postcode: a town, mostly.
_TOWN = 3

#: With letters of its own a postcode is hardly anything else.
_LETTERS = (
    r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",  # GB
    r"[A-Z]\d[A-Z][ -]?\d[A-Z]\d",  # CA
    r"[A-Z]\d[\dW] ?(?=\d{0,3}[A-Z])[A-Z\d]{4}",  # IE
    r"[A-Z]\d{4}[A-Z]{3}",  # AR
    r"[1-9]\d{3}(?: ?(?-i:[A-Z]{2})|[A-Z]{2}| [A-Z]{2}(?=\W*$))",  # NL
)
_DIGITS = (
    *(r"\d{5}-\d{4}", r"\d{5}-\d{3}", r"\d{4}-\d{3}", r"\d{3}-\d{4}", r"\d{2}-\d{3}"),
    *(r"\d{3} \d{2,3}", rf"{_COUNTRY}-\d{{3,6}}", r"\d{5,6}"),
)
#: What could be a year is weak, and so is what is short or long.
_FOUR = r"(?!20(?:1[5-9]|[23]\d))\d{4}"
_WEAK = (r"\d{3,4}", r"\d{7,8}", r"[A-Z]{1,3}\d{3,5}")
_SHAPE = re.compile(
    r"(?<![\w#$€£₺₴.-])(?<!\d[,/:])"
    rf"(?:(?P<letters>{'|'.join(_LETTERS)})|(?P<digits>{'|'.join(_DIGITS)})"
    rf"|(?P<four>{_FOUR})|(?P<weak>{'|'.join(_WEAK)}))"
    r"(?![\w-])(?![.,/:]\d)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^?\u061f!;\n]+[?\u061f]?")
_PIECE = re.compile(r",(?!\d)|\.(?=\s+[^\W\d]|\s*$)|[()\[\]]")
_NUMBERED = re.compile(
    rf"(?:\#|(?<!\w)(?:{_NUMBER}))(?:\W+(?:{labels.BETWEEN})(?!\w))?\W*$",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"(?<!\w)(?:{_NAMES})(?:\W+(?:{labels.BETWEEN})(?!\w)){{0,3}}\W*$", re.IGNORECASE
)
_MEANINGLESS = re.compile(
    rf"(?:{_NAMES}|{_SMALL}|{labels.BETWEEN}|{labels.AND})", re.IGNORECASE
)
_LABEL = re.compile(labels.ANY_LABEL, re.IGNORECASE)
_NAME = re.compile(rf"(?<!\w)(?:{_NAMES})(?!\w)", re.IGNORECASE)
_AMOUNT = re.compile(
    rf"(?:(?<![a-z])(?:{labels.CURRENCY})|(?<!\w)(?:{labels.CURRENCY_WORD})(?!\w)"
    rf"|\d\s?(?-i:{labels.UNIT})(?!\w))",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a message: the postcodes it gives, and whether it says more.

    ``weak`` ones count only when nothing of the whole message says more.
    """

    sure: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    says_more: bool = True


def postcodes_in(text: str, *, orders: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the postcodes that a text gives as an answer, plain, once each.

    ``orders`` are numbers that may as well be those of orders.
    """
    pieces = [
        _Piece() if sentence[-1] in "?\u061f" else _read(part, orders)
        for sentence in _SENTENCE.findall(fold(text))
        for part in _PIECE.split(sentence)
        if part.strip(" |")
    ]
    found = [code for piece in pieces for code in piece.sure]
    if not any(piece.says_more for piece in pieces):
        found += [code for piece in pieces for code in piece.weak]
    return tuple(dict.fromkeys(found))


def plain_postcode(text: str) -> str:
    """Return a postcode as it is compared: no blanks, no country, no ZIP+4."""
    code = re.sub(r"^(\d{5})-\d{4}$", r"\1", fold(text).strip())
    code = re.sub(r"[\W_]", "", code).upper()
    return re.sub(r"^[A-Z]{1,3}(?=\d{3,6}$)", "", code)


def _read(piece: str, orders: Sequence[str]) -> _Piece:
    around = Surroundings(piece)
    shapes = [
        shape
        for shape in _SHAPE.finditer(piece)
        if not _is_an_orders(piece[: shape.start()], around.label_before(shape.start()))
    ]
    if any(_NAMED.search(piece[: shape.start()]) for shape in shapes):
        return _Piece(sure=_plain(shapes))
    if not shapes or _is_of_something_else(piece, shapes):
        return _Piece(says_more=bool(_words(piece)))
    before = _words(piece[: shapes[0].start()])
    after = _words(piece[shapes[-1].end() :])
    if not before and not after:
        weak = [shape for shape in shapes if shape["weak"]]
        sure = [shape for shape in shapes if not shape["weak"]]
        return _Piece(sure=_plain(sure), weak=_plain(weak), says_more=False)
    if (before and after) or len(before) + len(after) > _TOWN:
        return _Piece()
    return _Piece(
        sure=_plain([s for s in shapes if _may_have_a_town(s, before, orders)])
    )


def _is_an_orders(before: str, label: str) -> bool:
    """Return whether a number is said to be an order's, or just "number"."""
    return label == "order" or (not label and bool(_NUMBERED.search(before)))


def _may_have_a_town(
    shape: re.Match[str], before: list[str], orders: Sequence[str]
) -> bool:
    """Return whether a shape is still a postcode with a few words at one side."""
    if shape["weak"]:
        return False
    if before and not shape["letters"]:
        return not shape["four"] and shape[0] not in orders
    return True


def _is_of_something_else(piece: str, shapes: list[re.Match[str]]) -> bool:
    """Return whether a piece speaks of a price, a date, a phone or other numbers."""
    if _AMOUNT.search(piece):
        return True
    rest = _blanked(piece, shapes)
    if any(sign.isdigit() for sign in rest):
        return True
    kinds = {labels.kind_of(one[0]) for one in _LABEL.finditer(_NAME.sub("", rest))}
    return not kinds <= {"order", "address"}


def _blanked(piece: str, shapes: list[re.Match[str]]) -> str:
    for shape in shapes:
        piece = piece[: shape.start()] + " " * len(shape[0]) + piece[shape.end() :]
    return piece


def _words(text: str) -> list[str]:
    """Return the words that mean something beside a postcode."""
    text = _LABEL.sub(_without_orders, _NAME.sub(" ", text))
    return [word for word in _WORD.findall(text) if not _MEANINGLESS.fullmatch(word)]


def _without_orders(label: re.Match[str]) -> str:
    return " " if labels.kind_of(label[0]) == "order" else label[0]


def _plain(shapes: list[re.Match[str]]) -> tuple[str, ...]:
    return tuple(plain_postcode(shape[0]) for shape in shapes)
