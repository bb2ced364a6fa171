"""Who a chat belongs to: proving it, tying a chat to a customer, and letting it go.

One answer for wrong and for unknown; tries are counted per order as well as per chat.
The caller holds the locks of the cases a chat moves between.
"""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from flows.identity import masked
from flows.postcodes import plain_postcode
from flows.sharing import SharedLine, SharedOrder
from flows.speaker import DIALOGUE
from store.cases import tie_chat
from store.shop import customers, order_lines, orders, shipment_lines, shipments
from store.tables import audit, backorders, cases, chats, outbox, proof_tries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from flows.claims import Claim
    from flows.events import ChatKey
    from store.columns import AnyRow

#: Failed proofs of one order within a day before nobody may try until tomorrow.
TRIES_PER_ORDER = 10
#: Failed proofs of one chat within a day before only a person can help.
TRIES_PER_CHAT = 5
_DAY = timedelta(days=1)
#: Shorter ones would be guessed by chance.
_SHORTEST_POSTCODE = 3


def prove(connection: Connection, claim: Claim, now: datetime) -> str | None:
    """Return the order's id if its e-mail address or postcode is the claim's.

    None for a wrong proof, an unknown order and a locked one alike.
    """
    _one_at_a_time(connection, _of_order(claim.number))
    if _tries(connection, _of_order(claim.number), now) >= TRIES_PER_ORDER:
        return None
    said_email, said_code = _plain(claim.email), plain_postcode(claim.postcode)
    for row in _orders_of(connection, claim.number):
        email, code = _plain(row.email or ""), plain_postcode(row.postcode or "")
        known = len(code) >= _SHORTEST_POSTCODE and code == said_code
        if row.customer_id and (known or (email and email == said_email)):
            return str(row.id)
    return None


def is_locked(connection: Connection, chat: ChatKey, now: datetime) -> bool:
    """Return whether a chat has failed so often that only a person can help today.

    Until this transaction ends no other one asks the same for this chat.
    """
    _one_at_a_time(connection, _of_chat(chat))
    return tries_of(connection, chat, now) >= TRIES_PER_CHAT


def tries_of(connection: Connection, chat: ChatKey, now: datetime) -> int:
    """Return how many proofs of a chat have failed within a day."""
    return _tries(connection, _of_chat(chat), now)


def note_failure(
    connection: Connection, chat: ChatKey, case_id: int, claim: Claim, now: datetime
) -> None:
    """Count a failed proof against chat and order, and let the staff see it."""
    known = _orders_of(connection, claim.number)
    order = f"order {claim.number}" if known else "an unknown order"
    ways = (masked(claim.email), "a postcode" if claim.postcode else "")
    by = " and ".join(way for way in ways if way)
    _audit(connection, case_id, "failed proof", f"{order} by {by}", now)
    connection.execute(delete(proof_tries).where(proof_tries.c.at <= now - _DAY))
    for tried, limit, locked, detail in (
        (_of_chat(chat), TRIES_PER_CHAT, "locked chat", ""),
        (_of_order(claim.number), TRIES_PER_ORDER, "locked order", order),
    ):
        connection.execute(insert(proof_tries).values(tried=tried, at=now))
        if _tries(connection, tried, now) == limit:
            _audit(connection, case_id, locked, detail, now)


def customers_with_phone(connection: Connection, phone: str) -> list[str]:
    """Return the customers of a number (E.164), who ordered last first."""
    if not phone.startswith("+"):
        return []
    newest = func.max(orders.c.placed_at)
    rows = connection.execute(
        select(customers.c.id)
        .join(orders, orders.c.customer_id == customers.c.id)
        .where(customers.c.phone == phone, customers.c.id != "")
        .group_by(customers.c.id)
        .order_by(newest.desc(), customers.c.id)
    )
    return [str(row.id) for row in rows]


def chat_row(connection: Connection, key: ChatKey) -> AnyRow | None:
    """Return the whole row of a chat, if we have met it."""
    return connection.execute(
        select(chats).where(
            chats.c.channel == key.channel, chats.c.address == key.address
        )
    ).first()


def move_chat(connection: Connection, chat: AnyRow, home: AnyRow, left: AnyRow) -> None:
    """Tie a chat to a customer's case; who it showed before stays one tap away."""
    others = [other for other in chat.others or () if other != home.customer_id]
    if left.customer_id:
        others.append(left.customer_id)
    tie_chat(connection, chat.id, left.id, home.id)
    _remember(connection, chat.id, others)
    if left.customer_id is None:
        speaks = {"dialogue": left.dialogue} if left.dialogue == "with_staff" else {}
        connection.execute(
            update(cases)
            .where(cases.c.id == home.id)
            .values(language=home.language or left.language, **speaks)
        )


def others_of(connection: Connection, key: ChatKey) -> list[str]:
    """Return the other customers a chat has proved to be, the longest unseen first."""
    row = chat_row(connection, key)
    return list(row.others or ()) if row is not None else []


