"""Guesses the language of a message from its letters and our own words."""

from typing import Final

from flows.understanding.model import Model

_SCRIPTS: Final = (
    (0x3040, 0x30FF, "ja"),
    (0xAC00, 0xD7AF, "ko"),
    (0x4E00, 0x9FFF, "zh"),
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x06FF, "ar"),
    (0x0900, 0x097F, "hi"),
    (0x0370, 0x03FF, "el"),
    (0x0E00, 0x0E7F, "th"),
    (0x10A0, 0x10FF, "ka"),
    (0x0400, 0x052F, "ru"),
)
#: Letters that only one language we speak has, by script.
_TELLING: Final = {
    "ar": ("پچژگک", "fa"),
    "ru": ("іїєґ", "uk"),
    "uk": ("қғңәұөһ", "kk"),
}
_UNKNOWN: Final = "und"
#: Who is believed when a word is several languages' own, as "stop" is.
_FIRST: Final = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "tr", "uk")


def language_of(folded: str, tokens: list[str], model: Model) -> str:
    """Returns an ISO 639 code; "und" when nothing hints at any language."""
    low = folded.lower()
    if low.isascii():
        return _by_words(tokens, model)
    script = _script(low)
    if script is None:
        return _by_words(tokens, model)
    if script == "zh" and any("\u3040" <= c <= "\u30ff" for c in low):
        return "ja"
    if script == "ru":
        if any(c in "қғңәұөһ" for c in low):
            return "kk"
        if any(c in "ћђљњџј" for c in low):
            return "sr"
    letters, language = _TELLING.get(script, ("", script))
    if any(c in letters for c in low):
        return language
    if script == "ru":
        words = _by_words(tokens, model)
        return words if words in {"ru", "uk"} else "ru"
    return script


def _script(text: str) -> str | None:
    for char in text:
        code = ord(char)
        if code < 0x0370:
            continue
        for first, last, language in _SCRIPTS:
            if first <= code <= last:
                return language
    return None


def _by_words(tokens: list[str], model: Model) -> str:
    """Returns the language most of the words belong to."""
    scores = [0.0] * len(model.languages)
    for token in tokens:
        bits = model.lexicon.languages(token)
        if not bits:
            continue
        share = 1 / bits.bit_count()
        for i in range(len(scores)):
            if bits >> i & 1:
                scores[i] += share
    best = max(scores, default=0.0)
    if not best:
        return _UNKNOWN
    likely = {
        name for name, own in zip(model.languages, scores, strict=True) if own == best
    }
    return next((name for name in _FIRST if name in likely), min(likely))
