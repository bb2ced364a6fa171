"""The brake: when one change or one hour would decide for many, a person is asked.

Nothing is decided before it was counted: a group of cases is foreseen as a whole, a
single one in its own turn. While the brake holds, windows stand still.

Only turns that nobody waits for are braked: they come again. A customer who blocked
the bot or came back may be answered by the policy as well; their update would be lost,
so it is taken, and counts for those that follow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from flows.codes import staff_data
from flows.effects import Button, Decide, DecisionKind
from flows.events import BaselineConfirmed, InstantPassed, ShopChanged
from store import halts
from store.effects import post_card
from store.halts import Sums
from store.tables import case_changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.rules import Rules
    from flows.case import Case
    from flows.effects import Effect

#: What may decide by itself without anybody who waits for an answer.
Automatic = ShopChanged | InstantPassed | BaselineConfirmed

#: The cause of a brake that was pulled while old backorders were to be handled.
BASELINE = BaselineConfirmed.__name__

_EXAMPLES = 3
_AUTOMATIC = ("policy", "silence")
#: What a change in these relations is called on the card.
_CALLED = {
    "shop_stock": "stock",
    "shop_supplies": "supplies",
    "bot_supply_dates": "supplies",
    "shop_orders": "orders",
    "shop_order_lines": "orders",
}


class BrakeError(Exception):
    """This turn would decide more than a person allowed to happen by itself."""

    def __init__(self, foreseen: Foreseen, event: Automatic) -> None:
        super().__init__(f"{foreseen.sums.count} automatic decisions")
        self.foreseen = foreseen
        self.event = event


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """Automatic decisions that would be taken, with what they would cost."""

    sums: Sums = field(default_factory=Sums)
    examples: tuple[str, ...] = ()

    def __add__(self, other: Foreseen) -> Foreseen:
        return Foreseen(
            sums=self.sums + other.sums,
            examples=(self.examples + other.examples)[:_EXAMPLES],
        )


def foresee(case: Case, effects: Iterable[Effect]) -> Foreseen:
    """Return the automatic decisions among a turn's effects."""
    made = [
        effect
        for effect in effects
        if isinstance(effect, Decide)
        and effect.decided_by in _AUTOMATIC
        and effect.kind is not DecisionKind.RELEASE
    ]
    sums = Sums()
    for effect in made:
        refund = effect.refund_minor
        sums += Sums(1, {effect.currency or "": refund} if refund else {})
    return Foreseen(
        sums=sums, examples=tuple(_example(case, effect) for effect in made[:_EXAMPLES])
    )


def must_stop(
    connection: Connection, foreseen: Foreseen, rules: Rules, now: datetime
) -> bool:
    """Return whether these decisions have to wait for a person.

    They have to while the brake holds, and where with those of the last hour they go
    beyond the policy. Money of different currencies is never added up.
    """
    if not foreseen.sums.count:
        return False
    if halts.braked(connection) is not None:
        return True
    sums = halts.decided_lately(connection, now) + foreseen.sums
    limit = rules.policy.brake
    return sums.count > limit.decisions or any(
        minor > limit.refunds_minor for minor in sums.refunds.values()
    )


def pull(
    connection: Connection, foreseen: Foreseen, cause: str, rules: Rules, now: datetime
) -> None:
    """Pull the brake and ask the staff with one card; once is enough."""
    brake = halts.Braked(
        since=now.isoformat(),
        cause=cause,
        count=foreseen.sums.count,
        refunds=foreseen.sums.refunds,
        examples=foreseen.examples,
    )
    if halts.engage(connection, brake):
        words = rules.staff_words()
        buttons = tuple(
            Button(label=words.label(name), data=staff_data(name), style=style)
            for name, style in (
                ("brake_go", "primary"),
                ("brake_hold", ""),
                ("brake_wrong", ""),
            )
        )
        card = words.card("brake", buttons, brake=brake)
        post_card(connection, None, "brake", card, now)


def cause_of(connection: Connection, events: Sequence[Automatic]) -> str:
    """Return what led to a group of turns, as the card names it.

    A change of the shop is named after what changed, where it was one thing alone;
    else, as everything else, after the event.
    """
    customers = [e.customer_id for e in events if isinstance(e, ShopChanged)]
    noted = connection.scalars(
        select(case_changes.c.cause).where(case_changes.c.customer_id.in_(customers))
    )
    relations = {relation for cause in noted for relation in cause.split()}
    called = {_CALLED.get(relation) for relation in relations}
    one = called.pop() if len(called) == 1 else None
    return one or type(events[0]).__name__


def _example(case: Case, effect: Decide) -> str:
    order, line = case.order(effect.order_id), case.line(effect.line_id)
    number = order.number if order else effect.order_id
    title = line.title if line else "?"
    missing = f" ({line.sku})" if line and line.sku else ""
    return f"{number}: {effect.quantity} × {title}{missing}"
