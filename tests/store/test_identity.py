"""Proving an order, counting what fails, and forgetting a person but not the books."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select, update

from flows.case import Case, Chat, DialogueState
from flows.claims import Claim
from flows.events import ChatKey, Sender
from store import identity, shop
from store.cases import find_chat, meet_chat, use_link
from store.erasure import forget
from store.tables import audit, chats, decisions, links, notices, outbox, replies

from ..builders import NOON, a_customer, an_order

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.engine import Store

CHAT = ChatKey(channel="telegram:700", address="900")
ANNA = Sender(id="900", name="Anna Lind", language="en")


@pytest.mark.parametrize(
    ("number", "proof"),
    [
        ("1042", "ada@example.com"),
        ("#1042", "ADA@Example.com"),
        ("1042", "N1 9GU"),
        ("1042", "n19gu"),
    ],
)
def test_an_order_is_proved_by_mail_or_postcode(
    store: Store, number: str, proof: str
) -> None:
    """Case, blanks and a leading # do not count."""
    with store.write() as connection:
        order = _order(connection)

        assert identity.prove(connection, _claim(number, proof), NOON) == order


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("10115", "D-10115"),
        ("LV-1010", "1010"),
        ("00-950", "00950"),
        ("12345-6789", "12345"),
        ("12345", "12345-6789"),
        ("1012 AB", "1012ab"),
    ],
)
def test_a_postcode_is_one_however_it_is_written(
    store: Store, stored: str, said: str
) -> None:
    """Dashes, the country in front and what a ZIP has behind do not count."""
    with store.write() as connection:
        order = an_order(connection, number="1050", postcode=stored)

        assert identity.prove(connection, _claim("1050", said), NOON) == order


@pytest.mark.parametrize(
    ("number", "proof"),
    [
        ("1042", "eda@example.com"),
        ("1042", "ada@example.com.evil.org"),
        ("1042", "xada@example.com"),
        ("1042", "1042"),
        ("1042", "9GU"),
        ("1042", "N1 9GU N1 9GW"),
        ("1042", "ada@example.com eda@example.com"),
        ("1043", "ada@example.com"),
        ("", ""),
        ("%", "ada@example.com"),
    ],
)
def test_nothing_less_proves_it(store: Store, number: str, proof: str) -> None:
    """No part of the proof, no more than it, not the number, not another order's."""
    with store.write() as connection:
        _order(connection)

        assert identity.prove(connection, _claim(number, proof), NOON) is None


def test_empty_facts_prove_nothing(store: Store) -> None:
    """An order without an address cannot be proved by saying nothing."""
    with store.write() as connection:
        buyer = a_customer(connection, email="")
        an_order(connection, buyer, number="1042", postcode="")
        guest = an_order(connection, number="1050", postcode="N1 9GU")
        nobodys = update(shop.orders).where(shop.orders.c.id == guest)
        connection.execute(nobodys.values(customer_id=""))

        assert identity.prove(connection, _claim("1042", ""), NOON) is None
        assert identity.prove(connection, _claim("1042", " . "), NOON) is None
        assert identity.prove(connection, _claim("1050", "N1 9GU"), NOON) is None


def test_tries_are_counted_per_chat_and_per_order_and_end(store: Store) -> None:
    """Five lock a chat and ten an order for a day; older tries are thrown away."""
    proof = _claim("#1042", "N1 9GU")
    with store.write() as connection:
        order = _order(connection)
        for number in range(identity.TRIES_PER_ORDER):
            key = ChatKey(channel="telegram:700", address=str(number % 2))
            _fails(connection, key, "10115")

        locked = ChatKey(channel="telegram:700", address="0")
        assert identity.is_locked(connection, locked, NOON)
        assert not identity.is_locked(connection, CHAT, NOON)
        assert identity.prove(connection, proof, NOON) is None

        tomorrow = NOON + timedelta(days=1)
        assert not identity.is_locked(connection, locked, tomorrow)
        assert identity.prove(connection, proof, tomorrow) == order


def test_staff_can_see_what_failed(store: Store) -> None:
    """Each try and each lock is a line of the audit, nobody's data in it."""
    with store.write() as connection:
        _order(connection)
        _fails(connection, CHAT, "eda.lovelace@example.com")
        _fails(connection, CHAT, "10115")
        _fails(connection, CHAT, "0170 123", number="4711")
        for number in range(7):
            key = ChatKey(channel="telegram:700", address=str(number % 2))
            _fails(connection, key, "N1 9GW")
        _fails(connection, CHAT, "N1 9GW")

        rows = connection.execute(select(audit).order_by(audit.c.id)).all()
    seen = [(row.action, row.detail) for row in rows]
    assert seen[:3] == [
        ("failed proof", "order 1042 by e•••@example.com"),
        ("failed proof", "order 1042 by a postcode"),
        ("failed proof", "an unknown order by a postcode"),
    ]
    assert seen.count(("locked order", "order 1042")) == 1
    assert {row.actor for row in rows} == {"customer"}
    assert {row.case_id for row in rows} == {7}
    assert not any(word in repr(rows) for word in ("lovelace", "10115", "9GW", "4711"))


def test_a_chat_is_locked_once_in_the_audit(store: Store) -> None:
    """The fifth failure says so, the ones before do not."""
    with store.write() as connection:
        for number in range(identity.TRIES_PER_CHAT):
            found = select(audit).where(audit.c.action == "locked chat")
            assert not connection.execute(found).all(), number
            _fails(connection, CHAT, "10115", number=f"10{number}")

        assert len(connection.execute(found).all()) == 1


