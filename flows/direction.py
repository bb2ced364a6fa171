"""Names of another writing direction keep to themselves inside a sentence.

What runs right to left is put between isolates when it stands in a sentence that runs
left to right, and the other way round; without them the words around it change places.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, TypeVar

from jinja2 import pass_context
from jinja2.runtime import Undefined
from markupsafe import Markup

if TYPE_CHECKING:
    from babel.support import NullTranslations
    from jinja2 import Environment
    from jinja2.runtime import Context

FIRST_STRONG, POP = "\u2068", "\u2069"
#: Languages whose sentences run right to left.
RIGHT_TO_LEFT = frozenset(("ar", "dv", "fa", "he", "iw", "ku", "ps", "sd", "ug", "ur"))
_RIGHT = frozenset(("R", "AL"))
#: The blocks that hold such letters (Unicode, DerivedBidiClass.txt), and their mark.
_RIGHT_BLOCKS = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff"
    "\U0001e800-\U0001efff]"
)
_LEFT = frozenset(("L",))

T = TypeVar("T")


def isolated(value: T, language: str) -> T | str:
    """Return a value that does not disturb a sentence in a language; text stays text.

    Each line of its own: an isolate ends with its paragraph. Escaped text stays so.
    """
    if not isinstance(value, str) or FIRST_STRONG in value:
        return value
    right = runs_right(language)
    if not right and not _RIGHT_BLOCKS.search(value):
        return value
    strong = _LEFT if right else _RIGHT
    if not any(unicodedata.bidirectional(char) in strong for char in value):
        return value
    lines = value.split("\n")
    wrapped = "\n".join(f"{FIRST_STRONG}{line}{POP}" if line else "" for line in lines)
    escaped = isinstance(value, Markup)
    return Markup(wrapped) if escaped else wrapped  # noqa: S704 - it was escaped before


def balanced(text: str) -> str:
    """Return a text that was cut off with its isolates closed."""
    return text + POP * (text.count(FIRST_STRONG) - text.count(POP))


def install(
    environment: Environment, translations: NullTranslations, language: str
) -> None:
    """Let an environment isolate whatever its templates put into a sentence.

    Values of a translated sentence and bare expressions come here; whole sentences
    do not, since what needed it in them has been isolated by then.
    """

    def aside(values: dict[str, Any]) -> dict[str, Any]:
        return {name: isolated(value, language) for name, value in values.items()}

    def said(context: Context, text: str, values: dict[str, Any]) -> str:
        words = Markup(text) if context.eval_ctx.autoescape else text  # noqa: S704 - our own words
        return words % values

    @pass_context
    def gettext(context: Context, text: str, /, **values: Any) -> str:
        return said(context, translations.ugettext(text), aside(values))

    @pass_context
    def ngettext(
        context: Context, one: str, many: str, number: int, /, **values: Any
    ) -> str:
        values.setdefault("num", number)
        return said(context, translations.ungettext(one, many, number), aside(values))

    def finalize(value: Any) -> Any:
        whole = runs_right(language) or isinstance(value, Undefined)
        return value if whole else isolated(value, language)

    environment.globals.update(gettext=gettext, ngettext=ngettext, _=gettext)
    environment.finalize = finalize


def runs_right(language: str) -> bool:
    """Return whether a language's sentences run right to left."""
    return language.split("-", maxsplit=1)[0] in RIGHT_TO_LEFT
