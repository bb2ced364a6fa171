"""Free text: what costs something is confirmed by a button, and no means no."""

from __future__ import annotations

import pytest

from flows.case import DialogueState
from flows.effects import Decide

from .builders import CHARCOAL, a_case, a_chat, an_order
from .story import Story


@pytest.fixture
def asked() -> Story:
    """Anna was asked about her hoodie; charcoal is recommended."""
    return Story().shop_says().delivers()


@pytest.mark.parametrize("yes", ["yes", "yes please", "ok", "charcoal"])
def test_words_alone_decide_nothing(asked: Story, yes: str) -> None:
    """What was understood is repeated on one button."""
    asked.says(yes)
    assert asked.keys == ["confirm"]
    assert asked.buttons[0].startswith("Send charcoal L")
    assert not asked.all(Decide)
    asked.taps("0s0")
    assert [row.kind for row in asked.standing] == ["substitute"]


def test_no_means_no_for_silence_too(asked: Story) -> None:
    """Who refused charcoal and says no more does not get charcoal."""
    asked.says("no")
    assert asked.keys == ["declined"]
    assert "charcoal" not in asked.words
    assert "If we don't hear from you, we'll keep waiting for Hoodie" in asked.words
    assert not [label for label in asked.buttons if "charcoal" in label]
    assert not asked.holds, "what nobody wants is not held"
    asked.waits(hours=25)
    assert [row.kind for row in asked.standing] == ["wait"]


def test_no_without_a_date_means_money_back() -> None:
    """Nothing else is wanted and nobody knows when: silence cancels, and says so."""
    story = Story()
    story.expects(sku="HOOD-BLACK-L").shop_says().delivers().says("no")
    assert "we'll cancel Hoodie, black, L and refund €39.00" in story.words
    story.waits(hours=25)
    assert "cancel_refund" in [row.kind for row in story.standing]


def test_a_refused_product_can_still_be_chosen(asked: Story) -> None:
    """Thinking again is allowed: the first message's button still works."""
    asked.says("no").taps("0s0")
    assert [row.substitute_sku for row in asked.standing] == [CHARCOAL]
    assert asked.holds


@pytest.mark.parametrize("text", ["where is my order?", "wo ist meine bestellung?"])
def test_where_is_my_order(text: str) -> None:
    """The answer is read from what is stored, whatever language asks."""
    story = Story().shop_says().delivers().says(text)
    assert "status" in story.keys
    assert "Order 1042" in story.words


@pytest.mark.parametrize("sign", ["", "#"])
def test_only_the_order_that_was_named_is_shown(sign: str) -> None:
    """Two orders, one number, with or without its sign."""
    orders = an_order(), an_order(id="order-7", number=f"{sign}2007")
    story = Story(a_case(*orders)).says(f"where is order {sign}2007?")
    assert "2007" in story.words
    assert "1042" not in story.words


def test_stop_is_obeyed_and_can_be_taken_back() -> None:
    """The word alone is enough; questions are still answered."""
    story = Story().says("STOP")
    assert story.case.chats[0].muted
    story.opens("orders")
    assert story.keys == ["status"]
    story.opens("unmute")
    assert not story.case.chats[0].muted


def test_thanks_is_answered_and_hands_nothing_over() -> None:
    """A kind word is no ticket."""
    story = Story(a_case(chats=(a_chat(),))).says("thank you so much!")
    assert story.keys == ["thanks"]
    assert story.case.ticket is None
    assert story.case.dialogue is DialogueState.TALKING
