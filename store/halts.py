"""Pause and brake: two ways in which nothing happens by itself, kept in the store.

Both give the lost time back: whoever ends one notes the stretch as an outage of every
channel, and open windows grow by it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from flows.receipts import EVERYWHERE
from store import meta
from store.tables import decisions, outages

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: bot_meta: since when it is paused; the brake with its facts; until when it is off.
PAUSED, BRAKE, PASS = "paused_at", "brake", "brake_pass"
#: The stretch in which automatic decisions are counted together.
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Braked:
    """Why automatic decisions stopped: what they would have been."""

    since: str
    cause: str
    count: int
    refunds_minor: int
    currency: str
    examples: tuple[str, ...] = ()


def paused_since(connection: Connection) -> datetime | None:
    """Return since when nothing happens by itself, or None."""
    since = meta.find(connection, PAUSED)
    return datetime.fromisoformat(since) if since else None


def pause(connection: Connection, now: datetime) -> bool:
    """Stop whatever happens by itself; False when it was stopped before."""
    if paused_since(connection) is not None:
        return False
    meta.put(connection, PAUSED, now.isoformat())
    return True


def resume(connection: Connection, now: datetime) -> datetime | None:
    """Go on, giving the time back; return since when it was paused, or None."""
    since = paused_since(connection)
    if since is not None:
        meta.put(connection, PAUSED, None)
        _give_back(connection, since, now)
    return since


def braked(connection: Connection) -> Braked | None:
    """Return the brake's facts while it holds."""
    found = meta.find(connection, BRAKE)
    if found is None:
        return None
    values = json.loads(found)
    return Braked(**{**values, "examples": tuple(values["examples"])})


def engage(connection: Connection, brake: Braked) -> bool:
    """Pull the brake; False when it holds already."""
    if meta.find(connection, BRAKE) is not None:
        return False
    meta.put(connection, BRAKE, json.dumps(asdict(brake)))
    return True


def release(connection: Connection, now: datetime, *, go: bool) -> bool:
    """Let the brake go, giving the time back; ``go`` also lets an hour's worth pass."""
    held = braked(connection)
    if held is None:
        return False
    meta.put(connection, BRAKE, None)
    if go:
        meta.put(connection, PASS, (now + HOUR).isoformat())
    _give_back(connection, datetime.fromisoformat(held.since), now)
    return True


def may_pass(connection: Connection, now: datetime) -> bool:
    """Return whether a colleague let automatic decisions through for now."""
    until = meta.find(connection, PASS)
    return until is not None and now < datetime.fromisoformat(until)


def decided_lately(connection: Connection, now: datetime) -> tuple[int, int]:
    """Return how many automatic decisions the last hour saw, and their refunds' sum."""
    row = connection.execute(
        select(
            func.count(), func.coalesce(func.sum(decisions.c.refund_minor), 0)
        ).where(
            decisions.c.created_at > now - HOUR,
            decisions.c.decided_by.in_(("policy", "silence")),
            decisions.c.kind != "release",
        )
    ).one()
    return int(row[0]), int(row[1])


def _give_back(connection: Connection, since: datetime, now: datetime) -> None:
    connection.execute(
        insert(outages).values(channel=EVERYWHERE, began_at=since, ended_at=now)
    )
