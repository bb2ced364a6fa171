"""A place on the waiting list, and its lifecycle: a ware comes back, one asks in order.

What comes back is kept for a while for whoever is next; it is theirs only once they
ordered it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from flows.machine import Arrow, Lifecycle

if TYPE_CHECKING:
    from datetime import datetime


class WaitingState(StrEnum):
    """Where a place on the waiting list stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    KEPT = "kept"
    TAKEN = "taken"
    PASSED = "passed"
    LEFT = "left"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A customer who wants to hear when a ware is back.

    ``since`` decides whose turn it is: who leaves an order's queue keeps their place.
    ``called``: a wave has reached them, and the next turn of their case offers it.
    """

    id: str
    sku: str
    blank: str
    title: str
    quantity: int
    order_id: str
    line_id: str
    since: datetime
    joined_at: datetime
    #: When the place ends by itself.
    until: datetime
    state: WaitingState = WaitingState.WAITING
    backorder_id: str | None = None
    #: Why it could not be had, as far as anybody said.
    reason: str = ""
    called: bool = False
    offered_at: datetime | None = None
    #: Until when we said it is kept, and since when they could know.
    told_until: datetime | None = None
    delivered_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def subject(self) -> str:
        """The name under which the offer's messages are found again."""
        return f"waiting:{self.id}"

    @property
    def open(self) -> bool:
        """Whether anything may still follow."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFacts:
    """What the guards look at.

    ``heard_until``: up to when the customer's channels are known to be read; None
    where there is no channel to read.
    """

    entry: Waiting
    now: datetime
    heard_until: datetime | None = None


def _in_time(facts: WaitingFacts) -> bool:
    ends = facts.entry.expires_at
    return ends is None or facts.now < ends


def _out_of_time(facts: WaitingFacts) -> bool:
    ends, heard = facts.entry.expires_at, facts.heard_until
    if ends is None or facts.now < ends:
        return False
    return heard is None or heard >= ends


def _too_old(facts: WaitingFacts) -> bool:
    return facts.now >= facts.entry.until


_S = WaitingState
OPEN = frozenset((_S.WAITING, _S.OFFERED, _S.KEPT))
#: States in which units are kept for the customer.
KEEPING = frozenset((_S.OFFERED, _S.KEPT))

WAITING: Lifecycle[WaitingState, WaitingFacts] = Lifecycle(
    "waiting",
    _S.WAITING,
    (
        Arrow(
            trigger="offer",
            source=(_S.WAITING,),
            dest=_S.OFFERED,
            why="It is back and this customer is next: some is kept for them.",
        ),
        Arrow(
            trigger="keep",
            source=(_S.OFFERED,),
            dest=_S.KEPT,
            guard=_in_time,
            why="They want it: it is kept longer, so that they can order in peace.",
        ),
        Arrow(
            trigger="take",
            source=(_S.WAITING, _S.OFFERED, _S.KEPT),
            dest=_S.TAKEN,
            why="They ordered it; the order has it now.",
        ),
        Arrow(
            trigger="pass",
            source=(_S.OFFERED, _S.KEPT),
            dest=_S.PASSED,
            guard=_out_of_time,
            why="Nothing was ordered until the end: the next in line is asked.",
        ),
        Arrow(
            trigger="bury",
            source=(_S.OFFERED,),
            dest=_S.PASSED,
            why="The words could not be delivered; a colleague is told.",
        ),
        Arrow(
            trigger="leave",
            source=(_S.WAITING, _S.OFFERED, _S.KEPT),
            dest=_S.LEFT,
            why="They no longer need it, or their order waits for it again.",
        ),
        Arrow(
            trigger="lapse",
            source=(_S.WAITING,),
            dest=_S.LAPSED,
            guard=_too_old,
            why="It did not come back in all that time.",
        ),
    ),
)
