"""Days in customers' own words; today is Tuesday 9 June 2026."""

from __future__ import annotations

from datetime import date

import pytest

from flows.wanted_by import wanted_by

from .builders import TODAY

JUNE = {day: date(2026, 6, day) for day in range(9, 31)}
CHRISTMAS_EVE = date(2026, 12, 24)


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("I need it by Friday", "en", JUNE[12]),
        ("need this before Friday please", "en", JUNE[11]),
        ("it's a present, I need it for Christmas", "en", CHRISTMAS_EVE),
        ("I need it by the 20th of June", "en", JUNE[20]),
        ("I can wait until next week", "en", JUNE[19]),
        ("must have by tomorrow!", "en", JUNE[10]),
        ("by June 18th is fine", "en", JUNE[18]),
        ("by 24/12", "en-GB", CHRISTMAS_EVE),
        ("by 12/24", "en-US", CHRISTMAS_EVE),
        ("by 2026-06-30", "en", JUNE[30]),
        ("no later than 3 Jan", "en", date(2027, 1, 3)),
        ("can you make it? I need it by Tuesday", "en", JUNE[16]),
        ("needed by the end of the month", "en", JUNE[30]),
        ("ich brauche ihn bis Freitag", "de", JUNE[12]),
        ("bitte vor dem 24.12.", "de", date(2026, 12, 23)),
        ("spätestens am 20. Juni", "de", JUNE[20]),
        ("bis nächste Woche", "de", JUNE[19]),
        ("j'en ai besoin avant le 20 juin", "fr", JUNE[19]),
        ("d'ici vendredi", "fr", JUNE[12]),
        ("lo necesito para el viernes", "es", JUNE[12]),
        ("mi serve entro venerdì", "it", JUNE[12]),
        ("uiterlijk vrijdag graag", "nl", JUNE[12]),
        ("preciso até sexta-feira", "pt", JUNE[12]),
        ("potrzebuję do piątku", "pl", JUNE[12]),
        ("мне нужно до 20 июня", "ru", JUNE[20]),
        ("bis Freitag", "en", JUNE[12]),
        ("20 hazirana kadar gelmesi lazim", "tr", JUNE[20]),
        ("20 Haziran cumartesi gününe kadar", "tr", JUNE[20]),
        ("20.06'ya kadar", "tr", JUNE[20]),
        ("cumaya kadar lazim", "en", JUNE[12]),
        ("bana cuma günü lazim", "tr", JUNE[12]),
        ("pazartesiden önce gelmeli", "tr", JUNE[14]),
        ("bugün ya da en geç yarin", "tr", JUNE[10]),
        ("yarına kadar lazım", "tr", JUNE[10]),  # noqa: RUF001 - Turkish has that i
        ("1 Ocağa kadar", "tr", date(2027, 1, 1)),
    ],
)
def test_a_day_is_understood(text: str, language: str, day: date) -> None:
    """A word for the limit and a day, in the customer's language or in any other."""
    assert wanted_by(text, TODAY, language) == day


@pytest.mark.parametrize(
    "text",
    [
        "will it come by Friday?",
        "where is my order?",
        "I ordered on Friday",
        "the hoodie by Loomworks",
        "I need it soon",
        "cumaya kadar gelir mi?",
        "bugün ne zaman gelmeli?",
        "ne kadar sürer",
        "by 31.2.",
        "by 1 June 2020",
        "",
    ],
)
def test_what_is_no_wish_sets_no_day(text: str) -> None:
    """A question, a day in the past, a day that does not exist, or none at all."""
    assert wanted_by(text, TODAY, "en") is None
