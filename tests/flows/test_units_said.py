"""Words with a number about a line: which mean some units of it, and which do not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from .builders import (
    NOON,
    a_case,
    a_chat,
    a_customer,
    a_line,
    a_ready_line,
    an_order,
)
from .some_units import mugs, six_wait
from .story import Story


@pytest.mark.parametrize(
    "words",
    [
        "cancel 2 of the mugs",
        "please cancel two mugs from order 1042",
        "can you cancel 2 of my 5 mugs?",
        "I only want to cancel 2 mugs",
        "I only need 3 of the 5 mugs",
        "just keep 3 mugs please",
        "cancel all but 3 mugs",
        "I only need 3 mugs, please cancel the rest",
        "please cancel, 2 mugs",
        "cancel 2 mugs please 1042",
    ],
)
def test_words_with_a_number_ask_about_that_many(words: str) -> None:
    """Two of five, however it is said; nothing is decided by saying it."""
    story = mugs(5).says(words)
    assert story.keys == ["cancel_confirm"]
    assert "• 2 × Mug Fjord" in story.words
    assert "You'd get €24.00 back. 3 stay in the order." in story.words
    assert not story.standing


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("de", "Tasse Fjord", "storniere zwei Tassen"),
        ("de", "Tasse Fjord", "bitte 2 der Tassen stornieren"),
        ("de", "Tasse Fjord", "ich brauche nur 3 von den 5 Tassen"),
        ("fr", "Tasse Fjord", "annuler deux tasses"),
        ("es", "Taza Fjord", "cancela dos tazas"),
        ("it", "Tazza Fjord", "annulla due tazze"),
        ("pt", "Caneca Fjord", "cancela duas canecas"),
        ("nl", "Mok Fjord", "annuleer twee mokken van Mok Fjord"),
        ("pl", "Kubki Fjord", "anuluj dwa kubki"),
        ("uk", "Чашка Fjord", "скасуйте дві чашки"),
    ],
)
def test_numbers_are_words_in_other_languages(
    language: str, title: str, words: str
) -> None:
    """In the customer's own language, with its endings."""
    story = _five(language, title).says(words)
    assert story.keys == ["cancel_confirm"]
    assert f"2 × {title}" in story.words


@pytest.mark.parametrize(
    "words",
    [
        "cancel 9 of the mugs",
        "cancel 250 of the mugs",
        "cancel 0 of the mugs",
        "cancel 5 mugs",
    ],
)
def test_more_than_there_are_or_none_means_the_line(words: str) -> None:
    """The ordinary confirmation, on which the number can be chosen."""
    story = mugs(5).says(words)
    assert story.keys == ["cancel_confirm"]
    assert "• 5 × Mug Fjord" in story.words
    assert "stay" not in story.words
    numbers = ["Only 1", "Only 2", "Only 3", "Only 4"]
    assert story.buttons[1:-1] == numbers


@pytest.mark.parametrize(
    "words",
    [
        "cancel -2 mugs",
        "cancel 2.5 mugs",
        "cancel 2 mugs and 3 hoodies",
        "I ordered it 2 weeks ago, please cancel",
        "cancel 2 of the posters",
        "I ordered the mugs 2 weeks ago, please cancel them",
        "cancel the mugs of order 2",
        "I only need 3 mugs so please cancel the rest",
        "please cancel that one, the mugs are too late",
    ],
)
def test_what_is_unclear_is_asked_as_without_a_number(words: str) -> None:
    """Which line, and then how many of it."""
    assert mugs(5).says(words).keys == ["cancel_which"]


@pytest.mark.parametrize(
    "words",
    [
        "I only got 3 of the 5 mugs",
        "where are my 5 mugs?",
        "please don't cancel 2 of the mugs",
        "I need 3 mugs",
        "do I only need 3 mugs?",
    ],
)
def test_not_every_number_is_a_wish(words: str) -> None:
    """Who asks, complains or refuses is not asked to cancel."""
    assert "cancel_confirm" not in mugs(5).says(words).keys


