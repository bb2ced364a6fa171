"""watch shows, ask waits for a colleague, act sends; what staff do is always sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from flows.case import OfferState
from flows.codes import ReleasePress, read_staff_press
from flows.effects import (
    Decide,
    Notice,
    PostCard,
    ReleaseBatch,
    Reword,
    Say,
    ShowPicture,
)
from flows.events import StaffReleased, StaffReplied
from flows.setting import Mode

from .builders import (
    MIA,
    a_case,
    a_customer,
    a_line,
    a_policy,
    a_ready_line,
    a_shelf,
    a_supply,
    an_order,
    in_days,
)
from .story import Story


def _outgoing(story: Story) -> list:
    kinds = (Say, ShowPicture, Reword, Notice)
    return [effect for effect in story.effects if isinstance(effect, kinds)]


def _card(story: Story, key: str) -> PostCard:
    (found,) = [e for e in story.all(PostCard) if e.card.key == key]
    return found


# --- watch --------------------------------------------------------------------------


def test_watch_shows_and_sends_nothing() -> None:
    """Staff read word for word what would have gone out, and nothing is changed."""
    story = Story(mode=Mode.WATCH)
    before = story.case
    story.shop_says()
    assert not _outgoing(story)
    assert not story.all(Decide)
    text = _card(story, "watched").card.text
    assert "*Watching: this would go to Anna Lind*" in text
    assert "> Closest we have: the same Hoodie in charcoal" in text
    assert "In mode ask or act it comes for real" in text
    assert story.case.offers == before.offers
    assert story.case.backorders == before.backorders


def test_watch_shows_the_same_thing_once() -> None:
    """However often the shop repeats itself, one card is enough."""
    story = Story(mode=Mode.WATCH).shop_says()
    story.shop_says()
    assert not story.all(PostCard)


def test_an_answer_in_watch_is_for_its_moment() -> None:
    """Who asked where it is gets no answer later, and the card promises none."""
    story = Story().shop_says().delivers()
    story._setting = replace(story._setting, mode=Mode.WATCH)
    story.says("where is my order?")
    text = _card(story, "watched").card.text
    assert "This answer is not sent later; in mode ask or act the next ones are" in text
    assert "for real" not in text

    story._setting = replace(story._setting, mode=Mode.ACT)
    assert not story.shop_says().all(Say)


def test_watch_shows_names_as_they_are() -> None:
    """Escaped once, for the channel the card is on."""
    title = "Salt & Pepper <mill>"
    order = an_order(a_line(title=title), a_ready_line())
    story = Story(a_case(order), mode=Mode.WATCH).shop_says()
    text = _card(story, "watched").card.text
    assert "Salt &amp; Pepper &lt;mill&gt;" in text
    assert "&amp;amp;" not in text


def test_watch_applies_no_silence() -> None:
    """The mode was switched back under an open question: silence decides nothing."""
    story = Story().shop_says().delivers()
    story._setting = replace(story._setting, mode=Mode.WATCH)
    story.waits(days=3)
    assert not story.case.decisions
    assert story.offer.state is OfferState.OPEN


def test_watch_loses_no_customers_choice() -> None:
    """They were asked in earnest and answer in earnest: the shop reads their choice."""
    story = Story().shop_says().delivers()
    story._setting = replace(story._setting, mode=Mode.WATCH)
    story.taps("0c")
    kinds = [row.kind for row in story.standing if row.backorder_id]
    assert kinds == ["cancel_refund"]
    assert not _outgoing(story)


def test_what_watch_could_not_ask_is_asked_afterwards() -> None:
    """A customer's own words lead to a question that nobody got: it is made anew."""
    story = Story(a_case(shelf=a_shelf(a_supply(), charcoal=0))).shop_says().delivers()
    promised = story.backorder.told
    story._setting = replace(story._setting, mode=Mode.WATCH)
    story.says("I need it by 2026-06-12")
    assert not _outgoing(story)
    text = _card(story, "watched").card.text
    assert "the proposal in it is made anew in mode ask or act" in text
    assert story.backorder.told == promised
    assert not story.holds

    story._setting = replace(story._setting, mode=Mode.ACT)
    assert "Please choose by" in story.shop_says().words
    assert story.delivers().offer.state is OfferState.OPEN


def test_watch_cancels_nothing_because_of_a_customers_words() -> None:
    """A day that cannot be kept is remembered; the line waits on as it did."""
    shelf = a_shelf(a_supply(), charcoal=0)
    order = an_order(placed_at=in_days(-10))
    policy = "[terms]\ncancel_horizon_days = 20\n"
    story = Story(a_case(order, shelf=shelf), policy=policy).shop_says().delivers()
    before = story.backorder
    sooner = a_policy("[terms]\ncancel_horizon_days = 1\n")
    story._setting = replace(story._setting, mode=Mode.WATCH, policy=sooner)

    story.says("I need it by 2026-06-12")

    assert story.standing == []
    assert story.backorder == before
    assert dict(story.case.memory.wanted_by) == {order.id: date(2026, 6, 12)}


# --- ask ----------------------------------------------------------------------------


def test_ask_holds_everything_until_somebody_releases_it() -> None:
    """One batch, one card with two buttons, and no clock runs meanwhile."""
    story = Story(mode=Mode.ASK).shop_says()
    card = _card(story, "held")
    batches = {effect.batch for effect in _outgoing(story)}
    assert len(batches) == 1
    assert None not in batches
    presses = [read_staff_press(button.data) for button in card.card.buttons]
    batch = batches.pop()
    assert presses == [
        ReleasePress(send=send, case_id=1, batch=batch) for send in (True, False)
    ]
    assert story.offer.state is OfferState.PROPOSED
    story.waits(days=3)
    assert not story.case.decisions


def test_ask_holds_mail_too() -> None:
    """What would go by the shop's mailer waits for the same press."""
    story = Story(a_case(chats=()), mode=Mode.ASK).shop_says()
    (mail,) = story.all(Notice)
    assert mail.batch
    assert "> " in _card(story, "held").card.text


@pytest.mark.parametrize("send", [True, False])
def test_a_release_is_carried_out_and_shown(send: bool) -> None:
    """The card says who decided, and its buttons are gone."""
    story = Story(mode=Mode.ASK).shop_says()
    (batch,) = {effect.batch for effect in _outgoing(story)}
    story.take(StaffReleased(staff=MIA, case_id=1, batch=batch, send=send))
    assert story.all(ReleaseBatch) == [ReleaseBatch(batch=batch, send=send)]
    card = _card(story, "released").card
    verb = "sent this" if send else "did not send this"
    assert f"Mia {verb} to Anna Lind" in card.text
    assert card.buttons == ()


# --- in any mode ----------------------------------------------------------------------


@pytest.mark.parametrize("mode", list(Mode))
def test_what_staff_write_is_sent_in_any_mode(mode: Mode) -> None:
    """A colleague's own words need nobody's release."""
    story = Story(mode=mode).opens("person")
    ticket = story.case.ticket.id
    reply = StaffReplied(staff=MIA, case_id=1, ticket_id=ticket, text="Hello")
    (say,) = story.take(reply).all(Say)
    assert say.batch is None


@pytest.mark.parametrize("mode", list(Mode))
def test_a_turn_is_a_function_of_what_it_is_given(mode: Mode) -> None:
    """The same case, event and dice give the same decision, words included."""
    first, second = (
        Story(a_case(customer=a_customer()), mode=mode).shop_says() for _ in range(2)
    )
    assert first.effects == second.effects
    assert first.case == second.case
