"""Answering "where is my order?": each open order, line by line, from what is stored.

The date of a waiting line is the one we told; it is never recomputed for asking.
Only a line that was never told a date is told one here, and that is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.backorder import BACKORDER, LIVE
from flows.cancellable import leaving
from flows.case import BackorderState, OfferState, Told
from flows.choices import standing
from flows.codes import menu_data, offer_data
from flows.effects import Button
from flows.misses import understood
from flows.offer import PENDING
from flows.proposals import tell_date
from flows.refunds import refund_due
from flows.shipping import blockers, held_up, split_rows
from flows.swaps import named, replacements
from flows.waitlist import leave_rows
from flows.wishes import way_out

if TYPE_CHECKING:
    from datetime import date

    from flows.case import Backorder, Chat, Choice, Offer, OfferItem
    from flows.draft import Draft
    from flows.shipping import Part
    from flows.shop import Line, Order, Shipment
    from flows.wording import Rows

_DECIDED = frozenset((OfferState.ANSWERED, OfferState.EXPIRED))
#: An order that is done is still shown for this long.
_RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The day on which a date was told, and the one that was told before it."""

    on: date
    before: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some units of a line that share one fate.

    ``state`` is shipped, delivered, ready, held, waiting, substituted, replaced,
    cancelling or cancelled.
    """

    state: str
    title: str
    quantity: int
    of: int
    shipment: Shipment | None = None
    told: Told | None = None
    cause: str = ""
    offer: Offer | None = None
    choice: Choice | None = None
    waits_for: tuple[Part, ...] = ()
    holds_up: tuple[Part, ...] = ()
    #: What was told about its date before.
    history: History | None = None
    #: The button that gives it up.
    drop: Button | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStatus:
    """An order as a customer is told about it."""

    order: Order
    pieces: tuple[Piece, ...]


def answer_status(draft: Draft, chat: Chat, number: str | None = None) -> None:
    """Tell the customer where each open order stands, and what they can do."""
    number = _plain(number) if number else None
    orders = [order for order in draft.case.orders if _worth_telling(draft, order)]
    named = [o for o in draft.case.orders if number and _plain(o.number) == number]
    understood(draft)
    shown = named or orders
    if not shown:
        draft.reply(chat, "no_orders", draft.menu("person", chat=chat))
        return
    statuses = [_status(draft, chat, order) for order in shown]
    places = [place for place in draft.case.waiting if place.open]
    *rows, person = _rows(draft, chat, statuses)
    rows = [*rows, *leave_rows(draft, places[:3], chat), person]
    ticket = draft.case.ticket
    draft.reply(
        chat,
        "status",
        tuple(rows),
        orders=statuses,
        places=places,
        helped=ticket is not None and ticket.resolved_at is None,
    )


def _worth_telling(draft: Draft, order: Order) -> bool:
    if order.status == "open":
        return True
    last = max((s.shipped_at or order.placed_at for s in order.shipments), default=None)
    return (last or order.placed_at) > draft.now - _RECENT


def _plain(number: str) -> str:
    return number.lstrip("#").upper()


def _status(draft: Draft, chat: Chat, order: Order) -> OrderStatus:
    order = replace(order, lines=tuple(named(draft, line) for line in order.lines))
    pieces = [
        piece for line in order.lines for piece in _pieces(draft, chat, order, line)
    ]
    return OrderStatus(order=order, pieces=tuple(pieces))


def _pieces(draft: Draft, chat: Chat, order: Order, line: Line) -> list[Piece]:
    made: list[Piece] = []
    parcels = [
        (shipment, quantity)
        for shipment in order.shipments
        for line_id, quantity in shipment.lines
        if line_id == line.id
    ]
    accounted = 0
    for shipment, quantity in parcels:
        state = "delivered" if shipment.delivered_at else "shipped"
        made.append(_piece(state, line, quantity, shipment=shipment))
        accounted += quantity
    if line.shipped > accounted:
        made.append(_piece("shipped", line, line.shipped - accounted))
    going = min(leaving(draft, line), line.allocated)
    if going:
        made.append(_piece("cancelling", line, going))
    if line.allocated > going:
        missing = blockers(draft, order)
        state = "held" if missing else "ready"
        made.append(_piece(state, line, line.allocated - going, waits_for=missing))
    made += _waiting(draft, chat, order, line)
    made += _gone(draft, line)
    return made


def _gone(draft: Draft, line: Line) -> list[Piece]:
    """Return what is no longer sent: replaced by something else, or cancelled."""
    left = line.cancelled
    made = []
    for quantity, choice in replacements(draft, line):
        units = min(quantity, left)
        if units:
            made.append(_piece("replaced", line, units, choice=choice))
            left -= units
    if left:
        made.append(_piece("cancelled", line, left))
    return made


def _waiting(draft: Draft, chat: Chat, order: Order, line: Line) -> list[Piece]:
    tracked = [
        b
        for b in draft.case.backorders
        if b.line_id == line.id
        and b.closed_at is None
        and b.state is not BackorderState.FILLED
    ]
    made = [_waiting_piece(draft, chat, order, line, b) for b in tracked]
    untracked = line.backordered - sum(b.quantity for b in tracked)
    if untracked > 0:
        cause = draft.expected(order, line, untracked).cause
        made.append(_piece("waiting", line, untracked, cause=cause))
    return made


def _waiting_piece(
    draft: Draft, chat: Chat, order: Order, line: Line, backorder: Backorder
) -> Piece:
    if backorder.told is None and backorder.state in LIVE:
        backorder = _tell_now(draft, order, line, backorder)
    offer = draft.case.offer_for(backorder.id)
    item = next(
        (i for i in offer.items if i.backorder_id == backorder.id)
        if offer
        else iter(()),
        None,
    )
    choice = item.choice(item.chosen) if item and item.chosen else None
    row = standing(draft, backorder.id)
    state = "waiting"
    if backorder.state is BackorderState.SUBSTITUTED:
        state = "substituted"
    elif backorder.state is BackorderState.CANCELLED:
        state = "cancelled" if row and row.applied_at else "cancelling"
    waits = state == "waiting"
    pending = (
        offer if offer and offer.state in PENDING and offer.window_seconds else None
    )
    piece = _piece(
        state,
        line,
        backorder.quantity,
        told=backorder.told,
        cause=_cause(draft, order, line, backorder, item) if waits else "",
        offer=pending,
        choice=choice,
        holds_up=held_up(draft, order) if waits else (),
        history=_history(draft, backorder.told, offer, item),
    )
    if pending or not waits:
        return piece
    drop = None
    if piece.holds_up and offer is not None and item is not None:
        drop = _drop(draft, order, line, offer, item)
    return replace(piece, drop=drop or way_out(draft, chat, order, line))


def _cause(
    draft: Draft,
    order: Order,
    line: Line,
    backorder: Backorder,
    item: OfferItem | None,
) -> str:
    """Return why it waits: as the offer told, else as the supplier says now."""
    if item is not None:
        return item.cause
    return draft.expected(order, line, backorder.quantity).cause


def _history(
    draft: Draft, told: Told | None, offer: Offer | None, item: OfferItem | None
) -> History | None:
    """Return since when the date is told and what was before; None where it is new."""
    if told is None or told.expected_to is None:
        return None
    same = offer is not None and offer.proposed_at == told.told_at
    before = item.told_before if item and same else None
    on = told.told_at.astimezone(draft.zone).date()
    today = draft.now.astimezone(draft.zone).date()
    return History(on=on, before=before) if before or on < today else None


def _drop(
    draft: Draft, order: Order, line: Line, offer: Offer, item: OfferItem
) -> Button | None:
    """Return the button that gives up what waits, with what goes back for it."""
    cancel = next((c for c in item.choices if c.kind == "cancel"), None)
    if cancel is None or offer.state not in {*PENDING, *_DECIDED}:
        return None
    due = refund_due(draft, order, line, item.quantity, instead_of=item.backorder_id)
    words = draft.words()
    captured = order.payment_status == "captured"
    amount = words.money(due, order.currency) if captured else ""
    label = words.label("drop", title=line.title, amount=amount)
    return Button(label=label, data=offer_data(offer.token, cancel.code))


def _tell_now(
    draft: Draft, order: Order, line: Line, backorder: Backorder
) -> Backorder:
    if backorder.state is BackorderState.SUPPRESSED:
        # From now on they know the date, and hear when it moves.
        state = BACKORDER.step(backorder.state, "wait", None)
        backorder = replace(backorder, state=state)
    told = tell_date(draft, backorder, draft.expected(order, line, backorder.quantity))
    draft.put_backorder(told)
    return told


def _rows(draft: Draft, chat: Chat, statuses: list[OrderStatus]) -> Rows:
    words = draft.words(chat)
    made: list[tuple[Button, ...]] = []
    seen: set[str] = set()
    for piece in (piece for status in statuses for piece in status.pieces):
        if piece.offer and piece.offer.id not in seen:
            seen.add(piece.offer.id)
            data = offer_data(piece.offer.token, "show")
            made.append((Button(label=words.label("choose_now"), data=data),))
        elif piece.drop:
            made.append((piece.drop,))
        url = piece.shipment.tracking_url if piece.shipment else None
        if url and url not in seen and piece.state == "shipped":
            seen.add(url)
            made.append((Button(label=words.label("track"), url=url),))
    splits = [row for s in statuses for row in split_rows(draft, s.order, chat)]
    person = Button(label=words.label("person"), data=menu_data("person"))
    return (*made[:6], *splits[:3], (person,))


def _piece(
    state: str,
    line: Line,
    quantity: int,
    *,
    shipment: Shipment | None = None,
    told: Told | None = None,
    cause: str = "",
    offer: Offer | None = None,
    choice: Choice | None = None,
    waits_for: tuple[Part, ...] = (),
    holds_up: tuple[Part, ...] = (),
    history: History | None = None,
) -> Piece:
    return Piece(
        state=state,
        title=line.title,
        quantity=quantity,
        of=line.quantity,
        shipment=shipment,
        told=told,
        cause=cause,
        offer=offer,
        choice=choice,
        waits_for=waits_for,
        holds_up=holds_up,
        history=history,
    )
