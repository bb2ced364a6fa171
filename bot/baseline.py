"""The first start: what was late before the bot came is shown, and left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from flows.codes import staff_data
from flows.effects import Button
from store import meta
from store.baseline import BASELINE, DONE, TAKEN
from store.effects import post_card
from store.shop import order_lines, orders
from store.tables import backorders, case_changes, cases

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.clock import Clock
    from bot.rules import Rules

_EXAMPLES = 5


def tell_baseline(connection: Connection, rules: Rules, clock: Clock) -> bool:
    """Show the staff what was late before the bot came, once it is all noted.

    One card lists it with a button; nothing is sent to anybody before that.
    Returns whether there was something to show.
    """
    if meta.find(connection, BASELINE) != TAKEN:
        return False
    noting = select(case_changes.c.id).where(case_changes.c.baseline).limit(1)
    if connection.scalar(noting) is not None:
        return False
    meta.put(connection, BASELINE, DONE)
    return _tell(connection, rules, clock) > 0


def _tell(connection: Connection, rules: Rules, clock: Clock) -> int:
    old = backorders.c.state == "baseline"
    count = (
        connection.scalar(select(func.count()).select_from(backorders).where(old)) or 0
    )
    if count:
        rows = connection.execute(
            select(orders.c.number, order_lines.c.title, backorders.c.quantity)
            .join(orders, orders.c.id == backorders.c.order_id)
            .join(order_lines, order_lines.c.id == backorders.c.line_id)
            .where(old)
            .order_by(orders.c.placed_at)
            .limit(_EXAMPLES)
        )
        examples = [f"{row.number}: {row.quantity} × {row.title}" for row in rows]
        words = rules.staff_words()
        button = Button(
            label=words.label("baseline_confirm"),
            data=staff_data("baseline_confirm"),
            style="primary",
        )
        card = words.card("baseline", (button,), count=count, examples=examples)
        post_card(connection, None, "baseline", card, clock.now())
    return int(count)


def waiting_customers(connection: Connection) -> list[str]:
    """Return the customers whose old backorders wait for a colleague's word."""
    return list(
        connection.scalars(
            select(cases.c.customer_id)
            .distinct()
            .join(backorders, backorders.c.case_id == cases.c.id)
            .where(backorders.c.state == "baseline")
        )
    )
