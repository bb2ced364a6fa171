"""Values of the flows in few words; what a test does not name is plausible.

The customer is Anna of Berlin, who ordered a black hoodie (L) and a mug in order
1042 of the demo shop; ``NOON`` is a Tuesday in June, 14:00 where she lives.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from flows.case import (
    Backorder,
    BackorderState,
    Case,
    Chat,
    Choice,
    DecisionRow,
    DialogueState,
    Offer,
    OfferItem,
    OfferState,
    Ticket,
    TicketState,
    Told,
)
from flows.events import ChatKey, Sender, Staff
from flows.policy import Policy, read_policy
from flows.setting import Mode, Setting
from flows.shop import (
    Customer,
    Line,
    Order,
    Product,
    Shelf,
    Shipment,
    SkuFacts,
    Supply,
)

NOON = datetime(2026, 6, 9, 12, tzinfo=UTC)
TODAY = date(2026, 6, 9)
CHANNEL = "telegram:700"

HOODIE = "HOOD-BLACK-L"
CHARCOAL = "HOOD-CHARCOAL-L"
MUG = "MUG-FJORD"

ANNA = Sender(id="11", name="Anna", language="en")
MIA = Staff(id="U7", name="Mia")


def in_days(days: float, start: datetime = NOON) -> datetime:
    """Return an instant some days after noon."""
    return start + timedelta(days=days)


@cache
def a_policy(source: str = "") -> Policy:
    """Return the policy of a text; without one, the defaults."""
    return read_policy(source)


def a_setting(now: datetime = NOON, policy: str = "", **changes: Any) -> Setting:
    """Return a turn's surroundings: mode act, seeded dice, a channel read until now."""
    values: dict[str, Any] = {
        "now": now,
        "policy": a_policy(policy),
        "dice": Random(7),
        "mode": Mode.ACT,
        "chat_link": "https://t.me/northprint_bot",
        "link_secret": b"secret",
        "heard_until": {CHANNEL: now},
    }
    return Setting(**values | changes)


def a_customer(**changes: Any) -> Customer:
    """Return Anna."""
    values: dict[str, Any] = {
        "id": "anna",
        "name": "Anna Lind",
        "email": "anna@example.com",
        "locale": "en-GB",
        "time_zone": "Europe/Berlin",
    }
    return Customer(**values | changes)


def a_chat(number: int = 1, **changes: Any) -> Chat:
    """Return a chat of Anna's."""
    values: dict[str, Any] = {
        "id": number,
        "channel": CHANNEL,
        "address": str(900 + number),
        "name": "Anna",
        "language": "en",
    }
    return Chat(**values | changes)


def key_of(chat: Chat) -> ChatKey:
    """Return how the platform names a chat."""
    return ChatKey(channel=chat.channel, address=chat.address)


def a_product(sku: str = HOODIE, **changes: Any) -> Product:
    """Return a hoodie: black, L."""
    values: dict[str, Any] = {
        "sku": sku,
        "blank": changes.get("blank", sku),
        "title": "Hoodie",
        "family": "hoodie",
        "category": "hoodies",
        "design": "fjord",
        "brand": "Loomworks",
        "color": "black",
        "color_hex": "#111111",
        "size": "L",
        "price_minor": 3900,
        "currency": "EUR",
    }
    return Product(**values | changes)


def a_charcoal(**changes: Any) -> Product:
    """Return the same hoodie in charcoal."""
    return a_product(
        changes.pop("sku", CHARCOAL), color="charcoal", color_hex="#2b2b2f", **changes
    )


def a_mug(**changes: Any) -> Product:
    """Return a mug: no colour, no size."""
    bare: dict[str, Any] = {"color": None, "color_hex": None, "size": None}
    made = {"title": "Mug Fjord", "family": "mug", "category": "mugs"}
    return a_product(MUG, **bare | made | {"price_minor": 1200} | changes)


def a_supply(days: int | None = 9, quantity: int = 20, **changes: Any) -> Supply:
    """Return units on their way, expected some days after today."""
    values: dict[str, Any] = {
        "id": "supply-1",
        "sku": HOODIE,
        "quantity": quantity,
        "expected_on": None if days is None else TODAY + timedelta(days=days),
    }
    return Supply(**values | changes)


def some_facts(sku: str = HOODIE, free: int = 0, *supplies: Supply) -> SkuFacts:
    """Return what is known about one blank."""
    return SkuFacts(sku=sku, free=free, supplies=supplies)


def a_shelf(*supplies: Supply, charcoal: int = 5, **changes: Any) -> Shelf:
    """Return a shelf without black hoodies, with some in charcoal and a mug."""
    values: dict[str, Any] = {
        "products": (a_product(), a_charcoal(), a_mug()),
        "facts": (
            some_facts(HOODIE, 0, *supplies),
            some_facts(CHARCOAL, charcoal),
            some_facts(MUG, 9),
        ),
    }
    return Shelf(**values | changes)


def a_line(line_id: str = "hoodie", **changes: Any) -> Line:
    """Return an order line: one black hoodie that waits."""
    values: dict[str, Any] = {
        "id": line_id,
        "order_id": "order-1042",
        "sku": HOODIE,
        "title": "Hoodie",
        "quantity": 1,
        "unit_price_minor": 3900,
    }
    values |= changes
    elsewhere = sum(values.get(n, 0) for n in ("allocated", "shipped", "cancelled"))
    values.setdefault("backordered", values["quantity"] - elsewhere)
    return Line(**values)


