"""The outbox: finished messages in lanes, delivered in order, at least once.

A row is claimable only while its lane has no earlier unsent row. Claims are leases in
machine time; marking is conditional on the lease, so a late worker changes nothing.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from flows.events import Delivered, Undeliverable
from store.tables import outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, FromClause

    from store.columns import AnyRow

#: Rows that are not yet delivered and will be.
UNSENT = ("waiting", "leased")


def put(connection: Connection, **values: Any) -> int:
    """Append a row; the caller's transaction decides whether it ever existed."""
    made = connection.execute(_PUT, {**_DEFAULTS, **values})
    (row_id,) = made.inserted_primary_key or (0,)
    return int(row_id)


def newest(connection: Connection, lane: str, subject: str) -> AnyRow | None:
    """Return the newest message (not an edit) about a subject in a lane."""
    return connection.execute(_NEWEST, {"lane": lane, "subject": subject}).first()


def about(connection: Connection, lane: str, subject: str) -> list[AnyRow]:
    """Return the messages about a subject in a lane, the newest first.

    ``edited`` tells whether there is an edit of it already.
    """
    return list(connection.execute(_ABOUT, {"lane": lane, "subject": subject}))


def shown(connection: Connection, lane: str, subject: str) -> dict[str, Any] | None:
    """Return what a lane says about a subject now, its edits included, or None."""
    payload: dict[str, Any] | None = connection.scalar(
        _SHOWN, {"lane": lane, "subject": subject}
    )
    return payload


def close(connection: Connection, lane: str, subject: str) -> None:
    """Let what was said about a subject stand: nothing redraws it from now on."""
    connection.execute(_CLOSE, {"of_lane": lane, "about": subject})


def drop_replaced(connection: Connection, replaces: str) -> None:
    """Drop unsent redraws that a newer one makes pointless."""
    connection.execute(
        delete(outbox).where(outbox.c.replaces == replaces, outbox.c.state == "waiting")
    )


def claim(
    connection: Connection,
    *,
    worker: str,
    machine_now: float,
    lease: float,
    limit: int,
    busy: Iterable[str] = (),
    room: Callable[[AnyRow], int] | None = None,
) -> list[AnyRow]:
    """Lease up to ``limit`` lane heads, the most urgent first.

    ``busy`` are pace keys that may not be sent to right now, ``room`` says how many
    rows of a row's pace key may go at once. ``lease`` is seconds.
    """
    found = connection.execute(
        _HEADS, {"now": machine_now, "limit": limit, "busy": [*busy, ""]}
    )
    heads: list[AnyRow] = []
    taken: Counter[str] = Counter()
    for row in found:
        if room is None or taken[row.pace_key] < room(row):
            taken[row.pace_key] += 1
            heads.append(row)
    if not heads:
        return []
    until = machine_now + lease
    ids = [row.id for row in heads]
    connection.execute(_LEASE, {"ids": ids, "worker": worker, "until": until})
    return heads


def take_over(connection: Connection) -> None:
    """Give all leases back; only for who knows that no other worker lives."""
    connection.execute(
        update(outbox)
        .where(outbox.c.state == "leased")
        .values(state="waiting", leased_until=None)
    )


def mark_sent(
    connection: Connection,
    worker: str,
    sent: list[tuple[int, str | None]],
    now: datetime,
) -> None:
    """Mark leased rows as sent, with the platform's ids for them."""
    marks = [
        {"row": row_id, "worker": worker, "platform": platform_id, "now": now}
        for row_id, platform_id in sent
    ]
    connection.execute(_MARK, marks)


def postpone(
    connection: Connection, worker: str, row_id: int, until: float, error: str
) -> None:
    """Give a leased row back, to be tried again at ``until`` (machine time)."""
    connection.execute(
        _mine(row_id, worker).values(
            state="waiting", not_before=until, error=error[:500], leased_until=None
        )
    )


def bury(connection: Connection, worker: str, row_id: int, error: str) -> None:
    """Give a leased row up, so that its lane goes on."""
    connection.execute(
        _mine(row_id, worker).values(state="dead", error=error[:500], leased_until=None)
    )


def park(connection: Connection, lane: str) -> int:
    """Put a lane's unsent rows aside: the chat cannot be reached.

    Rows with a receipt stay: whoever waits for one hears that it did not arrive.
    """
    parked = (
        update(outbox)
        .where(
            outbox.c.lane == lane,
            outbox.c.state.in_(UNSENT),
            outbox.c.receipt.is_(False),
        )
        .values(state="parked", leased_until=None)
    )
    return connection.execute(parked).rowcount


def is_elsewhere(connection: Connection, event: Undeliverable) -> bool:
    """Return whether another chat of the case has a lost message's words, or will.

    The caller holds the case's lock: of several that fail at once the last finds none.
    """
    found = connection.scalar(
        _ELSEWHERE,
        {
            "case": event.case_id,
            "chat": event.chat_id,
            "subject": event.subject,
            "key": event.key,
        },
    )
    return found is not None


def release(connection: Connection, batch: str, *, send: bool) -> None:
    """Let the held rows of a batch go, or drop them."""
    connection.execute(
        update(outbox)
        .where(outbox.c.batch == batch, outbox.c.state == "held")
        .values(state="waiting" if send else "dropped")
    )


