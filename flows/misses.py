"""How often in a row the bot did not understand, and what was said then.

A "did you mean" that nobody answers counts like any other miss.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.case import DialogueState
from flows.speaker import DIALOGUE

if TYPE_CHECKING:
    from flows.case import Case
    from flows.draft import Draft

#: Characters of what was missed that are kept for the team.
_KEPT = 1000


def understood(draft: Draft) -> None:
    """Begin to count anew: what was meant is clear."""
    case = draft.case
    clear = case.dialogue is DialogueState.TALKING and not case.misses
    if case.dialogue is DialogueState.WITH_STAFF or (clear and not case.memory.missed):
        return
    state = DIALOGUE.step(draft.case.dialogue, "understand", None)
    memory = replace(draft.case.memory, missed="")
    draft.case = replace(draft.case, dialogue=state, misses=0, memory=memory)


def count_miss(draft: Draft, text: str) -> None:
    """Count one more miss and keep its words."""
    case = draft.case
    state = case.dialogue
    if state is not DialogueState.UNSURE:
        state = DIALOGUE.step(state, "miss", None)
    memory = replace(case.memory, missed=with_missed(case, text))
    draft.case = replace(case, dialogue=state, misses=case.misses + 1, memory=memory)


def with_missed(case: Case, text: str) -> str:
    """Return what was missed in a row, this last, a line each."""
    before = case.memory.missed if case.misses else ""
    return "\n".join(part for part in (before, text) if part)[-_KEPT:]
