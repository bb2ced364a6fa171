"""Consolation: something for the patience, by rule, once an incident, within a budget.

It is given when a line waited long enough, a date slipped again, or its customer turned
the substitutes down and waits on; carried to the shop as a decision, and measured
afterwards: was the order kept? Above a limit a colleague is asked first.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.backorder import LIVE
from flows.case import BackorderState
from flows.codes import staff_data
from flows.draft import Draft
from flows.effects import Button, Decide, DecisionKind
from flows.hours import out_of_quiet
from flows.ledger import CUSTOMER

if TYPE_CHECKING:
    from datetime import datetime

    from flows.case import Backorder, Case
    from flows.events import StaffGranted
    from flows.setting import Setting
    from flows.shop import Line, Order
    from flows.terms import Terms

#: A date that slipped this often earns it without waiting longer.
_SECOND = 2
#: What the memory puts before a backorder about which a colleague is being asked.
_ASKED = "asked:"


def console(draft: Draft) -> None:
    """Give what the rules give for lines that wait too long or slipped again."""
    for backorder in draft.case.backorders:
        order = draft.case.order(backorder.order_id)
        line = draft.case.line(backorder.line_id)
        if order is None or line is None or _settled(draft.case, backorder):
            continue
        terms = draft.terms(order, line).terms
        due = _due_at(draft, order, backorder, terms)
        if due is None or due > draft.now:
            continue
        value = _value(draft, order, line, backorder, terms)
        if not value or not _covered(draft, order, terms, value):
            continue
        if value > terms.consolation_approval_above:
            _ask(draft, order, line, backorder, terms, value)
        else:
            _give(draft, order, line, backorder, terms, value, by="policy")


def on_granted(draft: Draft, event: StaffGranted) -> None:
    """Give, or do not give, what a colleague was asked about; the first answer counts.

    Who does not wait any more gets nothing. Where the budget has no room left the
    question stays open.
    """
    backorder = draft.case.backorder(event.backorder_id)
    order = draft.case.order(backorder.order_id) if backorder else None
    line = draft.case.line(backorder.line_id) if backorder else None
    if (
        backorder is None
        or order is None
        or line is None
        or not _waits(backorder)
        or _asked(backorder) not in draft.case.memory.consoled
    ):
        draft.whisper("ticket_closed")
        return
    terms = draft.terms(order, line).terms
    value = _value(draft, order, line, backorder, terms)
    if event.give and not value:
        draft.whisper("ticket_closed")
        return
    if event.give and not _covered(draft, order, terms, value):
        draft.whisper("no_budget")
        return
    who = f"staff:{event.staff.id}"
    answer = "granted consolation" if event.give else "refused consolation"
    draft.record(who, answer, backorder.id)
    _remember(draft, backorder.id)
    if event.give:
        _give(draft, order, line, backorder, terms, value, by=who)
    draft.card(
        f"consolation:{backorder.id}",
        "consolation_answered",
        staff=event.staff.name,
        give=event.give,
        order=order,
        value=value,
    )


def due_at(case: Case, setting: Setting, backorder: Backorder) -> datetime | None:
    """Return when a waiting line will have earned it, or None; never at night."""
    order = case.order(backorder.order_id)
    line = case.line(backorder.line_id)
    if order is None or line is None or _settled(case, backorder):
        return None
    draft = Draft(case, setting)
    terms = draft.terms(order, line).terms
    at = _due_at(draft, order, backorder, terms)
    return at if at is not None and at > setting.now else None


def value_of(order: Order, line: Line, backorder: Backorder, terms: Terms) -> int:
    """Return what it is worth in minor units of the order's currency."""
    match terms.consolation:
        case "discount":
            worth = line.unit_price_minor * backorder.quantity
            return worth * terms.consolation_percent // 100
        case "free_shipping":
            return order.shipping_minor
        case "voucher" | "gift_wrap":
            return terms.consolation_minor
        case _:
            return 0


def _due_at(
    draft: Draft, order: Order, backorder: Backorder, terms: Terms
) -> datetime | None:
    """Return from when a line is owed something, None for never; people are awake."""
    if terms.consolation == "none" or not _worth(order, terms):
        return None
    at = backorder.found_at + timedelta(days=terms.consolation_after_days)
    refused = terms.consolation_refused and _refused(draft.case, backorder)
    if refused or backorder.slips >= _SECOND:
        at = min(at, draft.now)
    return out_of_quiet(max(at, draft.now), terms.quiet_hours, draft.zone)


