"""What templates are given, in several flavours: plain, hostile, long, foreign, bare.

One context fits all templates; where a name means something else to one of them, or a
template has several moods, ``moods`` says so. Only then a new template needs a line.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace as Thing
from typing import TYPE_CHECKING, Any

from flows.case import BackorderState, Choice, OfferItem, OfferState
from flows.promise import Estimate
from flows.rhythm import Awaited
from flows.sharing import SharedLine, SharedOrder
from flows.shop import Queue, Waiter
from flows.status import History, OrderStatus, Piece

from .builders import (
    NOON,
    TODAY,
    a_backorder,
    a_case,
    a_customer,
    a_decision,
    a_line,
    a_product,
    a_shipment,
    a_ticket,
    a_wait,
    an_item,
    an_offer,
    an_order,
    in_days,
    told,
)

if TYPE_CHECKING:
    from .flavours import Flavour

SOON = TODAY + timedelta(days=9)


def _item(taste: Flavour, number: int) -> OfferItem:
    send = Choice(
        code=f"{number}s0",
        kind="substitute",
        sku="OTHER",
        title=taste.title,
        match="other_color" if taste.color else "other_brand",
        size=taste.size,
        color=taste.color,
        brand=taste.brand,
        price_minor=taste.amount,
        difference_minor=-taste.amount // 10,
    )
    wait = a_wait(f"{number}w", 9 if taste.dated else None)
    cancel = Choice(code=f"{number}c", kind="cancel", refund_minor=taste.amount)
    return an_item(
        send,
        wait,
        cancel,
        backorder_id=f"b{number}",
        title=taste.title,
        quantity=taste.quantity,
        cause=taste.title if taste.dated else "",
        told_before=SOON if taste.dated else None,
        chosen=send.code,
        decided_by="silence",
    )


def context(taste: Flavour) -> dict[str, Any]:
    """Return everything any template may ask for."""
    items = tuple(_item(taste, number) for number in range(taste.many))
    line = a_line(title=taste.title, quantity=taste.quantity)
    order = an_order(line, number=taste.number, currency=taste.currency)
    offer = an_offer(*(replace(item, chosen=None) for item in items))
    row = a_decision(
        refund_minor=taste.amount,
        price_minor=taste.amount,
        currency=taste.currency,
        kind="cancel_refund",
        quantity=taste.quantity,
        rejection=taste.words,
    )
    part = Thing(title=taste.title, units=taste.quantity, of=taste.quantity)
    parts = (part,) * taste.many
    entry = Thing(
        title=taste.title,
        quantity=taste.quantity,
        since=NOON,
        joined_at=in_days(1),
        until=in_days(90),
        told_until=in_days(2),
        expires_at=in_days(2),
        state="waiting",
    )
    soon = Estimate(expected_from=SOON, expected_to=SOON + timedelta(days=3))
    return {
        "amount": taste.amount,
        "answer": "brake_go",
        "applied": False,
        "asked": True,
        "back_at": in_days(1),
        "backorders": (a_backorder(told=told(SOON)),) * taste.many,
        "before": SOON,
        "beyond": True,
        "brake": Thing(
            count=3,
            refunds_minor=taste.amount,
            currency=taste.currency,
            examples=(taste.title,) * 3,
            cause="InstantPassed",
        ),
        "cancelling": Thing(
            order=order,
            lines=((taste.title, taste.quantity),) * taste.many,
            refund_minor=taste.amount,
            until=in_days(1),
            stays=taste.quantity - 1,
        ),
        "captured": True,
        "case": a_case(customer=a_customer(name=taste.name)),
        "changeable_until": in_days(1),
        "chat_link": "https://t.me/bot?start=x",
        "choice": items[0].choices[0],
        "chosen": "",
        "closed_at": NOON,
        "count": taste.many,
        "current": "best",
        "customer": a_customer(name=taste.name),
        "deadline": in_days(1) if taste.dated else None,
        "decisions": (row,) * taste.many,
        "edited": False,
        "elsewhere": False,
        "entries": (entry,) * taste.many,
        "entry": entry,
        "error": taste.words,
        "examples": (taste.title,) * taste.many,
        "first": False,
        "give": True,
        "gone": False,
        "goods": parts,
        "helped": True,
        "item": items[0],
        "items": items,
        "kind": "discount",
        "language": "en",
        "lapsed": False,
        "lapses_at": in_days(3),
        "late": False,
        "latest": soon,
        "letter": "telegram:1:2",
        "line": line,
        "lines": {line.id: line},
        "linked": True,
        "mail": "anna@example.com",
        "media": "photo",
        "mode": "act",
        "more": taste.many,
        "name": taste.name,
        "number": taste.number,
        "numbers": (taste.number,) * taste.many,
        "offer": offer,
        "offers": (offer,),
        "order": order,
        "orders": (order,) * taste.many,
        "others": parts if taste.dated else (),
        "over": False,
        "own": True,
        "parcel": a_shipment(estimated_delivery_on=SOON),
        "paused": True,
        "percent": 10,
        "awaited": tuple(
            Awaited(title=taste.title, quantity=taste.quantity, told=told(day))
            for day in (SOON, None)
        ),
        "places": (),
        "plans": (),
        "problem": "",
        "product": a_product(title=taste.title),
        "queue": Queue(
            units=taste.quantity,
            orders=taste.many,
            first=(Waiter(taste.name, taste.number),) * min(taste.many, 5),
        ),
        "reason": taste.words,
        "refunds": (
            Thing(
                title=taste.title,
                amount_minor=taste.amount,
                currency=taste.currency,
                sent_at=NOON if taste.dated else None,
                reference=taste.number,
            ),
        )
        * taste.many,
        "resting": True,
        "row": row,
        "rows": (row,),
        "send": True,
        "soonest": soon,
        "source": "telegram",
        "split": Thing(
            goes=parts, stays=parts, price_minor=taste.amount, currency=taste.currency
        ),
        "staff": taste.name or "Mia",
        "started": (taste.title,),
        "still_asked": False,
        "begun": False,
        "switched": False,
        "since": NOON,
        "text": taste.words,
        "titles": {"hoodie": taste.title},
        "ticket": a_ticket(owner_name=taste.name or None),
        "unblocked": True,
        "until": in_days(1),
        "url": "https://shop.example/o/1",
        "value": taste.amount,
        "waiting": True,
        "waits": True,
        "wanted": SOON,
        "ware": taste.title,
        "when": soon,
        "words": taste.words,
        "about": "proposal",
    }


def _pieces(taste: Flavour) -> tuple[Piece, ...]:
    made = context(taste)
    states = ("delivered", "shipped", "ready", "held", "waiting", "substituted")
    states += ("replaced", "cancelling", "cancelled")
    pieces = tuple(
        Piece(
            state=state,
            title=taste.title,
            quantity=taste.quantity,
            of=taste.quantity,
            shipment=a_shipment(delivered_at=NOON, carrier=taste.brand),
            told=told(SOON) if taste.dated else None,
            cause=taste.title,
            offer=made["offer"] if taste.dated else None,
            choice=made["choice"],
            waits_for=made["split"].stays,
            holds_up=made["others"],
        )
        for state in states
    )
    waiting = next(piece for piece in pieces if piece.state == "waiting")
    resting = replace(made["offer"], state=OfferState.RESTING)
    rests = replace(waiting, offer=resting, history=History(on=TODAY, before=SOON))
    alone = replace(waiting, offer=None, history=History(on=TODAY))
    other = next(piece for piece in pieces if piece.state == "replaced")
    return (*pieces, rests, alone, replace(other, choice=None))


def _status(taste: Flavour) -> dict[str, Any]:
    order = context(taste)["order"]
    status = OrderStatus(order=order, pieces=_pieces(taste))
    return {"orders": (status,) * min(taste.many, 5)}


def _shared(taste: Flavour) -> SharedOrder:
    ends = SOON if taste.dated else None
    lines = tuple(
        SharedLine(
            title=taste.title,
            quantity=taste.quantity,
            state=state,
            expected_from=ends,
            expected_to=ends,
        )
        for state in ("delivered", "shipped", "ready", "waiting")
    )
    return SharedOrder(number=taste.number, lines=lines)


def moods(key: str, taste: Flavour) -> list[dict[str, Any]]:
    """Return the contexts that show every side of a template in one flavour."""
    base = context(taste)
    changes = [{}]
    match key:
        case "status":
            changes = [_status(taste)]
        case "shared":
            changes = [{"order": _shared(taste)}, {"order": None}]
        case "watched" | "held":
            changes = [
                {"words": (taste.words,) * min(taste.many, 5)} | said
                for said in (
                    {"answers": False, "proposes": False},
                    {"answers": True, "proposes": False},
                    {"answers": True, "proposes": True},
                )
            ]
        case "brake_answered":
            staff = Thing(name=taste.name)
            answers = ("brake_go", "brake_wrong", "brake_hold")
            changes = [{"answer": answer, "staff": staff} for answer in answers]
        case "paused" | "consolation_answered":
            staff = Thing(name=taste.name)
            changes = [{"staff": staff}, {"staff": staff, "paused": False, "give": ""}]
        case "mode":
            changes = [{"staff": Thing(name=taste.name)}]
        case "preference_kept":
            wanted = ("best", "same_brand", "refund", "each_time")
            changes = [{"wanted": one} for one in wanted]
        case "hello_stranger" | "hello_linked":
            problems = ("", "unproved", "locked", "taken", "expired", "forged")
            changes = [{"problem": problem} for problem in problems]
            changes.append(
                {"orders": (), "problem": "", "customer": a_customer(name="")}
            )
        case "late_tap":
            states = (OfferState.EXPIRED, OfferState.SETTLED, OfferState.REPLACED)
            changes = [
                {"offer": replace(base["offer"], state=state), "begun": begun} | more
                for state in states
                for begun in (False, True)
                for more in ({}, {"still_asked": True}, {"applied": True})
            ]
        case (
            "proposal" | "dated" | "delay" | "refused" | "reminder" | "silence_applied"
        ):
            changes = [_chosen(base, kind) for kind in ("substitute", "wait", "cancel")]
            changes.append(_overdue(base))
        case "ticket":
            changes = [{}, {"customer": None, "orders": ()}]
            changes += [
                {"backorders": (a_backorder(state=state, told=None),)}
                for state in BackorderState
            ]
        case "media":
            changes = [{"media": media} for media in ("voice", "photo", "sticker")]
        case "applied" | "refund_changed":
            rows = [{"kind": kind} for kind in ("substitute", "cancel_refund")]
            rows += [row | {"refund_minor": 0} for row in rows]
            changes = [{"row": replace(base["row"], **row)} for row in rows]
        case "shortage":
            changes = [{}, {"latest": Estimate()}, {"queue": Queue()}]
            changes.append({"soonest": Estimate(), "latest": Estimate()})
        case "consolation":
            kinds = ("discount", "voucher", "free_shipping", "gift_wrap")
            changes = [{"kind": kind} for kind in kinds]
    return [base | change for change in changes] + [base | _other_way(base, key)]


def _chosen(base: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return items of which silence does, or did, one kind of thing."""

    def turned(item: OfferItem) -> OfferItem:
        code = next(choice.code for choice in item.choices if choice.kind == kind)
        return replace(item, on_silence=code, chosen=code)

    items = tuple(turned(item) for item in base["items"])
    open_items = tuple(replace(item, chosen=None) for item in items)
    return {"items": items, "offer": replace(base["offer"], items=open_items)}


def _overdue(base: dict[str, Any]) -> dict[str, Any]:
    """Return items whose told day has passed, with no other one in sight."""

    def unknown(choice: Choice) -> Choice:
        return replace(choice, expected_from=None, expected_to=None)

    items = tuple(
        replace(
            item,
            told_before=SOON,
            overdue=True,
            choices=tuple(map(unknown, item.choices)),
        )
        for item in base["items"]
    )
    return {"items": items}


def _other_way(base: dict[str, Any], key: str) -> dict[str, Any]:
    """Return every plain yes as a no, so that both sides of a condition are seen."""
    turned = {name: not value for name, value in base.items() if value in (True, False)}
    order = replace(base["order"], payment_status="authorized")
    if key == "status":
        return {"orders": (), "places": base["entries"]}
    if key == "shared":
        return {"order": None}
    if key in {"watched", "held"}:
        return turned | {"words": (), "answers": False, "proposes": False}
    if key in {"brake_answered", "paused", "consolation_answered", "mode"}:
        return turned | {"staff": Thing(name="Mia")}
    return turned | {"order": order, "wanted": SOON, "amount": 0, "value": 0}
