"""The staff hear what fell short, until when, and who is likely to ask: one card."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows.effects import PostShortage
from flows.events import ShopChanged
from flows.setting import Mode
from flows.shop import Queue, Supply, Waiter

from .builders import HOODIE, a_case, a_shelf, a_supply
from .story import Story

WAITERS = tuple(
    Waiter(name, str(1042 + n))
    for n, name in enumerate(("Anna Brandt", "", "Cleo", "Dan", "Eve"))
)


def a_story(*supplies: Supply, queue: Queue | None = None, **setting: Any) -> Story:
    """Return Anna's case in a shop where fourteen units are short."""
    queue = queue or Queue(units=14, orders=12, first=WAITERS)
    shelf = a_shelf(*supplies)
    return queued(Story(a_case(shelf=shelf), **setting), queue)


def queued(story: Story, queue: Queue) -> Story:
    """Let these be the ones who wait for the hoodie."""
    shelf = story.case.shelf
    facts = tuple(
        replace(item, queue=queue) if item.sku == HOODIE else item
        for item in shelf.facts
    )
    story.case = replace(story.case, shelf=replace(shelf, facts=facts))
    return story


def told(story: Story) -> PostShortage:
    """Return the one shortage the last turn told of."""
    (found,) = story.all(PostShortage)
    return found


def test_the_card_says_what_until_when_and_who() -> None:
    """All in one card: the longest waiting by name, the others by their number."""
    card = told(a_story(a_supply(9)).shop_says()).card

    assert card.summary == "Hoodie, black, L is short: 14 units in 12 orders"
    _, when, who = card.text.splitlines()
    assert when == "We expect it between Thu 18 June and Sun 21 June."
    assert who == (
        "Likely to ask: Anna Brandt (1042), 1043, Cleo (1044), Dan (1045), Eve (1046) "
        "and 7 more."
    )


@pytest.mark.parametrize(
    ("coming", "says"),
    [
        ((a_supply(9, quantity=5),), "We expect the first between Thu 18 June and"),
        ((a_supply(None),), "Nobody can say yet when it's back."),
        (
            (a_supply(9, quantity=5), a_supply(20, quantity=9, id="second")),
            "We expect it between Thu 18 June and Thu 2 July.",
        ),
    ],
)
def test_no_date_is_told_that_is_not_everybodys(
    coming: tuple[Supply, ...], says: str
) -> None:
    """Five of fourteen are not all of them; two deliveries make one range."""
    assert says in told(a_story(*coming).shop_says()).card.text


def test_many_products_on_one_blank_are_called_by_its_code() -> None:
    """Two names fit into a headline, four do not."""
    two = Queue(units=2, orders=1, titles=("Cat tee", "Dog tee"), first=WAITERS[:1])
    summary = told(a_story(queue=two).shop_says()).card.summary
    assert summary.startswith("Cat tee / Dog tee is short: 2 units in one order")
    four = replace(two, titles=("A", "B", "C", "D"))
    assert told(a_story(queue=four).shop_says()).card.summary.startswith(HOODIE)


def test_the_last_one_to_get_theirs_ends_it() -> None:
    """Nobody waits any more: the card says so, and is not drawn again."""
    story = a_story().shop_says()
    assert not told(story).over

    queued(story, Queue()).shop_says("hoodie", backordered=0, allocated=1)

    assert told(story).over
    assert told(story).card.summary == "Hoodie, black, L is no longer short"
    assert not story.shop_says().all(PostShortage)


def test_what_was_late_before_the_bot_came_is_not_news() -> None:
    """The baseline has a card of its own."""
    story = a_story().take(ShopChanged(customer_id="anna", baseline=True))
    assert not story.all(PostShortage)


def test_the_merchant_may_do_without() -> None:
    """One switch, for everything or by rule."""
    policy = "[terms]\nshortage_card = false\n"
    assert not a_story(policy=policy).shop_says().all(PostShortage)


def test_staff_hear_of_it_in_mode_watch() -> None:
    """It tells no customer anything, so it is told in any mode."""
    assert told(a_story(mode=Mode.WATCH).shop_says())
