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
    from store.engine import Store

#: A card's text holds 3,000 characters; a line of it hardly ever more than 80.
_LISTED = 25
_OLD = backorders.c.state == "baseline"
#: bot_meta: how many backorders the card with the button tells of; 0 without one.
_CARD, _NONE = "baseline_card", "0"


def follow_baseline(store: Store, rules: Rules, clock: Clock) -> bool:
    """Show the staff what was late before the bot came, once it is all noted.

    One card lists it with a button; nothing is sent to anybody before that. When
    nothing of it waits for a word any more, the card loses its button. Returns
    whether a card was posted or redrawn.
    """
    with store.read() as connection:
        if not (_is_new(connection) or _is_over(connection)):
            return False
    with store.write() as connection:
        if _is_new(connection):
            meta.put(connection, BASELINE, DONE)
            return _tell(connection, rules, clock) > 0
        if _is_over(connection):
            _close(connection, rules, clock)
            return True
    return False


def _is_new(connection: Connection) -> bool:
    if meta.find(connection, BASELINE) != TAKEN:
        return False
    noting = select(case_changes.c.id).where(case_changes.c.baseline).limit(1)
    return connection.scalar(noting) is None


def _is_over(connection: Connection) -> bool:
    if meta.find(connection, _CARD) in {None, _NONE}:
        return False
    waiting = select(backorders.c.id).where(_OLD).limit(1)
    return connection.scalar(waiting) is None


def _tell(connection: Connection, rules: Rules, clock: Clock) -> int:
    count = connection.scalar(select(func.count()).select_from(backorders).where(_OLD))
    if not count:
        return 0
    rows = connection.execute(
        select(orders.c.number, order_lines.c.title, backorders.c.quantity)
        .join(orders, orders.c.id == backorders.c.order_id)
        .join(order_lines, order_lines.c.id == backorders.c.line_id)
        .where(_OLD)
        .order_by(orders.c.placed_at)
        .limit(_LISTED)
    )
    examples = [f"{row.number}: {row.quantity} × {row.title}" for row in rows]
    words = rules.staff_words()
    button = Button(
        label=words.label("baseline_confirm"),
        data=staff_data("baseline_confirm"),
        style="primary",
    )
    card = words.card(
        "baseline",
        (button,),
        count=count,
        examples=examples,
        more=count - len(examples),
        over=False,
    )
    post_card(connection, None, "baseline", card, clock.now())
    meta.put(connection, _CARD, str(count))
    return int(count)


def _close(connection: Connection, rules: Rules, clock: Clock) -> None:
    count = int(meta.find(connection, _CARD) or 0)
    card = rules.staff_words().card(
        "baseline", (), count=count, examples=[], more=0, over=True
    )
    post_card(connection, None, "baseline", card, clock.now())
    meta.put(connection, _CARD, _NONE)


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