@pytest.mark.parametrize(
    "words",
    [
        "only 2 mugs arrived I want the rest",
        "I just need the 2 mugs urgently",
        "I only want you to send my 3 mugs",
        "I just want 3 mugs sent to my work",
        "please keep my 2 mugs safe I just moved",
        "I don't want just 3 mugs",
    ],
)
def test_who_wants_what_they_ordered_gives_up_nothing(words: str) -> None:
    """A word for "only" and a wish around a number do not mean it."""
    assert "cancel_confirm" not in mugs(5).says(words).keys


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("de", "Tasse Fjord", "ich will nur wissen wo meine 2 Tassen sind"),
        ("de", "Tasse Fjord", "ich möchte nur 2 Tassen umtauschen"),
        ("de", "Tasse Fjord", "nur 3 Tassen sind angekommen ich will den Rest"),
        ("de", "Tasse Fjord", "ich will nicht nur 2 Tassen"),
        ("fr", "Tasse Fjord", "je veux seulement savoir où sont mes 2 tasses"),
        ("fr", "Tasse Fjord", "je voudrais que vous envoyiez les 3 tasses"),
        ("es", "Taza Fjord", "quiero que me envíen solo 2 tazas"),
        ("es", "Taza Fjord", "quiero mis 2 tazas no solo una"),
        ("pt", "Caneca Fjord", "quero só saber se as 3 canecas vêm"),
        ("pt", "Caneca Fjord", "não quero só 2 canecas"),
        ("tr", "Kupa Fjord", "sadece 2 kupa geldi gerisini istiyorum"),
        ("uk", "Чашка Fjord", "хочу тільки щоб 2 чашки приїхали"),
        ("uk", "Чашка Fjord", "не хочу лише 2 чашки"),
    ],
)
def test_nobody_is_asked_to_cancel_what_they_wait_for(
    language: str, title: str, words: str
) -> None:
    """In no language is a wish for some units one to be rid of the others."""
    assert "cancel_confirm" not in _five(language, title).says(words).keys


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("en", "Mug Fjord", "I want only 2 mugs please"),
        ("de", "Tasse Fjord", "ich will nur zwei Tassen"),
        ("fr", "Tasse Fjord", "j'ai besoin seulement de deux tasses"),
        ("es", "Taza Fjord", "solo necesito dos tazas"),
        ("it", "Tazza Fjord", "mi servono solo due tazze"),
        ("pt", "Caneca Fjord", "só quero duas canecas"),
        ("nl", "Mok Fjord", "ik wil maar twee Mok"),
        ("tr", "Kupa Fjord", "sadece iki kupa istiyorum"),
        ("uk", "Чашка Fjord", "мені потрібні лише дві чашки"),
    ],
)
def test_who_wants_only_some_is_asked_about_the_others(
    language: str, title: str, words: str
) -> None:
    """Two are kept of five, so three would go."""
    story = _five(language, title).says(words)
    assert story.keys == ["cancel_confirm"]
    assert f"3 × {title}" in story.words


@pytest.mark.parametrize(
    "words",
    [
        "I already got 2 mugs, please cancel the rest",
        "my 2 kids are ill, please cancel the mugs",
        "please cancel the rest I have 2 mugs already",
        "the 2 mugs are broken cancel",
        "cancel my order I wanted 2 mugs not 5",
        "cancel I only need 3 mugs",
    ],
)
def test_a_number_beside_the_wish_is_not_what_goes(words: str) -> None:
    """What it counts stands next to it; else the customer is asked how many."""
    said = mugs(5).says(words).words
    assert "• 2 ×" not in said
    assert "• 3 ×" not in said


def test_what_went_or_is_gone_counts_for_who_keeps_some() -> None:
    """Of six one was cancelled and one sent: who needs three gives up two."""
    story = mugs(6, cancelled=1, shipped=1, allocated=4).says("I only need 3 mugs")
    assert "• 2 × Mug Fjord" in story.words


def test_a_thing_already_begun_is_not_taken_for_another() -> None:
    """Two mugs were meant, so no two hoodies are asked about."""
    lines = (
        a_line(quantity=3, allocated=3, backordered=0),
        a_ready_line(quantity=3, work_started_at=NOON - timedelta(hours=1)),
    )
    story = Story(a_case(an_order(*lines))).shop_says().says("cancel 2 of the mugs")
    assert "2 × Hoodie" not in story.words


def test_a_question_does_not_swallow_the_number() -> None:
    """While a proposal is open, "cancel 2" is about two, not the second button."""
    story = six_wait(charcoal=9).says("cancel 2 of the hoodies")
    assert story.keys[0] == "cancel_confirm"
    assert "• 2 × Hoodie, black, L" in story.words


def _five(language: str, title: str) -> Story:
    """Return a story of somebody's five mugs, by the name they have there."""
    lines = (a_line(allocated=1, backordered=0), a_ready_line(quantity=5, title=title))
    chat = a_chat(language=language)
    case = a_case(an_order(*lines), chats=(chat,), customer=a_customer(locale=language))
    return Story(case).shop_says()
