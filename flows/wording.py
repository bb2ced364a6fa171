"""Message keys become finished words: strict Jinja2, Babel's formats, one key a folder.

``templates/KEY/telegram.j2`` is Telegram's HTML, ``slack.j2`` is mrkdwn whose first
line is the headline, ``notice.j2`` is plain mail whose first line is the subject.
Button labels and short answers are macros in ``labels.j2`` and ``toasts.j2``.
English stands in the templates; catalogues in ``locale/`` carry the rest.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_location
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, get_currency_precision
from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from flows import direction
from flows.compiled import Compiled
from flows.effects import Button, Card, Message
from flows.intents import understand

if TYPE_CHECKING:
    from flows.terms import ShopFace

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
CATALOGUES = HERE / "locale"

#: Words from which on a language can be told, and what it is called before.
_TELLING = 3
_UNKNOWN = "und"
#: Empty lines in a template mean nothing; a line with this sign alone is a gap.
PARAGRAPH = "¶"
_GAPS = re.compile(rf"\n(?:{PARAGRAPH}\n)+")
#: What may be broken and joined anew: "1 234,50 €" is written with other spaces.
_SPACES = re.compile(r"[ \t\n\r\f\v]+")

_COMPILED: dict[tuple[bool, bool], Compiled] = {}

Rows = tuple[tuple[Button, ...], ...]


class Wording:
    """The words of one language and one time zone."""

    def __init__(self, language: str | None, zone: str, shop: ShopFace) -> None:
        """Take the nearest language there is; ``zone`` is an IANA name."""
        self.language = best_language(language)
        self._wanted = language
        self._zone = zone
        self._formats = _formats(language, self.language)
        self._shop = shop

    def message(self, key: str, rows: Rows = (), /, **context: Any) -> Message:
        """Return a message for a customer's chat."""
        return Message(key=key, text=self._render(key, "telegram", context), rows=rows)

    def notice(self, key: str, /, **context: Any) -> tuple[str, str]:
        """Return subject and text of a mail that says the same as the message."""
        subject, _, text = self._render(key, "notice", context).partition("\n")
        return subject.strip(), text.strip()

    def card(
        self, key: str, buttons: tuple[Button, ...] = (), /, **context: Any
    ) -> Card:
        """Return a card for the staff; its first line is the headline."""
        text = self._render(key, "slack", context)
        headline, _, body = text.partition("\n")
        return Card(
            key=key,
            summary=_unescaped(headline),
            text=f"*{headline}*\n{body.strip()}".strip(),
            buttons=buttons,
        )

    def label(self, name: str, /, **context: Any) -> str:
        """Return the words on a button, at most 60 characters."""
        return _shortened(self._macro("labels", name, context), 60)

    def toast(self, name: str, /, **context: Any) -> str:
        """Return a short answer to a press, at most 200 characters."""
        return _shortened(self._macro("toasts", name, context), 200)

    def on_page(self, name: str, /, **context: Any) -> str:
        """Return a sentence for the shop's own pages."""
        return self._macro("on_page", name, context)

    def about(self, name: str) -> str:
        """Return what the platform shows about the bot or one of its commands."""
        return self._macro("commands", name, {})

    def day(self, value: date | datetime) -> str:
        """Return a day as people write it: weekday, day, month."""
        if isinstance(value, datetime):
            value = value.astimezone(ZoneInfo(self._zone)).date()
        return _written_day(value, self._formats)

    def moment(self, value: datetime) -> str:
        """Return day and time in the customer's zone, without its name."""
        return f"{self.day(value)}, {self.clock(value)}"

    def clock(self, value: datetime) -> str:
        """Return the time of day in the customer's zone."""
        return format_time(
            value, "short", tzinfo=ZoneInfo(self._zone), locale=self._formats
        )

    def money(self, minor: int, currency: str) -> str:
        """Return an amount of minor units as people write it."""
        return _written_money(minor, currency, self._formats)

    def spoken(self, words: str) -> str:
        """Return what the reader calls the language of words; empty for their own.

        A word or two tell no language: "no" and "ok" are everybody's.
        """
        tongue = understand(words).lang if len(words.split()) >= _TELLING else _UNKNOWN
        if tongue in {_UNKNOWN, self.language.split("-", maxsplit=1)[0]}:
            return ""
        return language_name(tongue, self.language)

    @property
    def city(self) -> str:
        """The city that names the time zone."""
        return _city(self._zone, self._formats)

    def _render(self, key: str, channel: str, context: dict[str, Any]) -> str:
        environment = _environment(self.language, escaped=channel != "notice")
        template = environment.get_template(f"{key}/{channel}.j2")
        text = template.render(**context, **self._words())
        return _tidied(text)

    def _macro(self, file: str, name: str, context: dict[str, Any]) -> str:
        if not context:
            return _bare_macro(file, name, self._wanted, self._zone, self._shop)
        macros = _macros(file, self._wanted, self._zone, self._shop)
        return _joined(str(getattr(macros, name)(**context)))

    def macros(self, file: str) -> Any:
        """Return a file's macros as a module that speaks as this wording does."""
        template = _environment(self.language, escaped=False).get_template(f"{file}.j2")
        return template.make_module(self._words())

    def _words(self) -> dict[str, Any]:
        return {
            "shop": self._shop,
            "day": self.day,
            "moment": self.moment,
            "clock": self.clock,
            "money": self.money,
            "city": self.city,
            "spoken": self.spoken,
        }


