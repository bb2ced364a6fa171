"""Cuts hello, thanks, yes, no and please off both ends of a message.

One rule: what is cut comes from the phrase files' closed lists, longest match
first, so that "hi, where is my order, thanks" is read as its middle.
"""

from dataclasses import dataclass

from flows.understanding.model import Model

_LONGEST = 5
_FRONT = ("greeting", "thanks", "yes_opener", "no_opener", "filler")
_BACK = ("thanks", "bye", "filler", "greeting")
_WHOLE = ("done", "stop", "no", "yes", "thanks", "greeting", "person", "bye")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Holds what stood around the middle of a message."""

    #: The tokens between what was cut.
    middle: list[str]
    #: The kinds that were cut or make up the middle, in the order of the message.
    kinds: tuple[str, ...]
    #: Those of them that stood before the middle.
    before: tuple[str, ...]


def closed_kind(tokens: list[str], model: Model) -> str:
    """Returns the closed list that has these tokens as a whole, else ""."""
    text = " ".join(tokens)
    return next((kind for kind in _WHOLE if text in model.closed.get(kind, ())), "")


def cut(tokens: list[str], model: Model) -> Opening:
    """Returns the middle of a message and what was cut around it."""
    start, end = 0, len(tokens)
    front: list[str] = []
    back: list[str] = []
    while start < end and not closed_kind(tokens[start:end], model):
        found = _match(tokens, start, end, model, front=True)
        if not found:
            break
        front.append(found[0])
        start += found[1]
    while start < end and not closed_kind(tokens[start:end], model):
        found = _match(tokens, start, end, model, front=False)
        if not found:
            break
        back.append(found[0])
        end -= found[1]
    middle = tokens[start:end]
    whole = closed_kind(middle, model) if middle else ""
    if whole:
        front.append(whole)
        middle = []
    return Opening(middle=middle, kinds=(*front, *reversed(back)), before=tuple(front))


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
                # Folded hands after a plea beg; only by themselves do they thank.
                spoken = any(token.isalpha() for token in piece)
                return (kind if spoken else "filler"), length
    return None
