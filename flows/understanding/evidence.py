"""Asks for the words without which a wish is not believed.

One rule: the model may guess an intent only when the message names what the
intent is about, and names nothing else it could be about; a guess without its
words becomes "not sure".
"""

from __future__ import annotations

from typing import Final

from flows.understanding.kinds import Intent


def _any(*sets: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(ideas.split()) for ideas in sets)


#: For each intent: all ideas of one of these sets must be in the message.
_NEEDED: Final = {
    Intent.WHERE_IS_MY_ORDER: _any(
        "order",
        "track",
        "status number",
        "arrive not",
        "where number",
        "late week",
    ),
    Intent.ETA_QUESTION: _any(
        "when order",
        "when arrive",
        "when stock",
        "howlong order",
        "howlong arrive",
        "howlong waiting",
        "howlong not",
        "time_of_arrival",
        "stock",
        "order arrive",
        "order week",
        "arrive week",
        "arrive weekday",
    ),
    Intent.CANCEL_ORDER: _any(
        "cancel",
        "order stop",
        "order not money",
        "want not",
        "arrive not",
    ),
    Intent.CHANGE_ORDER_OR_ADDRESS: _any(
        "change order",
        "address own",
        "address change",
        "address wrong",
        "address order",
        "address arrive",
        "change size",
        "change color",
        "instead size",
        "instead color",
        "instead arrive",
        "wrong size",
        "wrong color",
        "wrong order",
        "want size",
        "want color",
        "print change",
        "print able",
        "print instead",
        "instead order",
    ),
    Intent.REFUND_STATUS: _any(
        "refund",
        "money where",
        "money when",
        "money want mine",
        "money not arrive",
        "money not account mine",
        "money back",
    ),
    Intent.TALK_TO_HUMAN: _any("person", "talk", "care"),
    Intent.OPT_OUT: _any(
        "stop", "newsletter", "not talk", "no talk", "not write", "no write"
    ),
    Intent.COMPLAINT: _any(
        "bad", "complain", "not", "late", "no", "you chat", "be chat"
    ),
}
#: What else one can cancel, change or wait for; it excludes these intents unless
#: the message names an order, too.
_ELSEWHERE: Final = frozenset({"elsewhere", "device", "weather"})
_NOT_ELSEWHERE: Final = frozenset(
    {
        Intent.WHERE_IS_MY_ORDER,
        Intent.ETA_QUESTION,
        Intent.CANCEL_ORDER,
        Intent.CHANGE_ORDER_OR_ADDRESS,
    },
)
#: A card can be ordered and late; when it is blocked or stolen, it is the bank's.
_CARD_TROUBLE: Final = "card_trouble"
#: A yes or no of many words is not about these: "my bank card was declined".
_ANSWERS: Final = frozenset({Intent.ACCEPT_YES, Intent.DECLINE_NO})
_NO_ANSWER: Final = frozenset({"account", "login", "device", "weather"})
#: Up to this many words, one of which says something, it may guess anyway …
_SHORT: Final = 3
#: … except where a wrong guess is dear.
_ALWAYS: Final = frozenset({Intent.CANCEL_ORDER, Intent.COMPLAINT})


def believes(intent: Intent, ideas: frozenset[str], length: int) -> bool:
    """Returns whether a message of `length` tokens has the words of an intent."""
    named = "order" in ideas or "stock" in ideas
    if intent in _NOT_ELSEWHERE and not named and ideas & _ELSEWHERE:
        return False
    if intent in _NOT_ELSEWHERE and _CARD_TROUBLE in ideas:
        return False
    if intent in _ANSWERS and length > _SHORT and ideas & _NO_ANSWER:
        return False
    needed = _NEEDED.get(intent)
    if needed is None or any(words <= ideas for words in needed):
        return True
    return length <= _SHORT and bool(ideas) and intent not in _ALWAYS
