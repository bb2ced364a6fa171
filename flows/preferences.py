"""What a customer generally wants when something is missing: asked once, then honoured.

Three standing wishes and "ask me each time". A wish is named wherever it counted, can
be seen and changed at any time, and never makes anything dearer or less allowed.
The other standing wish is a day by which an order is needed; ``flows/wanted_by.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flows.codes import menu_data
from flows.effects import Button

if TYPE_CHECKING:
    from datetime import date

    from flows.case import Chat, Offer
    from flows.draft import Draft
    from flows.promise import Estimate
    from flows.wording import Rows

#: The closest product, the closest of the same brand, money back, nothing in general.
BEST, SAME_BRAND, REFUND, EACH_TIME = "best", "same_brand", "refund", "each_time"
CHOICES = (BEST, SAME_BRAND, REFUND, EACH_TIME)
#: Asked and not answered: nobody is asked twice.
ASKED = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What counts for one backorder: a preference, and the day it is needed."""

    preference: str = ""
    needed_by: date | None = None

    def too_late(self, when: Estimate) -> bool:
        """Return whether an estimate cannot be relied on to come in time."""
        if self.needed_by is None:
            return False
        return when.expected_to is None or when.expected_to > self.needed_by


NO_WISHES = Wishes()


def preference(draft: Draft) -> str:
    """Return the customer's standing preference; empty when each time is its own."""
    kept = draft.case.memory.preference
    return kept if kept in {BEST, SAME_BRAND, REFUND} else ""


def ask_once(draft: Draft, chat: Chat, offer: Offer) -> None:
    """Ask after the first substitute somebody chose; never a second time."""
    chosen = (item.choice(item.chosen or "") for item in offer.items)
    if not any(choice is not None and choice.kind == "substitute" for choice in chosen):
        return
    order = draft.case.order(offer.order_id)
    if order is None or draft.case.memory.preference:
        return
    if not draft.terms(order, order.line(offer.items[0].line_id)).terms.ask_preference:
        return
    _keep(draft, ASKED)
    draft.reply(chat, "preference", _rows(draft, chat), current="", first=True)


def show_preference(draft: Draft, chat: Chat) -> None:
    """Show what is kept and offer the others."""
    current = preference(draft)
    rows = _rows(draft, chat, but=current or EACH_TIME)
    draft.reply(chat, "preference", rows, current=current, first=False)


def set_preference(draft: Draft, chat: Chat, wanted: str) -> None:
    """Keep a preference from now on; what runs already is not touched."""
    if wanted not in CHOICES:
        draft.toast("old_button")
        return
    _keep(draft, wanted)
    draft.record("customer", "preference", wanted)
    draft.toast("noted")
    draft.reply(chat, "preference_kept", draft.menu("prefer", chat=chat), wanted=wanted)


def _rows(draft: Draft, chat: Chat, but: str = "") -> Rows:
    words = draft.words(chat)
    return tuple(
        (Button(label=words.label(f"prefer_{name}"), data=menu_data("prefer", name)),)
        for name in CHOICES
        if name != but
    )


def _keep(draft: Draft, wanted: str) -> None:
    memory = replace(draft.case.memory, preference=wanted)
    draft.case = replace(draft.case, memory=memory)
