"""Reads an answer to the open proposal: which option, or none of them.

One rule: only what points at exactly one option chooses it; "yes" means the
recommended one, "no" none, and anything else is left to the usual reading.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.understanding.normalise import fold, plain, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.understanding.kinds import DialogueContext, ProposalOption
    from flows.understanding.model import Model

_LONGEST_ANSWER = 9
_ORDINALS = ("first", "second", "third", "fourth", "last")


def option_meant(
    words: list[str],
    raw_numbers: list[str],
    dialogue: DialogueContext,
    model: Model,
) -> ProposalOption | None:
    """Returns the one option a short answer points at, None if none or several.

    Args:
        words: The tokens of the message.
        raw_numbers: The numbers in the message as written, since tokens hide them.
        dialogue: What is open.
        model: Knows which words are colours, ordinals and so on.
    """
    if not dialogue.options or len(words) > _LONGEST_ANSWER:
        return None
    ideas = {idea for word in words for idea in model.lexicon.ideas(word)}
    said = set(words)
    checks: tuple[Callable[[ProposalOption], bool], ...] = (
        lambda option: _same_label(option, words),
        lambda option: _kind_said(option, ideas),
        lambda option: _color_said(option, ideas, said, model),
        lambda option: _size_said(option, said | set(raw_numbers)),
        lambda option: _position_said(option, ideas, raw_numbers, dialogue),
        lambda option: _label_said(option, said, dialogue),
    )
    for check in checks:
        found = [option for option in dialogue.options if check(option)]
        if len(found) == 1:
            return found[0]
    return None


def says_yes(words: list[str], model: Model) -> bool:
    """Returns whether a word of agreement was said, and no number beside it."""
    ideas = {idea for word in words for idea in model.lexicon.ideas(word)}
    return "yes" in ideas and not any(word[0].isdigit() for word in words)


def _words_of(text: str) -> list[str]:
    return tokens(plain(fold(text)))


def _same_label(option: ProposalOption, words: list[str]) -> bool:
    return _words_of(option.label) == words


def _kind_said(option: ProposalOption, ideas: set[str]) -> bool:
    match option.kind:
        case "cancel_refund":
            return bool(ideas & {"cancel", "refund"}) and "not" not in ideas
        case "wait":
            return "waiting" in ideas and "not" not in ideas
        case "split_shipment":
            return "split" in ideas
        case _:
            return False


def _color_said(
    option: ProposalOption,
    ideas: set[str],
    said: set[str],
    model: Model,
) -> bool:
    if not option.color:
        return False
    names = _words_of(option.color)
    if said & set(names):
        return True
    shades = {
        idea
        for name in names
        for idea in model.lexicon.ideas(name)
        if idea.startswith("color_")
    }
    return bool(shades & ideas)


def _size_said(option: ProposalOption, said: set[str]) -> bool:
    return bool(option.size) and fold(option.size or "").lower() in said


def _position_said(
    option: ProposalOption,
    ideas: set[str],
    raw_numbers: list[str],
    dialogue: DialogueContext,
) -> bool:
    if raw_numbers == [str(option.position)]:
        return True
    last = max(o.position for o in dialogue.options)
    for place, name in enumerate(_ORDINALS[:-1], start=1):
        if f"place_{name}" in ideas:
            return option.position == place
    return "place_last" in ideas and option.position == last


def _label_said(
    option: ProposalOption,
    said: set[str],
    dialogue: DialogueContext,
) -> bool:
    """Returns whether a word was said that only this option's label has."""
    others = {
        word
        for other in dialogue.options
        if other is not option
        for word in _words_of(other.label)
    }
    own = {word for word in _words_of(option.label) if len(word) > 2}
    return bool((own - others) & said)
