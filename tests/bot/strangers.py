"""A shop of several customers, people with phones, and a watcher who reads along.

Everything that belongs to a customer carries a mark of theirs, so that whoever reads
it in a chat that never proved to be that customer has seen a leak.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.clock import Clock
from bot.rules import Rules
from bot.turns import Turns
from flows.events import ChatKey, CustomerStarted, Sender, ShopChanged
from flows.links import mint
from flows.policy import read_policy
from flows.setting import Mode
from store.cases import find_chat
from store.identity import tries_of
from store.tables import decisions, offers, outbox

from .. import builders

if TYPE_CHECKING:
    from flows.events import Event
    from store.engine import Store

CHANNEL = "telegram:700"
SECRET = b"the shop's secret"
#: What is only repeated to who said it.
ECHOES = frozenset(
    ("prove", "one_proof", "change_confirm", "change_asked", "change_done")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """A customer of the shop, with all that only they may know."""

    id: str
    name: str
    email: str
    phone: str
    postcode: str
    orders: tuple[str, ...]
    numbers: tuple[str, ...]
    lines: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody with a phone, and who they bought as: those orders are theirs."""

    name: str
    number: int
    buyers: tuple[Buyer, ...] = ()
    #: Marks of orders that a buyer shared with them.
    shared: set[str] = field(default_factory=set)

    @property
    def chat(self) -> ChatKey:
        """The private chat: its id is the person's."""
        return ChatKey(channel=CHANNEL, address=str(self.number))

    @property
    def sender(self) -> Sender:
        """What the platform tells of them."""
        return Sender(id=str(self.number), name=self.name, language="en")


class World:
    """The shop, its people, the turns they take, and what has been said to whom."""

    def __init__(self, store: Store, seed: int = 1) -> None:
        """Open a shop of four customers and six people; one bought as two."""
        self.store = store
        self.dice = Random(seed)
        real = Clock().now()
        noon = real.replace(hour=12, minute=0) + timedelta(days=1)
        self.clock = Clock(noon - real)
        with store.write() as connection:
            self.buyers = tuple(
                _buyer(connection, mark, self.clock.now()) for mark in "ABCD"
            )
        a, b, c, d = self.buyers
        bought: tuple[tuple[Buyer, ...], ...] = ((a, b), (c,), (d,), (c,), (), ())
        self.people = [
            Person(name=f"P{number}", number=9000 + number, buyers=buyers)
            for number, buyers in enumerate(bought)
        ]
        self.turns = Turns(
            store,
            self.clock,
            Rules(
                policy=read_policy(""),
                mode=Mode.ACT,
                chat_link="https://t.me/northprint_bot",
            ),
            link_secret=SECRET,
            dice=Random(seed),
        )
        self._seen = 0
        self._decided = 0
        for buyer in self.buyers:
            self.take(ShopChanged(customer_id=buyer.id))

    def take(self, event: Event, by: Person | None = None) -> list[Any]:
        """Take a turn, and look at everything it says to anybody.

        Raises:
            Leak: When somebody was told, or has decided, what is not theirs.
        """
        self.turns.take_now(event)
        with self.store.read() as connection:
            said = connection.execute(
                select(outbox).where(
                    outbox.c.id > self._seen, outbox.c.channel == CHANNEL
                )
            ).all()
            made = connection.execute(
                select(decisions).where(
                    decisions.c.id > self._decided,
                    decisions.c.decided_by == "customer",
                )
            ).all()
        self._seen = max([self._seen, *(row.id for row in said)])
        self._decided = max([self._decided, *(row.id for row in made)])
        for row in said:
            self._check_words(row)
        for row in made:
            mine = by is not None and any(
                row.order_id in buyer.orders for buyer in by.buyers
            )
            if not mine:
                raise LeakError(f"{by and by.name} decided about {row.order_id}")
        return list(said)

    def link(self, order_id: str, *, lasts: timedelta = timedelta(days=90)) -> str:
        """Return what stands in the order mail."""
        return mint(order_id, self.clock.now() + lasts, SECRET)

    def opens(self, person: Person, payload: str = "") -> list[Any]:
        """Let a person open the chat, perhaps by a link."""
        event = CustomerStarted(chat=person.chat, sender=person.sender, payload=payload)
        return self.take(event, person)

    def tokens(self) -> list[str]:
        """Return the tokens of all offers there are, whoever they were made to."""
        with self.store.read() as connection:
            return list(connection.scalars(select(offers.c.token)))

    def shows(self, person: Person) -> str | None:
        """Return the customer whose orders a person's chat shows now."""
        with self.store.read() as connection:
            known = find_chat(connection, person.chat)
        return known.customer_id if known is not None else None

    def tries(self, person: Person) -> int:
        """Return how often a person's chat has failed to prove an order."""
        with self.store.read() as connection:
            return tries_of(connection, person.chat, self.clock.now())

    def _check_words(self, row: Any) -> None:
        person = next(p for p in self.people if str(p.number) == row.address)
        told = repr(row.payload)
        for buyer in self.buyers:
            if buyer in person.buyers:
                continue
            marks = set(buyer.marks) - person.shared
            if row.key not in ECHOES:
                marks |= {n for n in buyer.numbers if n not in person.shared}
            leaked = [mark for mark in marks if mark in told]
            if leaked:
                raise LeakError(f"{person.name} was told {leaked} in {row.key}: {told}")


class LeakError(AssertionError):
    """Somebody saw or did what only another customer may."""


def _buyer(connection: Any, mark: str, now: datetime) -> Buyer:
    place = "ABCD".index(mark)
    name, email = f"Name{mark}q Lind{mark}q", f"mail{mark}q@example.com".lower()
    phone, postcode = f"+4917000000{place:02}", f"1{place}45{place}"
    buyer = builders.a_customer(
        connection,
        id=f"customer-{mark}q",
        name=name,
        email=email,
        phone=phone,
        locale="en-GB",
    )
    orders, numbers, lines, titles = [], [], [], []
    for turn in range(2):
        number = f"{7000 + 10 * place + turn}"
        order = builders.an_order(
            connection,
            buyer,
            id=f"order-{mark}q-{turn}",
            number=number,
            postcode=postcode,
            placed_at=now.astimezone(UTC),
        )
        waits, ready = f"Waits{mark}q{turn}", f"Ready{mark}q{turn}"
        lines += [
            builders.a_backordered_line(
                connection, order, id=f"line-{mark}q-{turn}-0", title=waits
            ),
            builders.a_line(
                connection, order, id=f"line-{mark}q-{turn}-1", title=ready
            ),
        ]
        parcel = builders.a_shipment(
            connection, order, tracking_number=f"TRACK{mark}q{turn}"
        )
        assert parcel
        orders.append(order)
        numbers.append(number)
        titles += [waits, ready]
    marks = (*name.split(), email, phone, postcode, *titles, f"TRACK{mark}q")
    return Buyer(
        id=buyer,
        name=name,
        email=email,
        phone=phone,
        postcode=postcode,
        orders=tuple(orders),
        numbers=tuple(numbers),
        lines=tuple(lines),
        marks=marks,
    )
