"""A ticket's lifecycle: an escalation that belongs to a colleague until resolved."""

from __future__ import annotations

from flows.case import TicketState as S
from flows.machine import Arrow, Lifecycle

TICKET: Lifecycle[S, None] = Lifecycle(
    "ticket",
    S.OPEN,
    (
        Arrow(
            trigger="claim",
            source=(S.OPEN, S.CLAIMED),
            dest=S.CLAIMED,
            why="A colleague takes it, or takes it over.",
        ),
        Arrow(
            trigger="reply",
            source=(S.OPEN, S.CLAIMED),
            dest=S.CLAIMED,
            why="Words are sent to the customer; who answers, owns it.",
        ),
        Arrow(
            trigger="hear",
            source=(S.OPEN,),
            dest=S.OPEN,
            why="The customer adds words; they land in the thread.",
        ),
        Arrow(
            trigger="hear",
            source=(S.CLAIMED,),
            dest=S.CLAIMED,
            why="The customer adds words; they land in the thread.",
        ),
        Arrow(
            trigger="resolve",
            source=(S.OPEN, S.CLAIMED),
            dest=S.RESOLVED,
            why="A colleague is done, or the customer went back to the bot.",
        ),
    ),
)
