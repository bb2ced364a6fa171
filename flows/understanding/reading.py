"""Reads one message: closed lists first, then the model, then its evidence.

One rule: three outcomes. Sure enough to act, unsure between two or three, or no
idea; and the later steps may only make an answer less sure, never bolder.
"""

import re
from typing import Final

from flows.understanding.evidence import believes
from flows.understanding.features import features
from flows.understanding.kinds import (
    CONFIRMED_BY_BUTTON,
    DialogueContext,
    Intent,
    Outcome,
    Understanding,
)
from flows.understanding.language import language_of
from flows.understanding.model import Model, load_model
from flows.understanding.normalise import fold, plain, tokens
from flows.understanding.openings import Opening, cut
from flows.understanding.order_refs import find_order_refs
from flows.understanding.proposal import option_meant

#: Above this the likeliest intent is acted on; below, we ask.
ACT_FROM: Final = 0.5
#: A guess this weak is not worth a question.
_WORTH_ASKING: Final = 0.2
_LONGEST_READ: Final = 600
_NUMBERS = re.compile(r"\d+")
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
type_of_closed: Final = {
    "stop": Intent.OPT_OUT,
    "no": Intent.DECLINE_NO,
    "yes": Intent.ACCEPT_YES,
    "thanks": Intent.THANKS,
    "greeting": Intent.GREETING,
    "person": Intent.TALK_TO_HUMAN,
    "bye": Intent.OTHER,
}
_BARE_STOP: Final = "bare_stop"


def read(text: str, dialogue: DialogueContext) -> Understanding:
    """Returns what a message means in its dialogue."""
    model = load_model()
    folded = fold(text[:_LONGEST_READ])
    words = tokens(plain(folded))
    chances = _chances(words, model)
    lang = language_of(folded, words, model)
    refs = find_order_refs(text[:_LONGEST_READ])
    chosen: str | None = None
    if dialogue.options:
        intent = max(chances, key=lambda i: chances[i])
        option = option_meant(words, _NUMBERS.findall(folded), dialogue, model)
        if option is None and intent is Intent.ACCEPT_YES:
            option = next((o for o in dialogue.options if o.recommended), None)
        if option is not None and intent is not Intent.DECLINE_NO:
            chosen = option.key
            chances = {Intent.ACCEPT_YES: 1.0}
    return _answer(
        chances,
        refs,
        lang,
        chosen,
        misses=dialogue.misses,
        bare_stop=" ".join(words) in model.closed.get(_BARE_STOP, ()),
    )


def _answer(
    chances: dict[Intent, float],
    refs: tuple[str, ...],
    lang: str,
    chosen: str | None,
    *,
    misses: int,
    bare_stop: bool,
) -> Understanding:
    ranked = sorted(chances, key=lambda intent: -chances[intent])
    best = ranked[0]
    likely = [
        intent
        for intent in ranked[:3]
        if chances[intent] >= _WORTH_ASKING and intent is not Intent.OTHER
    ]
    candidates: tuple[Intent, ...] = ()
    if best is not Intent.OTHER and chances[best] >= ACT_FROM:
        outcome = Outcome.ACT
    elif len(likely) > 1:
        outcome, candidates, best = Outcome.ASK, tuple(likely), Intent.OTHER
    else:
        outcome, best = Outcome.MENU, Intent.OTHER
    return Understanding(
        intent=best,
        confidence=round(chances.get(ranked[0], 0.0), 3),
        outcome=outcome,
        candidates=candidates,
        order_refs=refs,
        lang=lang,
        chosen_option=chosen,
        bare_stop=bare_stop,
        confirm=best in CONFIRMED_BY_BUTTON and not bare_stop,
        person_first=outcome is not Outcome.ACT and misses > 0,
    )


def _chances(words: list[str], model: Model) -> dict[Intent, float]:
    """Returns how likely each intent is, before the dialogue is looked at."""
    if not words:
        return {Intent.OTHER: 1.0}
    spoken = " ".join(w for w in words if w != "?")
    for kind, intent in type_of_closed.items():
        if spoken in model.closed.get(kind, ()):
            return {intent: 1.0}
    opening = cut(words, model)
    if not [w for w in opening.middle if w != "?"]:
        return {_only(opening): 1.0}
    whole = _believed(words, model)
    if not opening.kinds:
        return whole
    middle = _believed(opening.middle, model)
    return _combined(opening, whole, middle)


def _only(opening: Opening) -> Intent:
    """Returns the meaning of a message that is all opening."""
    kinds = opening.kinds
    if "no" in kinds:
        return Intent.DECLINE_NO
    for kind in ("thanks", "yes", "greeting"):
        if kind in kinds:
            return type_of_closed[kind]
    return Intent.OTHER


def _combined(
    opening: Opening,
    whole: dict[Intent, float],
    middle: dict[Intent, float],
) -> dict[Intent, float]:
    """Returns the chances of the middle if it is a wish, else of the whole."""
    best = max(middle, key=lambda i: middle[i])
    if best in _WISHES and middle[best] >= ACT_FROM:
        return middle
    return whole


def _believed(words: list[str], model: Model) -> dict[Intent, float]:
    """Returns the model's chances; intents without evidence go to "other"."""
    chances = model.probabilities(features(words, model.lexicon))
    ideas = {idea for word in words for idea in model.lexicon.ideas(word)}
    if "000" in words:
        ideas.add("number")
    frozen = frozenset(ideas)
    for intent in list(chances):
        if intent is not Intent.OTHER and not believes(intent, frozen, len(words)):
            chances[Intent.OTHER] += chances.pop(intent)
    return chances
