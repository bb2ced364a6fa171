"""What another policy would have decided about what was really asked.

Each recorded proposal keeps when it was made, the dates told and what it offered.
Everything else is decided anew, by the very functions that decide a turn: which
products are close enough, sets, the five cases, the guard. Stock of that day is not
kept, so what was offered then counts as available, and of all else what is free now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from flows.case import Case, DialogueState, Memory
from flows.draft import Draft
from flows.planning import plans
from flows.promise import Estimate
from flows.setting import Setting
from flows.shop import full_title
from flows.terms import Terms

if TYPE_CHECKING:
    from datetime import datetime

    from flows.case import Backorder, OfferItem
    from flows.plan import Kind, Plan
    from flows.policy import Policy
    from flows.shop import Customer, Line, Order, Product, Shelf

#: The terms a replay decides by. All others rule what comes before or after: when
#: something is sent, how it is shown, what is shipped, paid or given for patience.
REPLAYED = (
    "on_silence",
    "silent_substitute",
    "silent_wait_days",
    "automatic_cancel",
    "cancel_horizon_days",
    "substitute_price",
    "substitute_kinds",
    "size_steps",
    "similar_color",
    "keep_sets",
)
#: Parts of the file that are no terms, and that no replay looks at.
_PARTS = ("shop", "hours", "brake")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was proposed about one order at once, and what it was about.

    ``backorders`` go with ``items``; the ``order`` is as it was, its lines waiting.
    """

    #: Whether a told date became worse.
    delayed: bool
    items: tuple[OfferItem, ...]
    order: Order
    backorders: tuple[Backorder, ...]
    customer: Customer
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a policy makes of one item, in words of the policy.

    ``recommended`` and ``on_silence`` are kinds of choices, or "staff"; ``sku`` and
    ``product`` say what would be sent instead.
    """

    title: str
    kind: Kind
    recommended: str
    on_silence: str
    rule: str
    sku: str | None = None
    product: str = ""

    @property
    def decision(self) -> tuple[str, str, str | None, str]:
        """What differs when it differs; the rule's name alone is no difference."""
        return self.kind.value, self.recommended, self.sku, self.on_silence


def compared(
    asked: Asked, shelf: Shelf, now: Policy, then: Policy
) -> list[tuple[Verdict, Verdict]]:
    """Return what two policies make of a proposal, item by item.

    ``shelf`` is today's around what was asked. An item is left out where the shop no
    longer has its line, or a product that was ordered or offered. Days are those of
    the customer's zone, or of the first policy's.
    """
    left = _askable(asked, shelf)
    zone = left.customer.time_zone or now.hours.time_zone
    left = replace(left, customer=replace(left.customer, time_zone=zone))
    offered = _as_offered(shelf, left.items)
    pairs = zip(
        _verdicts(left, offered, now), _verdicts(left, offered, then), strict=True
    )
    return list(pairs)


def unseen(now: Policy, then: Policy) -> list[str]:
    """Return the names of what differs between two policies and cannot show here."""
    terms = [
        name
        for name in Terms.model_fields
        if name not in REPLAYED and _said(now, name) != _said(then, name)
    ]
    parts = [
        f"[{name}]"
        for name in _PARTS
        if getattr(now.data, name) != getattr(then.data, name)
    ]
    return terms + parts


def waiting_again(line: Line, sku: str | None, quantity: int) -> Line:
    """Return a line as it was when it was asked about, whatever became of it since."""
    missing = max(quantity - line.backordered, 0)
    given_up = min(line.cancelled, missing)
    ready = min(line.allocated, missing - given_up)
    sent = min(line.shipped, missing - given_up - ready)
    return replace(
        line,
        sku=sku or line.sku,
        backordered=line.backordered + missing,
        cancelled=line.cancelled - given_up,
        allocated=line.allocated - ready,
        shipped=line.shipped - sent,
    )


def _said(policy: Policy, name: str) -> object:
    """Return everything a policy says about a term, rule by rule."""
    rules = (
        (rule.when, getattr(rule.terms, name))
        for rule in policy.data.rules
        if name in rule.terms.model_fields_set
    )
    return getattr(policy.data.terms, name), tuple(rules)


