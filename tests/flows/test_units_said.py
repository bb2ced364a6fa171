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
    lines = (a_line(allocated=1, backordered=0), a_ready_line(quantity=5, title=title))
    chat = a_chat(language=language)
    case = a_case(an_order(*lines), chats=(chat,), customer=a_customer(locale=language))
    story = Story(case).shop_says().says(words)
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
