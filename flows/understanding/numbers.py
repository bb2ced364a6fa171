"""Judges plain numbers: is it the order's, or could it be something else?

One rule: the nearest label decides; without one a number is an order's only when
the message talks of nothing else that has a number.
"""

import re
from bisect import bisect_right
from typing import Final

from flows.understanding import labels
from flows.understanding.ref_shapes import NOT_PREFIX, verbose

_NUMBER: Final = verbose(
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


_MIXED: Final = verbose(
    rf"(?:{labels.NAMED_ORDER})[\s:#=.]*(?:is\s)?"
    r"\#?(?P<ref>(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{5,12})(?![\w-])",
)


_LEFT: Final = re.compile(labels.ANY_LABEL, re.IGNORECASE)
#: How far before its number a label may stand, in letters.
_REACH: Final = 48
_FEWEST_DIGITS: Final = 3


class Surroundings:
    """Knows the labels of a text and which of them belongs to a number."""

    __slots__ = ("_ends", "_kinds", "_text")

    def __init__(self, text: str) -> None:
        found = list(_LEFT.finditer(text))
        self._text = text
        self._ends = [match.end() for match in found]
        self._kinds = [labels.kind_of(match[0]) for match in found]

    def label_before(self, start: int) -> str:
        """Returns the kind of the label just before a position, "" if there is none."""
        nearest = bisect_right(self._ends, start) - 1
        if nearest < 0 or start - self._ends[nearest] > _REACH:
            return ""
        fits = _FILLER.match(self._text[self._ends[nearest] : start])
        return self._kinds[nearest] if fits else ""

    def label_after(self, end: int) -> str:
        """Returns the kind of "… is my LABEL" behind a position, else ""."""
        after = _AFTER.match(self._text[end : end + _REACH])
        return labels.kind_of(after["label"]) if after else ""


def take_numbers(text: str, found: list[tuple[int, str]]) -> None:
    """Adds the plain numbers that can be nothing but an order number."""
    text = _joined_groups(text)
    found.extend((m.start("ref"), m["ref"].upper()) for m in _MIXED.finditer(text))
    text = _MIXED.sub(lambda m: "\x00" * len(m[0]), text)
    around, rest = Surroundings(text), _Rest(text)
    end_of_last = -1
    for match in _NUMBER.finditer(text):
        ref = match["ref"].upper()
        if sum(c.isdigit() for c in ref) < _FEWEST_DIGITS:
            continue
        label = around.label_before(match.start())
        listed = (
            end_of_last >= 0
            and not _is_postcode(text, match)
            and _LIST.match(text[end_of_last : match.start()])
        )
        label = label or ("order" if listed else around.label_after(match.end()))
        if match["mark"] and label in {"", "order"}:
            taken = True
        elif label == "order":
            taken = not _a_quantity(text, match)
        elif label:
            taken = False
        elif not ref.isdigit():
            taken = rest.speaks_of(match)
        else:
            taken = rest.leaves_room_for(ref, match)
        if taken:
            found.append((match.start("ref"), ref))
            end_of_last = match.end()


def _joined_groups(text: str) -> str:
    """Returns the text with "order 10.234" as "order 10234"."""
    if not _GROUPED.search(text):
        return text
    around = Surroundings(text)

    def join(match: re.Match[str]) -> str:
        if around.label_before(match.start()) == "order":
            return match[1] + match[2] + "\x00"
        return "\x00" * len(match[0])

    return _GROUPED.sub(join, text)


_TO_ORDER: Final = re.compile(
    r"(?:\bto|\bwant|\bwanna|\bi|\blike|\bcan i|\blet me|\bbitte)\s+order\s*$",
    re.IGNORECASE,
)


def _a_quantity(text: str, match: re.Match[str]) -> bool:
    """Returns whether "order 250" is an order for 250 pieces."""
    return len(match["ref"]) <= 4 and bool(
        _TO_ORDER.search(text[: match.start()][-_REACH:])
    )


_SHORTEST: Final = 4
#: Longer bare numbers are phone numbers …
_LONGEST_BARE: Final = 9
#: … unless the message talks of an order.
_LONGEST_NAMED: Final = 15
_ORDER_TALK: Final = re.compile(
    r"\b(?:cancel\w*|status|orders?|purchase|refund|stornier\w*|annul\w*)\b",
    re.IGNORECASE,
)


#: A shop's own prefix; a known other one ("RTX 4090", "RE 2026") is none.
_LETTERS_FIRST: Final = re.compile(
    rf"{NOT_PREFIX}(?-i:[A-Z]{{2,3}})\d{{4,}}", re.IGNORECASE
)
_TOWN: Final = re.compile(r",?\s([A-ZÀ-Þ][a-zß-ÿ]+)[\s.,!]*$")
_LONGEST_POSTCODE: Final = 5


def _is_postcode(text: str, match: re.Match[str]) -> bool:
    """Returns whether a town ends the message behind the number: "10115 Berlin"."""
    town = _TOWN.match(text[match.end() : match.end() + _REACH])
    if town is None or len(match["ref"]) > _LONGEST_POSTCODE:
        return False
    return town[1].lower() not in labels.BEFORE_A_SHORT_ONE


class _Rest:
    """Judges a bare number by what else the message talks about."""

    __slots__ = ("_longest", "_spoiled", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._spoiled = labels.spoils_bare_numbers(text)
        self._longest = _LONGEST_NAMED if _ORDER_TALK.search(text) else _LONGEST_BARE

    def speaks_of(self, match: re.Match[str]) -> bool:
        """Returns whether letters with a number ("NP1042") name an order here."""
        if self._spoiled or not _LETTERS_FIRST.fullmatch(match["ref"]):
            return False
        alone = self._text.strip(" \t\n.,!?") == match["ref"]
        return alone or bool(_ORDER_TALK.search(self._text))

    def leaves_room_for(self, ref: str, match: re.Match[str]) -> bool:
        """Returns whether the bare number can only be an order number."""
        if self._spoiled or not _SHORTEST <= len(ref) <= self._longest:
            return False
        if len(ref) == 8 and re.fullmatch(r"20\d\d(?:0\d|1[0-2])[0-3]\d", ref):
            return False
        left = self._text[max(0, match.start() - _REACH) : match.start()]
        if _is_postcode(self._text, match):
            return False
        if len(ref) > 4:
            return not re.search(r"\b[A-Z]{2,}\s$", left)
        if ref.startswith(("19", "20")):
            return False
        word = re.search(r"([^\W\d]+)[\s:#,.(-]*$", left)
        return word is None or word[1].lower() in labels.BEFORE_A_SHORT_ONE
