"""Up to when customers were heard: what was read, and when nobody listened."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.tables import channels, outages

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

#: A gap longer than this is an outage that customers are given back.
OUTAGE_AFTER = timedelta(seconds=60)


def heard_until(connection: Connection) -> dict[str, datetime]:
    """Return per channel the instant up to which it is known to be read."""
    rows = connection.execute(select(channels.c.channel, channels.c.read_until))
    return {row.channel: row.read_until for row in rows if row.read_until}


def note_read(connection: Connection, channel: str, until: datetime) -> None:
    """Note that a channel is read up to ``until``; a long gap becomes an outage."""
    made = (
        postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    )
    before = connection.scalar(
        select(channels.c.read_until).where(channels.c.channel == channel)
    )
    if before is not None and until - before > OUTAGE_AFTER:
        connection.execute(
            insert(outages).values(channel=channel, began_at=before, ended_at=until)
        )
    if before is None:
        connection.execute(
            made(channels)
            .values(channel=channel, read_until=until)
            .on_conflict_do_nothing()
        )
        return
    connection.execute(
        update(channels)
        .where(channels.c.channel == channel, channels.c.read_until < until)
        .values(read_until=until)
    )


def outages_since(connection: Connection, since: datetime) -> list[dict[str, Any]]:
    """Return the outages that ended after an instant."""
    rows = connection.execute(
        select(outages.c.channel, outages.c.began_at, outages.c.ended_at).where(
            outages.c.ended_at > since
        )
    )
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name
