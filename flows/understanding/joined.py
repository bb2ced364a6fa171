"""Parts words that were typed together, as in "okthank you" or "tocancel".

One rule: only a token nobody knows is parted, and only into two words that
English phrases use; the longest first part wins.
"""

from flows.understanding.lexicon import Lexicon

_SHORTEST = 5
_SHORTEST_PART = 4
_SHORT_STARTS = frozenset({"no", "ok", "hi", "to", "my", "the", "not", "can", "yes"})
_GREETINGS = ("hello", "thanks", "thankyou", "okay", "nothing")


def part(tokens: list[str], lexicon: Lexicon, english: int) -> list[str]:
    """Returns the tokens with joined words parted.

    Args:
        tokens: The tokens of a message.
        lexicon: Knows the words.
        english: The bit of English among the lexicon's languages.
    """
    if all(len(t) < _SHORTEST or lexicon.languages(t) for t in tokens):
        return tokens
    parted: list[str] = []
    for token in tokens:
        if len(token) < _SHORTEST or not token.isascii() or lexicon.knows(token):
            parted.append(token)
        else:
            parted.extend(_part(token, lexicon, english))
    return parted


def _part(token: str, lexicon: Lexicon, english: int) -> tuple[str, ...]:
    for end in range(len(token) - 2, 1, -1):
        left, right = token[:end], token[end:]
        if (
            (len(left) >= _SHORTEST_PART or left in _SHORT_STARTS)
            and (len(right) >= _SHORTEST_PART or right in _SHORT_STARTS)
            and lexicon.languages(left) & english
            and lexicon.languages(right) & english
        ):
            return left, right
    for start in _GREETINGS:
        if token.startswith(start) and len(token) > len(start) + 2:
            return start, token[len(start) :]
    return (token,)
