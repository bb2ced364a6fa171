"""A day by which a customer needs an order, in the customer's own words.

"I need it by Friday", "bis spätestens 24.12.", "avant le 3 mars": a word for the need
or for the limit, and a day. The words stand in ``wanted_by.json`` per language; names
of days and months are Babel's. A mere question ("will it come by Friday?") sets
nothing, and what was understood is always said back.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel import Locale

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.case import Case
    from flows.shop import Order

_WORDS = Path(__file__).with_suffix(".json")
#: A day further away than this was not meant, or not understood.
_FURTHEST = timedelta(days=370)
_END_OF_SENTENCE = r"(?![\w/])"
#: Words of a day that ends a text at most, as in "20 haziran 2026 cuma".
_LONGEST_DAY = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Language:
    """What one language says about needs, limits and days."""

    need: re.Pattern[str]
    limit: re.Pattern[str]
    before: frozenset[str]
    #: Limits that stand behind their day.
    behind: frozenset[str]
    #: Words between a day and such a limit.
    fillers: frozenset[str]
    article: re.Pattern[str]
    days: dict[str, int]
    months: dict[str, int]
    relative: dict[str, str]
    #: What names of days and months may end with, as a pattern.
    ending: str
    month_first: bool


def wanted_by(text: str, today: date, language: str | None) -> date | None:
    """Return the last day on which the thing is still of use, or None.

    "Before Friday" is the day before it. ``language`` is tried first, then all others:
    people write in more languages than they set.
    """
    said = " ".join(text.casefold().split())
    for name in _order_of(language):
        found = _read(said, today, _words(name))
        if found is not None and today <= found <= today + _FURTHEST:
            return found
    return None


def needed_by(case: Case, order: Order) -> date | None:
    """Return the day an order is needed: the customer's own beats the shop's."""
    return dict(case.memory.wanted_by).get(order.id) or order.needed_by


def keep_day(case: Case, orders: tuple[Order, ...], day: date) -> Case:
    """Return the case with a day of the customer's own for these orders."""
    days = dict(case.memory.wanted_by) | {order.id: day for order in orders}
    memory = replace(case.memory, wanted_by=tuple(sorted(days.items())))
    return replace(case, memory=memory)


def _order_of(language: str | None) -> tuple[str, ...]:
    first = (language or "en").replace("_", "-").lower()
    names = tuple(_vocabulary())
    wanted = (first, first.split("-", maxsplit=1)[0])
    american = ("en-us",) if first == "en-us" else ()
    mine = tuple(name for name in wanted if name in names)
    return (*american, *(n for n in (*mine, *names) if n not in american))


def _read(said: str, today: date, words: _Language) -> date | None:
    need = words.need.search(said) is not None
    if "?" in said and not need:
        return None
    for limit in words.limit.finditer(said):
        day = _day(said[limit.end() :], today, words)
        if day is None and limit.group().strip() in words.behind:
            day = _day_before(said[: limit.start()].rstrip(), today, words)
        if day is not None:
            earlier = limit.group().strip() in words.before
            return day - timedelta(days=1) if earlier else day
    return None


def _day_before(said: str, today: date, words: _Language) -> date | None:
    """Return the day that a text ends with: in Turkish the limit stands behind it."""
    parts = said.split()
    if parts and parts[-1] in words.fillers:
        parts.pop()
    for start in range(max(len(parts) - _LONGEST_DAY, 0), len(parts)):
        day = _day(" ".join(parts[start:]), today, words)
        shorter = _day(" ".join(parts[start:-1]), today, words)
        whole = day != shorter or _weekday(parts[-1], today, words) is not None
        if day is not None and whole:
            return day
    return None


def _day(rest: str, today: date, words: _Language) -> date | None:
    """Return the day that a text begins with, behind "the", "next" and the like."""
    for _ in range(4):
        found = (
            _relative(rest, today, words)
            or _numeric(rest, today, month_first=words.month_first)
            or _named(rest, today, words)
            or _weekday(rest, today, words)
        )
        article = words.article.match(rest)
        if found is not None or article is None:
            return found
        rest = rest[article.end() :]
    return None


def _relative(rest: str, today: date, words: _Language) -> date | None:
    for phrase in sorted(words.relative, key=len, reverse=True):
        if re.match(re.escape(phrase) + r"(?!\w)", rest):
            return _meant(words.relative[phrase], today)
    return None


def _meant(name: str, today: date) -> date | None:
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    match name:
        case "today":
            return today
        case "tomorrow":
            return today + timedelta(days=1)
        case "day after tomorrow":
            return today + timedelta(days=2)
        case "this week":
            return friday
        case "weekend":
            return friday + timedelta(days=1)
        case "next week":
            monday = today + timedelta(days=7 - today.weekday())
            return monday + timedelta(days=4)
        case "end of month":
            first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
            return first - timedelta(days=1)
        case "christmas":
            return _next(today, 12, 24)
        case _:
            return None


