"""Cuts hello, thanks, yes, no and please off both ends of a message.

One rule: what is cut comes from the phrase files' closed lists, longest match
first, so that "hi, where is my order, thanks" is read as its middle.
"""

from dataclasses import dataclass

from flows.understanding.model import Model

_LONGEST = 5
_FRONT = ("greeting", "thanks", "yes", "no", "filler")
_BACK = ("thanks", "bye", "filler", "greeting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Holds what stood around the middle of a message."""

    #: The tokens between what was cut.
    middle: list[str]
    #: The kinds that were cut, in the order of the message.
    kinds: tuple[str, ...]


def cut(tokens: list[str], model: Model) -> Opening:
    """Returns the middle of a message and what was cut around it."""
    start, end = 0, len(tokens)
    kinds: list[str] = []
    while start < end and (found := _match(tokens, start, end, model, front=True)):
        kind, length = found
        kinds.append(kind)
        start += length
    back: list[str] = []
    while start < end and (found := _match(tokens, start, end, model, front=False)):
        kind, length = found
        back.append(kind)
        end -= length
    return Opening(middle=tokens[start:end], kinds=(*kinds, *reversed(back)))


def _match(
    tokens: list[str],
    start: int,
    end: int,
    model: Model,
    *,
    front: bool,
) -> tuple[str, int] | None:
    """Returns the kind and length of what can be cut at one end."""
    for length in range(min(_LONGEST, end - start), 0, -1):
        piece = tokens[start : start + length] if front else tokens[end - length : end]
        text = " ".join(piece)
        for kind in _FRONT if front else _BACK:
            if text in model.closed.get(kind, ()):
                return kind, length
    return None
