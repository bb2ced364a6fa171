"""A decision the shop has not carried out in time: the staff hear of it, once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.effects import Decide, DecisionKind
from flows.ledger import UNTOLD

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from flows.case import DecisionRow
    from flows.draft import Draft
    from flows.effects import Effect

_TO_DO = frozenset(
    (
        DecisionKind.SUBSTITUTE,
        DecisionKind.CANCEL_REFUND,
        DecisionKind.SPLIT_SHIPMENT,
        DecisionKind.RELEASE,
    )
)
#: How many of a case's newest decisions are watched; fewer than warnings are kept.
_WATCHED = 10
_REMEMBERED = 20


def overdue_at(draft: Draft, made: Iterable[Effect] = ()) -> datetime | None:
    """Return when the staff next hear of a decision; ``made`` are this turn's."""
    found = [_due(draft, row) for row in _open(draft)]
    found += [
        _late(draft, effect.order_id, effect.apply_after or draft.now)
        for effect in made
        if isinstance(effect, Decide) and effect.kind in _TO_DO
        if effect.apply_after != UNTOLD
    ]
    return min(found, default=None)


def chase_shop(draft: Draft) -> None:
    """Post a card about each decision that nobody has carried out in time."""
    for row in _open(draft):
        order = draft.case.order(row.order_id)
        if order is None or draft.now < _due(draft, row):
            continue
        memory = draft.case.memory
        warned = (*memory.warned, _key(row))[-_REMEMBERED:]
        draft.case = replace(draft.case, memory=replace(memory, warned=warned))
        line = draft.case.line(row.line_id)
        draft.card(
            _key(row),
            "overdue",
            order=order,
            line=draft.named(line) if line else None,
            row=row,
            since=_start(row),
        )


def _open(draft: Draft) -> list[DecisionRow]:
    """Return what the shop has still to do, and nobody was warned of."""
    rows = [r for r in draft.case.decisions if r.standing and r.kind in _TO_DO]
    return [
        row
        for row in rows[-_WATCHED:]
        if row.applied_at is None
        and row.apply_after != UNTOLD
        and _key(row) not in draft.case.memory.warned
    ]


def _due(draft: Draft, row: DecisionRow) -> datetime:
    return _late(draft, row.order_id, _start(row))


def _start(row: DecisionRow) -> datetime:
    return max(row.created_at, row.apply_after or row.created_at)


def _late(draft: Draft, order_id: str, start: datetime) -> datetime:
    order = draft.case.order(order_id)
    if order is None:
        return UNTOLD
    return start + draft.terms(order, None).terms.apply_within


def _key(row: DecisionRow) -> str:
    return f"overdue:{row.id}"
