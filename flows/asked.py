"""What waits to be confirmed by a button, so that a typed yes or no is about it.

Words alone decide nothing: a yes shows the button again, a no leaves all as it is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.case import Asked
from flows.codes import OfferPress, read_customer_press
from flows.offer import PENDING

if TYPE_CHECKING:
    from flows.codes import CustomerPress
    from flows.draft import Draft

#: A yes that comes later than this answers something else.
_LASTS = timedelta(days=1)


def expect(draft: Draft, *data: str) -> None:
    """Remember the buttons of a question just asked."""
    asked = Asked(data=data, at=draft.now) if data else None
    memory = replace(draft.case.memory, asked=asked)
    draft.case = replace(draft.case, memory=memory)


def settle(draft: Draft) -> None:
    """Expect nothing any more: it was answered, or something else came up."""
    if draft.case.memory.asked is not None:
        expect(draft)


def awaited(draft: Draft) -> tuple[CustomerPress, ...]:
    """Return the presses still expected; none where something newer was asked."""
    asked = draft.case.memory.asked
    if asked is None or draft.now - asked.at > _LASTS:
        return ()
    if any(o.proposed_at > asked.at and o.state in PENDING for o in draft.case.offers):
        return ()
    found = [press for data in asked.data if (press := read_customer_press(data))]
    return tuple(press for press in found if _counts(draft, press))


def _counts(draft: Draft, press: CustomerPress) -> bool:
    """Whether a button would still do something."""
    if not isinstance(press, OfferPress):
        return True
    return any(
        offer.token == press.token and offer.state in PENDING
        for offer in draft.case.offers
    )
