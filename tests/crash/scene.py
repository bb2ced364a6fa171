"""The smallest shop in which a backorder can be lived through, and its people."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from bot.clock import Clock
from bot.rules import Rules, publish
from bot.turns import Turns
from flows.codes import offer_data
from flows.events import (
    ChatKey,
    CustomerStarted,
    CustomerTapped,
    Delivered,
    Sender,
    ShopChanged,
)
from flows.links import LINK_LASTS, mint
from flows.setting import Mode
from store import meta, shop
from store.tables import cases, decisions, offers, outbox, replies

from ..builders import (
    NOON,
    a_backordered_line,
    a_customer,
    a_line,
    a_product,
    a_supply,
    an_order,
    some_stock,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Table

    from store.columns import AnyRow
    from store.engine import Store

CHANNEL = "telegram:100200300"
SECRET = "crash-tests-link-secret"
#: Nobody sleeps, nothing brakes, asks or tells besides: only the window counts.
POLICY = """\
[brake]
decisions = 1000
refunds_minor = 100000000

[hours]
time_zone = "UTC"

[terms]
quiet_hours = "0:00-0:00"
ask_preference = false
shortage_card = false
"""
#: What is short, and the one product that is close to it.
SHORT, CLOSE = "TEE-NAVY-M", "TEE-BLACK-M"


class HandClock(Clock):
    """Both clocks stand still until a hand moves them; business time begins at noon."""

    def __init__(self) -> None:
        super().__init__()
        self.at = NOON
        self.seconds = 1_000_000.0

    def now(self) -> Any:
        """Return business time."""
        return self.at

    def machine(self) -> float:
        """Return machine time."""
        return self.seconds

    def move(self, by: timedelta) -> None:
        """Move business time forward."""
        self.at += by


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """A customer with one order of one line, and the chat they write from."""

    customer_id: str
    order_id: str
    line_id: str
    person: int

    @property
    def chat(self) -> ChatKey:
        """The chat's key."""
        return ChatKey(channel=CHANNEL, address=str(self.person))

    @property
    def sender(self) -> Sender:
        """Who writes."""
        return Sender(id=str(self.person), name="Ada", language="en")


def open_shop(connection: Connection, *, close: int = 5) -> None:
    """Put the shop's products on the shelf; ``close`` units can stand in."""
    a_product(connection, SHORT, color="navy", family="tee")
    a_product(connection, CLOSE, color="black", color_hex="#101010", family="tee")
    some_stock(connection, SHORT, 0)
    some_stock(connection, CLOSE, close)
    a_supply(connection, SHORT, expected_on=date(2026, 3, 12))
    publish(connection, POLICY, NOON)
    meta.put(connection, "mode", Mode.ACT.value)
    meta.put(connection, "baseline", "done")


def a_buyer(connection: Connection, person: int = 4711, *, short: bool = True) -> Buyer:
    """Build a customer whose one line cannot be filled, or not yet known to be so."""
    customer_id = a_customer(connection, time_zone="UTC", locale="en")
    order_id = an_order(connection, customer_id, placed_at=NOON - timedelta(days=1))
    build = a_backordered_line if short else a_line
    line_id = build(connection, order_id, SHORT)
    return Buyer(
        customer_id=customer_id, order_id=order_id, line_id=line_id, person=person
    )


def fall_short(connection: Connection, buyer: Buyer) -> None:
    """Do as the shop does when a unit is not there after all."""
    lines = shop.order_lines
    connection.execute(
        update(lines)
        .where(lines.c.id == buyer.line_id)
        .values(allocated=0, backordered=1)
    )


@contextmanager
def turns_at(store: Store, clock: Clock, **more: Any) -> Iterator[Turns]:
    """Take turns on a store, with the rules that are in force there."""
    rules = Rules(mode=Mode.ACT)
    rules.follow(store)
    turns = Turns(store, clock, rules, link_secret=SECRET.encode(), **more)
    try:
        yield turns
    finally:
        turns.stop()


def link(turns: Turns, buyer: Buyer) -> None:
    """Tie the buyer's chat to their order by its link."""
    payload = mint(buyer.order_id, NOON + LINK_LASTS, SECRET.encode())
    turns.take_now(
        CustomerStarted(chat=buyer.chat, sender=buyer.sender, payload=payload)
    )


def ask(turns: Turns, buyer: Buyer) -> None:
    """Let the bot hear of what is short and propose something."""
    turns.take_now(ShopChanged(customer_id=buyer.customer_id))


def deliver(store: Store, turns: Turns, clock: Clock) -> None:
    """Mark everything that waits as sent, as a relay would with a perfect platform."""
    for row in rows(store, outbox, outbox.c.state == "waiting"):
        if row.receipt:
            turns.take_now(receipt(row, clock))
        else:
            with store.write() as connection:
                connection.execute(
                    update(outbox)
                    .where(outbox.c.id == row.id)
                    .values(state="sent", platform_id=str(row.id), sent_at=clock.now())
                )


def receipt(row: AnyRow, clock: Clock) -> Delivered:
    """Return the receipt of a row that arrived now."""
    return Delivered(
        case_id=row.case_id,
        chat_id=row.chat_id,
        subject=row.subject,
        key=row.key,
        at=clock.now(),
        row_id=row.id,
        platform_id=str(row.id),
    )


def tap(buyer: Buyer, token: str, kind: str = "substitute") -> CustomerTapped:
    """Return a press on one of an offer's buttons."""
    option = {"substitute": "0s0", "wait": "0w", "cancel": "0c"}.get(kind, kind)
    return CustomerTapped(
        chat=buyer.chat, sender=buyer.sender, data=offer_data(token, option)
    )


# --- what stands in the store -------------------------------------------------------


def rows(store: Store, table: Table, *where: Any) -> list[AnyRow]:
    """Return the rows of a table in order."""
    asked = select(table).where(*where)
    key = next(iter(table.primary_key.columns))
    with store.read() as connection:
        return list(connection.execute(asked.order_by(key)))


def offer_of(store: Store, buyer: Buyer) -> AnyRow:
    """Return the newest offer about the buyer's order."""
    found = rows(store, offers, offers.c.order_id == buyer.order_id)
    return max(found, key=lambda row: (row.proposed_at, row.state != "replaced"))


def decided(store: Store, buyer: Buyer) -> list[AnyRow]:
    """Return every decision about the buyer's line, also those taken back."""
    return rows(store, decisions, decisions.c.line_id == buyer.line_id)


def answers(store: Store, buyer: Buyer) -> list[AnyRow]:
    """Return what was answered to the buyer's offers."""
    mine = select(offers.c.id).where(offers.c.order_id == buyer.order_id)
    return rows(store, replies, replies.c.offer_id.in_(mine))


def case_of(store: Store, buyer: Buyer) -> AnyRow:
    """Return the buyer's case."""
    (row,) = rows(store, cases, cases.c.customer_id == buyer.customer_id)
    return row


def sent_to(store: Store, buyer: Buyer) -> list[AnyRow]:
    """Return all outbox rows for the buyer's chat, whatever became of them."""
    return rows(store, outbox, outbox.c.address == str(buyer.person))
