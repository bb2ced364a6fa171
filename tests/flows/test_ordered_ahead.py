"""What was ordered before it was here: confirmed with its date, never a surprise."""

from __future__ import annotations

import pytest

from flows.case import BackorderState
from flows.shop import Shelf

from .builders import (
    NOON,
    a_case,
    a_line,
    a_ready_line,
    a_shelf,
    a_supply,
    an_order,
)
from .story import Story


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("preorder", "Hoodie, black, L is a pre-order and comes later."),
        ("backorder", "Hoodie, black, L isn't in stock yet and comes later."),
    ],
)
def test_what_is_ordered_before_it_is_here_is_confirmed_with_its_date(
    kind: str, words: str
) -> None:
    """The first message says what it was ordered as, the date, and both ways out."""
    order = an_order(a_line(kind=kind), a_ready_line(), placed_at=NOON)
    shelf = Shelf(
        products=a_shelf().products[::2], facts=a_shelf(a_supply()).facts[::2]
    )

    story = Story(a_case(order, shelf=shelf)).shop_says()

    assert story.keys == ["dated"]
    assert words in story.words
    assert "We expect it between Thu 18 June and Sun 21 June." in story.words
    assert "Sorry" not in story.words
    assert story.buttons[:3] == [
        "Wait for it",
        "Cancel, refund €39.00",
        "Cancel and tell me when it's back",
    ]


def test_a_preorder_is_never_cancelled_for_coming_late() -> None:
    """Who ordered something that comes in two months waits for it, unasked."""
    order = an_order(a_line(kind="preorder"), placed_at=NOON)
    case = a_case(order, shelf=a_shelf(a_supply(days=60)))

    story = Story(case).shop_says().delivers().waits(days=20)

    assert story.backorder.state is BackorderState.WAITING
    assert story.standing == []
