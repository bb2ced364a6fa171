"""Not understood: buttons to choose from, then a person who gets every word."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.draft import Draft
from flows.effects import PostThread, Say
from flows.intents import Intent, Outcome, Understanding
from flows.unclear import ask_meaning, miss

from .builders import NOON, a_case, a_chat, a_setting, an_offer, an_order
from .story import Story

MENU = "blue bananas on mars"
TWO = (Intent.CANCEL_ORDER, Intent.WHERE_IS_MY_ORDER)


def unsure(*candidates: Intent, again: bool = False) -> Understanding:
    """Return what was understood of words that may mean several things."""
    return Understanding(
        intent=Intent.OTHER,
        confidence=0.4,
        outcome=Outcome.ASK,
        candidates=candidates,
        person_first=again,
    )


def asked(draft: Draft, *candidates: Intent, text: str = "hm") -> None:
    """Let the bot be unsure between some intents."""
    again = draft.case.misses > 0
    offer = next(iter(draft.case.offers), None)
    ask_meaning(draft, a_chat(), unsure(*candidates, again=again), offer, text)


def a_draft(**changes: object) -> Draft:
    """Return a draft about Anna's case."""
    return Draft(a_case(**changes), a_setting())


def last(draft: Draft) -> Say:
    """Return what was said last."""
    return [effect for effect in draft.effects if isinstance(effect, Say)][-1]


def labels(draft: Draft) -> list[str]:
    """Return the labels below what was said last."""
    return [button.label for row in last(draft).message.rows for button in row]


# --- the menu -------------------------------------------------------------------------


def test_the_menu_shows_the_open_orders() -> None:
    """The newest three as buttons, each answered with that order, and a person."""
    orders = [
        an_order(id=f"o{n}", number=f"#200{n}", placed_at=NOON - timedelta(days=n))
        for n in range(4)
    ]
    story = Story(a_case(*orders, an_order(id="old", status="shipped"))).says(MENU)
    assert story.keys == ["unsure"]
    assert story.buttons == [
        "Order #2000",
        "Order #2001",
        "Order #2002",
        "Where is my order?",
        "Talk to a person",
    ]
    (button,) = story.all(Say)[0].message.rows[1]
    story.presses(str(button.data))
    assert story.keys == ["status"]
    assert "Order #2001" in story.words
    assert "2002" not in story.words


def test_an_order_button_opens_nothing_of_others() -> None:
    """What the button names is looked for among the customer's own orders."""
    story = Story().opens("order", "somebody-elses")
    assert story.toast
    assert not story.keys


# --- did you mean ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "candidates",
    [
        (Intent.ACCEPT_YES, Intent.DECLINE_NO),
        (Intent.THANKS, Intent.GREETING),
        (Intent.CANCEL_ORDER, Intent.THANKS),
    ],
)
def test_a_question_has_choices(candidates: tuple[Intent, ...]) -> None:
    """With nothing, or one thing, to choose from it is a miss like any other."""
    draft = a_draft()
    asked(draft, *candidates)
    assert last(draft).message.key == "unsure"


def test_a_person_counts_as_a_choice() -> None:
    """One wish or a person: that is a question."""
    draft = a_draft()
    asked(draft, Intent.CANCEL_ORDER, Intent.TALK_TO_HUMAN)
    assert labels(draft) == ["Cancel something", "Talk to a person"]


def test_a_proposal_makes_yes_and_no_choices() -> None:
    """With something to say yes to, both stand on buttons that say what they do."""
    draft = a_draft(offers=(an_offer(),))
    asked(draft, Intent.ACCEPT_YES, Intent.DECLINE_NO)
    first, *rest = labels(draft)
    assert first.startswith("Send charcoal L")
    assert rest == ["No other product", "Talk to a person"]


# --- what follows ---------------------------------------------------------------------


def test_the_second_miss_brings_a_person_and_both_messages() -> None:
    """Who reads "with your messages" is not asked to repeat the first."""
    story = Story().says(MENU).says("yellow submarines")
    assert story.keys == ["handed_over"]
    thread = "\n".join(effect.card.text for effect in story.all(PostThread))
    assert MENU in thread
    assert "yellow submarines" in thread


def test_an_unanswered_question_is_a_miss() -> None:
    """Asked what was meant and not understood again: a person gets both messages."""
    draft = a_draft()
    asked(draft, *TWO, text="first words")
    miss(draft, a_chat(), "second words")
    assert last(draft).message.key == "handed_over"
    (words,) = (e.card.text for e in draft.effects if isinstance(e, PostThread))
    assert "first words" in words
    assert "second words" in words


def test_the_second_question_offers_the_person_first_and_is_the_last() -> None:
    """A person stands on top, and then comes by themselves."""
    draft = a_draft()
    asked(draft, *TWO)
    assert labels(draft)[-1] == "Talk to a person"
    asked(draft, *TWO)
    assert labels(draft)[0] == "Talk to a person"
    asked(draft, *TWO)
    assert last(draft).message.key == "handed_over"


def test_an_answered_question_is_no_miss() -> None:
    """After a press on one of the choices the count begins anew."""
    draft = a_draft()
    asked(draft, *TWO)
    story = Story(draft.case).opens("meant", "where_is_my_order").says(MENU)
    assert story.keys == ["unsure"]


def test_old_misses_stay_where_they_were() -> None:
    """What was missed before something was understood is not the team's business."""
    story = Story().says(MENU).says("where is my order?").says("yellow submarines")
    story.says(MENU)
    (thread,) = story.all(PostThread)
    assert thread.card.text.count(MENU) == 1
    assert "yellow submarines" in thread.card.text
