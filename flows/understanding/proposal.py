"""Reads an answer to the open proposal: which option, or none of them.

One rule: only what points at exactly one option chooses it; "yes" means the
recommended one, "no" none, and anything else is left to the usual reading.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.understanding.negation import is_negated
from flows.understanding.normalise import fold, plain, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.understanding.kinds import DialogueContext, ProposalOption
    from flows.understanding.model import Model

_LONGEST_ANSWER = 9
_ORDINALS = ("first", "second", "third", "fourth", "last")
#: What is asked, put off or made to depend on something chooses nothing.
_ASKS: Final = frozenset({"what", "why", "when", "where", "howlong", "if", "no", "not"})
#: "Is …", "how …": what a question begins with.
_ASKS_FIRST: Final = frozenset({"be", "help"})
_SHORTEST_LABEL_WORD = 3


def option_meant(
    clauses: list[list[str]],
    raw_numbers: list[str],
    dialogue: DialogueContext,
    model: Model,
) -> ProposalOption | None:
    """Returns the one option a short answer points at, None if none or several.

    Args:
        clauses: The tokens of the message between commas.
        raw_numbers: The numbers in the message as written, since tokens hide them.
        dialogue: What is open.
        model: Knows which words are colours, ordinals and so on.
    """
    if sum(map(len, clauses)) > _LONGEST_ANSWER:
        return None
    words = [word for clause in clauses for word in clause]
    exact = [option for option in dialogue.options if _same_label(option, words)]
    if len(exact) == 1:
        return exact[0]
    said = [word for clause in clauses if _says(clause, model) for word in clause]
    if not said or "?" in words:
        return None
    return _pointed_at(said, raw_numbers, dialogue, model)


def _pointed_at(
    words: list[str],
    raw_numbers: list[str],
    dialogue: DialogueContext,
    model: Model,
) -> ProposalOption | None:
    """Returns the one option that the first telling check finds."""
    ideas = _ideas(words, model)
    said = set(words)
    numbers = raw_numbers if only_chooses(words, dialogue, model) else []
    done = any(word.endswith(("ing", "ed")) for word in words)
    checks: tuple[Callable[[ProposalOption], bool], ...] = (
        lambda option: _kind_said(option, ideas, done=done),
        lambda option: _color_said(option, ideas, said, model),
        lambda option: _size_said(option, said | set(raw_numbers)),
        lambda option: _position_said(option, ideas, numbers, dialogue),
        lambda option: _label_said(option, said, dialogue),
    )
    for check in checks:
        found = [option for option in dialogue.options if check(option)]
        if len(found) == 1:
            return found[0]
    return None


def _says(clause: list[str], model: Model) -> bool:
    """Returns whether a clause can choose: it neither asks nor denies."""
    opens = clause[0] not in model.closed.get("choosing", ())
    asks = opens and _ideas(clause[:1], model) & _ASKS_FIRST
    return not (asks or _ideas(clause, model) & _ASKS or is_negated(clause, model))


def only_chooses(words: list[str], dialogue: DialogueContext, model: Model) -> bool:
    """Returns whether a message has nothing but words of choosing and of labels."""
    labels = {word for option in dialogue.options for word in _words_of(option.label)}
    return all(
        word[0].isdigit()
        or word in labels
        or any(word in model.closed.get(kind, ()) for kind in _CHOOSING)
        for word in words
    )


#: The closed lists whose words may stand beside the number of an option.
_CHOOSING: Final = ("choosing", "filler", "yes", "thanks", "link")


def _ideas(words: list[str], model: Model) -> set[str]:
    return {idea for word in words for idea in model.lexicon.ideas(word)}


def says_yes(words: list[str], model: Model) -> bool:
    """Returns whether a word of agreement was said, and no number beside it."""
    return "yes" in _ideas(words, model) and not any(
        word[0].isdigit() for word in words
    )


def _words_of(text: str) -> list[str]:
    return tokens(plain(fold(text)))


def _same_label(option: ProposalOption, words: list[str]) -> bool:
    return _words_of(option.label) == words


def _kind_said(option: ProposalOption, ideas: set[str], *, done: bool) -> bool:
    match option.kind:
        case "cancel_refund":
            return bool(ideas & {"cancel", "refund"}) or {"money", "back"} <= ideas
        case "wait":
            # "I am waiting for an answer" tells, "I wait" chooses.
            return "waiting" in ideas and not done
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
    """Returns whether a word was said that only this product's label has."""
    if option.kind != "substitute":
        return False
    others = {
        word
        for other in dialogue.options
        if other is not option
        for word in _words_of(other.label)
    }
    own = {w for w in _words_of(option.label) if len(w) > _SHORTEST_LABEL_WORD}
    return bool((own - others) & said)
