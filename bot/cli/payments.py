"""What shall become of an order's money, line by line, as the shop may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from flows.case import Case
    from flows.payment import PaymentPlan, Share
    from flows.policy import Policy
    from flows.shop import Order
    from flows.terms import Terms
    from flows.wording import Wording


def plan_told(
    policy: Policy, order: Order, terms: Terms, case: Case | None
) -> Iterator[str]:
    """Yield the payment plan of an order: its lines, the shipping, and all together.

    ``case``: what was decided about it; without one nothing was.
    """
    from flows.case import Case, DialogueState
    from flows.payment import capture_plan
    from flows.wording import Wording

    case = case or Case(id=0, version=0, dialogue=DialogueState.TALKING)
    plan = capture_plan(order, case, terms)
    words = Wording("en", "UTC", policy.shop)
    names = {line.id: f"{line.quantity} × {line.title}" for line in order.lines}
    yield f"order {order.number}, payment {order.payment_status}"
    for share in plan.shares:
        name = names.get(share.line_id or "", "shipping")
        yield f"  {name}: {_amounts(share, words, order)}"
    yield f"  in all: {_amounts(plan, words, order)}"


def case_of(connection: Connection, order: Order) -> Case | None:
    """Return the case an order belongs to, as it is now; None where there is none."""
    from bot.clock import Clock
    from bot.scope import find_case
    from flows.events import ShopChanged
    from store.snapshot import load_case

    row = find_case(connection, ShopChanged(customer_id=order.customer_id))
    return None if row is None else load_case(connection, row, Clock().now())


def _amounts(money: Share | PaymentPlan, words: Wording, order: Order) -> str:
    amounts = {
        "taken": money.captured_minor,
        "to take now": money.capture_now_minor,
        "held": money.held_minor,
        "to release": money.release_minor,
    }
    parts = [
        f"{words.money(minor, order.currency)} {what}"
        for what, minor in amounts.items()
        if minor
    ]
    early = " (before your rule allows it)" if money.early else ""
    return (", ".join(parts) or "nothing") + early
