"""The staff hear at once what fell short and who is likely to ask: one card a ware.

All cases draw the same card, from numbers that are the same for all of them; so it
grows with a mass shortage instead of being followed by hundreds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flows.case import BackorderState
from flows.effects import PostShortage
from flows.promise import Estimate, estimate

if TYPE_CHECKING:
    from flows.case import Backorder
    from flows.draft import Draft
    from flows.shop import Queue, SkuFacts
    from flows.terms import Terms

#: With more products on one blank its own code says more than their names.
_NAMED = 3


def tell_shortages(draft: Draft, before: tuple[Backorder, ...]) -> None:
    """Draw the card of each ware that a backorder of this case waits for, or did.

    ``before`` are the backorders as the turn found them. What was late before the bot
    came stands on a card of its own.
    """
    ended = {b.id for b in before if b.closed_at is None}
    told: set[str] = set()
    for backorder in draft.case.backorders:
        concerned = backorder.closed_at is None or backorder.id in ended
        if not concerned or backorder.state is BackorderState.BASELINE:
            continue
        facts = draft.case.shelf.blank(backorder.sku)
        order = draft.case.order(backorder.order_id)
        if facts.queue is None or order is None or facts.sku in told:
            continue
        terms = draft.terms(order, order.line(backorder.line_id)).terms
        if terms.shortage_card:
            told.add(facts.sku)
            _tell(draft, backorder, facts, facts.queue, terms)


def _tell(
    draft: Draft, backorder: Backorder, facts: SkuFacts, queue: Queue, terms: Terms
) -> None:
    soonest = latest = Estimate()
    if queue.units:
        zone = ZoneInfo(draft.setting.policy.hours.time_zone)
        today = draft.now.astimezone(zone).date()
        everybody = replace(facts, ahead=())
        soonest = estimate("", 1, everybody, today, terms)
        latest = estimate("", queue.units, everybody, today, terms)
    card = draft.staff_words().card(
        "shortage",
        ware=_named(draft, backorder, facts, queue),
        queue=queue,
        soonest=soonest,
        latest=latest,
        more=queue.orders - len(queue.first),
    )
    over = queue.units == 0
    draft.effects.append(PostShortage(sku=facts.sku, card=card, over=over))


def _named(draft: Draft, backorder: Backorder, facts: SkuFacts, queue: Queue) -> str:
    """Return what staff call a ware: the products waited for, where they are few."""
    line = draft.case.line(backorder.line_id)
    own = (draft.named(line).title,) if line else ()
    titles = dict.fromkeys(queue.titles or own)
    return " / ".join(titles) if 0 < len(titles) <= _NAMED else facts.sku
