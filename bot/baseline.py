"""The first start: what was late before the bot came is noted, shown, and left alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from flows.codes import staff_data
from flows.effects import Button
from flows.events import ShopChanged
from store import meta
from store.effects import post_card
from store.shop import order_lines, orders
from store.tables import backorders, case_changes, cases, changes

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.clock import Clock
    from bot.rules import Rules
    from bot.turns import Turns
    from store.engine import Store

#: bot_meta: ``pending`` after the first import, ``done`` once it was taken.
BASELINE = "baseline"
_EXAMPLES = 5


async def take_baseline(store: Store, turns: Turns, rules: Rules, clock: Clock) -> int:
    """Note every old backorder once in a store's life; return how many there were.

    One card lists them with a button; nothing is sent to anybody before that.
    """

    def customers() -> list[str] | None:
        with store.read() as connection:
            if meta.find(connection, BASELINE) == "done":
                return None
            late = (
                select(orders.c.customer_id)
                .distinct()
                .join(order_lines, order_lines.c.order_id == orders.c.id)
                .where(order_lines.c.backordered > 0, orders.c.status == "open")
            )
            return list(connection.scalars(late))

    def finish() -> int:
        with store.write() as connection:
            count = _tell(connection, rules, clock)
            # What the triggers noted until now is part of the baseline.
            connection.execute(delete(changes))
            connection.execute(delete(case_changes))
            meta.put(connection, BASELINE, "done")
            return count

    late = await asyncio.to_thread(customers)
    if late is None:
        return 0
    for customer_id in late:
        await turns.take(ShopChanged(customer_id=customer_id, baseline=True))
    return await asyncio.to_thread(finish)


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