def also(connection: Connection, chat_id: int, customer_ids: list[str]) -> None:
    """Keep customers that the chat has proved to be as well one tap away."""
    known = connection.scalar(select(chats.c.others).where(chats.c.id == chat_id)) or []
    new = [each for each in customer_ids if each not in known]
    if new:
        _remember(connection, chat_id, [*known, *new])


def unlink(connection: Connection, chat_id: int, case_id: int, now: datetime) -> None:
    """Make a chat nobody's: a case of its own, no other customers, nothing unsent."""
    drop_unsent(connection, chat_id, case_id)
    made = connection.execute(
        insert(cases).values(dialogue=DIALOGUE.initial.value, memory={}, created_at=now)
    )
    (own,) = made.inserted_primary_key or (0,)
    connection.execute(
        update(chats).where(chats.c.id == chat_id).values(case_id=own, others=None)
    )


def drop_unsent(connection: Connection, chat_id: int, case_id: int) -> None:
    """Drop what a chat was still to be told about a case, held messages included."""
    connection.execute(
        update(outbox)
        .where(
            outbox.c.chat_id == chat_id,
            outbox.c.case_id == case_id,
            outbox.c.state.in_(("waiting", "leased", "held", "parked")),
        )
        .values(state="dropped")
    )


def shared_order(connection: Connection, order_id: str) -> SharedOrder | None:
    """Return where an order stands, as far as somebody it is shared with may know."""
    order = connection.execute(select(orders).where(orders.c.id == order_id)).first()
    if order is None:
        return None
    lines = connection.execute(
        select(order_lines).where(order_lines.c.order_id == order_id).order_by("id")
    ).all()
    found = [line for row in lines for line in _shared_lines(connection, row)]
    return SharedOrder(number=order.number, lines=tuple(found))


def _shared_lines(connection: Connection, row: AnyRow) -> list[SharedLine]:
    told = connection.execute(
        select(backorders.c.promised_from, backorders.c.promised_to)
        .where(backorders.c.line_id == row.id, backorders.c.closed_at.is_(None))
        .order_by(backorders.c.promised_to.desc())
    ).first()
    arrived = connection.scalar(
        select(func.coalesce(func.sum(shipment_lines.c.quantity), 0))
        .join(shipments, shipments.c.id == shipment_lines.c.shipment_id)
        .where(
            shipment_lines.c.line_id == row.id, shipments.c.delivered_at.is_not(None)
        )
    )
    delivered = min(int(arrived or 0), row.shipped)
    parts = (
        ("delivered", delivered),
        ("shipped", row.shipped - delivered),
        ("ready", row.allocated),
        ("waiting", row.backordered),
    )
    return [
        SharedLine(
            title=row.title,
            quantity=quantity,
            state=state,
            expected_from=told.promised_from if told and state == "waiting" else None,
            expected_to=told.promised_to if told and state == "waiting" else None,
        )
        for state, quantity in parts
        if quantity > 0
    ]


def _remember(connection: Connection, chat_id: int, others: list[str]) -> None:
    connection.execute(
        update(chats).where(chats.c.id == chat_id).values(others=others or None)
    )


def _orders_of(connection: Connection, number: str) -> Sequence[AnyRow]:
    """Return the orders of a number, with what may prove them."""
    return connection.execute(
        select(orders.c.id, orders.c.customer_id, orders.c.postcode, customers.c.email)
        .outerjoin(customers, customers.c.id == orders.c.customer_id)
        .where(orders.c.number.in_(_spellings(number)))
    ).all()


def _audit(
    connection: Connection, case_id: int, action: str, detail: str, now: datetime
) -> None:
    row = {"case_id": case_id, "actor": "customer", "action": action}
    connection.execute(insert(audit).values(**row, detail=detail, at=now))


def _one_at_a_time(connection: Connection, tried: str) -> None:
    """Wait for others who count the same tries: many at once would all count none.

    SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(sha256(tried.encode()).digest()[:8], signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(number)))


def _tries(connection: Connection, tried: str, now: datetime) -> int:
    counted = select(func.count()).where(
        proof_tries.c.tried == tried, proof_tries.c.at > now - _DAY
    )
    return int(connection.scalar(counted) or 0)


def _of_order(number: str) -> str:
    return f"order:{_digest(_bare(number))}"


def _of_chat(chat: ChatKey) -> str:
    return f"chat:{_digest(f'{chat.channel}:{chat.address}')}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:40]


def _bare(number: str) -> str:
    return number.strip().lstrip("#").upper()


def _spellings(number: str) -> list[str]:
    """Return how the shop may write a number that people write their own way."""
    bare = number.strip().lstrip("#")
    ways = {bare, bare.upper(), bare.lower()}
    return sorted(ways | {f"#{way}" for way in ways})


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum() or c in "@._+-").strip("._-")
