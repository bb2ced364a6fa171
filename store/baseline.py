"""What was late before the bot came: noted as such, and told to nobody unasked.

It is taken at the first start, and when the first import leaves word of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, literal, select, true

from store import meta, shop
from store.tables import case_changes

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Keys in bot_meta: what the first import leaves, and that we started once.
BASELINE, STARTED = "baseline", "started"
PENDING, TAKEN = "pending", "taken"


def begin(connection: Connection) -> None:
    """Take the baseline if this is the first start ever of a bot on this store."""
    if meta.find(connection, STARTED) is not None:
        return
    meta.put(connection, STARTED, "yes")
    if meta.find(connection, BASELINE) is None and _queue(connection):
        meta.put(connection, BASELINE, TAKEN)


def is_pending(connection: Connection) -> bool:
    """Tell whether a first import waits to be taken as the baseline."""
    return meta.find(connection, BASELINE) == PENDING


def take(connection: Connection) -> None:
    """Take the baseline if a first import waits for it.

    In one transaction with the expansion of the import's notes, lest one of its
    customers counts as late only now.
    """
    if is_pending(connection):
        _queue(connection)
        meta.put(connection, BASELINE, TAKEN)


def _queue(connection: Connection) -> int:
    """Queue everybody who waits for something; return how many that are."""
    lines, orders = shop.order_lines, shop.orders
    waiting = (
        select(
            orders.c.customer_id,
            literal("baseline"),
            true(),
            literal(0.0),
            literal(0),
        )
        .join(lines, lines.c.order_id == orders.c.id)
        .where(lines.c.backordered > 0, orders.c.status != "cancelled")
        .distinct()
    )
    into = ["customer_id", "cause", "baseline", "retry_at", "attempts"]
    return connection.execute(insert(case_changes).from_select(into, waiting)).rowcount
