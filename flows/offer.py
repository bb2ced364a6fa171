"""An offer's lifecycle: one proposal with a deadline, answered once.

The window runs from delivery: a proposal nobody received starts no clock. The
deadline instant itself belongs to silence; before it, the customer wins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flows.case import Offer
from flows.case import OfferState as S
from flows.machine import Arrow, Lifecycle


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFacts:
    """What the guards look at.

    ``heard_until``: up to when the customer's channel is known to be read.
    """

    offer: Offer
    now: datetime
    heard_until: datetime | None = None
    changeable: bool = False


def _in_time(facts: OfferFacts) -> bool:
    deadline = facts.offer.deadline_at
    return deadline is None or facts.now < deadline


def _out_of_time(facts: OfferFacts) -> bool:
    deadline, heard = facts.offer.deadline_at, facts.heard_until
    if deadline is None or facts.now < deadline:
        return False
    return heard is None or heard >= deadline


def _still_changeable(facts: OfferFacts) -> bool:
    return facts.changeable


OFFER: Lifecycle[S, OfferFacts] = Lifecycle(
    "offer",
    S.PROPOSED,
    (
        Arrow(
            trigger="deliver",
            source=(S.PROPOSED,),
            dest=S.OPEN,
            why="The proposal reached the customer; the window starts now.",
        ),
        Arrow(
            trigger="answer",
            source=(S.PROPOSED, S.OPEN),
            dest=S.ANSWERED,
            guard=_in_time,
            why="The customer chose in time; a tap proves delivery by itself.",
        ),
        Arrow(
            trigger="answer",
            source=(S.RESTING,),
            dest=S.ANSWERED,
            why="The customer chose while the clock rested.",
        ),
        Arrow(
            trigger="rest",
            source=(S.OPEN,),
            dest=S.RESTING,
            why="A person was asked: that is not silence, the clock rests.",
        ),
        Arrow(
            trigger="resume",
            source=(S.RESTING,),
            dest=S.OPEN,
            why="The matter with the person is settled; the clock goes on.",
        ),
        Arrow(
            trigger="expire",
            source=(S.OPEN,),
            dest=S.EXPIRED,
            guard=_out_of_time,
            why="Silence until the deadline, on a channel that was read past it.",
        ),
        Arrow(
            trigger="change",
            source=(S.ANSWERED, S.EXPIRED),
            dest=S.ANSWERED,
            guard=_still_changeable,
            why="The customer thinks again before the shop has claimed the decision.",
        ),
        Arrow(
            trigger="settle",
            source=(S.ANSWERED, S.EXPIRED),
            dest=S.SETTLED,
            why="The shop claimed or applied the decision; a change needs a person.",
        ),
        Arrow(
            trigger="withdraw",
            source=(S.PROPOSED, S.OPEN, S.RESTING, S.ANSWERED, S.EXPIRED),
            dest=S.WITHDRAWN,
            why="There is nothing to choose any more: stock came, or the line ended.",
        ),
        Arrow(
            trigger="replace",
            source=(S.PROPOSED, S.OPEN, S.RESTING, S.BURIED, S.EXPIRED, S.ANSWERED),
            dest=S.REPLACED,
            why="A newer version with its own window stands in its place.",
        ),
        Arrow(
            trigger="bury",
            source=(S.PROPOSED,),
            dest=S.BURIED,
            why="It could not be delivered: no window started, a colleague is told.",
        ),
    ),
)

#: States in which the customer is still expected to choose.
PENDING = frozenset((S.PROPOSED, S.OPEN, S.RESTING))

#: A told deadline is rounded up to this, so that people read a plain time.
DEADLINE_STEP = timedelta(minutes=5)


def delivered(offer: Offer, at: datetime, deadline_at: datetime) -> Offer:
    """Return the offer with its window running; ``deadline_at`` is told or later."""
    state = OFFER.step(offer.state, "deliver", OfferFacts(offer=offer, now=at))
    return replace(offer, state=state, delivered_at=at, deadline_at=deadline_at)


def rested(offer: Offer, now: datetime) -> Offer:
    """Return the offer with its clock stopped."""
    state = OFFER.step(offer.state, "rest", OfferFacts(offer=offer, now=now))
    return replace(offer, state=state, rested_at=now)


def resumed(offer: Offer, now: datetime, deadline_at: datetime) -> Offer:
    """Return the offer with its clock running again towards ``deadline_at``."""
    state = OFFER.step(offer.state, "resume", OfferFacts(offer=offer, now=now))
    return replace(offer, state=state, rested_at=None, deadline_at=deadline_at)


def ended(offer: Offer, trigger: str, now: datetime) -> Offer:
    """Return the offer withdrawn, replaced, buried or settled."""
    state = OFFER.step(offer.state, trigger, OfferFacts(offer=offer, now=now))
    return replace(offer, state=state)
