"""The dialogue's lifecycle: who speaks with the customer."""

from __future__ import annotations

from flows.case import DialogueState as S
from flows.machine import Arrow, Lifecycle

DIALOGUE: Lifecycle[S, None] = Lifecycle(
    "dialogue",
    S.STRANGER,
    (
        Arrow(
            trigger="link",
            source=(S.STRANGER, S.TALKING, S.UNSURE),
            dest=S.TALKING,
            why="The chat is tied to a customer.",
        ),
        Arrow(
            trigger="link",
            source=(S.WITH_STAFF,),
            dest=S.WITH_STAFF,
            why="The chat is tied to a customer while a colleague has the word.",
        ),
        Arrow(
            trigger="understand",
            source=(S.TALKING, S.UNSURE),
            dest=S.TALKING,
            why="The bot knew what was meant.",
        ),
        Arrow(
            trigger="understand",
            source=(S.STRANGER,),
            dest=S.STRANGER,
            why="The bot knew what was meant, but not yet who asks.",
        ),
        Arrow(
            trigger="miss",
            source=(S.TALKING,),
            dest=S.UNSURE,
            why="The bot did not understand; one more and a person takes over.",
        ),
        Arrow(
            trigger="miss",
            source=(S.STRANGER,),
            dest=S.STRANGER,
            why="The bot did not understand somebody it does not know.",
        ),
        Arrow(
            trigger="hand_over",
            source=(S.STRANGER, S.TALKING, S.UNSURE),
            dest=S.WITH_STAFF,
            why="A person was asked for, is needed, or the bot missed twice.",
        ),
        Arrow(
            trigger="hand_back",
            source=(S.WITH_STAFF,),
            dest=S.TALKING,
            why="The ticket is resolved; the bot speaks again.",
        ),
        Arrow(
            trigger="hand_back_stranger",
            source=(S.WITH_STAFF,),
            dest=S.STRANGER,
            why="The ticket of somebody we do not know is resolved.",
        ),
    ),
)