def _refused(case: Case, backorder: Backorder) -> bool:
    """Whether its customer wants none of the substitutes, and waits on."""
    offer = case.offer_for(backorder.id)
    items = offer.items if offer else ()
    item = next((i for i in items if i.backorder_id == backorder.id), None)
    chosen = item.choice(item.chosen) if item and item.chosen else None
    if item is None or chosen is None or chosen.kind != "wait":
        return False
    offered = any(choice.kind == "substitute" for choice in item.choices)
    return item.refused or (offered and item.decided_by == CUSTOMER)


def _value(
    draft: Draft, order: Order, line: Line, backorder: Backorder, terms: Terms
) -> int:
    """Return what a line gets; an order's shipping is given back once, not per line."""
    if terms.consolation == "free_shipping" and _ships_free(draft, order):
        return 0
    return value_of(order, line, backorder, terms)


def _covered(draft: Draft, order: Order, terms: Terms, value: int) -> bool:
    """Return whether the budget has room; each currency has one of its own."""
    spent = draft.setting.consoled.get(order.currency, 0)
    spent += sum(
        given.price_minor or 0
        for given in _given_now(draft)
        if given.currency == order.currency
    )
    return spent + value <= terms.consolation_budget


def _ships_free(draft: Draft, order: Order) -> bool:
    rows = [row for row in draft.case.decisions if row.standing]
    before = [(r.order_id, r.reason) for r in rows if r.kind == "consolation"]
    now = [(given.order_id, given.reason) for given in _given_now(draft)]
    return (order.id, "free_shipping") in (*before, *now)


def _given_now(draft: Draft) -> list[Decide]:
    made = [effect for effect in draft.effects if isinstance(effect, Decide)]
    return [one for one in made if one.kind is DecisionKind.CONSOLATION]


def _worth(order: Order, terms: Terms) -> bool:
    value = sum(line.unit_price_minor * line.quantity for line in order.lines)
    return value >= terms.consolation_from


def _waits(backorder: Backorder) -> bool:
    told = backorder.told is not None
    live = backorder.state in LIVE and backorder.state is not BackorderState.BASELINE
    return told and live and not backorder.closed_at


def _settled(case: Case, backorder: Backorder) -> bool:
    """Whether nothing is owed: it had its consolation, or a colleague was asked."""
    known = {backorder.id, _asked(backorder)} & {*case.memory.consoled}
    return not _waits(backorder) or bool(known) or _decided(case, backorder)


def _asked(backorder: Backorder) -> str:
    return f"{_ASKED}{backorder.id}"


def _decided(case: Case, backorder: Backorder) -> bool:
    return any(
        row.kind == DecisionKind.CONSOLATION and row.backorder_id == backorder.id
        for row in case.decisions
    )


def _give(
    draft: Draft,
    order: Order,
    line: Line,
    backorder: Backorder,
    terms: Terms,
    value: int,
    *,
    by: str,
) -> None:
    _remember(draft, backorder.id)
    draft.effects.append(
        Decide(
            order_id=order.id,
            line_id=line.id,
            kind=DecisionKind.CONSOLATION,
            quantity=backorder.quantity,
            decided_by=by,
            reason=terms.consolation,
            backorder_id=backorder.id,
            price_minor=value,
            currency=order.currency,
        )
    )
    draft.push(
        "consolation",
        draft.menu("orders"),
        order=order,
        line=draft.named(line),
        kind=terms.consolation,
        percent=terms.consolation_percent,
        value=value,
    )


def _ask(
    draft: Draft,
    order: Order,
    line: Line,
    backorder: Backorder,
    terms: Terms,
    value: int,
) -> None:
    _remember(draft, _asked(backorder))
    words = draft.staff_words()
    about = f"{draft.case.id}:{backorder.id}"
    buttons = (
        Button(
            label=words.label("consolation_give"),
            data=staff_data("consolation_give", about),
            style="primary",
        ),
        Button(
            label=words.label("consolation_refuse"),
            data=staff_data("consolation_refuse", about),
        ),
    )
    draft.card(
        f"consolation:{backorder.id}",
        "consolation_asked",
        buttons,
        order=order,
        line=draft.named(line),
        value=value,
        kind=terms.consolation,
    )


def _remember(draft: Draft, name: str) -> None:
    memory = draft.case.memory
    ended = {name, f"{_ASKED}{name}"}
    tracked = {backorder.id for backorder in draft.case.backorders}
    kept = (k for k in memory.consoled if k.removeprefix(_ASKED) in tracked)
    consoled = (*(k for k in kept if k not in ended), name)
    draft.case = replace(draft.case, memory=replace(memory, consoled=consoled))
