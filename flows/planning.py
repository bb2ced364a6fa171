"""The plans of one order's backorders: who shares stock, and who belongs together."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from flows.choices import standing
from flows.ledger import CUSTOMER
from flows.matching import gone_lines
from flows.offer import OFFER, OfferFacts
from flows.plan import Plan, last_resort, may_silence, plan
from flows.preferences import SAME_BRAND, Wishes, preference
from flows.sets import Matched, counterpart, keep_sets
from flows.substitutes import Candidate, closest, given_back, reserved
from flows.wanted_by import needed_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flows.case import Backorder, Choice
    from flows.draft import Draft
    from flows.plan import Ruling
    from flows.promise import Estimate
    from flows.shop import Order, Shelf

    _Allowed = Callable[[Plan, Choice | None], bool]
    _Resort = Callable[[Plan], Choice | None]

_NONE_KNOWN: Mapping[str, Estimate] = MappingProxyType({})


def plans(
    draft: Draft,
    order: Order,
    backorders: Sequence[Backorder],
    *,
    refused: bool = False,
    delayed: bool = False,
    ruling: Ruling | None = None,
    known: Mapping[str, Estimate] = _NONE_KNOWN,
) -> list[Plan]:
    """Return what the policy wants for each, in order; sets in step.

    ``ruling``: what a colleague wants where the policy would cancel or ask them.
    ``known``: by backorder, when it is expected, where the shelf need not say it.
    """
    shelf = _shelf(draft, backorders)
    matched = _candidates(draft, order, backorders, shelf)
    today = draft.now.astimezone(draft.zone).date()
    wishes = Wishes(
        preference=preference(draft), needed_by=needed_by(draft.case, order)
    )
    made = []
    for index, backorder in enumerate(backorders):
        line = order.line(backorder.line_id)
        if line is None:
            continue
        decided = standing(draft, backorder.id)
        passed = backorder.told is not None and backorder.told.passed(today)
        agreed = decided is not None and decided.decided_by == CUSTOMER
        one = plan(
            backorder,
            order,
            line,
            shelf,
            draft.terms(order, line),
            index=index,
            today=today,
            zone=draft.zone,
            refused=refused,
            delayed=delayed,
            agreed=agreed or passed,
            ruling=ruling,
            candidates=matched.candidates.get(backorder.id, ()),
            wishes=wishes,
            known=known.get(backorder.id),
        )
        chart = one.item.size_chart_url or draft.setting.policy.shop.size_chart_url
        product = shelf.product(line.sku)
        item = replace(
            one.item,
            stays=matched.stays.get(backorder.id, ()),
            follows=matched.follows.get(backorder.id),
            size_chart_url=chart if product and product.size else None,
        )
        made.append(replace(one, item=item))

    def allowed(one: Plan, choice: Choice | None) -> bool:
        backorder = draft.case.backorder(one.item.backorder_id)
        if choice is None or (choice.kind == "wait" and one.item.needed_by):
            return False
        if choice.kind == "wait" and one.item.ordered == "preorder":
            return True
        terms = draft.terms(order, order.line(one.item.line_id)).terms
        slips = (backorder.slips if backorder else 0) + (1 if delayed else 0)
        return may_silence(choice, terms, today, slips)

    def resort(one: Plan) -> Choice | None:
        line = order.line(one.item.line_id)
        return last_resort(one.item, draft.terms(order, line).terms)

    return [_in_step(one, made, allowed, resort) for one in made]


def _shelf(draft: Draft, backorders: Sequence[Backorder]) -> Shelf:
    """Return the shelf as it is once the offers these plans replace are gone."""
    about = {backorder.id for backorder in backorders}
    going = {
        offer.id
        for offer in draft.case.offers
        if about & {item.backorder_id for item in offer.items}
        and OFFER.allows(offer.state, "replace", OfferFacts(offer=offer, now=draft.now))
    }
    return given_back(draft.case.shelf, going)


def _candidates(
    draft: Draft, order: Order, backorders: Sequence[Backorder], shelf: Shelf
) -> Matched:
    found: dict[str, list[Candidate]] = {}
    left = shelf
    for backorder in backorders:
        line = order.line(backorder.line_id)
        if line is None:
            continue
        found[backorder.id] = closest(
            line,
            backorder.quantity,
            left,
            draft.terms(order, line).terms,
            currency=order.currency,
            same_brand=preference(draft) == SAME_BRAND,
        )
        if found[backorder.id]:
            best = found[backorder.id][0].product
            left = reserved(left, best.sku, backorder.quantity)
    if not _keeps_sets(draft, order, backorders):
        return Matched(candidates=found)
    return keep_sets(
        order,
        backorders,
        found,
        shelf,
        gone_lines(draft, order, {b.line_id for b in backorders}),
    )


def _keeps_sets(draft: Draft, order: Order, backorders: Sequence[Backorder]) -> bool:
    lines = [order.line(backorder.line_id) for backorder in backorders]
    return all(draft.terms(order, line).terms.keep_sets for line in lines)


def _in_step(
    one: Plan, made: Sequence[Plan], allowed: _Allowed, resort: _Resort
) -> Plan:
    """Return a plan of a set deciding as the set's leader does."""
    leader = one.item.follows or one.item.backorder_id
    members = [p for p in made if leader in {p.item.backorder_id, p.item.follows}]
    if len(members) < 2:
        return one
    if not any(choice.kind == "substitute" for choice in one.item.choices):
        return replace(one, item=replace(one.item, follows=None))
    first = members[0].item
    best = first.choice(first.recommended)
    own = counterpart(one.item, best) if best else None
    silent = _silent_for_all(members, allowed, resort)
    quiet = counterpart(one.item, silent) if silent else None
    item = replace(
        one.item,
        recommended=own.code if own else one.item.recommended,
        on_silence=quiet.code if quiet else "",
    )
    return replace(one, item=item)


def _silent_for_all(
    members: Sequence[Plan], allowed: _Allowed, resort: _Resort
) -> Choice | None:
    """Return what silence does for a whole set, None where a colleague decides."""
    first = members[0].item
    wait = first.choices[-2]
    for choice in (first.choice(first.on_silence), wait):
        if choice is not None and all(
            allowed(p, counterpart(p.item, choice)) for p in members
        ):
            return choice
    return resort(members[0])
