"""Forgetting a person: their words, their name and their links go, the accounts stay.

What stays says what was decided, when and by whom, never in whose words: decisions,
replies without their words, promises, and the audit without addresses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, or_, select, update

from flows.effects import DecisionKind
from store.identity import drop_unsent
from store.tables import (
    audit,
    cases,
    chats,
    dead_letters,
    decisions,
    links,
    notices,
    outbox,
    replies,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from flows.case import Case, Chat

#: What stands where words were.
ERASED = {"kind": "erased"}


def forget(connection: Connection, case: Case, chat_id: int) -> None:
    """Erase one chat of a case, under the case's lock.

    The shop's own rows are the shop's to erase; an open request to change something
    keeps its words until somebody has dealt with it.
    """
    chat = case.chat(chat_id)
    if chat is None:
        return
    ids = [case.id, *_taken_in(connection, case.id)]
    drop_unsent(connection, chat.id, case.id)
    _erase_messages(connection, ids, chat)
    _erase_facts(connection, ids)
    _erase_letters(connection, chat)
    connection.execute(
        update(links)
        .where(links.c.person_id == (chat.person_id or chat.address))
        .values(person_id="")
    )
    connection.execute(delete(chats).where(chats.c.id == chat.id))


def _erase_messages(connection: Connection, ids: list[int], chat: Chat) -> None:
    """Erase what was said to the chat, and what was quoted from it to the staff."""
    done = outbox.c.state.not_in(("waiting", "leased"))
    to_chat = and_(outbox.c.channel == chat.channel, outbox.c.address == chat.address)
    connection.execute(
        update(outbox)
        .where(to_chat, done)
        .values(payload=ERASED, address="", pace_key="", error=None)
    )
    quoted = and_(outbox.c.case_id.in_(ids), outbox.c.key.in_(_QUOTING))
    connection.execute(update(outbox).where(quoted, done).values(payload=ERASED))
    connection.execute(
        update(notices)
        .where(notices.c.case_id.in_(ids), notices.c.sent_at.is_not(None))
        .values(email=None, subject="", text="", chat_link=None)
    )


def _erase_facts(connection: Connection, ids: list[int]) -> None:
    """Keep what happened, without anybody's words."""
    connection.execute(
        update(replies).where(replies.c.case_id.in_(ids)).values(words="")
    )
    done = or_(
        decisions.c.applied_at.is_not(None),
        decisions.c.rejected_at.is_not(None),
        decisions.c.withdrawn_at.is_not(None),
    )
    wish = decisions.c.kind == DecisionKind.CHANGE_REQUEST.value
    connection.execute(
        update(decisions)
        .where(decisions.c.case_id.in_(ids), wish, done)
        .values(reason="")
    )
    worded = or_(audit.c.actor == "customer", audit.c.action == "replied")
    connection.execute(
        update(audit).where(audit.c.case_id.in_(ids), worded).values(detail="")
    )
    connection.execute(
        update(cases).where(cases.c.id.in_(ids)).values(language=None, memory={})
    )


def _erase_letters(connection: Connection, chat: Chat) -> None:
    """Empty the updates of this chat that nobody could read."""
    connection.execute(
        update(dead_letters)
        .where(
            dead_letters.c.source == chat.channel,
            dead_letters.c.raw.contains(f'"id": {chat.address}'),
        )
        .values(raw="", error="")
    )


def _taken_in(connection: Connection, case_id: int) -> list[int]:
    """Return the strangers' cases that ended in this one when their chats were tied."""
    found = select(cases.c.id).where(cases.c.merged_into == case_id)
    return [int(each) for each in connection.scalars(found)]


#: Cards and threads that hold a customer's own words, or words written to them.
_QUOTING = ("customer_words", "staff_words", "change_request")
