"""Asks for the words without which a wish is not believed.

One rule: the model may guess an intent only when the message names what the
intent is about; a guess without its words becomes "not sure".
"""

from typing import Final

from flows.understanding.kinds import Intent

#: For each intent: one of these sets of ideas must be in the message.
_NEEDED: Final[dict[Intent, tuple[frozenset[str], ...]]] = {
    Intent.WHERE_IS_MY_ORDER: tuple(
        frozenset(pair)
        for pair in (
            {"order"},
            {"track"},
            {"status", "number"},
            {"arrive", "not"},
            {"where", "number"},
        )
    ),
    Intent.ETA_QUESTION: tuple(
        frozenset(pair)
        for pair in (
            {"when", "order"},
            {"when", "arrive"},
            {"when", "stock"},
            {"howlong", "order"},
            {"howlong", "arrive"},
            {"time_of_arrival"},
            {"stock"},
            {"order", "arrive"},
            {"order", "week"},
        )
    ),
    Intent.CANCEL_ORDER: (
        frozenset({"cancel"}),
        frozenset({"order", "not"}),
        frozenset({"order", "stop"}),
    ),
    Intent.CHANGE_ORDER_OR_ADDRESS: tuple(
        frozenset(pair)
        for pair in (
            {"change", "order"},
            {"address"},
            {"change", "size"},
            {"change", "color"},
            {"size"},
            {"color"},
        )
    ),
    Intent.REFUND_STATUS: tuple(
        frozenset(pair)
        for pair in (
            {"refund"},
            {"money", "where"},
            {"money", "when"},
            {"money", "want", "mine"},
            {"money", "not", "arrive"},
            {"money", "back"},
        )
    ),
    Intent.COMPLAINT: tuple(
        frozenset({idea}) for idea in ("bad", "complain", "not", "late", "no")
    ),
    Intent.TALK_TO_HUMAN: (
        frozenset({"person"}),
        frozenset({"talk"}),
        frozenset({"care"}),
    ),
}
_SHORT = 3


def believes(intent: Intent, ideas: frozenset[str], length: int) -> bool:
    """Returns whether a message of `length` tokens has the words of an intent."""
    needed = _NEEDED.get(intent)
    return needed is None or length <= _SHORT or any(s <= ideas for s in needed)
