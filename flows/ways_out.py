"""The buttons below news of a wait: another product if there is one, or give it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.case import OfferState
from flows.codes import offer_data
from flows.effects import Button
from flows.offer import PENDING
from flows.wishes import way_out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.case import Backorder, Offer
    from flows.draft import Draft
    from flows.shop import Order
    from flows.wording import Rows

_DECIDED = frozenset((OfferState.ANSWERED, OfferState.EXPIRED))
#: Lines whose giving up stands as a button of its own.
_MOST = 4


def ways_out(draft: Draft, order: Order, backorders: Iterable[Backorder]) -> Rows:
    """Return what who waits can still do, a person last.

    An open question is shown again, a decided one may be changed, and each line can
    be given up while that is free.
    """
    made: dict[str, Button] = {}
    for backorder in list(backorders)[:_MOST]:
        offer = draft.case.offer_for(backorder.id)
        line = order.line(backorder.line_id)
        again = _again(draft, offer)
        if again is not None:
            made[again.data or ""] = again
        drop = way_out(draft, None, order, draft.named(line)) if line else None
        if drop is not None:
            made[drop.data or ""] = drop
    return (*((button,) for button in made.values()), *draft.menu("person"))


def _again(draft: Draft, offer: Offer | None) -> Button | None:
    """Return the button that shows other products once more, where there are some."""
    if offer is None or not any(
        choice.kind == "substitute" for item in offer.items for choice in item.choices
    ):
        return None
    if offer.state in PENDING:
        name, code = "choose_now", "show"
    elif offer.state in _DECIDED:
        name, code = "change", "change"
    else:
        return None
    data = offer_data(offer.token, code)
    return Button(label=draft.words().label(name), data=data)
