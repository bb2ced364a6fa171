"""A customer names one thing, and nothing else is offered to be cancelled."""

from __future__ import annotations

import pytest

from flows.effects import PostCard
from flows.events import CustomerSaid
from flows.setting import Mode

from .builders import ANNA, a_case, a_line, a_ready_line, an_order, key_of
from .story import Story


def _short(**changes: object) -> Story:
    """Let Anna's hoodie be short, and her be asked; the mug of the order is here."""
    return Story(a_case(an_order(a_line(), a_ready_line())), **changes).shop_says()


@pytest.mark.parametrize(
    "words",
    ["cancel the mug", "please cancel my mug", "storniere den mug", "cancel mug fjord"],
)
def test_the_other_line_is_meant_where_it_is_named(words: str) -> None:
    """The hoodie is being asked about, and stays what it is asked about."""
    story = _short().delivers().says(words)

    assert story.keys == ["cancel_confirm"]
    assert "Mug Fjord" in story.words
    assert "Hoodie" not in story.words


@pytest.mark.parametrize("words", ["cancel it", "cancel the hoodie", "cancel please"])
def test_what_is_asked_about_is_meant_otherwise(words: str) -> None:
    """Named, or with nothing named: the open question's own line."""
    story = _short().delivers().says(words)

    assert story.keys == ["confirm"]
    assert "we'll cancel Hoodie" in story.words


@pytest.mark.parametrize(("name", "other"), [("shirt", "Hoodie"), ("hoodie", "Shirt")])
def test_of_two_open_questions_the_named_line_is_meant(name: str, other: str) -> None:
    """Hoodie and shirt are both asked about."""
    shirt = a_line("shirt", title="Shirt", sku="SHIRT")
    never = '[terms]\nautomatic_cancel = "never"\n'
    story = Story(a_case(an_order(a_line(), shirt)), policy=never).shop_says()
    story.delivers().says(f"cancel the {name}")

    assert name in story.words.lower()
    assert other not in story.words


def test_what_cannot_be_cancelled_here_is_not_swapped_for_another() -> None:
    """In mode watch the short line is nobody's yet: a person, never the mug."""
    story = _short(mode=Mode.WATCH)
    story.take(
        CustomerSaid(
            chat=key_of(story.case.chats[0]),
            sender=ANNA,
            text="cancel the hoodie",
            message_id="9",
        )
    )
    assert story.case.ticket is not None
    shown = "".join(posted.card.text for posted in story.all(PostCard))
    assert "Shall I cancel" not in shown
