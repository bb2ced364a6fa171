"""Every key in every language, whatever the world puts into it."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from bot.playground.telegram.limits import (
    COMMAND_DESCRIPTION_CHARACTERS,
    DESCRIPTION_CHARACTERS,
    SHORT_DESCRIPTION_CHARACTERS,
)
from bot.playground.telegram.markup import parse_html
from bot.profiles import profiles
from bot.slack.blocks import MESSAGE_TEXT, card_blocks
from bot.telegram.splitting import TEXT_UNITS, split_html, utf16_units
from flows.policy import read_policy
from flows.terms import ShopFace
from flows.wording import TEMPLATES, Wording, best_language, languages

from .builders import NOON, TODAY
from .flavours import FLAVOURS, FOREIGN, NASTY, SLACKY
from .samples import moods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .flavours import Flavour

KEYS = {
    channel: sorted(path.parent.name for path in TEMPLATES.glob(f"*/{channel}.j2"))
    for channel in ("telegram", "notice", "slack")
}
#: What Slack's mobile notification shows of a card.
SUMMARY = 300


@cache
def _words(language: str) -> Wording:
    return Wording(language, "Europe/Berlin", ShopFace(team_size=3))


def _rendered(
    channel: str, taste: Flavour, language: str = "en", only: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield every text of a channel, in every mood of its template."""
    words = _words(language)
    for key in KEYS[channel]:
        if only and key != only:
            continue
        for context in moods(key, taste):
            try:
                yield key, _text(words, channel, key, context)
            except Exception as error:
                error.add_note(f"{key} on {channel} in {language}")
                raise


def _text(words: Wording, channel: str, key: str, context: dict[str, Any]) -> str:
    match channel:
        case "telegram":
            return words.message(key, **context).text
        case "notice":
            return "\n".join(words.notice(key, **context))
    card = words.card(key, **context)
    return card.text


# --- everything renders ---------------------------------------------------------------


@pytest.mark.parametrize("channel", list(KEYS))
@pytest.mark.parametrize("flavour", list(FLAVOURS))
def test_every_key_has_words(channel: str, flavour: str) -> None:
    """No template asks for what it is not given, and none says nothing."""
    for key, text in _rendered(channel, FLAVOURS[flavour]):
        assert text.strip(), key
        assert not text.startswith("\n"), key
        assert "  " not in text, key
        assert "\n\n\n" not in text, key
        assert not re.search(r"\bNone\b(?! of)", text), f"{key}: {text}"


@pytest.mark.parametrize("language", languages())
def test_every_language_has_words(language: str) -> None:
    """Each catalogue fits each template and the phone: nothing misspelt or too long."""
    for channel in KEYS:
        for key, text in _rendered(channel, FLAVOURS["plain"], language):
            assert text.strip(), key
            if channel == "telegram":
                (piece,) = split_html(text)
                assert utf16_units(parse_html(piece)[0]) <= TEXT_UNITS, key


@pytest.mark.parametrize("language", languages())
def test_every_language_fits_its_buttons(language: str) -> None:
    """No label and no toast is cut off where names and titles are usual ones."""
    words = _words(language)
    for file, said in (("labels", words.label), ("toasts", words.toast)):
        for name, given in _macros(words, file):
            text = said(name, **given)
            assert text, name
            assert not text.endswith("…"), f"{name}: {text}"


@pytest.mark.parametrize("language", languages())
def test_every_language_fits_the_profile(language: str) -> None:
    """Commands and descriptions are as short as the platform wants them."""
    found = {profile.language: profile for profile in profiles(read_policy(""))}
    profile = found[language]
    for name, description in profile.commands:
        assert 3 <= len(description) <= COMMAND_DESCRIPTION_CHARACTERS, name
    assert 0 < len(profile.description) <= DESCRIPTION_CHARACTERS
    assert 0 < len(profile.short_description) <= SHORT_DESCRIPTION_CHARACTERS


def test_the_nearest_language_is_taken() -> None:
    """A region falls back to its language, an unknown one to English."""
    assert best_language("en-AU") == "en"
    assert best_language("tlh") == "en"
    assert best_language(None) == "en"
    assert best_language("") == "en"
    for language in languages():
        assert best_language(f"{language.split('-')[0].upper()}_XX")


# --- limits ---------------------------------------------------------------------------


@pytest.mark.parametrize("flavour", list(FLAVOURS))
def test_a_message_fits_the_phone(flavour: str) -> None:
    """Within 4096 UTF-16 units, or in whole pieces that are."""
    for key, text in _rendered("telegram", FLAVOURS[flavour]):
        pieces = split_html(text)
        if flavour not in {"long", "many", "hostile"}:
            assert len(pieces) == 1, key
        for piece in pieces:
            plain, _ = parse_html(piece)
            assert 0 < utf16_units(plain) <= TEXT_UNITS, key


@pytest.mark.parametrize("flavour", list(FLAVOURS))
def test_a_card_fits_slack(flavour: str) -> None:
    """However much the world writes, the card can be drawn."""
    for key, text in _rendered("slack", FLAVOURS[flavour]):
        blocks = card_blocks(text, (), drawing="1")
        total = sum(len(block["text"]["text"]) for block in blocks)
        assert total <= MESSAGE_TEXT, key


@pytest.mark.parametrize("flavour", list(FLAVOURS))
@pytest.mark.parametrize("language", languages())
def test_a_button_keeps_what_it_costs(language: str, flavour: str) -> None:
    """At most 60 characters, and never is the amount what is cut off."""
    taste = FLAVOURS[flavour]
    words = _words(language)
    item = next(iter(moods("confirm", taste)))["item"]
    for choice in item.choices:
        label = words.label(
            f"choose_{choice.kind}",
            choice=choice,
            item=item,
            currency=taste.currency,
            captured=True,
            recommended=choice.code == item.recommended,
            name=taste.title,
        )
        assert 0 < len(label) <= 60
        if choice.kind == "cancel":
            assert words.money(choice.refund_minor, taste.currency) in label


