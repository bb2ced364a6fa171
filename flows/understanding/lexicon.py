"""Knows which idea a word stands for, in every language at once.

One rule: a word belongs to ideas ("order", "when", "refund"), and ideas are what
lets the model carry over from one language to another. Words come from the
phrase files; a trailing `*` there means every word that begins so.
"""

from collections.abc import Iterable, Mapping

_FUZZY_FROM = 5
_FIRST_MAY_GO = 6
_SHORTEST_STEM = 3


def _one_less(word: str) -> Iterable[tuple[int, str]]:
    """Yields the word with one letter left out, and which; short words keep theirs."""
    for i in range(len(word) < _FIRST_MAY_GO, len(word)):
        yield i, word[:i] + word[i + 1 :]


class Lexicon:
    """Maps words to ideas: exactly, by stem, or with one typing mistake."""

    __slots__ = ("_cjk", "_exact", "_fuzzy", "_known", "_stems")

    def __init__(
        self,
        ideas: Mapping[str, Iterable[str]],
        known: Mapping[str, int],
    ) -> None:
        """Builds the look-up tables.

        Args:
            ideas: The words and stems (with `*`) of each idea.
            known: Every word of the phrase files with a bit for each language
                that uses it; such a word is never taken for a misspelling.
        """
        self._exact: dict[str, tuple[str, ...]] = {}
        self._stems: dict[str, tuple[str, ...]] = {}
        self._cjk: list[tuple[str, str]] = []
        self._fuzzy: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._known = known
        for idea, words in ideas.items():
            for word in words:
                self._add(idea, word)
        for word in (*self._exact, *known):
            if len(word) >= _FUZZY_FROM and word.isalpha():
                self._expect_mistakes(word)

    def _expect_mistakes(self, word: str) -> None:
        """Notes a word with each of its letters left out, for `_guess`."""
        if found := self.ideas(word):
            for place, less in _one_less(word):
                if less not in self._exact:
                    self._fuzzy.setdefault(less, (place, found))

    def _add(self, idea: str, word: str) -> None:
        if word and word[0] >= "\u2e80":
            self._cjk.append((word.rstrip("*"), idea))
            return
        table = self._stems if word.endswith("*") else self._exact
        word = word.rstrip("*")
        table[word] = tuple(dict.fromkeys((*table.get(word, ()), idea)))

    def ideas(self, token: str) -> tuple[str, ...]:
        """Returns the ideas of one token, () when it stands for none."""
        if token[0] >= "\u2e80":
            return tuple(idea for word, idea in self._cjk if word in token)
        found = self._exact.get(token, ())
        for end in range(len(token), _SHORTEST_STEM - 1, -1):
            if stem := self._stems.get(token[:end]):
                return found + stem if found else stem
        if found or token in self._known or len(token) < _FUZZY_FROM:
            return found
        return self._guess(token)

    def _guess(self, token: str) -> tuple[str, ...]:
        """Returns the ideas of the word this may be a misspelling of.

        One letter left out, put in, mistaken, or two neighbours swapped.
        """
        if near := self._fuzzy.get(token):
            return near[1]
        for place, less in _one_less(token):
            if found := self._exact.get(less):
                return found
            near = self._fuzzy.get(less)
            if near and -1 <= near[0] - place <= 1:
                return near[1]
        return ()

    def knows(self, token: str) -> bool:
        """Returns whether the token is a word of ours or a misspelling of one."""
        return token in self._known or bool(self.ideas(token))

    def languages(self, token: str) -> int:
        """Returns a bit for each language that uses the token, 0 when unknown."""
        return self._known.get(token, 0)
