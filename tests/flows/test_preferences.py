"""What a customer generally prefers, and by when: asked once, kept, honoured, named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from flows.case import BackorderState, Memory
from flows.effects import Say
from flows.shop import Shelf

from .builders import (
    HOODIE,
    a_case,
    a_charcoal,
    a_product,
    a_shelf,
    a_supply,
    an_order,
    some_facts,
)
from .story import Story


def told(story: Story, key: str) -> list[str]:
    """Return what the last turn said under a key."""
    said = [effect.message for effect in story.effects if isinstance(effect, Say)]
    return [message.text for message in said if message.key == key]


def with_preference(wanted: str, *, market: str = "GB", policy: str = "") -> Story:
    """Return a story of a customer who said earlier what they prefer."""
    case = a_case(an_order(market=market), memory=Memory(preference=wanted))
    return Story(case, policy=policy).shop_says()


def test_it_is_asked_once_after_the_first_substitute() -> None:
    """One message with three wishes and "ask me each time", and never again."""
    story = Story().shop_says().delivers().taps("0s0")
    assert len(told(story, "preference")) == 1
    assert story.buttons == [
        "Send the closest one",
        "Only the same brand",
        "Refund me instead",
        "Ask me each time",
    ]
    story.taps("0w").taps("0s0")
    assert told(story, "preference") == []


@pytest.mark.parametrize(
    ("option", "policy"), [("0w", ""), ("0s0", "[terms]\nask_preference = false")]
)
def test_it_is_not_asked_otherwise(option: str, policy: str) -> None:
    """Not after waiting, and not where the merchant does not want it asked."""
    story = Story(policy=policy).shop_says().delivers().taps(option)
    assert told(story, "preference") == []


@pytest.mark.parametrize("wanted", ["best", "same_brand", "refund", "each_time"])
def test_a_press_keeps_it_and_says_so(wanted: str) -> None:
    """Kept with the customer, said back, and open to change."""
    story = Story().opens("prefer", wanted)
    assert story.case.memory.preference == wanted
    assert story.words.startswith("Noted: when something is missing")
    assert story.buttons == ["What I generally prefer"]


def test_it_can_be_seen_and_changed_at_any_time() -> None:
    """By a command or a button; what is kept already is not offered again."""
    story = Story().opens("prefer", "refund").says("/preferences")
    assert "recommend your money back" in story.words
    assert "Refund me instead" not in story.buttons
    story.opens("prefer")
    assert "recommend your money back" in story.words


def test_an_invented_wish_is_refused() -> None:
    """Clients can send anything."""
    story = Story().opens("prefer", "gold")
    assert story.case.memory.preference == ""
    assert story.toast == "This button is out of date."


def test_same_brand_only_leaves_other_brands_out() -> None:
    """And the proposal says that it looked nowhere else."""
    other = a_product("FELL", title="Heavy", family="f", brand="Fellside")
    shelf = Shelf(
        products=(a_product(), other, a_product("XL", size="XL")),
        facts=(
            some_facts(HOODIE, 0, a_supply()),
            some_facts("FELL", 5),
            some_facts("XL", 5),
        ),
    )
    memory = Memory(preference="same_brand")
    story = Story(a_case(shelf=shelf, memory=memory)).shop_says()
    assert [c.sku for c in story.offer.items[0].choices if c.sku] == ["XL"]
    assert "only at the same brand" in story.words


def test_refund_instead_is_recommended_and_what_silence_does() -> None:
    """The substitute may still be chosen; nothing is sent unasked."""
    story = with_preference("refund")
    assert "Cancel, refund €39.00 (recommended)" in story.buttons
    assert "rather have your money back" in story.words
    assert "If we don't hear from you, we'll cancel" in story.words
    story.delivers().waits(days=3)
    assert story.standing[0].kind == "cancel_refund"
    assert story.standing[0].decided_by == "silence"


def test_a_merchant_who_never_cancels_unasked_does_not_for_a_wish_either() -> None:
    """It is recommended, but silence waits."""
    story = with_preference("refund", policy='[terms]\nautomatic_cancel = "never"')
    assert "Cancel, refund €39.00 (recommended)" in story.buttons
    story.delivers().waits(days=3)
    assert [row.kind for row in story.standing] == ["wait"]


def test_best_match_makes_nothing_allowed_that_was_not() -> None:
    """In a market where silence may not replace, a general wish is no consent."""
    story = with_preference("best", market="US")
    assert "As you asked, we picked the closest one" in story.words
    assert "we'll keep waiting" in story.words


# --- "I need it by …" -------------------------------------------------------------


def waiting() -> Story:
    """Return a story in which nothing is close and the hoodie comes on 18 June."""
    shelf = a_shelf(a_supply(9), charcoal=0)
    return Story(a_case(shelf=shelf)).shop_says().delivers()


def test_a_day_too_early_is_asked_about_at_once() -> None:
    """It no longer waits in silence: cancelling is recommended, and silence does it."""
    story = waiting()
    assert story.backorder.state is BackorderState.WAITING
    story.says("I need it by Friday")
    assert "Noted: you need order 1042 by Fri 12 June." in story.words
    assert "asked you anew" in story.words
    assert "You need it by Fri 12 June, and it would come later" in story.words
    assert story.pending[0].items[0].on_silence == "0c"


def test_a_day_that_is_met_changes_nothing_yet() -> None:
    """It is said back, kept, and counts when the date slips beyond it."""
    story = waiting().says("I need it by 24 June")
    assert "is in time" in story.words
    assert not story.pending
    story.expects(a_supply(13), sku=HOODIE).shop_says()
    assert "You need it by Wed 24 June" in story.words
    assert story.pending[0].items[0].on_silence == "0c"


def test_the_customers_own_day_beats_the_shops() -> None:
    """The shop thought it was needed tomorrow; the customer can wait."""
    order = an_order(needed_by=date(2026, 6, 10))
    case = a_case(order, shelf=a_shelf(a_supply(9), charcoal=0))
    late = Story(case).shop_says()
    assert late.pending[0].items[0].needed_by == date(2026, 6, 10)
    own = replace(case, memory=Memory(wanted_by=((order.id, date(2026, 7, 1)),)))
    assert not Story(own).shop_says().pending


def test_with_something_close_the_close_one_is_recommended() -> None:
    """Too late for waiting: a substitute that is here beats a refund."""
    shelf = Shelf(
        products=(a_product(), a_charcoal()),
        facts=(some_facts(HOODIE, 0, a_supply(9)), some_facts("HOOD-CHARCOAL-L", 5)),
    )
    story = Story(a_case(shelf=shelf)).shop_says().delivers().taps("0w")
    story.says("it's a birthday present, I need it by Friday")
    assert "Send charcoal L (recommended)" in story.buttons
    assert story.pending[0].items[0].on_silence == "0s0"


def test_a_question_about_a_day_sets_none() -> None:
    """Asking whether it comes by Friday is answered, and nothing is kept."""
    story = waiting().says("will my order be here by Friday?")
    assert story.case.memory.wanted_by == ()
