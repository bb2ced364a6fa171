"""The four tables, read like logbooks: what happened, and where that led."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.backorder import BACKORDER
from flows.case import BackorderState, DialogueState, OfferState, TicketState
from flows.machine import RefusedStep
from flows.offer import OFFER, OfferFacts, delivered, ended, rested, resumed
from flows.speaker import DIALOGUE
from flows.ticket import TICKET

from .builders import NOON, an_offer, in_days

DEADLINE = in_days(1)
BEFORE = DEADLINE - timedelta(microseconds=1)


def _facts(now: object = NOON, **changes: object) -> OfferFacts:
    return OfferFacts(offer=an_offer(deadline_at=DEADLINE), now=now, **changes)


@pytest.mark.parametrize(
    "log",
    [
        "proposed deliver open answer answered settle settled",
        "proposed deliver open expire expired change answered change answered",
        "proposed deliver open rest resting resume open expire expired settle settled",
        "proposed answer answered withdraw withdrawn",
        "proposed deliver open rest resting answer answered replace replaced",
        "proposed bury buried replace replaced",
        "proposed deliver open withdraw withdrawn",
        "proposed deliver open expire expired replace replaced",
    ],
)
def test_an_offers_life(log: str) -> None:
    """A proposal is delivered, then chosen, let pass, put aside or overtaken."""
    first, *rest = log.split()
    state = OfferState(first)
    for trigger, then in zip(rest[::2], rest[1::2], strict=True):
        now = DEADLINE if trigger == "expire" else NOON
        state = OFFER.step(state, trigger, _facts(now, changeable=True))
        assert state == then


@pytest.mark.parametrize(
    ("state", "trigger"),
    [
        ("proposed", "expire"),
        ("resting", "expire"),
        ("buried", "expire"),
        ("buried", "answer"),
        ("answered", "expire"),
        ("open", "deliver"),
        ("proposed", "rest"),
        ("settled", "change"),
        ("withdrawn", "answer"),
        ("replaced", "answer"),
        ("settled", "withdraw"),
    ],
)
def test_what_an_offer_never_does(state: str, trigger: str) -> None:
    """Nobody is silent about what they never got, and what is done stays done."""
    facts = _facts(DEADLINE, changeable=True)
    assert not OFFER.allows(OfferState(state), trigger, facts)


def test_the_deadline_itself_belongs_to_silence() -> None:
    """Up to the deadline the customer wins, from that instant on silence does."""
    assert OFFER.allows(OfferState.OPEN, "answer", _facts(BEFORE))
    assert not OFFER.allows(OfferState.OPEN, "expire", _facts(BEFORE))
    assert not OFFER.allows(OfferState.OPEN, "answer", _facts(DEADLINE))
    assert OFFER.allows(OfferState.OPEN, "expire", _facts(DEADLINE))


def test_nobody_was_silent_on_a_channel_nobody_read() -> None:
    """Silence counts once the channel has been read past the deadline."""
    late = in_days(2)
    assert not OFFER.allows(OfferState.OPEN, "expire", _facts(late, heard_until=BEFORE))
    assert OFFER.allows(OfferState.OPEN, "expire", _facts(late, heard_until=DEADLINE))


def test_a_choice_is_changed_only_while_the_shop_has_not_taken_it() -> None:
    """Thinking again needs a decision that is still ours to take back."""
    for state in (OfferState.ANSWERED, OfferState.EXPIRED):
        assert OFFER.allows(state, "change", _facts(changeable=True))
        assert not OFFER.allows(state, "change", _facts(changeable=False))


def test_an_offer_remembers_its_instants() -> None:
    """Delivery starts the clock, a person stops it, an answer starts it again."""
    offer = an_offer(state=OfferState.PROPOSED, delivered_at=None, deadline_at=None)
    offer = delivered(offer, NOON, DEADLINE)
    assert (offer.state, offer.delivered_at) == (OfferState.OPEN, NOON)
    offer = rested(offer, in_days(0.5))
    assert (offer.state, offer.rested_at) == (OfferState.RESTING, in_days(0.5))
    offer = resumed(offer, in_days(3), in_days(4))
    assert (offer.rested_at, offer.deadline_at) == (None, in_days(4))
    assert ended(offer, "replace", in_days(3)).state is OfferState.REPLACED
    with pytest.raises(RefusedStep):
        ended(offer, "bury", in_days(3))


@pytest.mark.parametrize(
    "log",
    [
        "noticed offer offered wait waiting offer offered cancel cancelled",
        "noticed wait waiting fill filled",
        "noticed offer offered substitute substituted wait waiting",
        "noticed offer offered substitute substituted ask_staff with_staff",
        "noticed ask_staff with_staff cancel cancelled offer offered",
        "baseline confirm noticed offer offered",
        "baseline fill filled",
        "noticed offer offered cancel cancelled substitute substituted fill filled",
    ],
)
def test_a_backorders_life(log: str) -> None:
    """A waiting quantity is asked about, decided, decided anew, and one day filled."""
    _lives(BACKORDER, log)


@pytest.mark.parametrize(
    ("state", "trigger"),
    [("baseline", "offer"), ("baseline", "cancel"), ("filled", "offer")],
)
def test_what_a_backorder_never_does(state: str, trigger: str) -> None:
    """What was late before the bot came is left alone; what is filled is over."""
    assert not BACKORDER.allows(BackorderState(state), trigger, None)


@pytest.mark.parametrize(
    "log",
    [
        "open hear open claim claimed hear claimed reply claimed resolve resolved",
        "open reply claimed claim claimed resolve resolved",
        "open resolve resolved",
    ],
)
def test_a_tickets_life(log: str) -> None:
    """A ticket is claimed by whoever answers, and closed once."""
    _lives(TICKET, log)


@pytest.mark.parametrize("trigger", ["claim", "reply", "hear", "resolve"])
def test_a_resolved_ticket_is_over(trigger: str) -> None:
    """Nothing opens a ticket again; what comes later is a new one."""
    assert not TICKET.allows(TicketState.RESOLVED, trigger, None)


@pytest.mark.parametrize(
    "log",
    [
        "stranger miss stranger understand stranger link talking",
        "talking miss unsure understand talking",
        "talking miss unsure hand_over with_staff hand_back talking",
        "stranger hand_over with_staff hand_back_stranger stranger",
        "stranger hand_over with_staff link with_staff hand_back talking",
    ],
)
def test_a_dialogues_life(log: str) -> None:
    """The bot speaks, misses, and makes room for a person until they are done."""
    _lives(DIALOGUE, log)


def test_while_a_person_speaks_the_bot_does_not() -> None:
    """With a colleague there is nothing to understand or to miss."""
    for trigger in ("understand", "miss", "hand_over"):
        assert not DIALOGUE.allows(DialogueState.WITH_STAFF, trigger, None)


def _lives(life: object, log: str) -> None:
    first, *rest = log.split()
    state = type(life.initial)(first)
    for trigger, then in zip(rest[::2], rest[1::2], strict=True):
        state = life.step(state, trigger, None)
        assert state == then, f"{trigger} led to {state}"
