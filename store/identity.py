"""Who a chat belongs to: proving it with facts only the buyer knows.

One answer for wrong and for unknown; tries are counted per order as well as per chat.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from store.shop import customers, orders
from store.tables import audit

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

#: Failed proofs of one order within a day before nobody may try until tomorrow.
TRIES_PER_ORDER = 10
#: Failed proofs of one chat before only a person can help.
TRIES_PER_CHAT = 5


def prove(
    connection: Connection, number: str, words: str, since: datetime
) -> str | None:
    """Return the order's id if the words hold its e-mail address or postcode.

    None for a wrong proof, an unknown order and a locked one alike.
    """
    failed = connection.scalar(
        select(func.count())
        .select_from(audit)
        .where(
            audit.c.action == "proof failed",
            audit.c.detail == number,
            audit.c.at > since,
        )
    )
    if (failed or 0) >= TRIES_PER_ORDER:
        return None
    rows = connection.execute(
        select(orders.c.id, orders.c.postcode, customers.c.email)
        .outerjoin(customers, customers.c.id == orders.c.customer_id)
        .where(func.upper(orders.c.number) == number.upper())
    )
    said = [_plain(word) for word in words.split()]
    joined = _plain("".join(words.split()))
    for row in rows:
        email, postcode = _plain(row.email or ""), _plain(row.postcode or "")
        if (email and email in said) or (postcode and postcode in {joined, *said}):
            return str(row.id)
    return None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum() or c in "@._+-").strip("._-")