def _askable(asked: Asked, shelf: Shelf) -> Asked:
    """Return a proposal with the items whose line and products the shop still has."""
    pairs = [
        (item, backorder)
        for item, backorder in zip(asked.items, asked.backorders, strict=True)
        if asked.order.line(item.line_id) is not None
        and all(shelf.product(sku) for sku in _named(item, backorder))
    ]
    return replace(
        asked,
        items=tuple(item for item, _ in pairs),
        backorders=tuple(backorder for _, backorder in pairs),
    )


def _named(item: OfferItem, backorder: Backorder) -> list[str | None]:
    """Return the SKUs without which nothing can be compared: none, none was offered."""
    offered = [c.sku for c in item.choices if c.kind == "substitute"]
    return [backorder.sku, *offered] if offered else []


def _as_offered(shelf: Shelf, items: tuple[OfferItem, ...]) -> Shelf:
    """Return the shelf with what was offered: sold, free, and at its price of then.

    The items had their best in order, each from what the earlier ones had left.
    """
    products = {product.sku: product for product in shelf.products}
    free = {facts.sku: facts.free for facts in shelf.facts}
    taken: dict[str, int] = {}
    for item in items:
        offered = [c for c in item.choices if c.sku in products]
        for choice in offered:
            product = products[choice.sku or ""]
            blank = product.blank
            needed = taken.get(blank, 0) + item.quantity
            free[blank] = max(free.get(blank, 0), needed)
            products[product.sku] = _on_sale(product, choice.price_minor)
        if offered:
            best = products[offered[0].sku or ""].blank
            taken[best] = taken.get(best, 0) + item.quantity
    return replace(
        shelf,
        products=tuple(products.values()),
        facts=tuple(replace(f, free=free[f.sku]) for f in shelf.facts),
    )


def _on_sale(product: Product, price_minor: int) -> Product:
    price = price_minor or product.price_minor
    return replace(product, active=True, price_minor=price)


def _verdicts(asked: Asked, shelf: Shelf, policy: Policy) -> list[Verdict]:
    draft = Draft(_case(asked, shelf), _setting(asked, policy))
    made = plans(
        draft,
        asked.order,
        asked.backorders,
        delayed=asked.delayed,
        known={item.backorder_id: _told(item) for item in asked.items},
    )
    return [_verdict(one, shelf) for one in made]


def _case(asked: Asked, shelf: Shelf) -> Case:
    """Return a case of this proposal alone; wishes count where the record has them."""
    wish = next((item.preference for item in asked.items if item.preference), "")
    day = next((item.needed_by for item in asked.items if item.needed_by), None)
    return Case(
        id=0,
        version=0,
        dialogue=DialogueState.TALKING,
        customer=asked.customer,
        memory=Memory(
            preference=wish, wanted_by=((asked.order.id, day),) if day else ()
        ),
        orders=(asked.order,),
        shelf=shelf,
        backorders=asked.backorders,
    )


def _setting(asked: Asked, policy: Policy) -> Setting:
    # Planning throws no dice: the seed is as good as any.
    return Setting(now=asked.at, policy=policy, dice=Random(0))


def _told(item: OfferItem) -> Estimate:
    """Return the dates that were told; where there was no waiting, none were."""
    wait = next((choice for choice in item.choices if choice.kind == "wait"), None)
    if wait is None:
        return Estimate()
    return Estimate(expected_from=wait.expected_from, expected_to=wait.expected_to)


def _verdict(one: Plan, shelf: Shelf) -> Verdict:
    item = one.item
    best, silent = item.choice(item.recommended), item.choice(item.on_silence)
    sku = best.sku if best else None
    product = full_title(best.title, shelf.product(sku)) if best and sku else ""
    return Verdict(
        title=item.title,
        kind=one.kind,
        recommended=best.kind if best else "staff",
        on_silence=silent.kind if silent else "staff",
        rule=item.rule,
        sku=sku,
        product=product,
    )
