"""Reads one message: closed lists first, then the model, then its evidence.

One rule: three outcomes. Sure enough to act, unsure between two or three, or no
idea; and the later steps may only make an answer less sure, never bolder.
"""

import re
from typing import Final

from flows.understanding.joined import part
from flows.understanding.judging import chances_of
from flows.understanding.kinds import (
    CONFIRMED_BY_BUTTON,
    DialogueContext,
    Intent,
    Outcome,
    Understanding,
)
from flows.understanding.language import language_of
from flows.understanding.model import load_model
from flows.understanding.negation import clauses_of
from flows.understanding.normalise import fold, plain, tokens
from flows.understanding.order_refs import find_order_refs
from flows.understanding.proposal import only_chooses, option_meant, says_yes

#: Above this the likeliest intent is acted on; below, we ask.
ACT_FROM: Final = 0.74
#: A guess this weak is not worth a question.
_WORTH_ASKING: Final = 0.2
_LONGEST_READ: Final = 600
_NUMBERS = re.compile(r"\d+")
#: What is never an answer to a proposal, even when it names a colour.
_NO_ANSWERS: Final = frozenset(
    {
        Intent.WHERE_IS_MY_ORDER,
        Intent.ETA_QUESTION,
        Intent.TALK_TO_HUMAN,
        Intent.COMPLAINT,
        Intent.OPT_OUT,
    },
)
#: "Where" and "when" are answered alike: between the two nobody needs to choose.
_SAME_ANSWER: Final = frozenset({Intent.WHERE_IS_MY_ORDER, Intent.ETA_QUESTION})
_BARE_STOP: Final = "bare_stop"


def read(text: str, dialogue: DialogueContext) -> Understanding:
    """Returns what a message means in its dialogue."""
    model = load_model()
    text = text[:_LONGEST_READ]
    folded = fold(text)
    low = plain(folded)
    words = part(tokens(low), model.lexicon, model.english)
    clauses = clauses_of(low)
    chances = chances_of(words, clauses, model)
    chosen: str | None = None
    if dialogue.options and (
        _may_answer(chances) or only_chooses(words, dialogue, model)
    ):
        intent = max(chances, key=lambda i: chances[i])
        option = option_meant(clauses, _NUMBERS.findall(folded), dialogue, model)
        agreed = chances[intent] == 1 or says_yes(words, model)
        if option is None and intent is Intent.ACCEPT_YES and agreed:
            option = next((o for o in dialogue.options if o.recommended), None)
        if option is not None:
            chosen = option.key
            chances = {Intent.ACCEPT_YES: 1.0}
    return _answer(
        chances,
        refs=find_order_refs(text),
        lang=language_of(folded, words, model),
        chosen=chosen,
        misses=dialogue.misses,
        bare_stop=" ".join(words) in model.closed.get(_BARE_STOP, ()),
    )


def _may_answer(chances: dict[Intent, float]) -> bool:
    """Returns whether a message may be about the proposal, not a wish of its own."""
    return all(chances.get(intent, 0.0) < ACT_FROM for intent in _NO_ANSWERS)


def _answer(
    chances: dict[Intent, float],
    *,
    refs: tuple[str, ...],
    lang: str,
    chosen: str | None,
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
    sure = chances[best]
    if best in _SAME_ANSWER:
        sure = sum(chances.get(intent, 0.0) for intent in _SAME_ANSWER)
    if best is not Intent.OTHER and sure >= ACT_FROM:
        outcome = Outcome.ACT
    elif len(likely) > 1:
        outcome, candidates, best = Outcome.ASK, tuple(likely), Intent.OTHER
    else:
        outcome, best = Outcome.MENU, Intent.OTHER
    return Understanding(
        intent=best,
        confidence=round(min(1.0, sure), 3),
        outcome=outcome,
        candidates=candidates,
        order_refs=refs,
        lang=lang,
        chosen_option=chosen,
        bare_stop=bare_stop,
        confirm=best in CONFIRMED_BY_BUTTON and not bare_stop,
        person_first=outcome is not Outcome.ACT and misses > 0,
    )
