"""Sizes as people and shops write them, and how many steps lie between two.

A size is a place on a scale: letters (XS…5XL), children's letters and centimetres,
shoes (EU, UK, US women's and men's on one scale), waist and length, one size, plain
numbers. Two sizes on different scales cannot be compared, and nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

#: Garment sizes in order; a neighbour is one step away.
LADDER = ("3XS", "2XS", "XS", "S", "M", "L", "XL", "2XL", "3XL", "4XL", "5XL", "6XL")

#: Less than this is the same size: tables of two makers differ by so much anyway.
SAME = 0.5

_WORDS = {
    "EXTRASMALL": "XS",
    "XSMALL": "XS",
    "SMALL": "S",
    "SM": "S",
    "MEDIUM": "M",
    "MED": "M",
    "LARGE": "L",
    "LG": "L",
    "EXTRALARGE": "XL",
    "XLARGE": "XL",
}
_ONE = frozenset(
    (
        *("", "ONE", "ONESIZE", "ONESIZEFITSALL", "ONESIZEFITSMOST", "OS", "OSFA"),
        *("OSFM", "FREESIZE", "UNI", "UNISIZE", "U", "TU", "TAILLEUNIQUE", "UNICA"),
        *("TALLAUNICA", "EINHEITSGRÖSSE", "EINHEITSGROSSE", "EINHEITSGROESSE"),
    )
)
_YOUTH = ("XS", "S", "M", "L", "XL")
_SHOES = (
    *("shoe", "sneaker", "trainer", "boot", "sandal", "slipper", "loafer", "clog"),
    *("schuh", "stiefel", "sandale", "chaussure", "botte", "zapato", "scarp"),
)

#: EU sizes of grown-ups from UK 2 on, by halves; makers differ by half a size. US
#: sizes follow: men's are one above UK, women's two.
_EU_FROM_UK_2 = (
    *(34.5, 35.0, 35.5, 36.0, 37.0, 37.5, 38.0, 38.5, 39.0, 40.0, 41.0, 41.5),
    *(42.0, 42.5, 43.0, 44.0, 44.5, 45.0, 46.0, 46.5, 47.0, 47.5, 48.0),
)
_US_ABOVE_UK = {"M": 1.0, "W": 2.0}

_SHOE = re.compile(
    r"(?:(?P<who>WOMEN'?S?|LADIES'?|WMNS|W|MEN'?S?|M)\s*)?"
    r"(?P<system>EU|EUR|UK|US|USA)\s*(?P<who2>WOMEN'?S?|WMNS|W|MEN'?S?|M)?\s*"
    r"(?P<number>\d{1,2}(?:[.,]5|\s+1/2|½|\s*[12]/3)?)"
    r"\s*(?P<who3>WOMEN'?S?|WMNS|W|MEN'?S?|M)?"
)
_SHOE_BEHIND = re.compile(
    r"(?P<number>\d{1,2}(?:[.,]5|\s+1/2|½)?)\s*(?P<system>EU|EUR|UK|US|USA)"
)
_WAIST = re.compile(r"W?\s*(\d{2})\s*(?:[/X]\s*|\s+)L?\s*(\d{2})|W\s*(\d{2})")
_CENTIMETRES = re.compile(r"(\d{2,3})\s*(?:[/-]\s*(\d{2,3}))?\s*(?:CM)?")
_YEARS = re.compile(r"(\d{1,2})\s*(?:[/-]\s*(\d{1,2}))?\s*(?:Y|YRS?|YEARS?|JAHRE|ANS)")
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A place on a scale, counted in that scale's steps.

    ``second`` is the length of trousers, counted in its own steps.
    """

    scale: str
    place: float
    second: float = 0.0


def steps(one: str | None, other: str | None, *, category: str = "") -> float | None:
    """Return the signed steps from one size to another; above zero is bigger.

    None when they cannot be compared. ``category`` is the shop's word for the ware; it
    tells whether a plain number is a shoe.
    """
    first, second = read_size(one, category), read_size(other, category)
    if (one or "").strip().casefold() == (other or "").strip().casefold():
        return 0.0
    if first is None or second is None or first.scale != second.scale:
        return None
    wider, longer = second.place - first.place, second.second - first.second
    if wider and longer:
        # Both change: the further one leads, so that the sign says what people feel.
        total = abs(wider) + abs(longer)
        return total if wider > 0 else -total
    return wider or longer


