"""What another policy would have decided about what was really asked.

Each recorded proposal keeps what was known when it was made: the products that could
stand in, the date, the refund. The five cases and the guard are asked again over
those facts; wishes of single customers are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.plan import Kind, case_for, silent_choice, within_horizon
from flows.promise import Estimate

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from flows.case import Choice, OfferItem
    from flows.policy import Applied, Policy
    from flows.shop import Customer, Order, Product
    from flows.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One recorded proposal about one line, with what it was about."""

    item: OfferItem
    order: Order
    product: Product | None
    customer: Customer | None
    on: date
    slips: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a policy makes of it, in words of the policy."""

    kind: Kind
    recommended: str
    on_silence: str
    rule: str

    @property
    def decision(self) -> tuple[str, str, str]:
        """What differs when it differs; the rule's name alone is no difference."""
        return self.kind.value, self.recommended, self.on_silence


def verdict(asked: Asked, policy: Policy, zone: ZoneInfo) -> Verdict:
    """Return what a policy would have decided."""
    applied: Applied = policy.terms_for(asked.order, asked.product, asked.customer)
    terms = applied.terms
    by_kind: dict[str, list[Choice]] = {}
    for choice in asked.item.choices:
        by_kind.setdefault(choice.kind, []).append(choice)
    wait, cancel = by_kind["wait"][0], by_kind["cancel"][0]
    fitting = [c for c in by_kind.get("substitute", []) if _price_fits(c, terms)]
    when = Estimate(expected_from=wait.expected_from, expected_to=wait.expected_to)
    soon = within_horizon(when, asked.order, terms, zone)
    kind, recommended = case_for(fitting, wait, cancel, terms, soon=soon, refused=False)
    item = asked.item
    trimmed = type(item)(
        backorder_id=item.backorder_id,
        line_id=item.line_id,
        title=item.title,
        quantity=item.quantity,
        choices=(*fitting, wait, cancel),
        recommended=recommended.code,
        on_silence=recommended.code,
    )
    silent = silent_choice(trimmed, terms, asked.on, asked.slips)
    return Verdict(
        kind=kind,
        recommended=recommended.kind,
        on_silence=silent.kind if silent else "staff",
        rule=applied.rule,
    )


def _price_fits(choice: Choice, terms: Terms) -> bool:
    if terms.substitute_price == "any":
        return True
    if terms.substitute_price == "same":
        return choice.difference_minor == 0
    return choice.difference_minor <= 0
