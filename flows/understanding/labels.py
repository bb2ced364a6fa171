"""The words that say what kind of number stands next to them.

One rule: the words are data (`flows/phrases/numbers/labels.toml`, each a regular
expression); here they only become patterns.
"""

import re
import tomllib
from importlib.resources import files
from typing import Final

_DATA: Final[dict[str, dict[str, str]]] = tomllib.loads(
    (files("flows") / "phrases" / "numbers" / "labels.toml").read_text("utf-8"),
)


def _any_of(words: str) -> str:
    return "|".join(words.split())


_KINDS: Final = {kind: _any_of(words) for kind, words in _DATA["kinds"].items()}
_JOINTS: Final = {name: _any_of(words) for name, words in _DATA["joints"].items()}

_BORDER: Final = r"(?<![^\W\d_])"
_END: Final = r"(?![^\W\d_])"

#: Matches a label of any kind.
ANY_LABEL: Final = f"{_BORDER}(?:{'|'.join(_KINDS.values())}){_END}\\.?"
#: An order label that says a number or code follows, whatever it looks like.
NAMED_ORDER: Final = _JOINTS["named_order"]
#: What may stand between a label and its number.
BETWEEN: Final = _JOINTS["between"]
#: What joins two order numbers.
AND: Final = _JOINTS["and"]
#: "10234 … order number": what makes a label belong to the number before it.
IS_MY: Final = _JOINTS["is_my"]
CURRENCY: Final = _JOINTS["currency"]
CURRENCY_WORD: Final = _JOINTS["currency_word"]
UNIT: Final = _JOINTS["unit"]
STREET_BEFORE: Final = _JOINTS["street_before"]
STREET_AFTER: Final = _JOINTS["street_after"]
#: Words right before a bare number of four digits that may still be an order.
BEFORE_A_SHORT_ONE: Final = frozenset(_DATA["joints"]["before_a_short_one"].split())

_KIND_OF: Final = [
    (kind, re.compile(f"(?:{words})\\.?", re.IGNORECASE))
    for kind, words in _KINDS.items()
]
_SPOILING: Final = ("phone", "address", "tracking", "card", "customer", "spoiling")
_SPOILERS: Final = re.compile(
    f"{_BORDER}(?:{'|'.join((_KINDS | _JOINTS)[kind] for kind in _SPOILING)}){_END}",
    re.IGNORECASE,
)


def kind_of(label: str) -> str:
    """Returns the kind of a label that `ANY_LABEL` matched."""
    return next((kind for kind, shape in _KIND_OF if shape.fullmatch(label)), "")


def spoils_bare_numbers(text: str) -> bool:
    """Returns whether the text talks of something a bare number could be."""
    return bool(_SPOILERS.search(text))