# --- nothing of it is interpreted -----------------------------------------------------


@pytest.mark.parametrize("key", KEYS["telegram"])
def test_a_customers_words_stay_words_on_the_phone(key: str) -> None:
    """No tag, link or entity of theirs becomes one of ours, and nothing is lost."""
    usual = [
        parse_html(text)[1] for _, text in _rendered("telegram", _plain(), only=key)
    ]
    nasty = _rendered("telegram", FLAVOURS["hostile"], only=key)
    for spans, (_, text) in zip(usual, nasty, strict=True):
        plain, found = parse_html(text)
        assert len(found) == len(spans), text
        assert "49" not in plain, "a template of theirs was run"
        for start in re.findall(r"<[a-z]+[^>]{0,3}", plain):
            assert start in f"{NASTY} {SLACKY}", plain


@pytest.mark.parametrize("key", KEYS["slack"])
def test_a_customers_words_stay_words_in_slack(key: str) -> None:
    """Nobody is called by a mention, no link hides behind a word."""
    for _, text in _rendered("slack", FLAVOURS["hostile"], only=key):
        assert "<" not in text, text
        assert "<!channel>" not in html.unescape(text) or "&lt;!channel&gt;" in text


def test_mail_is_plain_and_says_what_was_meant() -> None:
    """Nothing is escaped where nothing is interpreted."""
    for key, text in _rendered("notice", FLAVOURS["hostile"]):
        assert "&lt;" not in text.replace("&lt;!here&gt;", ""), key
        assert "&amp;" not in text, key


def test_a_subject_is_one_line() -> None:
    """The first line of a mail is its subject, the rest its words."""
    for key in KEYS["notice"]:
        subject, text = _words("en").notice(key, **moods(key, _plain())[0])
        assert subject, key
        assert len(subject) <= 90, key
        assert text.count("hello@shop.example") == 1, key


def test_words_of_another_direction_do_not_turn_ours_round() -> None:
    """A name in Arabic or Hebrew leaves the sentence around it in order."""
    message = _words("en").message("prove", number=FOREIGN)
    plain, _ = parse_html(message.text)
    assert plain.index("Thanks") < plain.index("قميص") < plain.index("postcode")


# --- how days, hours and money are written --------------------------------------------


@pytest.mark.parametrize(
    ("language", "day", "hour"),
    [("en", "Tue 9 June", "14:00"), ("en-US", "Tue, June 9", "2:00")],
)
def test_days_have_their_weekday(language: str, day: str, hour: str) -> None:
    """Weekday, day and month as people there write them."""
    words = _words(language)
    assert words.day(TODAY) == day
    assert words.clock(NOON).startswith(hour)
    assert words.day(NOON.replace(hour=23)) == words.day(TODAY.replace(day=10))


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (3900, "EUR", "€39.00"),
        (0, "EUR", "€0.00"),
        (3900, "JPY", "JP¥3,900"),
        (12345, "KWD", "KWD12.345"),
        (5, "GBP", "£0.05"),
        (10**14, "USD", "US$1,000,000,000,000.00"),
        (-490, "EUR", "-€4.90"),
    ],
)
def test_amounts_are_exact(minor: int, currency: str, written: str) -> None:
    """As many decimals as the currency has, and nothing is rounded."""
    assert _words("en").money(minor, currency).replace("\u2212", "-") == written


@pytest.mark.parametrize("language", ["fr", "pl", "uk"])
def test_an_amount_is_never_broken_across_lines(language: str) -> None:
    """The spaces that hold it together survive, on buttons and in messages."""
    words = _words(language)
    amount = words.money(123450, "EUR")
    assert "\u00a0" in amount
    item = next(iter(moods("confirm", _plain())))["item"]
    cancel = replace(item.choice("0c"), refund_minor=123450)
    given = {"item": item, "currency": "EUR", "captured": True, "recommended": False}
    assert amount in words.label("choose_cancel", choice=cancel, name="", **given)
    context = next(iter(moods("cancel_confirm", _plain())))
    context["cancelling"].refund_minor = 123450
    assert amount in words.message("cancel_confirm", **context).text


@pytest.mark.parametrize(
    ("zone", "city"),
    [
        ("Europe/Berlin", "Berlin"),
        ("America/New_York", "New York"),
        ("Asia/Kolkata", "Kolkata"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
    ],
)
def test_a_zone_is_named_by_its_city(zone: str, city: str) -> None:
    """People know their city, not an offset."""
    assert Wording("en", zone, ShopFace()).city == city


def _macros(words: Wording, file: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every short text of a file, with plain values for what it asks for."""
    taste = _plain()
    base = moods("confirm", taste)[0]
    parts = base["split"].goes
    known = base | {"goes": parts, "about": base["line"], "recommended": True}
    known |= {"amount": words.money(3900, "EUR"), "title": "Hoodie Fjord"}
    known |= {"currency": "EUR", "name": ""}
    known |= {"caption": taste.words}
    source = (TEMPLATES / f"{file}.j2").read_text(encoding="utf-8")
    for name, asked in re.findall(r"\{% macro ([a-z]\w*)\(([^)]*)\)", source):
        names = [part.strip() for part in asked.split(",") if part.strip()]
        about = base["order"] if name == "cancel_all" else known["about"]
        yield name, {n: about if n == "about" else known[n] for n in names}


def _plain() -> Flavour:
    return FLAVOURS["plain"]
