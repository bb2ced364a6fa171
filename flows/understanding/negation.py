"""Finds the wishes a message says it does not have: "please do not cancel".

One rule: a negation counts only for the word it reaches, over small words such as
"want to" or "bitte", and never across a comma; "I cannot cancel" is still a wish.
"""

import re
from collections.abc import Iterator
from typing import Final

from flows.understanding.kinds import Intent
from flows.understanding.model import Model
from flows.understanding.normalise import tokens

_END_OF_CLAUSE: Final = re.compile(r"[.,;:!?\n\u2026]+|\s-+\s")
#: The idea whose word names each wish.
_NAMED_BY: Final = {
    Intent.CANCEL_ORDER: "cancel",
    Intent.CHANGE_ORDER_OR_ADDRESS: "change",
    Intent.REFUND_STATUS: "refund",
    Intent.TALK_TO_HUMAN: "person",
    Intent.OPT_OUT: "halt",
}
#: "No refund yet" waits for one: these are negated only beside "I want".
_ONLY_WANTED: Final = frozenset({Intent.REFUND_STATUS, Intent.TALK_TO_HUMAN})
#: What else the negation of a wish may step over.
_PASSES: Final = {
    Intent.TALK_TO_HUMAN: "talk",
    Intent.CHANGE_ORDER_OR_ADDRESS: "address",
}
_REACH: Final = 6
#: How far before a negation "why" or "I can" turns it into a complaint or a wish.
_BEFORE: Final = 4
#: In these languages the word also says "no, …"; before one of their own words,
#: it does.
_OPENS_TOO: Final = {"no": "en", "non": "fr"}


def clauses_of(plain_text: str) -> list[list[str]]:
    """Returns the tokens between commas and full stops, leaving empty ones out."""
    parts = texts_of_clauses(plain_text)
    return [found for part in parts if (found := tokens(part))]


def texts_of_clauses(plain_text: str) -> list[str]:
    """Returns the text between commas and full stops."""
    return _END_OF_CLAUSE.split(plain_text)


def is_negated(clause: list[str], model: Model) -> bool:
    """Returns whether anything in the clause is denied."""
    after = model.closed.get("nay_after", frozenset())
    return any(word in after or _has(word, "nay", model) for word in clause)


def denied(clauses: list[list[str]], model: Model) -> frozenset[Intent]:
    """Returns the wishes that are named, and each time only to say no to them."""
    if not any(is_negated(clause, model) for clause in clauses):
        return frozenset()
    return frozenset(
        intent
        for intent in _NAMED_BY
        if (said := list(_each_naming(intent, clauses, model))) and all(said)
    )


def _each_naming(
    intent: Intent, clauses: list[list[str]], model: Model
) -> Iterator[bool]:
    """Yields for each word that names the intent whether it is denied."""
    for clause in clauses:
        for at, word in enumerate(clause):
            if _names(word, intent, clause, model):
                yield _denied_before(clause, at, intent, model) or _denied_after(
                    clause, at, intent, model
                )


def _names(word: str, intent: Intent, clause: list[str], model: Model) -> bool:
    """Returns whether a word names the intent; "money back" names the refund."""
    if intent is Intent.REFUND_STATUS and _has(word, "money", model):
        return any(_has(other, "back", model) for other in clause)
    return _has(word, _NAMED_BY[intent], model)


def _denied_before(clause: list[str], at: int, intent: Intent, model: Model) -> bool:
    """Returns whether a negation reaches forward: "do not want to CANCEL"."""
    link, want = _words("link", model), _words("wanting", model)
    wanted = intent not in _ONLY_WANTED
    for place in range(at - 1, max(-1, at - 1 - _REACH), -1):
        word = clause[place]
        if _has(word, "nay", model) and not _opens(clause, place, model):
            near = clause[max(0, place - _BEFORE) : place]
            wanted = wanted or not want.isdisjoint(near)
            return wanted and not _excused(near, model)
        wanted = wanted or word in want
        passes = word in link or _has(word, _PASSES.get(intent, ""), model)
        if not passes and not (
            clause[at].endswith("ed") and _has(word, "order", model)
        ):
            return False
    return False


def _denied_after(clause: list[str], at: int, intent: Intent, model: Model) -> bool:
    """Returns whether a negation reaches back: "storniert die Bestellung NICHT"."""
    after, link = _words("nay_after", model), _words("link", model)
    filler = _words("filler", model)
    for place in range(at + 1, min(len(clause), at + 1 + _REACH)):
        word = clause[place]
        if word in after:
            ends = all(
                w in filler or w in link or _has(w, "back", model)
                for w in clause[place + 1 :]
            )
            named = [*clause[max(0, at - _BEFORE) : at], *clause[at:place], word]
            wanted = intent not in _ONLY_WANTED or not _words(
                "wanting", model
            ).isdisjoint(named)
            return ends and wanted and not _excused(named, model)
        if word not in link and not any(_has(word, i, model) for i in ("order", "you")):
            return False
    return False


def _excused(before: list[str], model: Model) -> bool:
    """Returns whether "why" or "I can" stands before: "why can I not cancel"."""
    ideas = {idea for word in before for idea in model.lexicon.ideas(word)}
    return "why" in ideas or ("able" in ideas and "you" not in ideas)


def _opens(clause: list[str], place: int, model: Model) -> bool:
    """Returns whether the word says "no, …" before a word of its own language."""
    language = _OPENS_TOO.get(clause[place])
    if language is None or place + 1 >= len(clause):
        return False
    bit = 1 << model.languages.index(language)
    return bool(model.lexicon.languages(clause[place + 1]) & bit)


def _has(word: str, idea: str, model: Model) -> bool:
    return idea in model.lexicon.ideas(word)


def _words(kind: str, model: Model) -> frozenset[str]:
    return model.closed.get(kind, frozenset())
