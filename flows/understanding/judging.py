"""Weighs what the words of one message can mean, without its dialogue.

One rule: closed lists decide alone; otherwise the model guesses, evidence may
take a guess away, and an opening ("no, …", "thanks for …") settles what is left.
"""

from typing import Final

from flows.understanding.evidence import believes
from flows.understanding.features import features
from flows.understanding.kinds import Intent
from flows.understanding.model import Model
from flows.understanding.openings import Opening, cut

#: What a message is that says nothing else, the first that it has.
_MEANING: Final = (
    ("stop", Intent.OPT_OUT),
    ("person", Intent.TALK_TO_HUMAN),
    ("no", Intent.DECLINE_NO),
    ("no_opener", Intent.DECLINE_NO),
    ("thanks", Intent.THANKS),
    ("done", Intent.DECLINE_NO),
    ("yes", Intent.ACCEPT_YES),
    ("yes_opener", Intent.ACCEPT_YES),
    ("greeting", Intent.GREETING),
)
_WISHES: Final = frozenset(
    {
        Intent.WHERE_IS_MY_ORDER,
        Intent.ETA_QUESTION,
        Intent.CANCEL_ORDER,
        Intent.CHANGE_ORDER_OR_ADDRESS,
        Intent.REFUND_STATUS,
        Intent.TALK_TO_HUMAN,
        Intent.COMPLAINT,
        Intent.OPT_OUT,
    },
)
#: From here on a wish in the middle beats the opening around it.
_SURE: Final = 0.6
#: How sure an opening makes us of what it opens.
_OPENED: Final = 0.8
_A_NAME: Final = 2


def chances_of(words: list[str], model: Model) -> dict[Intent, float]:
    """Returns how likely each intent is; certain ones come alone with 1.0."""
    spoken = [word for word in words if word != "?"]
    if not spoken or " ".join(spoken) in model.closed.get("other", ()):
        return {Intent.OTHER: 1.0}
    opening = cut(spoken, model)
    if not opening.middle:
        return {_only(opening): 1.0}
    asks = "?" in words
    middle = _believed([*opening.middle, "?"] if asks else opening.middle, model)
    if not opening.kinds:
        return middle
    if "thanks" in opening.kinds and _is_resolved(opening.middle, model):
        return {Intent.THANKS: _OPENED, Intent.OTHER: 1 - _OPENED}
    if "no_opener" not in opening.kinds and _is_sure_wish(middle):
        return middle
    whole = _believed(words, model)
    if _is_sure_wish(whole):
        return whole
    return _settled(opening, middle, model, asks=asks) or whole


def _is_sure_wish(chances: dict[Intent, float]) -> bool:
    best = max(chances, key=lambda intent: chances[intent])
    return best in _WISHES and chances[best] >= _SURE


def _only(opening: Opening) -> Intent:
    """Returns the meaning of a message that is all opening."""
    kinds = opening.kinds
    return next((meant for kind, meant in _MEANING if kind in kinds), Intent.OTHER)


def _settled(
    opening: Opening,
    middle: dict[Intent, float],
    model: Model,
    *,
    asks: bool,
) -> dict[Intent, float] | None:
    """Returns what the opening makes of a middle that is no wish of its own."""
    kinds = [kind for kind in opening.kinds if kind != "filler"]
    if not kinds:
        return None
    words = opening.middle
    ideas = _ideas(words, model)
    first = kinds[0]
    if "no_opener" in kinds[:2] and not _negates(words, model):
        found = Intent.DECLINE_NO
    elif "thanks" in kinds and not asks:
        found = Intent.THANKS
    elif first == "yes_opener" and not asks and not ideas & _ASKING:
        found = Intent.ACCEPT_YES
    elif first == "greeting" and _a_name(words, ideas, model):
        found = Intent.GREETING
    else:
        return None
    rest = {i: p * (1 - _OPENED) for i, p in middle.items() if i is not found}
    return {found: max(_OPENED, middle.get(found, 0.0)), **rest}


_ASKING: Final = frozenset(
    {"what", "when", "where", "howlong", "trivia", "weather", "device"}
)


def _negates(words: list[str], model: Model) -> bool:
    """Returns whether a "no" is part of a foreign sentence, as in "no eres tú"."""
    known = model.lexicon.languages
    return len(words) > _A_NAME and not any(known(w) & model.english for w in words)


def _is_resolved(words: list[str], model: Model) -> bool:
    """Returns whether "I got it" comes before the thanks, and nothing is missing."""
    starts = {" ".join(words[:length]) for length in range(1, 5)}
    solved = model.closed.get("resolved", frozenset())
    return not starts.isdisjoint(solved) and "not" not in _ideas(words, model)


def _a_name(words: list[str], ideas: frozenset[str], model: Model) -> bool:
    """Returns whether what follows a hello is only who speaks or is spoken to."""
    for length in range(min(3, len(words)), 0, -1):
        if " ".join(words[:length]) in model.closed.get("intro", ()):
            return len(words) - length <= _A_NAME
    return len(words) == 1 and not ideas


def _believed(words: list[str], model: Model) -> dict[Intent, float]:
    """Returns the model's chances; intents without evidence go to "other"."""
    chances = model.probabilities(features(words, model.lexicon))
    ideas = _ideas(words, model)
    # Chinese and Japanese put no spaces: two of their letters are about a word.
    length = sum(1 if word < "\u2e80" else (len(word) + 1) // 2 for word in words)
    for intent in list(chances):
        if intent is not Intent.OTHER and not believes(intent, ideas, length):
            chances[Intent.OTHER] += chances.pop(intent)
    return chances


def _ideas(words: list[str], model: Model) -> frozenset[str]:
    ideas = {idea for word in words for idea in model.lexicon.ideas(word)}
    if "000" in words:
        ideas.add("number")
    if any(idea.startswith("color_") for idea in ideas):
        ideas.add("color")
    return frozenset(ideas)
