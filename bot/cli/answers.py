"""What the merchant answers to ``init``: read, refused when it is nonsense, written.

Every reader takes what was typed and raises ``ValueError`` with what was expected.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Markets with a law of their own, and all others together.
GROUPS = ("EU", "US", "rest")
_TEMPLATE = Path(__file__).with_name("policy.toml.j2")
_OPEN = re.compile(r"(?P<days>[a-z]{3}(?:\s*-\s*[a-z]{3})?)\s+(?P<hours>[\d:\s-]+)")
_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What silence does in a market: the merchant's word and the policy's terms.

    ``means`` continues "silence …" in the rule's name; ``explained`` helps to choose.
    """

    word: str
    means: str
    explained: str
    on_silence: str
    silent_substitute: bool = False

    def told(self, market: str) -> str:
        """Return the name of the rule that says so."""
        where = "the rest of the world" if market == "rest" else market
        return f"{where}: silence {self.means}"


SILENCES = {
    silence.word: silence
    for silence in (
        Silence(
            word="substitute",
            means="may send the closest product",
            explained="the closest product is sent, never a dearer one",
            on_silence="recommended",
            silent_substitute=True,
        ),
        Silence(
            word="recommended",
            means="sends no other product",
            explained="what was recommended happens, but no other product is sent: "
            "then the customer keeps waiting",
            on_silence="recommended",
        ),
        Silence(
            word="wait",
            means="keeps waiting",
            explained="the customer keeps waiting for what they ordered",
            on_silence="wait",
        ),
        Silence(
            word="cancel",
            means="cancels and refunds",
            explained="it is cancelled and refunded",
            on_silence="cancel",
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All that ``policy.toml`` is written from."""

    name: str
    url: str
    email: str
    privacy_url: str
    languages: tuple[str, ...]
    time_zone: str
    holidays: str | None
    week: tuple[tuple[str, str], ...]
    silence: tuple[tuple[str, Silence], ...]
    team_size: int | None = None


def policy_text(answers: Answers) -> str:
    """Return a commented policy.toml that says what was answered."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(  # noqa: S701 - TOML, quoted by its own filter
        undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    environment.filters["toml"] = _quoted
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(a=answers)


def read_name(typed: str) -> str:
    """Read what the shop is called."""
    name = " ".join(typed.split())
    if not name or len(name) > _LONGEST or not name.isprintable():
        raise ValueError(f"expected a name of 1 to {_LONGEST} characters")
    return name


def read_url(typed: str) -> str:
    """Read the address of a page."""
    url = typed.strip()
    parts = urlsplit(url)
    plain = url.isprintable() and not set(url) & set(' "<>')
    if parts.scheme != "https" or "." not in (parts.hostname or "") or not plain:
        raise ValueError("expected a web address like https://shop.example")
    return url.rstrip("/")


def read_email(typed: str) -> str:
    """Read an e-mail address."""
    email = typed.strip()
    if not re.fullmatch(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+", email):
        raise ValueError("expected an e-mail address like hello@shop.example")
    return email


def read_time_zone(typed: str) -> str:
    """Read the name of a time zone."""
    from zoneinfo import available_timezones

    if typed.strip() not in available_timezones():
        raise ValueError("expected a time zone like Europe/Berlin")
    return typed.strip()


def read_holidays(typed: str) -> str | None:
    """Read whose public holidays count; "none" for nobody's."""
    wanted = typed.strip()
    if wanted.lower() in {"", "none", "no"}:
        return None
    import holidays

    country, _, region = wanted.upper().partition("-")
    known = holidays.list_supported_countries()
    if country not in known or (region and region not in known[country]):
        raise ValueError("expected a country like DE, a region like DE-BY, or none")
    return f"{country}-{region}" if region else country


def read_week(typed: str) -> tuple[tuple[str, str], ...]:
    """Read opening hours like ``mon-fri 9:00-17:00, sat 10:00-14:00``."""
    spans: dict[str, str] = {}
    for part in typed.lower().split(","):
        found = _OPEN.fullmatch(part.strip())
        hours = _HOURS.fullmatch(found["hours"].strip()) if found else None
        if found is None or hours is None:
            raise ValueError("expected hours like mon-fri 9:00-17:00, sat 10:00-14:00")
        start, end = ((int(hours[i]), int(hours[i + 1])) for i in (1, 3))
        if not (start < end <= (23, 59) and start[1] < 60 and end[1] < 60):
            raise ValueError(f"expected an end after the start, found {part.strip()}")
        span = f"{start[0]}:{start[1]:02}-{end[0]}:{end[1]:02}"
        for day in _days(found["days"]):
            if day in spans:
                raise ValueError(f"expected one stretch a day, found two for {day}")
            spans[day] = span
    return tuple((day, spans[day]) for day in DAYS if day in spans)


def read_languages(typed: str) -> tuple[str, ...]:
    """Read the languages to write in; the first is for who tells none."""
    from flows.wording import languages

    wanted = tuple(dict.fromkeys(_parts(typed.lower())))
    there = languages()
    if not wanted or set(wanted) - set(there):
        raise ValueError(f"expected languages among {', '.join(there)}")
    return wanted


def read_markets(typed: str) -> tuple[str, ...]:
    """Read where the shop sells: EU, US, countries, and rest for all others."""
    from babel import Locale

    wanted = [part if part == "rest" else part.upper() for part in _parts(typed)]
    wanted = ["rest" if part == "REST" else part for part in wanted]
    territories = Locale("en").territories
    for market in wanted:
        known = len(market) == 2 and market.isalpha() and market in territories
        if market not in GROUPS and (not known or market in {"ZZ", "EZ", "XA", "XB"}):
            raise ValueError(f"expected EU, US, rest or a country, found {market}")
    if not wanted:
        raise ValueError("expected at least one market, like EU, US, rest")
    # The general ones first: of two rules that fit, the later one is the closer.
    return tuple(sorted(set(wanted), key=lambda market: (market not in GROUPS, market)))


def read_silence(typed: str) -> Silence:
    """Read what silence does."""
    word = typed.strip().lower()
    if word not in SILENCES:
        raise ValueError(f"expected {', '.join(SILENCES)}; found {typed.strip()}")
    return SILENCES[word]


def usual_silence(market: str) -> Silence:
    """Return what silence does where nobody says otherwise.

    Neither US guidance nor most EU law reads silence as consent to another product.
    """
    return SILENCES["substitute" if market == "rest" else "recommended"]


def _days(typed: str) -> tuple[str, ...]:
    first, _, last = (part.strip() for part in typed.partition("-"))
    last = last or first
    if first not in DAYS or last not in DAYS:
        raise ValueError(f"expected days like mon or mon-fri, found {typed}")
    start, end = DAYS.index(first), DAYS.index(last)
    return DAYS[start : end + 1] if start <= end else DAYS[start:] + DAYS[: end + 1]


def _parts(typed: str) -> list[str]:
    return [part.strip() for part in typed.split(",") if part.strip()]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