def test_a_number_finds_its_customers_newest_first(store: Store) -> None:
    """Only whole numbers with their country's code, and only who ordered something."""
    with store.write() as connection:
        older = a_customer(connection, phone="+4917012345")
        newer = a_customer(connection, phone="+4917012345")
        a_customer(connection, phone="+4917012345")
        an_order(connection, older, placed_at=NOON - timedelta(days=9))
        an_order(connection, newer, placed_at=NOON)

        found = identity.customers_with_phone(connection, "+4917012345")
        assert found == [newer, older]
        assert identity.customers_with_phone(connection, "17012345") == []
        assert identity.customers_with_phone(connection, "") == []


def test_unlinking_drops_what_was_still_to_be_said(store: Store) -> None:
    """Waiting and held messages of the old case are dropped, sent ones stay."""
    with store.write() as connection:
        case = _case(connection)
        rows = {state: _say(connection, case, state) for state in ("waiting", "held")}
        sent = _say(connection, case, "sent")

        identity.unlink(connection, case.chats[0].id, case.id, NOON)

        found = connection.execute(select(outbox.c.id, outbox.c.state))
        states = {row.id: row.state for row in found}
        row = find_chat(connection, CHAT)
    assert {states[number] for number in rows.values()} == {"dropped"}
    assert states[sent] == "sent"
    assert row is not None
    assert row.case_id != case.id


def test_a_forgotten_person_leaves_the_books_only(store: Store) -> None:
    """Words, name, address and links go; decisions and replies stay, without words."""
    with store.write() as connection:
        case = _case(connection)
        use_link(connection, "digest", "order-1", ANNA.id, NOON)
        sent = _say(connection, case, "sent", text="Hi Anna")
        quoted = _say(connection, case, "sent", key="customer_words", channel="slack")
        _remember(connection, case)

        forget(connection, case, case.chats[0].id)

        found = connection.execute(select(outbox.c.id, outbox.c.payload))
        texts = {row.id: row.payload for row in found}
        everything = repr(
            [
                connection.execute(select(table)).all()
                for table in (chats, links, outbox, replies, audit, notices, decisions)
            ]
        )
        reply = connection.execute(select(replies)).one()
        done, open_yet = connection.execute(
            select(decisions.c.reason, decisions.c.kind).order_by(decisions.c.id)
        ).all()
    assert texts[sent] == texts[quoted] == {"kind": "erased"}
    for word in ("Anna", "my old words", "'900'", "ada@example.com"):
        assert word not in everything, word
    assert (reply.option, reply.words) == ("0w", "")
    assert done.reason == ""
    assert open_yet.reason == "Elm Road 1"


def test_a_forgotten_persons_link_opens_for_nobody(store: Store) -> None:
    """A used link does not become free when who used it is forgotten."""
    with store.write() as connection:
        case = _case(connection)
        assert use_link(connection, "digest", "order-1", ANNA.id, NOON)

        forget(connection, case, case.chats[0].id)

        assert not use_link(connection, "digest", "order-1", "901", NOON)
        assert not use_link(connection, "digest", "order-1", ANNA.id, NOON)


def _claim(number: str, proof: str) -> Claim:
    kind = "email" if "@" in proof else "postcode"
    return Claim(**{"number": number, kind: proof})


def _fails(
    connection: Connection, chat: ChatKey, proof: str, *, number: str = "1042"
) -> None:
    identity.note_failure(connection, chat, 7, _claim(number, proof), NOON)


def _order(connection: Connection) -> str:
    buyer = a_customer(connection, email="ada@example.com")
    return an_order(connection, buyer, number="#1042", postcode="N1 9GU")


def _case(connection: Connection) -> Case:
    case_id = meet_chat(connection, CHAT, ANNA, NOON)
    row = identity.chat_row(connection, CHAT)
    assert row is not None
    chat = Chat(id=row.id, channel=CHAT.channel, address="900", person_id=ANNA.id)
    return Case(id=case_id, version=0, dialogue=DialogueState.STRANGER, chats=(chat,))


def _say(
    connection: Connection,
    case: Case,
    state: str,
    *,
    text: str = "news",
    key: str = "status",
    channel: str = CHAT.channel,
) -> int:
    made = connection.execute(
        insert(outbox).values(
            case_id=case.id,
            lane="chat:1",
            pace_key=channel,
            channel=channel,
            address=CHAT.address if channel == CHAT.channel else "",
            chat_id=case.chats[0].id,
            urgency=0,
            key=key,
            payload={"kind": "text", "text": f"{text} my old words"},
            state=state,
            created_at=NOON,
        )
    )
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def _remember(connection: Connection, case: Case) -> None:
    """Write what the books hold: a reply, requests, an audit, a mail."""
    connection.execute(
        insert(replies).values(
            case_id=case.id,
            offer_id="offer-1",
            version=1,
            option="0w",
            replied_by="customer",
            words="my old words",
            replied_at=NOON,
        )
    )
    request: dict[str, Any] = {
        "created_at": NOON,
        "case_id": case.id,
        "order_id": "order-1",
        "kind": "change_request",
        "quantity": 1,
        "decided_by": "customer",
    }
    connection.execute(
        insert(decisions).values(**request, reason="my old words", applied_at=NOON)
    )
    connection.execute(insert(decisions).values(**request, reason="Elm Road 1"))
    connection.execute(
        insert(audit).values(
            case_id=case.id, at=NOON, actor="customer", action="linked", detail="'900'"
        )
    )
    connection.execute(
        insert(notices).values(
            case_id=case.id,
            customer_id="customer-1",
            email="ada@example.com",
            subject="Anna",
            text="Anna, my old words",
            created_at=NOON,
            sent_at=NOON,
        )
    )
