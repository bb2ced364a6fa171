"""A shop with 1,000 customers in 1,000 chats, as the turns find it.

Every customer has one order of two lines. A quarter waits for a backordered line with a
proposal open, an eighth waits without being asked anything (the plain "it comes on
Thursday"), the others have everything shipped or ready.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, insert, select

from bot.clock import Clock
from bot.rules import Rules
from bot.turns import Turns
from flows.codes import offer_data
from flows.events import (
    ChatKey,
    CustomerSaid,
    CustomerTapped,
    Delivered,
    Event,
    Sender,
    ShopChanged,
)
from flows.setting import Mode
from store import shop
from store.engine import Store
from store.schema import prepare
from store.tables import cases, chats, offers, outbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

CHATS = 1000
#: How the bot of the benchmarks names its channel.
CHANNEL = "telegram:100200300"
#: A Tuesday noon in the shop's opening hours; nothing depends on when it is run.
_NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
_COLORS = (
    ("navy", "#1f2a44"),
    ("black", "#141414"),
    ("charcoal", "#36393d"),
    ("sage", "#8fa68a"),
)
_FATES = ("ready", "asked", "ready", "dated", "ready", "asked", "ready", "ready")
_QUESTIONS = (
    "where is my order?",
    "Where is my order",
    "hi, where's my parcel?",
    "When will my order arrive?",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One event of the benchmark with its inbox key."""

    event: Event
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What customers do, by kind of turn; each event happens once."""

    kinds: dict[str, tuple[Asked, ...]]

    def share(self, kind: str, number: int, size: int) -> tuple[Asked, ...]:
        """Return the events of one round."""
        return self.kinds[kind][number * size : (number + 1) * size]


def open_turns(store: Store) -> Turns:
    """Return turns as production takes them, with repeatable dice and a still clock."""
    rules = Rules(mode=Mode.ACT, chat_link="https://t.me/northprint_bot")
    return Turns(store, _Still(), rules, link_secret=b"benchmark", dice=Random(1))


def build(url: str, told: Callable[[str], None]) -> Script:
    """Fill an empty store with the scene and return what its customers will do."""
    store = Store(url)
    event.listen(store.engine, "connect", _in_a_hurry)
    turns = open_turns(store)
    prepare(store, create_shop=True)
    with store.write() as connection:
        _fill(connection)
    for number in range(CHATS):
        if _fate(number) != "ready":
            told(f"customer {number + 1} of {CHATS}")
            turns.take_now(ShopChanged(customer_id=_customer(number)))
    _deliver(store, turns)
    with store.read() as connection:
        script = _script(connection)
    turns.stop()
    store.close()
    return script


def _in_a_hurry(connection: Any, _record: object) -> None:
    """Build the scene without waiting for the disk; what is measured does wait."""
    connection.execute("PRAGMA synchronous=OFF")


class _Still(Clock):
    """A clock that stands, so that every run decides the same."""

    def now(self) -> datetime:
        return _NOW


def _deliver(store: Store, turns: Turns) -> None:
    """Deliver what was sent so far: the windows run."""
    with store.read() as connection:
        rows = connection.execute(select(outbox).order_by(outbox.c.id)).all()
    for row in rows:
        if row.receipt:
            turns.take_now(
                Delivered(
                    case_id=row.case_id,
                    chat_id=row.chat_id,
                    subject=row.subject,
                    key=row.key,
                    at=_NOW,
                    row_id=row.id,
                    platform_id=str(row.id),
                )
            )
    with store.write() as connection:
        connection.execute(
            outbox.update()
            .where(outbox.c.state == "waiting")
            .values(state="sent", sent_at=_NOW, platform_id="1")
        )


def _script(connection: Connection) -> Script:
    chat_of = {row.case_id: row.address for row in connection.execute(select(chats))}
    open_now = connection.execute(
        select(offers).where(
            offers.c.state == "open", offers.c.deadline_at.is_not(None)
        )
    ).all()
    waiting = [_number(chat_of[row.case_id]) for row in open_now]
    ready = [n for n in range(CHATS) if _fate(n) == "ready"]
    dated = [n for n in range(CHATS) if _fate(n) == "dated"]
    taps = []
    for row in open_now:
        item = row.terms["items"][0]
        data = offer_data(row.token, item["recommended"])
        taps.append(_tap(_number(chat_of[row.case_id]), data))
    some = len(waiting) * 2 // 3
    asks = zip(dated, waiting[some:], strict=False)
    return Script(
        kinds={
            "asks, all is ready or shipped": tuple(map(_question, ready)),
            "asks, a line waits": tuple(_question(n) for two in asks for n in two),
            "taps the proposed product": tuple(taps[:some]),
        }
    )


def _question(number: int) -> Asked:
    said = CustomerSaid(
        chat=_chat(number),
        sender=_sender(number),
        text=_QUESTIONS[number % len(_QUESTIONS)],
        message_id=str(number),
    )
    return Asked(event=said, key=f"{CHANNEL}:{10_000 + number}")


def _tap(number: int, data: str) -> Asked:
    tapped = CustomerTapped(chat=_chat(number), sender=_sender(number), data=data)
    return Asked(event=tapped, key=f"{CHANNEL}:{20_000 + number}")


def _fill(connection: Connection) -> None:
    products = _products()
    for table, rows in (
        (shop.products, products),
        (shop.stock, [_stock(row) for row in products]),
        (shop.supplies, [_supply(row) for row in products if _is_short(row)]),
        (shop.customers, [_customer_row(n) for n in range(CHATS)]),
        (shop.orders, [_order_row(n) for n in range(CHATS)]),
        (shop.order_lines, [row for n in range(CHATS) for row in _lines(n, products)]),
        (shop.shipments, [_shipment(n) for n in range(0, CHATS, 6)]),
        (shop.shipment_lines, [_shipped(n) for n in range(0, CHATS, 6)]),
        (cases, [_case_row(n) for n in range(CHATS)]),
        (chats, [_chat_row(n) for n in range(CHATS)]),
    ):
        connection.execute(insert(table), rows)


def _products() -> list[dict[str, Any]]:
    """Return 64 products: every hoodie and tee in four colours, and eight mugs.

    What is black has run out; a mug has nothing like it.
    """
    garments = [
        {
            "sku": f"{family}-{color}-{size}".upper(),
            "family": family,
            "category": category,
            "title": family.title(),
            "brand": brand,
            "color": color,
            "color_hex": color_hex,
            "size": size,
            "price_minor": 3900,
            "currency": "EUR",
            "image_url": f"https://northprint.example/{family}-{color}.png",
        }
        for family, category, brand in (
            ("hoodie", "hoodies", "Loomworks"),
            ("fell-hoodie", "hoodies", "Fellside"),
            ("tee", "tees", "Loomworks"),
            ("fell-tee", "tees", "Fellside"),
        )
        for color, color_hex in _COLORS
        for size in ("S", "M", "L")
    ]
    mugs = [
        {
            **garments[0],
            "sku": f"MUG-{n}",
            "family": f"mug-{n}",
            "category": f"mugs-{n}",
            "title": f"Mug {n}",
            "color": None,
            "color_hex": None,
            "size": None,
        }
        for n in range(16)
    ]
    return garments + mugs


def _is_short(product: dict[str, Any]) -> bool:
    return product["color"] == "black" or product["sku"].startswith("MUG")


def _stock(product: dict[str, Any]) -> dict[str, Any]:
    on_hand = 0 if _is_short(product) else 10_000
    return {"sku": product["sku"], "location": "main", "on_hand": on_hand}


def _supply(product: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"supply-{product['sku']}",
        "sku": product["sku"],
        "quantity": 500,
        "expected_on": date(2026, 3, 10),
        "status": "open",
    }


def _fate(number: int) -> str:
    return _FATES[number % len(_FATES)]


def _customer_row(number: int) -> dict[str, Any]:
    return {
        "id": _customer(number),
        "name": f"Customer {number}",
        "email": f"customer{number}@example.com",
        "locale": "en-GB",
        "time_zone": "Europe/London",
    }


def _order_row(number: int) -> dict[str, Any]:
    return {
        "id": f"order-{number}",
        "number": f"{1000 + number}",
        "customer_id": _customer(number),
        "placed_at": _NOW - timedelta(days=2, minutes=number),
        "currency": "EUR",
        "market": "GB",
        "payment_status": "captured",
        "status": "open",
    }


def _lines(number: int, products: list[dict[str, Any]]) -> list[dict[str, Any]]:
    short = {
        "ready": [p for p in products if p["color"] == "navy"],
        "dated": [p for p in products if p["sku"].startswith("MUG")],
        "asked": [p for p in products if p["color"] == "black"],
    }[_fate(number)]
    first = short[number % len(short)]
    others = [p for p in products if not _is_short(p) and p != first]
    second = others[number * 7 % len(others)]
    waits = _fate(number) != "ready"
    shipped = number % 6 == 0
    return [
        {
            "id": f"line-{number}-1",
            "order_id": f"order-{number}",
            "sku": first["sku"],
            "title": first["title"],
            "quantity": 1,
            "allocated": 0 if waits or shipped else 1,
            "shipped": 1 if shipped else 0,
            "backordered": 1 if waits else 0,
            "unit_price_minor": 3900,
        },
        {
            "id": f"line-{number}-2",
            "order_id": f"order-{number}",
            "sku": second["sku"],
            "title": second["title"],
            "quantity": 2,
            "allocated": 2,
            "shipped": 0,
            "backordered": 0,
            "unit_price_minor": 3900,
        },
    ]


def _shipment(number: int) -> dict[str, Any]:
    return {
        "id": f"shipment-{number}",
        "order_id": f"order-{number}",
        "carrier": "Royal Mail",
        "tracking_number": f"RM{number:09}GB",
        "tracking_url": f"https://track.example.com/RM{number:09}GB",
        "shipped_at": _NOW - timedelta(days=1),
    }


def _shipped(number: int) -> dict[str, Any]:
    return {
        "shipment_id": f"shipment-{number}",
        "line_id": f"line-{number}-1",
        "quantity": 1,
    }


def _case_row(number: int) -> dict[str, Any]:
    return {
        "id": number + 1,
        "customer_id": _customer(number),
        "dialogue": "talking",
        "memory": {},
        "created_at": _NOW,
    }


def _chat_row(number: int) -> dict[str, Any]:
    return {
        "case_id": number + 1,
        "channel": CHANNEL,
        "address": _chat(number).address,
        "person_id": _chat(number).address,
        "name": f"Customer {number}",
        "language": "en",
        "created_at": _NOW,
    }


def _customer(number: int) -> str:
    return f"customer-{number}"


def _chat(number: int) -> ChatKey:
    return ChatKey(channel=CHANNEL, address=str(7_000_000_000 + number))


def _number(address: str) -> int:
    return int(address) - 7_000_000_000


def _sender(number: int) -> Sender:
    address = _chat(number).address
    return Sender(id=address, name=f"Customer {number}", language="en")
