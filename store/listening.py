"""Up to when customers were heard: what was read, and when nobody listened."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from flows.receipts import EVERYWHERE
from store.columns import Instant
from store.halts import halted_since
from store.tables import channels, outages
from store.upsert import insert_new

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

#: A gap longer than this is an outage that customers are given back.
OUTAGE_AFTER = timedelta(seconds=60)


def heard_until(connection: Connection) -> dict[str, datetime]:
    """Return per channel the instant up to which it is known to be read."""
    rows = connection.execute(select(channels.c.channel, channels.c.read_until))
    return {row.channel: row.read_until for row in rows if row.read_until}


def note_read(
    connection: Connection, channel: str, until: datetime, machine_now: float
) -> None:
    """Note that a channel is read up to ``until``; a long gap becomes an outage.

    The gap is measured on the machine's clock: moving business time is no outage.
    """
    insert_new(connection, channels, {"channel": channel})
    mine = channels.c.channel == channel
    before = connection.execute(
        select(channels.c.read_until, channels.c.read_machine).where(mine)
    ).one()
    if before.read_until is not None and until <= before.read_until:
        return
    if before.read_machine is not None:
        gap = timedelta(seconds=machine_now - before.read_machine)
        if gap > OUTAGE_AFTER:
            connection.execute(
                insert(outages).values(
                    channel=channel, began_at=before.read_until, ended_at=until
                )
            )
    connection.execute(
        update(channels).where(mine).values(read_until=until, read_machine=machine_now)
    )


def outages_since(
    connection: Connection, since: datetime, *, now: datetime, machine_now: float
) -> list[dict[str, Any]]:
    """Return the outages that ended after an instant, and those that last until now.

    Words that waited for us come first when we are back: for them it lasts still. A
    pause or the brake that holds is such an outage: windows stand still meanwhile.
    """
    rows = connection.execute(
        _OUTAGES,
        {
            "since": since,
            "now": now,
            "alive": machine_now - OUTAGE_AFTER.total_seconds(),
        },
    )
    found = [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name
    halted = halted_since(connection)
    if halted is not None and halted < now:
        found.append({"channel": EVERYWHERE, "began_at": halted, "ended_at": now})
    return found


_OUTAGES = (
    select(outages.c.channel, outages.c.began_at, outages.c.ended_at)
    .where(outages.c.ended_at > bindparam("since"))
    .union_all(
        select(
            channels.c.channel,
            channels.c.read_until,
            bindparam("now", type_=Instant),
        ).where(
            channels.c.read_machine < bindparam("alive"),
            channels.c.read_until < bindparam("now", type_=Instant),
        )
    )
)
