"""Consolation: something for the patience, by rule, once an incident, within a budget.

It is given when a line waited long enough or a date slipped again, carried to the shop
as a decision, and measured afterwards: was the order kept? Above a limit a colleague
is asked first.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.backorder import LIVE
from flows.case import BackorderState
from flows.codes import staff_data
from flows.effects import Button, Decide, DecisionKind

if TYPE_CHECKING:
    from datetime import datetime

    from flows.case import Backorder, Case
    from flows.draft import Draft
    from flows.events import StaffGranted
    from flows.setting import Setting
    from flows.shop import Line, Order
    from flows.terms import Terms

#: A date that slipped this often earns it without waiting longer.
_SECOND = 2


def console(draft: Draft) -> None:
    """Give what the rules give for lines that wait too long or slipped again."""
    for backorder in draft.case.backorders:
        order = draft.case.order(backorder.order_id)
        line = draft.case.line(backorder.line_id)
        if order is None or line is None or not _open(draft.case, backorder):
            continue
        applied = draft.terms(order, line)
        terms = applied.terms
        if not _earned(backorder, terms, draft.now) or not _worth(order, terms):
            continue
        value = value_of(order, line, backorder, terms)
        if (
            value <= 0
            or draft.setting.consoled_minor + value > terms.consolation_budget
        ):
            continue
        if value > terms.consolation_approval_above:
            _ask(draft, order, line, backorder, terms, value)
        else:
            _give(draft, order, line, backorder, terms, value, by="policy")


def on_granted(draft: Draft, event: StaffGranted) -> None:
    """Give, or do not give, what a colleague was asked about."""
    backorder = draft.case.backorder(event.backorder_id)
    order = draft.case.order(backorder.order_id) if backorder else None
    line = draft.case.line(backorder.line_id) if backorder else None
    if (
        backorder is None
        or order is None
        or line is None
        or _decided(draft.case, backorder)
    ):
        draft.whisper("ticket_closed")
        return
    terms = draft.terms(order, line).terms
    value = value_of(order, line, backorder, terms)
    draft.record(
        f"staff:{event.staff.id}",
        "granted consolation" if event.give else "refused consolation",
        backorder.id,
    )
    if event.give:
        _give(draft, order, line, backorder, terms, value, by=f"staff:{event.staff.id}")
    draft.card(
        f"consolation:{backorder.id}",
        "consolation_answered",
        staff=event.staff.name,
        give=event.give,
        order=order,
        value=value,
    )


def due_at(case: Case, setting: Setting, backorder: Backorder) -> datetime | None:
    """Return when a waiting line earns it by patience alone, or None."""
    order = case.order(backorder.order_id)
    line = case.line(backorder.line_id)
    if order is None or not _open(case, backorder):
        return None
    product = case.shelf.product(line.sku if line else None)
    terms = setting.policy.terms_for(order, product, case.customer).terms
    if terms.consolation == "none" or not _worth(order, terms):
        return None
    at = backorder.found_at + timedelta(days=terms.consolation_after_days)
    return at if at > setting.now else None


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


def _earned(backorder: Backorder, terms: Terms, now: datetime) -> bool:
    if terms.consolation == "none":
        return False
    waited = now - backorder.found_at
    return (
        waited >= timedelta(days=terms.consolation_after_days)
        or backorder.slips >= _SECOND
    )


def _worth(order: Order, terms: Terms) -> bool:
    value = sum(line.unit_price_minor * line.quantity for line in order.lines)
    return value >= terms.consolation_from


def _open(case: Case, backorder: Backorder) -> bool:
    told = backorder.told is not None
    waits = backorder.state in LIVE and backorder.state is not BackorderState.BASELINE
    return told and waits and not backorder.closed_at and not _given(case, backorder)


def _given(case: Case, backorder: Backorder) -> bool:
    """Whether this incident has had its consolation, or a colleague is being asked."""
    return backorder.id in case.memory.consoled or _decided(case, backorder)


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
    _remember(draft, backorder)
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
    _remember(draft, backorder)
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


def _remember(draft: Draft, backorder: Backorder) -> None:
    memory = draft.case.memory
    consoled = (*memory.consoled, backorder.id)[-20:]
    draft.case = replace(draft.case, memory=replace(memory, consoled=consoled))
