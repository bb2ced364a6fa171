"""The brake: when one change or one hour would decide for many, a person is asked.

Nothing is decided before it was counted: a group of cases is foreseen as a whole, a
single one in its own turn. While the brake holds, windows stand still.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.codes import staff_data
from flows.effects import Button, Decide, DecisionKind
from store import halts
from store.effects import post_card

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.rules import Rules
    from flows.case import Case
    from flows.effects import Effect

_EXAMPLES = 3
_AUTOMATIC = ("policy", "silence")


class BrakeError(Exception):
    """This turn would decide more than a person allowed to happen by itself."""

    def __init__(self, foreseen: Foreseen) -> None:
        super().__init__(f"{foreseen.count} automatic decisions")
        self.foreseen = foreseen


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """Automatic decisions that would be taken, with what they would cost."""

    count: int = 0
    refunds_minor: int = 0
    currency: str = ""
    examples: tuple[str, ...] = ()

    def __add__(self, other: Foreseen) -> Foreseen:
        return Foreseen(
            count=self.count + other.count,
            refunds_minor=self.refunds_minor + other.refunds_minor,
            currency=self.currency or other.currency,
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
    return Foreseen(
        count=len(made),
        refunds_minor=sum(effect.refund_minor or 0 for effect in made),
        currency=next((effect.currency or "" for effect in made), ""),
        examples=tuple(_example(case, effect) for effect in made[:_EXAMPLES]),
    )


def too_much(
    connection: Connection, foreseen: Foreseen, rules: Rules, now: datetime
) -> bool:
    """Return whether these decisions, with the last hour's, go beyond the policy."""
    if not foreseen.count or halts.may_pass(connection, now):
        return False
    count, refunds = halts.decided_lately(connection, now)
    limit = rules.policy.brake
    return (
        count + foreseen.count > limit.decisions
        or refunds + foreseen.refunds_minor > limit.refunds_minor
    )


def pull(
    connection: Connection, foreseen: Foreseen, cause: str, rules: Rules, now: datetime
) -> None:
    """Pull the brake and ask the staff with one card; once is enough."""
    brake = halts.Braked(
        since=now.isoformat(),
        cause=cause,
        count=foreseen.count,
        refunds_minor=foreseen.refunds_minor,
        currency=foreseen.currency,
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


def _example(case: Case, effect: Decide) -> str:
    order, line = case.order(effect.order_id), case.line(effect.line_id)
    number = order.number if order else effect.order_id
    title = line.title if line else "?"
    return f"{number}: {effect.quantity} × {title}"
