"""One ready text about something that is short, for the shop's other channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.acceptance import Reason, availability
from flows.promise import estimate
from flows.shop import SkuFacts, full_title
from flows.wording import Wording

if TYPE_CHECKING:
    from datetime import date, datetime

    from flows.acceptance import Demand
    from flows.policy import Policy
    from flows.shop import Product

_NOTHING_TO_SAY = frozenset((Reason.IN_STOCK, Reason.NOT_SOLD))


def broadcast(
    product: Product,
    demand: Demand,
    policy: Policy,
    *,
    now: datetime,
    today: date,
    chat: str = "",
) -> dict[str, str]:
    """Return what to announce, in each of the shop's languages; empty where nothing.

    It names the next delivery, and for who orders now the one that is left for them:
    nobody's own promise, which each has been told. ``chat`` is where to ask; without
    it the shop's e-mail address alone.
    """
    terms = policy.terms_on_sale(product).terms
    found = availability(demand, terms, now, today)
    if found.reason in _NOTHING_TO_SAY:
        return {}
    coming = SkuFacts(sku=demand.sku, supplies=demand.supplies)
    return {
        language: Wording(language, policy.hours.time_zone, policy.shop).on_page(
            "broadcast",
            title=full_title(product.title, product),
            more=estimate("", 1, coming, today, terms),
            found=found,
            chat=chat,
        )
        for language in policy.shop.languages
    }
