"""Presses: the first counts, a changed mind is heard, and each gets an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.case import BackorderState, DialogueState, OfferState
from flows.effects import Answered, Decide, Reword, Withdraw

from .builders import (
    CHARCOAL,
    a_case,
    a_charcoal,
    a_chat,
    a_line,
    a_mug,
    a_product,
    a_ready_line,
    a_shelf,
    a_supply,
    an_order,
)
from .story import Story


@pytest.fixture
def asked() -> Story:
    """Anna was asked about her hoodie a moment ago."""
    return Story().shop_says().delivers()


@pytest.fixture
def asked_twice() -> Story:
    """Anna was asked about two hoodies in one message."""
    order = an_order(a_line(), a_line("second"), a_ready_line())
    return Story(a_case(order)).shop_says().delivers()


def test_what_the_shop_has_just_claimed_is_called_claimed(asked: Story) -> None:
    """Also before anybody noticed: the row is the truth, not what we heard of it."""
    asked.taps("0s0")
    claimed = (replace(row, claimed_at=asked.now) for row in asked.case.decisions)
    asked.case = replace(asked.case, decisions=tuple(claimed))
    asked.taps("0w")
    assert asked.keys == ["late_tap"]
    assert "The shop is already working on it" in asked.words
    assert "Change my choice" not in asked.buttons


# --- choosing -----------------------------------------------------------------------


def test_a_tap_decides_in_its_own_commit(asked: Story) -> None:
    """The reply, the row for the shop and the new words belong to one turn."""
    asked.taps("0s0")
    (reply,), (row,) = asked.all(Answered), asked.all(Decide)
    assert (reply.option, reply.version) == ("0s0", 1)
    assert reply.by.startswith("customer")
    assert (row.kind, row.substitute_sku, row.quantity) == ("substitute", CHARCOAL, 1)
    assert row.decided_by == "customer"
    assert row.apply_after - asked.now == timedelta(minutes=30)
    assert asked.toast == "Noted."
    assert asked.keys[0] == "answered"
    assert "Tue 9 June, 14:30, Berlin time" in asked.words
    assert asked.offer.state is OfferState.ANSWERED
    assert asked.backorder.state is BackorderState.SUBSTITUTED


@pytest.mark.parametrize(
    ("option", "kind", "state"),
    [
        ("0s0", "substitute", "substituted"),
        ("0w", "wait", "waiting"),
        ("0c", "cancel_refund", "cancelled"),
    ],
)
def test_each_option_is_what_it_says(option: str, kind: str, state: str) -> None:
    """Send, wait, cancel: the shop reads what the button said."""
    story = Story().shop_says().delivers().taps(option)
    assert [row.kind for row in story.standing if row.backorder_id] == [kind]
    assert story.backorder.state == state


def test_a_tap_proves_delivery_by_itself() -> None:
    """Who taps has read the message, even where the platform's receipt is lost."""
    story = Story().shop_says().taps("0w")
    assert story.offer.state is OfferState.ANSWERED
    story.delivers()
    assert story.offer.state is OfferState.ANSWERED
    assert len(story.standing) == 1


def test_the_same_tap_again_changes_nothing(asked: Story) -> None:
    """Two quick presses are one choice."""
    asked.taps("0s0").taps("0s0")
    assert asked.toast == "You already chose this."
    assert not asked.all(Decide)
    assert len(asked.case.decisions) == 1


def test_in_another_chat_the_first_tap_counts() -> None:
    """A proposal goes to all chats; who comes second sees what was chosen."""
    case = a_case(chats=(a_chat(1), a_chat(2)))
    story = Story(case).shop_says().delivers().taps("0s0", chat=1)
    assert {effect.chat_id for effect in story.all(Reword)} == {1, 2}
    story.taps("0s0", chat=0)
    assert story.toast == "You already chose this."
    assert len(story.case.decisions) == 1


