"""Weighs what the words of one message can mean, without its dialogue.

One rule: closed lists decide alone; otherwise the model guesses, evidence may
take a guess away, and an opening ("no, …", "thanks for …") settles what is left.
"""

from collections.abc import Iterable
from typing import Final

from flows.understanding.evidence import believes
from flows.understanding.features import features
from flows.understanding.kinds import Intent
from flows.understanding.model import Model
from flows.understanding.negation import denied, is_negated
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
#: What may be answered beside a denial: "don't cancel, where is it?"
_QUESTIONS: Final = frozenset({Intent.WHERE_IS_MY_ORDER, Intent.ETA_QUESTION})
_ASKING: Final = frozenset({"where", "when", "howlong", "track", "status"})
#: From here on a wish in the middle beats the opening around it.
_SURE: Final = 0.6
#: From here on the whole message is believed to agree, whatever its middle names.
_SURER: Final = 0.9
#: How sure an opening makes us of what it opens.
_OPENED: Final = 0.8
_A_NAME: Final = 2
#: No words, or a short number that answers no question of ours.
_NOTHING: Final[tuple[list[str], ...]] = ([], ["0"])
#: What asks for more, or complains, beside the thanks.
_UNGRATEFUL: Final = frozenset(
    {"nay", "not", "want", "when", "where", "why", "problem", "bad"}
) | {"returns", "invoice", "material", "shop_info"}
#: Whatever else may stand before the thanks.
_PRAISE: Final = frozenset(
    {"thanks", "yes", "help", "you", "be", "care", "mine", "own", "hello", "talk"}
) | {"person", "what", "status", "meant", "place_first", "stop", "howlong"}
#: After "no, …": wanting none of anything in particular, as in "no, I would not".
_MERE_WANT: Final = frozenset({"want", "you", "mine", "be"})
#: After "no, …": says what was meant instead of declining anything.
_CORRECTS: Final = frozenset({"meant", "where", "when", "why"})
#: After "yes, …": asks or complains instead of agreeing.
_NOT_AGREED: Final = frozenset(
    {"what", "when", "where", "howlong", "trivia", "weather", "device", "why"}
) | {"problem", "meant", "nay", "bad", "material", "invoice"}
_MEANS: Final = {
    "thanks": Intent.THANKS,
    "yes_opener": Intent.ACCEPT_YES,
    "no_opener": Intent.DECLINE_NO,
}


def chances_of(
    words: list[str], clauses: list[list[str]], model: Model
) -> dict[Intent, float]:
    """Returns how likely each intent is; certain ones come alone with 1.0.

    Args:
        words: The tokens of the message.
        clauses: The same between commas, which say how far a "not" reaches.
        model: What training learned.
    """
    chances = _weighed(words, model)
    refused = denied(clauses, model)
    if not refused or len(chances) == 1:
        return chances
    left = [word for part in clauses if not is_negated(part, model) for word in part]
    rest = _weighed(left, model)
    asks = not _ideas(left, model).isdisjoint(_ASKING)
    if asks and _best(rest) in _QUESTIONS and _is_sure_wish(rest):
        return rest
    # "No cancelen" begins like a no, and is none.
    _move(chances, {*refused, Intent.DECLINE_NO})
    return chances


def _weighed(words: list[str], model: Model) -> dict[Intent, float]:
    spoken = [word for word in words if word != "?"]
    if spoken in _NOTHING or " ".join(spoken) in model.closed.get("other", ()):
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
    whole = _believed(words, model)
    agrees = "yes_opener" in opening.before and whole.get(Intent.ACCEPT_YES, 0) > _SURER
    if not agrees and "no_opener" not in opening.kinds and _is_sure_wish(middle):
        return whole if _best(whole) == _best(middle) else middle
    if _is_sure_wish(whole):
        return whole
    settled = _settled(opening, _ideas(words, model), middle, model, asks=asks)
    return settled or _without(opening, whole, model)


def _without(
    opening: Opening, whole: dict[Intent, float], model: Model
) -> dict[Intent, float]:
    """Returns what is left when an opening does not settle what follows it."""
    if "no_opener" in opening.kinds and _negates(opening.middle, model):
        return whole
    rest = dict(whole)
    _move(rest, {_MEANS[kind] for kind in opening.kinds if kind in _MEANS})
    return rest


def _move(chances: dict[Intent, float], refused: Iterable[Intent]) -> None:
    """Gives the chances of refused intents to "other"."""
    for intent in refused:
        lost = chances.pop(intent, 0.0)
        chances[Intent.OTHER] = chances.get(Intent.OTHER, 0.0) + lost


def _best(chances: dict[Intent, float]) -> Intent:
    return max(chances, key=lambda intent: chances[intent])


def _is_sure_wish(chances: dict[Intent, float]) -> bool:
    best = _best(chances)
    return best in _WISHES and chances[best] >= _SURE


def _only(opening: Opening) -> Intent:
    """Returns the meaning of a message that is all opening."""
    kinds = opening.kinds
    return next((meant for kind, meant in _MEANING if kind in kinds), Intent.OTHER)


def _settled(
    opening: Opening,
    all_ideas: frozenset[str],
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
    turned = "but" in all_ideas
    first = kinds[0]
    found: Intent | None = None
    if "no_opener" in kinds[:2] and (
        kinds[1:2] == ["thanks"]
        or not (turned or _corrects(ideas) or _negates(words, model))
    ):
        found = Intent.DECLINE_NO
    elif "thanks" in kinds and not (asks or turned) and _is_thanks_for(opening, ideas):
        found = Intent.THANKS
    elif first == "yes_opener" and not (asks or turned or ideas & _NOT_AGREED):
        found = Intent.ACCEPT_YES
    elif first == "greeting" and _a_name(words, ideas, model):
        found = Intent.GREETING
    if found is None:
        return None
    rest = {i: p * (1 - _OPENED) for i, p in middle.items() if i is not found}
    return {found: max(_OPENED, middle.get(found, 0.0)), **rest}


def _is_thanks_for(opening: Opening, ideas: frozenset[str]) -> bool:
    """Returns whether what stands beside the thanks only says what for.

    After the thanks ("thanks for the parcel") things may be named; before them
    ("invoice please, thanks") they are a request of their own.
    """
    if ideas & _UNGRATEFUL:
        return False
    return "thanks" in opening.before or ideas <= _PRAISE


def _corrects(ideas: frozenset[str]) -> bool:
    """Returns whether what follows a "no" asks for something else."""
    wants = "want" in ideas and "not" not in ideas and not ideas <= _MERE_WANT
    return wants or not ideas.isdisjoint(_CORRECTS)


def _negates(words: list[str], model: Model) -> bool:
    """Returns whether a "no" is part of a foreign sentence, as in "no eres tú"."""
    known = model.lexicon.languages
    english = sum(bool(known(word) & model.english) for word in words)
    return len(words) >= _A_NAME and english * 2 < len(words)


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
