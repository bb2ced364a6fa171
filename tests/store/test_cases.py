"""Cases as rows: met once, tied to one customer, and never written over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select, update

from flows.case import DialogueState, Memory
from flows.events import ChatKey, Sender
from store.cases import (
    StaleCaseError,
    case_of_customer,
    find_chat,
    lock_cases,
    meet_chat,
    save_case,
    tie_chat,
    use_link,
)
from store.snapshot import load_case
from store.tables import cases, chats, tickets

from ..builders import NOON, a_customer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from flows.case import Case
    from store.engine import Store

CHAT = ChatKey(channel="telegram:1", address="4711")
ADA = Sender(id="4711", name="Ada", language="de")


def load(connection: Connection, case_id: int) -> Case:
    """Return a case as a turn reads it."""
    (row,) = lock_cases(connection, [case_id])
    return load_case(connection, row, NOON)


def a_ticket(connection: Connection, case_id: int, name: str = "t1") -> None:
    """Open a ticket on a case."""
    connection.execute(
        insert(tickets).values(
            id=name, case_id=case_id, state="open", reason="asked", opened_at=NOON
        )
    )


def test_a_chat_is_met_once(store: Store) -> None:
    """The first words of a chat make a case; later ones find it."""
    with store.write() as connection:
        case_id = meet_chat(connection, CHAT, ADA, NOON)
        assert meet_chat(connection, CHAT, ADA, NOON) == case_id
        case = load(connection, case_id)

    (chat,) = case.chats
    assert (chat.name, chat.language, chat.person_id) == ("Ada", "de", "4711")
    assert case.dialogue is DialogueState.STRANGER
    assert case.customer is None


def test_a_customer_has_one_case(store: Store) -> None:
    """A customer's case is made when it is first asked for, and once."""
    with store.write() as connection:
        customer = a_customer(connection)
        case_id = case_of_customer(connection, customer, NOON)
        assert case_of_customer(connection, customer, NOON) == case_id
        assert load(connection, case_id).dialogue is DialogueState.TALKING


def test_cases_are_locked_in_order(store: Store) -> None:
    """However they are named, cases are locked by ascending id and each once."""
    with store.write() as connection:
        ids = [
            case_of_customer(connection, a_customer(connection), NOON) for _ in range(3)
        ]
        locked = lock_cases(connection, [ids[2], ids[0], ids[1], ids[2]])
    assert [row.id for row in locked] == sorted(ids)


def test_a_stranger_s_case_ends_in_the_customer_s(store: Store) -> None:
    """Chat and ticket of a stranger move to the customer's case; the rest is over."""
    with store.write() as connection:
        stranger = meet_chat(connection, CHAT, ADA, NOON)
        a_ticket(connection, stranger)
        connection.execute(update(cases).values(wake_at=NOON))
        home = case_of_customer(connection, a_customer(connection), NOON)
        chat = find_chat(connection, CHAT)
        assert chat is not None
        tie_chat(connection, chat.id, stranger, home)

        left = connection.execute(select(cases).where(cases.c.id == stranger)).one()
        assert (left.merged_into, left.wake_at) == (home, None)
        case = load(connection, home)
    assert [each.address for each in case.chats] == ["4711"]
    assert case.ticket is not None


def test_another_customer_s_case_goes_on_without_the_chat(store: Store) -> None:
    """A chat that shows somebody else's orders now takes nothing else along."""
    with store.write() as connection:
        first, second = (
            case_of_customer(connection, a_customer(connection), NOON) for _ in range(2)
        )
        stranger = meet_chat(connection, CHAT, ADA, NOON)
        chat = find_chat(connection, CHAT)
        assert chat is not None
        tie_chat(connection, chat.id, stranger, first)
        a_ticket(connection, first)
        tie_chat(connection, chat.id, first, second)

        left = load(connection, first)
        row = connection.execute(select(cases).where(cases.c.id == first)).one()
        assert (row.merged_into, left.chats) == (None, ())
        assert left.ticket is not None
        assert len(load(connection, second).chats) == 1


def test_a_link_belongs_to_who_opened_it_first(store: Store) -> None:
    """The same person may open a link again, another one may not."""
    with store.write() as connection:
        assert use_link(connection, "digest", "order-1", "4711", NOON)
        assert use_link(connection, "digest", "order-1", "4711", NOON)
        assert not use_link(connection, "digest", "order-1", "666", NOON)


def test_what_is_saved_is_read_again(store: Store) -> None:
    """A case that was written reads as it was decided, one version later."""
    with store.write() as connection:
        case_id = meet_chat(connection, CHAT, ADA, NOON)
        before = load(connection, case_id)
        after = replace(
            before,
            dialogue=DialogueState.WITH_STAFF,
            misses=1,
            language="pl",
            memory=Memory(claimed="#1001"),
            wake_at=NOON,
            chats=(replace(before.chats[0], reachable=False, muted=True),),
        )
        save_case(connection, before, after)
        assert load(connection, case_id) == replace(after, version=before.version + 1)


def test_a_stale_case_is_never_written(store: Store) -> None:
    """Who decided on what is no longer so has to decide again."""
    with store.write() as connection:
        case_id = meet_chat(connection, CHAT, ADA, NOON)
        read = load(connection, case_id)
        save_case(connection, read, replace(read, misses=1))
        with pytest.raises(StaleCaseError):
            save_case(connection, read, replace(read, misses=2))
        assert load(connection, case_id).misses == 1


def test_saving_ends_a_pause(store: Store) -> None:
    """A case whose turn works again is no longer left alone."""
    with store.write() as connection:
        case_id = meet_chat(connection, CHAT, ADA, NOON)
        connection.execute(update(cases).values(retry_at=NOON, attempts=2))
        case = load(connection, case_id)
        save_case(connection, case, replace(case, misses=1))
        row = connection.execute(select(cases)).one()
    assert (row.retry_at, row.attempts) == (None, 0)


def test_the_same_address_of_two_bots_is_two_chats(store: Store) -> None:
    """A person who writes to two bots of ours has a chat with each."""
    with store.write() as connection:
        meet_chat(connection, CHAT, ADA, NOON)
        meet_chat(connection, ChatKey(channel="telegram:2", address="4711"), ADA, NOON)
        assert len(connection.execute(select(chats)).all()) == 2
