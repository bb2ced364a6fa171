"""Messages nobody has sent yet: what a colleague holds, what became untrue meanwhile.

What the relay has claimed is on its way and stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from store.tables import outbox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection


def is_held(connection: Connection, batch: str) -> bool:
    """Return whether something of a batch still waits for a colleague."""
    return connection.scalar(_HELD, {"of_batch": batch}) is not None


def drop(
    connection: Connection, subjects: Iterable[str], *, moving: bool
) -> frozenset[str]:
    """Drop unclaimed messages about subjects, and return the batches that had some.

    What is held goes; what waits for the relay, only with ``moving``.
    """
    about = [*subjects, *(picture_of(subject) for subject in subjects)]
    states = ["held", "waiting"] if moving else ["held"]
    rows = connection.execute(_ABOUT_ANY, {"about": about, "states": states}).all()
    if rows:
        connection.execute(_DROP, {"ids": [row.id for row in rows]})
    return frozenset(r.batch for r in rows if r.state == "held" and r.batch)


def picture_of(subject: str) -> str:
    """Return the subject of the picture that goes before words about a subject."""
    return f"{subject}:picture" if subject else ""


_HELD = (
    select(outbox.c.id)
    .where(outbox.c.batch == bindparam("of_batch"), outbox.c.state == "held")
    .limit(1)
)
_ABOUT_ANY = (
    select(outbox.c.id, outbox.c.batch, outbox.c.state)
    .where(
        outbox.c.subject.in_(bindparam("about", expanding=True)),
        outbox.c.state.in_(bindparam("states", expanding=True)),
    )
    .with_for_update(skip_locked=True)
)
_DROP = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(state="dropped")
)
