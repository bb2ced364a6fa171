"""Text in, meaning out: what a customer wants and which orders are named.

One rule: the door to `flows.understanding`, which is local, deterministic and
plain Python. Nothing here decides anything; it only says how sure it is.
"""

from flows.understanding.kinds import (
    DialogueContext,
    Intent,
    Outcome,
    ProposalOption,
    Understanding,
)
from flows.understanding.reading import read

__all__ = [
    "DialogueContext",
    "Intent",
    "Outcome",
    "ProposalOption",
    "Understanding",
    "understand",
]

_NO_DIALOGUE = DialogueContext()


def understand(text: str, *, dialogue: DialogueContext | None = None) -> Understanding:
    """Returns what a message most likely means; never raises on any text."""
    return read(text, dialogue or _NO_DIALOGUE)
