"""Notices: finished words for the shop's mailer, for customers whom no chat reaches."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select, update

from store.tables import notices, outbox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from flows.case import Case
    from flows.effects import Notice
    from flows.setting import Setting


def put_notice(
    connection: Connection, case: Case, notice: Notice, setting: Setting
) -> None:
    """Hand a notice to the mailer; a held one waits where nobody mails it."""
    if case.customer is None:
        return
    values = {
        "case_id": case.id,
        "customer_id": case.customer.id,
        "email": case.customer.email,
        "language": case.language or case.customer.locale,
        "subject": notice.subject_line,
        "text": notice.text,
        "chat_link": notice.chat_link or None,
        "about": notice.subject,
        "key": notice.key,
    }
    if notice.batch is None:
        connection.execute(
            insert(notices).values(
                **values, deadline_at=notice.deadline_at, created_at=setting.now
            )
        )
        return
    deadline = notice.deadline_at.isoformat() if notice.deadline_at else None
    connection.execute(
        insert(outbox).values(
            case_id=case.id,
            lane=f"mail:{case.id}",
            pace_key="mail",
            channel="mail",
            address=case.customer.email or "",
            urgency=2,
            key=notice.key,
            payload={**values, "deadline_at": deadline},
            subject=notice.subject,
            batch=notice.batch,
            state="held",
            created_at=setting.now,
        )
    )


def drop_letters(
    connection: Connection, case: Case, subjects: Iterable[str]
) -> list[str]:
    """Take back the unsent letters about subjects; return theirs.

    A letter that was sent, or failed, stays.
    """
    mine = {"of_case": case.id, "subjects": list(subjects)}
    return sorted(set(connection.scalars(_DROP, mine)))


def release_notices(
    connection: Connection, batch: str, now: datetime, *, send: bool
) -> None:
    """Hand the released notices of a batch to the mailer; dropped ones never exist."""
    mine = (outbox.c.batch == batch) & (outbox.c.channel == "mail")
    rows = connection.execute(
        select(outbox.c.payload, outbox.c.state).where(mine)
    ).all()
    for row in rows:
        if not send or row.state != "waiting":
            continue
        values = dict(row.payload)
        deadline = values.pop("deadline_at")
        connection.execute(
            insert(notices).values(
                **values,
                deadline_at=datetime.fromisoformat(deadline) if deadline else None,
                created_at=now,
            )
        )
    connection.execute(
        update(outbox).where(mine, outbox.c.state == "waiting").values(state="sent")
    )


_DROP = (
    delete(notices)
    .where(
        notices.c.case_id == bindparam("of_case"),
        notices.c.about.in_(bindparam("subjects", expanding=True)),
        notices.c.sent_at.is_(None),
        notices.c.failed_at.is_(None),
    )
    .returning(notices.c.about)
)
