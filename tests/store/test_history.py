"""What was asked is read back as it was then, whatever the shop did since."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from flows.case import Choice, Offer, OfferItem, OfferState
from store.documents import terms_document
from store.history import asked_since, shelf_around
from store.tables import backorders, cases, decisions, offers

from ..builders import NOON, a_backordered_line, a_line, a_product, an_order

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.engine import Store

DAY = timedelta(days=1)


@pytest.fixture
def line(store: Store) -> str:
    """A line that was asked about; what was sent instead is a line of its own."""
    with store.write() as connection:
        order = an_order(connection, id="order-1")
        a_product(connection, "BLACK-L", family="f", color="black", size="L")
        a_product(connection, "BLACK-M", family="f", color="black", size="M")
        a_product(connection, "CHARCOAL-L", family="f", color="charcoal", active=False)
        asked = a_backordered_line(
            connection, order, "BLACK-L", id="hoodie", cancelled=1, backordered=0
        )
        a_line(connection, order, "BLACK-M")
        a_line(connection, order, "MUG", id="mug")
        connection.execute(
            insert(cases).values(id=1, dialogue="talking", memory={}, created_at=NOON)
        )
        common = {"case_id": 1, "order_id": order, "line_id": asked, "quantity": 1}
        connection.execute(
            insert(backorders).values(
                id="b1",
                sku="BLACK-L",
                state="substituted",
                found_at=NOON,
                slips=2,
                **common,
            )
        )
        connection.execute(
            insert(decisions).values(
                created_at=NOON,
                kind="substitute",
                substitute_sku="BLACK-M",
                decided_by="customer",
                **common,
            )
        )
    return asked


def an_item(line_id: str, number: int = 0) -> OfferItem:
    """Return an item that offered charcoal, waiting, or the money back."""
    choices = (
        Choice(code=f"{number}s0", kind="substitute", sku="CHARCOAL-L"),
        Choice(code=f"{number}w", kind="wait", expected_to=date(2026, 3, 12)),
        Choice(code=f"{number}c", kind="cancel", refund_minor=2400),
    )
    return OfferItem(
        backorder_id="b1" if not number else f"b{number + 1}",
        line_id=line_id,
        title="Heavy tee",
        quantity=1,
        choices=choices,
        recommended=f"{number}w",
        on_silence=f"{number}w",
    )


def put_offer(
    connection: Connection, days: int, item: OfferItem, kind: str = "proposal"
) -> None:
    """Insert a proposal some days after noon."""
    offer = Offer(
        id=f"offer-{days}{kind}",
        version=1,
        order_id="order-1",
        kind=kind,
        state=OfferState.ANSWERED,
        token=f"token-{days}{kind}",
        items=(item,),
        window_seconds=0,
        proposed_at=NOON + days * DAY,
    )
    connection.execute(
        insert(offers).values(
            id=offer.id,
            case_id=1,
            version=1,
            order_id=offer.order_id,
            kind=kind,
            state=offer.state.value,
            token=offer.token,
            terms=terms_document(offer),
            proposed_at=offer.proposed_at,
        )
    )


def test_the_line_waits_again_and_what_was_sent_is_gone(
    store: Store, line: str
) -> None:
    """Cancelled and replaced since: the order is as it was when it was asked about."""
    with store.write() as connection:
        put_offer(connection, 1, an_item(line))
        (one,) = asked_since(connection, NOON)
        shelf = shelf_around(connection, one)

    waiting, mug = one.order.lines
    assert (waiting.id, waiting.backordered, waiting.cancelled) == (line, 1, 0)
    assert mug.sku == "MUG"
    assert one.backorders[0].sku == "BLACK-L"
    assert {p.sku for p in shelf.products} == {"BLACK-L", "BLACK-M", "CHARCOAL-L"}


def test_a_backorder_had_slipped_as_often_as_until_then(
    store: Store, line: str
) -> None:
    """Two delays were told: before the first one there was none, before both one."""
    with store.write() as connection:
        put_offer(connection, 1, an_item(line))
        put_offer(connection, 2, an_item(line), kind="delay")
        put_offer(connection, 3, an_item(line), kind="delay")
        found = asked_since(connection, NOON)

    assert [one.backorders[0].slips for one in found] == [0, 0, 1]
    assert [one.delayed for one in found] == [False, True, True]


def test_what_was_proposed_at_once_is_one_question(store: Store, line: str) -> None:
    """Two kinds make two messages; their items stay together, in their order."""
    with store.write() as connection:
        put_offer(connection, 1, an_item(line, 10), kind="cancelled")
        put_offer(connection, 1, an_item(line, 2), kind="dated")
        put_offer(connection, 2, an_item(line))
        found = asked_since(connection, NOON)

    assert [[item.recommended for item in one.items] for one in found] == [
        ["2w", "10w"],
        ["0w"],
    ]
    assert [one.at for one in found] == [NOON + DAY, NOON + 2 * DAY]
