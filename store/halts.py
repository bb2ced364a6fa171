"""Pause and brake: two ways in which nothing happens by itself, kept in the store.

Both give the lost time back: one that lasts is an outage of every channel until now,
whoever ends it notes the whole stretch, and open windows grow by it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from flows.receipts import EVERYWHERE
from store import meta
from store.tables import decisions, outages

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: bot_meta: since when it is paused; the brake with its facts; what was let go.
PAUSED, BRAKE, LET_GO = "paused_at", "brake", "brake_let_go"
#: The stretch in which automatic decisions are counted together.
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Sums:
    """Automatic decisions, counted: their number, and their refunds per currency."""

    count: int = 0
    refunds: dict[str, int] = field(default_factory=dict)

    def __add__(self, other: Sums) -> Sums:
        return self._with(other, 1)

    def __sub__(self, other: Sums) -> Sums:
        return self._with(other, -1)

    def at_least_none(self) -> Sums:
        """Return the sums with nothing below zero."""
        refunds = {currency: max(0, minor) for currency, minor in self.refunds.items()}
        return Sums(max(0, self.count), refunds)

    def _with(self, other: Sums, sign: int) -> Sums:
        refunds = {
            currency: self.refunds.get(currency, 0)
            + sign * other.refunds.get(currency, 0)
            for currency in sorted({*self.refunds, *other.refunds})
        }
        return Sums(self.count + sign * other.count, refunds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Braked:
    """Why automatic decisions stopped: what they would have been.

    ``refunds`` are minor units per currency.
    """

    since: str
    cause: str
    count: int
    refunds: dict[str, int] = field(default_factory=dict)
    examples: tuple[str, ...] = ()

    @property
    def currency(self) -> str:
        """The currency in which most would be refunded, empty without refunds."""
        return max(self.refunds, key=self.refunds.__getitem__, default="")

    @property
    def refunds_minor(self) -> int:
        """What would be refunded in that currency."""
        return self.refunds.get(self.currency, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _LetGo:
    """What a colleague let go, and when."""

    at: datetime
    sums: Sums

    @property
    def ends(self) -> datetime:
        """When the rest of it no longer goes."""
        return self.at + HOUR


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


def release(connection: Connection, now: datetime, *, go: bool) -> Braked | None:
    """Let the brake go, giving the time back; return what it held, or None.

    ``go`` lets as much pass within an hour as the brake had foreseen.
    """
    held = braked(connection)
    if held is None:
        return None
    meta.put(connection, BRAKE, None)
    if go:
        foreseen = {"count": held.count, "refunds": held.refunds}
        let_go = json.dumps({"at": now.isoformat(), **foreseen})
        meta.put(connection, LET_GO, let_go)
    _give_back(connection, datetime.fromisoformat(held.since), now)
    return held


def halted_since(connection: Connection) -> datetime | None:
    """Return since when something has stopped what happens by itself, or None."""
    found = meta.find_all(connection, (PAUSED, BRAKE))
    since = [found.get(PAUSED)]
    since += [json.loads(found[BRAKE])["since"]] if BRAKE in found else []
    return min((datetime.fromisoformat(at) for at in since if at), default=None)


def decided_lately(connection: Connection, now: datetime) -> Sums:
    """Return the automatic decisions of the last hour that count against the limits.

    What a colleague let go does not count, and what was before they did neither. While
    not all of it has happened yet the sums are less than none.
    """
    an_hour_ago = now - HOUR
    let_go = _let_go(connection)
    if let_go is None or let_go.ends <= an_hour_ago:
        return _decided(connection, an_hour_ago)
    if let_go.at > an_hour_ago:
        return _decided(connection, let_go.at) - let_go.sums
    before = _decided(connection, let_go.at, an_hour_ago)
    left = (let_go.sums - before).at_least_none()
    meant = _decided(connection, an_hour_ago, let_go.ends)
    return (meant - left).at_least_none() + _decided(connection, let_go.ends)


def _let_go(connection: Connection) -> _LetGo | None:
    found = meta.find(connection, LET_GO)
    if found is None:
        return None
    values = json.loads(found)
    return _LetGo(
        at=datetime.fromisoformat(values["at"]),
        sums=Sums(values["count"], values["refunds"]),
    )


def _decided(
    connection: Connection, since: datetime, until: datetime | None = None
) -> Sums:
    """Count what was decided by itself from an instant on, and before another."""
    c = decisions.c
    asked = (
        select(
            c.currency,
            func.count().label("made"),
            func.coalesce(func.sum(c.refund_minor), 0).label("minor"),
        )
        .where(
            c.created_at >= since,
            c.decided_by.in_(("policy", "silence")),
            c.kind != "release",
        )
        .group_by(c.currency)
    )
    if until is not None:
        asked = asked.where(c.created_at < until)
    made = Sums()
    for row in connection.execute(asked):
        made += Sums(int(row.made), {row.currency or "": int(row.minor)})
    return made


def _give_back(connection: Connection, since: datetime, now: datetime) -> None:
    connection.execute(
        insert(outages).values(channel=EVERYWHERE, began_at=since, ended_at=now)
    )
