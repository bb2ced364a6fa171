"""What was late before the bot came: queued as such, and told to nobody unasked.

The start of the bot takes it itself, with a card (``done``). Here is what it cannot
see: what became late before the triggers stood, and a first import into a running bot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, literal, select

from store import meta, shop
from store.tables import case_changes

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Keys in bot_meta: how far the baseline is, and that we started once.
BASELINE, STARTED = "baseline", "started"
#: A first import waits; its customers are queued; they are on the staff's card.
PENDING, TAKEN, DONE = "pending", "taken", "done"


def begin(connection: Connection) -> None:
    """Queue everybody who waits, once in a store's life, when the triggers stand.

    Whoever is late and not in a baseline that was taken already became late since, and
    no trigger was there to note it. Without such a baseline this one is it.
    """
    if meta.find(connection, STARTED) is not None:
        return
    meta.put(connection, STARTED, "yes")
    taken = meta.find(connection, BASELINE) in {TAKEN, DONE}
    if queue_waiting(connection, BASELINE, baseline=not taken) and not taken:
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
        queue_waiting(connection, BASELINE, baseline=True)
        meta.put(connection, BASELINE, TAKEN)


def queue_waiting(connection: Connection, cause: str, *, baseline: bool) -> int:
    """Queue everybody who waits for something; return how many that are."""
    lines, orders = shop.order_lines, shop.orders
    waiting = (
        select(
            orders.c.customer_id,
            literal(cause),
            literal(baseline),
            literal(0.0),
            literal(0),
        )
        .join(lines, lines.c.order_id == orders.c.id)
        .where(lines.c.backordered > 0, orders.c.status != "cancelled")
        .distinct()
    )
    into = ["customer_id", "cause", "baseline", "retry_at", "attempts"]
    queue = insert(case_changes).from_select(into, waiting)
    # Not every driver counts rows of an insert; what was inserted comes back.
    return len(connection.execute(queue.returning(case_changes.c.id)).all())