def a_ready_line(line_id: str = "mug", **changes: Any) -> Line:
    """Return an order line whose mug lies ready."""
    quantity = changes.get("quantity", 1)
    made = {"sku": MUG, "title": "Mug Fjord", "unit_price_minor": 1200}
    return a_line(line_id, **{"allocated": quantity} | made | changes)


def an_order(*lines: Line, **changes: Any) -> Order:
    """Return order 1042 of a market where silence may send something else."""
    values: dict[str, Any] = {
        "id": "order-1042",
        "number": "1042",
        "customer_id": "anna",
        "placed_at": in_days(-1),
        "currency": "EUR",
        "market": "GB",
        "payment_status": "captured",
        "lines": lines or (a_line(), a_ready_line()),
    }
    return Order(**values | changes)


def a_shipment(*lines: tuple[str, int], **changes: Any) -> Shipment:
    """Return a parcel on its way."""
    values: dict[str, Any] = {
        "id": "parcel-1",
        "order_id": "order-1042",
        "carrier": "DHL",
        "tracking_number": "JD014600",
        "tracking_url": "https://track.example.com/JD014600",
        "shipped_at": NOON,
        "lines": lines,
    }
    return Shipment(**values | changes)


def a_case(*orders: Order, **changes: Any) -> Case:
    """Return Anna's case: one chat, one order, nothing tracked yet."""
    values: dict[str, Any] = {
        "id": 1,
        "version": 1,
        "dialogue": DialogueState.TALKING,
        "customer": a_customer(),
        "chats": (a_chat(),),
        "orders": orders or (an_order(),),
        "shelf": a_shelf(a_supply()),
    }
    return Case(**values | changes)


def a_strangers_case(**changes: Any) -> Case:
    """Return the case of a chat that nobody is known behind."""
    values: dict[str, Any] = {
        "dialogue": DialogueState.STRANGER,
        "customer": None,
        "orders": (),
        "shelf": Shelf(),
    }
    made = a_case(**changes)
    bare = {name: getattr(made, name) for name in ("id", "version", "chats")}
    return Case(**bare | values | changes)


def a_backorder(backorder_id: str = "b1", **changes: Any) -> Backorder:
    """Return one waiting hoodie that was just noticed."""
    values: dict[str, Any] = {
        "id": backorder_id,
        "order_id": "order-1042",
        "line_id": "hoodie",
        "sku": HOODIE,
        "quantity": 1,
        "state": BackorderState.NOTICED,
        "found_at": NOON,
    }
    return Backorder(**values | changes)


def told(first: date | None, last: date | None = None, at: datetime = NOON) -> Told:
    """Return a range that was told."""
    return Told(expected_from=first, expected_to=last or first, told_at=at)


def a_wait(code: str = "0w", days: int | None = 9, **changes: Any) -> Choice:
    """Return the choice to wait."""
    day = None if days is None else TODAY + timedelta(days=days)
    values: dict[str, Any] = {
        "expected_from": day,
        "expected_to": day and day + timedelta(days=3),
    }
    return Choice(code=code, kind="wait", **values | changes)


def a_cancel(code: str = "0c", refund: int = 3900) -> Choice:
    """Return the choice to cancel."""
    return Choice(code=code, kind="cancel", refund_minor=refund)


def a_stand_in(code: str = "0s0", **changes: Any) -> Choice:
    """Return the choice of the charcoal hoodie at the same price."""
    values: dict[str, Any] = {
        "sku": CHARCOAL,
        "title": "Hoodie",
        "match": "other_color",
        "color": "charcoal",
        "size": "L",
        "brand": "Loomworks",
    }
    return Choice(code=code, kind="substitute", **values | changes)


def an_item(*choices: Choice, **changes: Any) -> OfferItem:
    """Return an offer's item: charcoal is recommended, silence takes it."""
    values: dict[str, Any] = {
        "backorder_id": "b1",
        "line_id": "hoodie",
        "title": "Hoodie, black, L",
        "quantity": 1,
        "choices": choices or (a_stand_in(), a_wait(), a_cancel()),
        "recommended": (choices or (a_stand_in(),))[0].code,
        "on_silence": (choices or (a_stand_in(),))[0].code,
        "rule": "defaults",
    }
    return OfferItem(**values | changes)


def an_offer(*items: OfferItem, **changes: Any) -> Offer:
    """Return an open offer whose deadline is a day after noon."""
    values: dict[str, Any] = {
        "id": "offer-1",
        "version": 1,
        "order_id": "order-1042",
        "kind": "proposal",
        "state": OfferState.OPEN,
        "token": "t0k3n-of-16-char",
        "items": items or (an_item(),),
        "window_seconds": 24 * 3600,
        "proposed_at": NOON,
        "told_deadline": in_days(1),
        "delivered_at": NOON,
        "deadline_at": in_days(1),
    }
    return Offer(**values | changes)


def a_ticket(**changes: Any) -> Ticket:
    """Return a ticket nobody has claimed."""
    values: dict[str, Any] = {
        "id": "ticket-1",
        "state": TicketState.OPEN,
        "reason": "asked",
        "opened_at": NOON,
        "remind_at": in_days(1 / 12),
    }
    return Ticket(**values | changes)


def a_decision(number: int = 1, **changes: Any) -> DecisionRow:
    """Return a decision that the shop has not claimed."""
    values: dict[str, Any] = {
        "id": number,
        "order_id": "order-1042",
        "line_id": "hoodie",
        "kind": "substitute",
        "quantity": 1,
        "decided_by": "customer",
        "created_at": NOON,
        "backorder_id": "b1",
        "offer_id": "offer-1",
        "currency": "EUR",
        "apply_after": NOON + timedelta(minutes=30),
    }
    return DecisionRow(**values | changes)