def test_two_items_are_two_choices(asked_twice: Story) -> None:
    """The message asks on until the last item is chosen."""
    asked_twice.taps("0s0")
    assert asked_twice.offer.state is OfferState.OPEN
    assert "Hoodie, black, L still needs a choice" in asked_twice.words
    assert any(label.startswith("Hoodie, black, L:") for label in asked_twice.buttons)
    asked_twice.taps("1c")
    assert asked_twice.offer.state is OfferState.ANSWERED
    kinds = [row.kind for row in asked_twice.standing]
    assert sorted(kinds) == ["cancel_refund", "substitute"]


def test_an_item_can_be_chosen_anew_while_another_is_open(asked_twice: Story) -> None:
    """Until the shop has it, an earlier choice of the same message is replaced."""
    asked_twice.taps("0s0").taps("0w")
    assert [row.kind for row in asked_twice.standing] == ["wait"]
    assert len(asked_twice.all(Withdraw)) == 1


def test_what_the_shop_has_taken_is_not_chosen_anew(asked_twice: Story) -> None:
    """Of two items one is on its way already: a late press on it changes nothing."""
    asked_twice.taps("0s0")
    (row,) = asked_twice.standing
    asked_twice.row_becomes(row, claimed_at=asked_twice.now).taps("0c")
    assert asked_twice.toast == "This choice has closed."
    assert [r.kind for r in asked_twice.standing] == ["substitute"]


# --- thinking again -------------------------------------------------------------------


def test_a_changed_mind_withdraws_the_old_row(asked: Story) -> None:
    """The old row is taken back, never edited; the new one waits its own half hour."""
    asked.taps("0s0").waits(minutes=10).taps("change")
    assert asked.keys == ["choose_again"]
    assert "Send charcoal L" not in " ".join(asked.buttons)
    asked.taps("0c")
    (old,), (new, *_) = asked.all(Withdraw), asked.all(Decide)
    assert old.decision_id == 1
    assert new.kind == "cancel_refund"
    assert new.apply_after - asked.now == timedelta(minutes=30)
    assert [row.kind for row in asked.standing if row.backorder_id] == ["cancel_refund"]
    assert asked.offer.state is OfferState.ANSWERED


def test_after_the_third_change_a_person_is_asked(asked: Story) -> None:
    """Changing for ever is a conversation, not a button."""
    asked.taps("0s0")
    for option in ("0w", "0c", "0w"):
        asked.taps(option)
        assert asked.toast == "Noted."
    asked.taps("0c")
    assert asked.case.dialogue is DialogueState.WITH_STAFF
    assert [row.kind for row in asked.standing if row.backorder_id] == ["wait"]


@pytest.mark.parametrize("started", [False, True])
def test_what_the_shop_works_on_is_not_changed_here(
    asked: Story, started: bool
) -> None:
    """Claimed is claimed: the customer hears so, and a colleague may still help."""
    asked.taps("0s0")
    if started:
        asked.put_line("hoodie", work_started_at=asked.now)
    asked.row_becomes(asked.standing[0], claimed_at=asked.now)
    asked.taps("0c")
    assert asked.keys == ["late_tap"]
    assert ("being made now" in asked.words) is started
    assert "A colleague can tell you what's possible." in asked.words
    assert "Talk to a person" in asked.buttons
    assert [row.kind for row in asked.standing] == ["substitute"]


def test_a_cancellation_by_policy_can_be_taken_back() -> None:
    """Nobody was asked, so one tap makes it wait after all."""
    story = Story(a_case(shelf=a_shelf(charcoal=0))).shop_says().delivers()
    assert story.backorder.state is BackorderState.CANCELLED
    story.taps("0w")
    assert story.backorder.state is BackorderState.WAITING
    assert [row.kind for row in story.standing] == ["wait"]


# --- too late, too old, not ours ------------------------------------------------------


def test_a_tap_after_the_deadline_gets_the_truth(asked: Story) -> None:
    """Silence has decided; it can still be changed, and that is said."""
    asked.waits(hours=25).taps("0c")
    assert asked.toast == "Noted."
    kinds = [row.kind for row in asked.standing if row.backorder_id]
    assert kinds == ["cancel_refund"]


