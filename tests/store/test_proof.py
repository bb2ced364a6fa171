"""The proof of consent is what people saw, when it arrived, and what they answered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert

from flows.codes import offer_data
from flows.events import Sender
from store import outbox
from store.cases import meet_chat
from store.documents import terms_document
from store.proof import offer_of_decision, proof_of_consent
from store.tables import decisions, notices, offers, replies

from ..builders import NOON
from ..flows.builders import a_chat as a_told_chat
from ..flows.builders import an_offer, key_of

if TYPE_CHECKING:
    from store.engine import Store

LATER = NOON + timedelta(hours=2)


def an_offer_row(store: Store) -> int:
    """Insert an offer that was shown, mailed and answered; return its decision."""
    offer = an_offer(id="offer-9")
    with store.write() as connection:
        chat = a_told_chat()
        person = Sender(id="11", name="Anna")
        case = meet_chat(connection, key_of(chat), person, NOON)
        connection.execute(
            insert(offers).values(
                id=offer.id,
                case_id=case,
                version=1,
                order_id=offer.order_id,
                kind=offer.kind,
                state="answered",
                token=offer.token,
                terms=terms_document(offer),
                policy_version="abc",
                proposed_at=NOON,
            )
        )
        payload = {
            "kind": "text",
            "text": "Closest we have: charcoal",
            "rows": [[{"label": "Send charcoal", "data": offer_data("t", "0s0")}]],
        }
        outbox.put(
            connection,
            case_id=case,
            lane="chat:1",
            pace_key="p",
            channel=chat.channel,
            address=chat.address,
            urgency=1,
            key="proposal",
            payload=payload,
            subject=offer.subject,
            created_at=NOON,
            state="sent",
            sent_at=NOON + timedelta(seconds=2),
        )
        connection.execute(
            insert(notices).values(
                case_id=case,
                customer_id="anna",
                email="anna@example.com",
                subject="A choice",
                text="Please choose",
                about=offer.subject,
                key="proposal",
                created_at=NOON,
            )
        )
        connection.execute(
            insert(replies).values(
                case_id=case,
                offer_id=offer.id,
                version=1,
                option="0s0",
                replied_by="customer telegram:700 11",
                words="",
                replied_at=LATER,
            )
        )
        made = connection.execute(
            insert(decisions).values(
                created_at=LATER,
                case_id=case,
                order_id=offer.order_id,
                line_id="hoodie",
                kind="substitute",
                quantity=1,
                substitute_sku="HOOD-CHARCOAL-L",
                decided_by="customer",
                offer_id=offer.id,
            )
        )
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def test_everything_shown_and_answered_is_told_in_order(store: Store) -> None:
    """The words and buttons, when they arrived, who answered; what hangs is last."""
    number = an_offer_row(store)
    with store.read() as connection:
        offer_id = offer_of_decision(connection, number)
        assert offer_id == "offer-9"
        steps = proof_of_consent(connection, offer_id)
    kinds = [step.kind for step in steps]
    assert kinds == ["proposed", "shown", "answered", "decided", "mailed"]
    proposed, shown, answered, decided, mailed = steps
    assert "recommended substitute HOOD-CHARCOAL-L" in proposed.text
    assert shown.text == "Closest we have: charcoal\n[Send charcoal]"
    assert shown.at == NOON + timedelta(seconds=2)
    assert answered.who == "customer telegram:700 11"
    assert answered.text.endswith("substitute HOOD-CHARCOAL-L")
    assert answered.at == LATER
    assert decided.text.startswith(f"decision {number}: substitute x 1")
    assert (mailed.at, mailed.who) == (None, "anna@example.com")


def test_nobody_was_asked_where_there_is_no_offer(store: Store) -> None:
    """An invented id proves nothing."""
    with store.read() as connection:
        assert offer_of_decision(connection, 99) is None
        assert proof_of_consent(connection, "none") == []
