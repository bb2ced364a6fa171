"""A backorder's lifecycle: a quantity that cannot be filled now, until settled."""

from __future__ import annotations

from flows.case import BackorderState as S
from flows.machine import Arrow, Lifecycle

_LIVE = (S.NOTICED, S.SUPPRESSED, S.OFFERED, S.WAITING, S.WITH_STAFF)

BACKORDER: Lifecycle[S, None] = Lifecycle(
    "backorder",
    S.NOTICED,
    (
        Arrow(
            trigger="confirm",
            source=(S.BASELINE,),
            dest=S.NOTICED,
            why="A colleague wants what was late before the bot came handled.",
        ),
        Arrow(
            trigger="suppress",
            source=(S.NOTICED,),
            dest=S.SUPPRESSED,
            why="It still comes in time by the merchant's measure: nothing is said.",
        ),
        Arrow(
            trigger="offer",
            source=(*_LIVE, S.SUBSTITUTED, S.CANCELLED),
            dest=S.OFFERED,
            why="A proposal about it is made, or made anew.",
        ),
        Arrow(
            trigger="wait",
            source=(*_LIVE, S.SUBSTITUTED, S.CANCELLED),
            dest=S.WAITING,
            why="It waits for stock: by choice, by silence, or because policy says so.",
        ),
        Arrow(
            trigger="substitute",
            source=(*_LIVE, S.CANCELLED, S.SUBSTITUTED),
            dest=S.SUBSTITUTED,
            why="Another product is sent instead.",
        ),
        Arrow(
            trigger="cancel",
            source=(*_LIVE, S.SUBSTITUTED),
            dest=S.CANCELLED,
            why="The quantity is cancelled and refunded.",
        ),
        Arrow(
            trigger="ask_staff",
            source=(*_LIVE, S.SUBSTITUTED, S.CANCELLED),
            dest=S.WITH_STAFF,
            why="A person decides: the shop rejected a decision, or policy says ask.",
        ),
        Arrow(
            trigger="fill",
            source=(S.BASELINE, *_LIVE, S.SUBSTITUTED, S.CANCELLED),
            dest=S.FILLED,
            why="The shop's numbers no longer show it as waiting.",
        ),
    ),
)

#: States in which the quantity still waits for something.
LIVE = frozenset((S.BASELINE, *_LIVE))