def test_between_the_deadline_and_silence_a_tap_is_late() -> None:
    """The channel is not read yet, but the deadline has passed: that is said."""
    story = Story(heard_until={}).shop_says().delivers().waits(hours=25).taps("0c")
    assert story.offer.state is OfferState.OPEN
    assert story.keys == ["late_tap"]
    assert not story.case.decisions


def test_a_replaced_message_points_to_the_newest(asked: Story) -> None:
    """Buttons of an older version choose nothing and say where to look."""
    old = asked.offer
    asked.waits(minutes=11).expects(a_supply(20), sku="HOOD-BLACK-L").shop_says()
    asked.taps("0s0", old)
    assert asked.toast == "This choice has closed."
    assert "newest one further down" in asked.words
    assert not asked.case.decisions


@pytest.mark.parametrize("data", ["o:nobodys-token:0s0", "garbage", "m:unknown", "m:"])
def test_a_foreign_button_opens_nothing(asked: Story, data: str) -> None:
    """Invented, forwarded or forgotten data is answered and does nothing."""
    asked.presses(data)
    assert asked.toast == "This button is out of date."
    assert not asked.case.decisions


def test_a_token_opens_nothing_in_somebody_elses_chat(asked: Story) -> None:
    """A token is looked up in the case of the chat that sent it."""
    stranger = Story(a_case(an_order(a_ready_line()))).shop_says()
    stranger.taps("0c", asked.offer)
    assert stranger.toast == "This button is out of date."
    assert not stranger.case.decisions


def test_an_option_the_offer_does_not_have(asked: Story) -> None:
    """The right token with a made-up option chooses nothing."""
    asked.taps("7s9")
    assert asked.toast == "This button is out of date."
    assert not asked.case.decisions


def test_what_was_taken_by_somebody_else_is_asked_anew() -> None:
    """The button is there, the product is not: ask again with what there is."""
    grey = a_product("HOOD-GREY-L", color="grey", color_hex="#333338")
    base = a_shelf(a_supply())
    case = a_case(
        shelf=a_shelf(
            products=(a_product(), a_charcoal(), grey, a_mug()),
            facts=(*base.facts, type(base.facts[0])(sku="HOOD-GREY-L", free=3)),
        )
    )
    story = Story(case).shop_says().delivers()
    story.stocks("HOOD-GREY-L", 0).taps("0s1")
    assert story.toast == "That one has just been taken by somebody else."
    assert story.keys[-1] == "proposal"
    assert len(story.pending) == 1
    assert not story.case.decisions


# --- the rest of the row --------------------------------------------------------------


def test_other_options_are_shown_on_demand(asked: Story) -> None:
    """All substitutes unfold in the same message; nothing is decided by looking."""
    asked.taps("more")
    assert asked.keys == ["proposal"]
    assert not asked.case.decisions


def test_choose_now_shows_the_open_question_again(asked: Story) -> None:
    """From the order's status one press leads back to the choice."""
    asked.opens("orders")
    assert "Choose now" in asked.buttons
    asked.taps("show")
    assert asked.keys == ["proposal"]
    assert "Send charcoal L (recommended)" in asked.buttons


def test_asking_a_person_rests_the_choice(asked: Story) -> None:
    """A person was asked: that is not silence."""
    asked.taps("person")
    assert asked.offer.state is OfferState.RESTING
    assert asked.keys == ["handed_over"]
    assert "nothing is decided without you" in asked.words
    asked.taps("0w")
    assert asked.offer.state is OfferState.ANSWERED


def test_the_rest_goes_when_the_last_thing_is_cancelled(asked: Story) -> None:
    """One order ships once; nothing waits any more, so what is ready goes."""
    asked.taps("0c")
    kinds = [row.kind for row in asked.standing]
    assert sorted(kinds) == ["cancel_refund", "release"]
    asked.taps("0w")
    assert [row.kind for row in asked.standing] == ["wait"]