def best_language(wanted: str | None) -> str:
    """Return the language we have that is nearest to a tag like ``pt-BR``."""
    if wanted:
        tag = wanted.replace("_", "-").lower()
        for candidate in (tag, tag.split("-", maxsplit=1)[0]):
            if candidate in languages():
                return candidate
    return "en"


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Return the languages there are words in; English needs no catalogue."""
    found = (path.parent.parent.name for path in CATALOGUES.glob("*/LC_MESSAGES/*.po"))
    return ("en", *sorted(found))


@lru_cache(maxsize=256)
def language_name(tag: str, reader: str) -> str:
    """Return what a reader calls a language; the tag itself where nobody knows it."""
    try:
        spoken = Locale.parse(tag.replace("-", "_"))
        named = Locale(spoken.language).get_display_name(Locale.parse(reader))
    except (UnknownLocaleError, ValueError):
        return tag
    return f"{named[:1].upper()}{named[1:]}" if named else tag


@lru_cache(maxsize=256)
def _macros(file: str, language: str | None, zone: str, shop: ShopFace) -> Any:
    """Return a file's macros, made once: that costs ten times what saying one does."""
    return Wording(language, zone, shop).macros(file)


@lru_cache(maxsize=4096)
def _bare_macro(
    file: str, name: str, language: str | None, zone: str, shop: ShopFace
) -> str:
    """Return what a macro says that depends on nothing else, as most buttons do."""
    return _joined(str(getattr(_macros(file, language, zone, shop), name)()))


@lru_cache(maxsize=64)
def _environment(language: str, *, escaped: bool) -> Environment:
    # What a template is compiled to depends on these two, and on no language.
    alike = (escaped, direction.runs_right(language))
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        bytecode_cache=_COMPILED.setdefault(alike, Compiled()),
        undefined=StrictUndefined,
        autoescape=escaped,  # noqa: S701 - plain mail is not HTML
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.newstyle_gettext = True  # type: ignore[attr-defined]  # the extension adds it
    environment.policies["ext.i18n.trimmed"] = True
    direction.install(environment, _translations(language), language)
    return environment


def _translations(language: str) -> NullTranslations:
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


@lru_cache(maxsize=256)
def _formats(wanted: str | None, language: str) -> Locale:
    """Return how to write dates and money: British where nobody says which English."""
    tag = (wanted or language).replace("-", "_")
    if tag == "en":
        tag = "en_GB"
    try:
        found = Locale.parse(tag)
    except (UnknownLocaleError, ValueError):
        found = Locale.parse("en_GB" if language == "en" else language)
    fits = found.language == language.split("-", maxsplit=1)[0]
    return found if fits else Locale.parse("en_GB")


@lru_cache(maxsize=256)
def _city(zone: str, locale: Locale) -> str:
    place = get_timezone_location(ZoneInfo(zone), locale=locale, return_city=True)
    # Argentina/Buenos Aires: people there say the last part.
    return place.rsplit("/", maxsplit=1)[-1]


@lru_cache(maxsize=4096)
def _written_day(value: date, locale: Locale) -> str:
    return format_date(value, _day_pattern(locale), locale=locale)


@lru_cache(maxsize=4096)
def _written_money(minor: int, currency: str, locale: Locale) -> str:
    digits = get_currency_precision(currency)
    return format_currency(Decimal(minor).scaleb(-digits), currency, locale=locale)


@lru_cache(maxsize=64)
def _day_pattern(locale: Locale) -> str:
    """Return the locale's own order of weekday, day and month, without a year."""
    skeletons = locale.datetime_skeletons
    for name in ("MMMMEd", "MMMEd"):
        if name in skeletons:
            pattern = str(skeletons[name].pattern)
            return pattern.replace("MMMM", "MMM").replace("MMM", "MMMM")
    return "EEE d MMMM"


def _tidied(text: str) -> str:
    # A quote needs no escape outside attributes, and people read these texts in logs.
    text = text.replace("&#34;", '"').replace("&#39;", "'")
    lines = (_joined(line) for line in text.splitlines())
    told = "\n".join(line for line in lines if line).strip(f"\n{PARAGRAPH}")
    return _GAPS.sub("\n\n", told)


def _joined(text: str) -> str:
    """Return a text with single spaces; those that hold an amount together stay."""
    return _SPACES.sub(" ", text).strip(" ")


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shortened(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    room = limit - 1 - text.count(direction.FIRST_STRONG)
    return direction.balanced(text[:room].rstrip() + "…")
