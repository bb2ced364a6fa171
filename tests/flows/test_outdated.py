"""Words about an offer that is no longer in force are not sent by anybody."""

from __future__ import annotations

import pytest

from flows.case import BackorderState, DecisionRow, OfferState
from flows.codes import ReleasePress, read_staff_press
from flows.effects import Notice, PostCard, ReleaseBatch, Say, ShowPicture, Unsend
from flows.events import StaffReleased
from flows.ledger import UNTOLD
from flows.setting import Mode

from .builders import (
    MIA,
    a_case,
    a_charcoal,
    a_line,
    a_mug,
    a_product,
    a_ready_line,
    a_shelf,
    an_order,
)
from .story import Story


def held_batch(story: Story) -> str:
    """Return the batch on the last turn's card."""
    (card,) = [e.card for e in story.all(PostCard) if e.card.key == "held"]
    press = read_staff_press(card.buttons[0].data)
    assert isinstance(press, ReleasePress)
    return press.batch


def presses(story: Story, batch: str, *, send: bool, held: bool = True) -> Story:
    """Let Mia press a button of a held card."""
    event = StaffReleased(staff=MIA, case_id=1, batch=batch, send=send, held=held)
    return story.take(event)


def unsent(story: Story) -> set[str]:
    """Return the subjects whose unsent words the last turn dropped."""
    return {subject for e in story.all(Unsend) for subject in e.subjects}


def with_a_mug() -> Story:
    """Let Anna's hoodie be cancelled in mode ask; her mug is ready so far."""
    mug = a_ready_line()
    shelf = a_shelf(charcoal=0)
    return Story(
        a_case(an_order(a_line(), mug), shelf=shelf), mode=Mode.ASK
    ).shop_says()


def waiting(story: Story) -> list[DecisionRow]:
    """Return the decisions that wait for words."""
    return [row for row in story.standing if row.apply_after == UNTOLD]


def test_a_newer_proposal_takes_the_old_ones_words_back() -> None:
    """In mode ask the first card's words, and its picture, are dropped at once."""
    shown = a_charcoal(image_url="https://shop.example/charcoal.png")
    shelf = a_shelf(products=(a_product(), shown, a_mug()))
    story = Story(a_case(shelf=shelf), mode=Mode.ASK).shop_says()
    old, first = story.offer, held_batch(story)
    assert {e.subject for e in story.all(ShowPicture)} == {old.subject}
    story.shop_says("hoodie", backordered=2, quantity=2)

    assert story.case.offers[0].state is OfferState.REPLACED
    assert unsent(story) == {old.subject}
    assert first not in story.unreleased
    (dropped,) = story.all(Unsend)
    assert dropped.moving
    assert (
        "Not sent to Anna Lind: this is out of date." in dropped.card(partly=False).text
    )
    kinds = [type(effect) for effect in story.effects]
    assert kinds.index(Unsend) < kinds.index(Say), "what this turn says stays"


@pytest.mark.parametrize("send", [True, False])
def test_a_press_on_an_old_card_does_nothing(send: bool) -> None:
    """It is answered so; the newer proposal stays as it is, and stays held."""
    story = Story(mode=Mode.ASK).shop_says()
    first = held_batch(story)
    story.shop_says("hoodie", backordered=2, quantity=2)
    newer, held = story.offer, dict(story.held)
    presses(story, first, send=send, held=False)

    (whisper,) = story.effects
    assert "Nothing was sent" in getattr(whisper, "text", "")
    assert story.offer == newer
    assert story.held == held


def test_only_the_newest_letter_is_left() -> None:
    """The mailer has not come yet: the letter of the replaced proposal is dropped."""
    story = Story(a_case(chats=())).shop_says()
    old = story.offer
    story.shop_says("hoodie", backordered=2, quantity=2)

    assert unsent(story) == {old.subject}
    (letter,) = story.all(Notice)
    assert letter.subject == story.offer.subject


def test_what_was_answered_is_not_asked_by_letter_any_more() -> None:
    """What is on its way to another chat stays: an edit follows it there."""
    story = Story().shop_says().delivers()
    story.taps("0c")
    (dropped,) = story.all(Unsend)
    assert dropped.subjects == (story.offer.subject,)
    assert not dropped.moving


def test_goods_that_came_take_back_what_a_colleague_held() -> None:
    """The cancellation is taken back, its words are dropped, nothing waits for them."""
    story = with_a_mug()
    assert waiting(story)
    old = story.offer
    story.shop_says("hoodie", backordered=0, allocated=1)

    assert unsent(story) == {old.subject}
    assert waiting(story) == []
    assert not story.case.memory.untold_offers
    assert story.backorder.state is not BackorderState.CANCELLED


def test_one_card_lets_go_only_what_it_tells() -> None:
    """Two lines of an order are cancelled one after the other, on two cards."""
    story = with_a_mug()
    first = held_batch(story)
    story.shop_says("mug", allocated=0, backordered=1)
    second = held_batch(story)
    assert {row.line_id for row in waiting(story) if row.line_id} == {"hoodie", "mug"}

    presses(story, first, send=True)
    assert {row.line_id for row in waiting(story) if row.line_id} == {"mug"}
    presses(story, second, send=True)
    assert waiting(story) == []


def test_a_card_that_is_dropped_leaves_the_other_ones_alone() -> None:
    """Not sending the first card decides nothing about what the second one tells."""
    story = with_a_mug()
    first = held_batch(story)
    story.shop_says("mug", allocated=0, backordered=1)
    presses(story, first, send=False)

    assert story.all(ReleaseBatch) == [ReleaseBatch(batch=first, send=False)]
    assert {row.line_id for row in waiting(story) if row.line_id} == {"mug"}