def next_attempt(connection: Connection) -> float | None:
    """Return when the earliest lane head may be tried (machine time), or None.

    A leased one may be when its lease is over, should its worker have died.
    """
    earliest: float | None = connection.scalar(_NEXT)
    return earliest


def _mine(row_id: int, worker: str) -> Any:
    return update(outbox).where(
        outbox.c.id == row_id, outbox.c.leased_by == worker, outbox.c.state == "leased"
    )


_DEFAULTS: dict[str, Any] = {
    "case_id": None,
    "chat_id": None,
    "subject": "",
    "target_id": None,
    "replaces": None,
    "batch": None,
    "receipt": False,
    "state": "waiting",
    "expires_at": None,
    "attempts": 0,
    "not_before": 0.0,
}
_PUT = insert(outbox)
_NEWEST = (
    select(outbox.c.id, outbox.c.state, outbox.c.platform_id)
    .where(
        outbox.c.lane == bindparam("lane"),
        outbox.c.subject == bindparam("subject"),
        outbox.c.target_id.is_(None),
        outbox.c.state.in_((*UNSENT, "sent", "held")),
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_SHOWN = (
    select(outbox.c.payload)
    .where(
        outbox.c.lane == bindparam("lane"),
        outbox.c.subject == bindparam("subject"),
        outbox.c.state.in_((*UNSENT, "sent", "held")),
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_CLOSE = (
    update(outbox)
    .where(
        outbox.c.lane == bindparam("of_lane"), outbox.c.subject == bindparam("about")
    )
    .values(subject="", replaces=None)
)
_ELSEWHERE = (
    select(outbox.c.id)
    .where(
        outbox.c.case_id == bindparam("case"),
        outbox.c.chat_id != bindparam("chat"),
        outbox.c.subject == bindparam("subject"),
        outbox.c.subject != "",
        outbox.c.key == bindparam("key"),
        outbox.c.target_id.is_(None),
        outbox.c.receipt.is_(True),
        outbox.c.state.in_((*UNSENT, "held", "sent")),
    )
    .limit(1)
)
_edit = outbox.alias("edit")
_ABOUT = (
    select(
        outbox.c.id,
        outbox.c.payload,
        exists(
            select(_edit.c.id).where(
                _edit.c.target_id == outbox.c.id, _edit.c.state != "dropped"
            )
        ).label("edited"),
    )
    .where(
        outbox.c.lane == bindparam("lane"),
        outbox.c.subject == bindparam("subject"),
        outbox.c.target_id.is_(None),
        outbox.c.state.in_((*UNSENT, "sent", "held")),
    )
    .order_by(outbox.c.id.desc())
)


def _unsent(rows: FromClause) -> ColumnElement[bool]:
    """Tell the unsent apart in words, not in values.

    Only then can the database know that the index of the unsent rows is enough.
    """
    return rows.c.state.in_([literal_column(f"'{state}'") for state in UNSENT])


_earlier = outbox.alias("earlier")
_target = outbox.alias("target")
_IS_HEAD = ~exists(
    select(_earlier.c.id).where(
        _earlier.c.lane == outbox.c.lane,
        _earlier.c.id < outbox.c.id,
        _unsent(_earlier),
    )
)
_HEADS = (
    select(outbox, _target.c.platform_id.label("target_platform_id"))
    .outerjoin(_target, _target.c.id == outbox.c.target_id)
    .where(
        _unsent(outbox),
        or_(
            and_(outbox.c.state == "waiting", outbox.c.not_before <= bindparam("now")),
            and_(outbox.c.state == "leased", outbox.c.leased_until <= bindparam("now")),
        ),
        outbox.c.pace_key.not_in(bindparam("busy", expanding=True)),
        _IS_HEAD,
    )
    .order_by(outbox.c.urgency, outbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=outbox, skip_locked=True)
)
_NEXT = select(
    func.min(
        case(
            (outbox.c.state == "waiting", outbox.c.not_before),
            else_=outbox.c.leased_until,
        )
    )
).where(_unsent(outbox), _IS_HEAD)
_LEASE = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state="leased",
        leased_by=bindparam("worker"),
        leased_until=bindparam("until"),
        attempts=outbox.c.attempts + 1,
    )
)
_MARK = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row"),
        outbox.c.leased_by == bindparam("worker"),
        outbox.c.state == "leased",
    )
    .values(
        state="sent",
        platform_id=bindparam("platform"),
        sent_at=bindparam("now"),
        leased_until=None,
    )
)


def settle(connection: Connection, event: Delivered | Undeliverable) -> bool:
    """Mark the row of a receipt inside the receipt's own turn; False if it was before.

    A chat that cannot be reached has the rest of its lane parked along.
    """
    values: dict[str, Any] = {"state": "dead", "leased_until": None}
    if isinstance(event, Delivered):
        values = {
            "state": "sent",
            "sent_at": event.at,
            "platform_id": event.platform_id,
            "leased_until": None,
        }
    else:
        values["error"] = event.reason[:500]
    settled = connection.execute(
        update(outbox)
        .where(outbox.c.id == event.row_id, outbox.c.state.in_(UNSENT))
        .values(**values)
    )
    if settled.rowcount != 1:
        return False
    if isinstance(event, Undeliverable) and event.unreachable:
        lane = select(outbox.c.lane).where(outbox.c.id == event.row_id)
        park(connection, connection.scalars(lane).one())
    return True