def _numeric(rest: str, today: date, *, month_first: bool) -> date | None:
    iso = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})" + _END_OF_SENTENCE, rest)
    if iso:
        return _made(int(iso[1]), int(iso[2]), int(iso[3]))
    found = re.match(
        r"(\d{1,2})\s?([./-])\s?(\d{1,2})(?:\s?\2\s?(\d{4}|\d{2})?)?"
        + _END_OF_SENTENCE,
        rest,
    )
    if not found:
        return None
    first, second = int(found[1]), int(found[3])
    day, month = (second, first) if month_first and found[2] == "/" else (first, second)
    if found[4]:
        year = int(found[4]) + (2000 if len(found[4]) == 2 else 0)
        return _made(year, month, day)
    return _next(today, month, day)


def _named(rest: str, today: date, words: _Language) -> date | None:
    """Return a day with its month's name: 24 December, December 24th, 24. Dez."""
    months = "|".join(sorted(map(re.escape, words.months), key=len, reverse=True))
    day_first = re.match(
        rf"(\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?\s*(?:of|de|d')?\s*"
        rf"({months})\.?{words.ending}(?:\s+(?:de\s+)?(\d{{4}}))?(?!\w)",
        rest,
    )
    if day_first:
        month, day, year = words.months[day_first[2]], day_first[1], day_first[3]
    else:
        found = re.match(
            rf"({months})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?(?!\w)",
            rest,
        )
        if not found:
            return None
        month, day, year = words.months[found[1]], found[2], found[3]
    if year:
        return _made(int(year), month, int(day))
    return _next(today, month, int(day))


def _weekday(rest: str, today: date, words: _Language) -> date | None:
    for name in sorted(words.days, key=len, reverse=True):
        if re.match(rf"{re.escape(name)}\.?{words.ending}(?!\w)", rest):
            # Somebody who means today says today.
            ahead = (words.days[name] - today.weekday() - 1) % 7 + 1
            return today + timedelta(days=ahead)
    return None


def _next(today: date, month: int, day: int) -> date | None:
    found = _made(today.year, month, day)
    if found is not None and found < today:
        found = _made(today.year + 1, month, day)
    return found


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, dict[str, object]]:
    read: dict[str, dict[str, object]] = json.loads(_WORDS.read_text(encoding="utf-8"))
    return read


@lru_cache(maxsize=32)
def _words(name: str) -> _Language:
    raw = _vocabulary()[name]
    limits = _either(_listed(raw["by"]) + _listed(raw["before"]))
    behind = _listed(raw.get("behind"))
    locale = Locale.parse(name.split("-", maxsplit=1)[0])
    return _Language(
        need=re.compile("|".join(rf"\b{word}" for word in _listed(raw["need"]))),
        limit=re.compile(rf"(?<!\w)(?:{limits}\s+|{_either(behind)}(?!\w))"),
        before=frozenset(_listed(raw["before"])),
        behind=frozenset(behind),
        fillers=frozenset(_listed(raw.get("fillers"))),
        article=re.compile(rf"{_either(_listed(raw['articles']))}\s+"),
        days={
            # Where a limit bends the name of the day, Babel's names do not help.
            **_names(locale.days),
            **{day: number for number, day in enumerate(_listed(raw.get("weekdays")))},
            **_numbered(raw.get("days")),
        },
        months=_names(locale.months) | _numbered(raw.get("months")),
        ending=str(raw.get("ending", "")),
        relative={
            phrase: meaning
            for meaning, phrases in _table(raw["relative"]).items()
            for phrase in phrases
        },
        month_first=name == "en-us",
    )


def _names(calendar: Mapping[str, Any]) -> dict[str, int]:
    """Return a calendar's names in all forms: wide and short, in sentences or alone."""
    found: dict[str, int] = {}
    for context in calendar.values():
        for width in ("wide", "abbreviated"):
            for number, name in context.get(width, {}).items():
                plain = str(name).casefold().rstrip(".")
                if len(plain) > 1 and not plain.isdecimal():
                    found.setdefault(plain, int(number))
    return found


def _numbered(value: object) -> dict[str, int]:
    found = value.items() if isinstance(value, dict) else ()
    return {str(name): int(number) for name, number in found}


def _either(words: list[str]) -> str:
    if not words:
        return r"(?!)"
    return f"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})"


def _listed(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _table(value: object) -> dict[str, list[str]]:
    found = value.items() if isinstance(value, dict) else ()
    return {str(name): _listed(phrases) for name, phrases in found}
