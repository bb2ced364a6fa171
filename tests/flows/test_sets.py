"""Whatever happens to a set: it is replaced together or not at all."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from flows.sets import counterpart, followers, whole

from .builders import (
    CHARCOAL,
    HOODIE,
    a_cancel,
    a_case,
    a_line,
    a_stand_in,
    a_supply,
    a_wait,
    an_item,
    an_offer,
    an_order,
)
from .story import Story
from .test_substitutes_told import (
    BEANIE,
    BEANIE_CHARCOAL,
    a_beanie,
    a_beanie_line,
    a_charcoal,
    a_charcoal_beanie,
    shelf_with,
)

if TYPE_CHECKING:
    from collections.abc import Callable

#: What a set may look like in the end: both as ordered, or both in charcoal.
_STEPS = 16


@pytest.mark.parametrize("seed", range(30))
def test_no_history_tears_a_set(seed: int) -> None:
    """Where the bot chose or the customer tapped, both halves look alike."""
    dice = Random(seed)
    for number in range(10):
        history: list[str] = []
        story = a_pair(dice)
        for _ in range(_STEPS):
            step = dice.choice(STEPS)
            history.append(step.__name__)
            try:
                step(story, dice)
                # What was decided is a change of the shop's, and noticed like one.
                assert_one_look(story.shop_says())
            except Exception as error:
                error.add_note(f"history {number} of seed {seed}: {history}")
                raise


def a_pair(dice: Random) -> Story:
    """Return a story of a hoodie and a beanie of which some are short."""
    lines = (
        a_line(**dice.choice(({}, {"allocated": 1, "backordered": 0}))),
        a_beanie_line(**dice.choice(({}, {"allocated": 1, "backordered": 0}))),
    )
    case = a_case(
        an_order(*lines, market=dice.choice(("GB", "US"))),
        shelf=shelf_with(a_charcoal(), a_beanie(), a_charcoal_beanie()),
    )
    return Story(case).stocks(BEANIE, 0).shop_says()


def goes_short(story: Story, dice: Random) -> None:
    """Let a ready line be short, or a short one be filled."""
    line = story.line(dice.choice(("hoodie", "beanie")))
    story.shop_says(line.id, allocated=line.backordered, backordered=line.allocated)


def shelf_moves(story: Story, dice: Random) -> None:
    """Let charcoal come and go."""
    story.stocks(dice.choice((CHARCOAL, BEANIE_CHARCOAL)), dice.choice((0, 2)))
    story.shop_says()


def date_moves(story: Story, dice: Random) -> None:
    """Let the supplier say another day."""
    sku = dice.choice((HOODIE, BEANIE))
    story.expects(a_supply(dice.choice((3, 9, 13, None))), sku=sku).shop_says()


def arrives(story: Story, dice: Random) -> None:
    """Let what was sent arrive, and time pass."""
    story.delivers().waits(hours=dice.choice((1, 30)))


def taps(story: Story, dice: Random) -> None:
    """Let Anna press anything she was ever shown."""
    if story.case.offers:
        offer = dice.choice(story.case.offers)
        item = dice.choice(offer.items)
        story.taps(dice.choice(item.choices).code, offer)


STEPS: tuple[Callable[[Story, Random], None], ...] = (
    goes_short,
    shelf_moves,
    date_moves,
    arrives,
    taps,
)


def assert_one_look(story: Story) -> None:
    """Check that no half of the set becomes charcoal while the other comes in black."""
    kinds = {
        row.line_id: row.kind
        for row in story.standing
        if (b := story.case.backorder(row.backorder_id)) is not None
        and b.closed_at is None
    }
    looks = {kinds.get(line) for line in ("hoodie", "beanie")}
    assert "substitute" not in looks or looks <= {"substitute", "cancel_refund"}


# --- one choice for several items ---------------------------------------------------


def test_a_choice_finds_its_counterpart_and_its_sum() -> None:
    """The same letter in the other item's number; amounts are those of both."""
    first = an_item(a_stand_in(difference_minor=-400), a_wait(), a_cancel())
    other = an_item(
        a_stand_in("1s0", difference_minor=-100),
        a_wait("1w"),
        a_cancel("1c", 1900),
        backorder_id="b2",
        follows="b1",
    )
    offer = an_offer(first, other)
    cancel = first.choice("0c")
    assert cancel is not None
    assert followers(offer, first) == (other,)
    assert counterpart(other, cancel) == other.choice("1c")
    assert whole(offer, first, cancel).refund_minor == 5800
    assert whole(offer, first, first.choices[0]).difference_minor == -500