@lru_cache(maxsize=4096)
def read_size(text: str | None, category: str = "") -> Size | None:
    """Return where a size stands, or None when nobody can say."""
    upper = " ".join((text or "").strip().upper().split())
    bare = re.sub(r"[\s.\-]+", "", upper)
    if bare in _ONE:
        return Size(scale="one", place=0)
    shoes = _is_shoe(category)
    return (
        _letters(bare)
        or _youth(upper, bare)
        or _shoe(upper)
        or (_plain(upper, shoes=True) if shoes else None)
        or _trousers(upper)
        or _child(upper)
        or _plain(upper, shoes=False)
    )


def canonical(text: str) -> str:
    """Return a garment size as the ladder writes it, or the text as it is."""
    bare = re.sub(r"[\s.\-]+", "", text.upper())
    bare = _WORDS.get(bare, bare)
    found = re.fullmatch(r"(X{2,6})([SL])", bare)
    if found:
        return f"{len(found[1])}X{found[2]}"
    found = re.fullmatch(r"([2-6])X", bare)
    if found:
        return f"{found[1]}XL"
    found = re.fullmatch(r"(X{2,6})(SMALL|LARGE)", bare)
    if found:
        return f"{len(found[1])}X{found[2][0]}"
    return bare if bare in LADDER else text


def _letters(bare: str) -> Size | None:
    name = canonical(bare)
    return Size(scale="letters", place=LADDER.index(name)) if name in LADDER else None


def _youth(upper: str, bare: str) -> Size | None:
    """Return children's letters: YM, Youth M, Kids L."""
    found = re.fullmatch(r"(?:YOUTH|KIDS?|CHILD|JUNIOR|Y)([A-Z]+)", bare)
    name = canonical(found[1]) if found else ""
    if name in _YOUTH:
        return Size(scale="youth", place=_YOUTH.index(name))
    years = _YEARS.fullmatch(upper)
    if years:
        return Size(scale="years", place=int(years[1]) / 2)
    return None


def _shoe(upper: str) -> Size | None:
    found = _SHOE.fullmatch(upper) or _SHOE_BEHIND.fullmatch(upper)
    if not found:
        return None
    named = found.groupdict()
    who = next((named[n] for n in ("who", "who2", "who3") if named.get(n)), "M") or "M"
    number, system = _number(named["number"]), named["system"][:2]
    if system == "EU":
        return Size(scale="shoes", place=number)
    if system == "US":
        # Women's tables count from another start; men's where nobody says.
        number -= _US_ABOVE_UK["M" if who.startswith("M") else "W"]
    row = int((number - 2) * 2)
    if not 0 <= row < len(_EU_FROM_UK_2):
        return None
    return Size(scale="shoes", place=_EU_FROM_UK_2[row])


def _trousers(upper: str) -> Size | None:
    found = _WAIST.fullmatch(upper)
    if not found:
        return None
    waist, length = int(found[1] or found[3]), int(found[2] or 0)
    if not 20 <= waist <= 60 or not (length == 0 or 24 <= length <= 40):
        return None
    # Inches up to 34, every other inch above; lengths come in twos.
    place = float(waist) if waist <= 34 else 34 + (waist - 34) / 2
    scale = "waist" if length == 0 else "waist and length"
    return Size(scale=scale, place=place, second=length / 2)


def _child(upper: str) -> Size | None:
    """Return a child's height in centimetres; a pair like 98/104 is one size."""
    found = _CENTIMETRES.fullmatch(upper)
    if not found or not 50 <= int(found[1]) <= 188:
        return None
    if not (found[2] or "CM" in upper or int(found[1]) >= 80):
        return None
    step = 12 if found[2] else 6
    return Size(scale=f"centimetres by {step}", place=int(found[1]) / step)


def _plain(upper: str, *, shoes: bool) -> Size | None:
    if not _NUMBER.fullmatch(upper):
        return None
    number = _number(upper)
    if shoes:
        # Up to 15 it is UK or US, and only people know which; above it is EU.
        scale = "shoes" if number > 16 else "shoes, who knows whose"
        return Size(scale=scale, place=number)
    if number >= 30 and number % 2 == 0:
        # EU dress sizes are even: 38 and 40 are neighbours.
        return Size(scale="dress", place=number / 2)
    return Size(scale="numbers", place=number)


def _number(text: str) -> float:
    text = text.replace(",", ".").replace("½", ".5").replace(" 1/2", ".5")
    thirds = re.fullmatch(r"(\d+)\s*([12])/3", text)
    return int(thirds[1]) + int(thirds[2]) / 3 if thirds else float(text)


def _is_shoe(category: str) -> bool:
    said = category.casefold()
    return any(word in said for word in _SHOES)
