"""What is being cancelled, as its customer is shown it: before, after, and taken back.

Amounts come from the decisions themselves, so that what is shown is what is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.cancellable import Part, give_up
from flows.codes import handle
from flows.draft import Draft
from flows.effects import Decide, DecisionKind
from flows.ledger import CUSTOMER, standing_in
from flows.shipping import ready_units, waiting_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from flows.case import DecisionRow
    from flows.shop import Line, Order

_CANCEL = DecisionKind.CANCEL_REFUND


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelling:
    """What a press cancels: the units of some lines, and the money that goes back.

    ``stays`` are the units of a line that are sent all the same, where only some go.
    """

    order: Order
    lines: tuple[tuple[str, int], ...]
    refund_minor: int
    until: datetime | None = None
    stays: int = 0

    @property
    def digest(self) -> str:
        """What its button shows, so that an old one is noticed."""
        return handle(f"{self.lines}|{self.refund_minor}|{self.stays}")


def preview(draft: Draft, parts: list[Part]) -> Cancelling:
    """Return what cancelling would do, by doing it on a draft nobody keeps."""
    trial = Draft(draft.case, draft.setting)
    for part in parts:
        give_up(trial, part)
    made = [
        effect
        for effect in trial.effects
        if isinstance(effect, Decide) and effect.kind is _CANCEL
    ]
    return as_told(trial, parts[0].order, made)


def as_told(
    draft: Draft, order: Order, rows: Sequence[Decide | DecisionRow]
) -> Cancelling:
    """Return decisions to cancel as a customer is told about them."""
    units: dict[str, int] = {}
    for row in rows:
        line = order.line(row.line_id or "")
        title = draft.named(line).title if line else ""
        units[title] = units.get(title, 0) + row.quantity
    ahead = [r.apply_after for r in rows if r.apply_after and r.apply_after > draft.now]
    return Cancelling(
        order=order,
        lines=tuple(units.items()),
        refund_minor=sum(row.refund_minor or 0 for row in rows),
        until=min(ahead, default=None),
        stays=_staying(draft, order, {row.line_id or "" for row in rows}),
    )


def cancelled(draft: Draft, target: str) -> tuple[Order | None, list[DecisionRow]]:
    """Return the order a target names, and what of it its customer has cancelled."""
    order, lines = named(draft, target)
    if order is None:
        return None, []
    ids = {line.id for line in lines}
    rows = standing_in(draft, order.id, _CANCEL)
    return order, [r for r in rows if r.decided_by == CUSTOMER and r.line_id in ids]


def digest_of(rows: Iterable[DecisionRow]) -> str:
    """Return what a button that takes these back shows, so that it can grow old."""
    units: dict[str, int] = {}
    for row in rows:
        units[row.line_id or ""] = units.get(row.line_id or "", 0) + row.quantity
    return handle(str(sorted(units.items())))


def named(draft: Draft, target: str) -> tuple[Order | None, tuple[Line, ...]]:
    """Return the order and the lines that a button is about; none of a stranger's."""
    for order in draft.case.orders:
        if handle(order.id) == target:
            return order, order.lines
        for line in order.lines:
            if handle(line.id) == target:
                return order, (line,)
    return None, ()


def _staying(draft: Draft, order: Order, ids: set[str]) -> int:
    """Return how many units of one line are still to be sent; of several, none."""
    line = order.line(next(iter(ids))) if len(ids) == 1 else None
    return waiting_units(draft, line) + ready_units(draft, line) if line else 0
