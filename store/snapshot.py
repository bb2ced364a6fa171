"""Rows become a ``Case``: everything a turn decides on, read under the case's lock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, and_, bindparam, or_, select

from flows.case import (
    Backorder,
    BackorderState,
    Case,
    Chat,
    DecisionRow,
    DialogueState,
    NoticeRow,
    Offer,
    OfferState,
    Ticket,
    TicketState,
    Told,
)
from flows.shop import Customer, Line, Order, Refund, Shelf, Shipment
from store import shop
from store.documents import read_items, read_memory
from store.shelf import load_shelf
from store.tables import backorders, chats, decisions, notices, offers, tickets
from store.waitlist import load_places

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from store.columns import AnyRow

#: Orders, offers and decisions older than this are history nobody presses on.
_REMEMBERED = timedelta(days=90)


def load_case(
    connection: Connection,
    row: AnyRow,
    now: datetime,
    *,
    without: frozenset[str] = frozenset(),
) -> Case:
    """Return the snapshot of a locked case; ``without`` are SKUs known to be gone."""
    case = Case(
        id=row.id,
        version=row.version,
        dialogue=DialogueState(row.dialogue),
        misses=row.misses,
        language=row.language,
        memory=read_memory(row.memory),
        chats=_chats(connection, row.id),
        ticket=_ticket(connection, row.id),
        wake_at=row.wake_at,
    )
    if row.customer_id is None:
        return case
    since = now - _REMEMBERED
    found = _orders(connection, row.customer_id, since)
    waiting = _backorders(connection, row.id, since)
    short = [line.sku for order in found for line in order.lines if line.backordered]
    short += [item.sku for item in waiting if item.closed_at is None]
    places = load_places(connection, row.id, since)
    short += [place.sku for place in places if place.open]
    about = {sku for sku in short if sku is not None}
    shelf = load_shelf(connection, found, about, without, row.id) if about else Shelf()
    return replace(
        case,
        customer=_customer(connection, row.customer_id),
        orders=found,
        shelf=shelf,
        backorders=waiting,
        offers=_offers(connection, row.id, since) if waiting else (),
        decisions=_decisions(connection, row.id, since),
        notices=_notices(connection, row.id) if waiting or places else (),
        waiting=places,
    )


_case: BindParameter[int] = bindparam("case")
_since: BindParameter[datetime] = bindparam("since")
_CHATS = select(chats).where(chats.c.case_id == _case).order_by(chats.c.id)
_TICKET = (
    select(tickets)
    .where(tickets.c.case_id == _case)
    .order_by(tickets.c.opened_at.desc())
    .limit(1)
)
_BACKORDERS = (
    select(backorders)
    .where(
        backorders.c.case_id == _case,
        or_(backorders.c.closed_at.is_(None), backorders.c.closed_at > _since),
    )
    .order_by(backorders.c.found_at, backorders.c.id)
)
_OFFERS = (
    select(offers)
    .where(offers.c.case_id == _case, offers.c.proposed_at > _since)
    .order_by(offers.c.proposed_at, offers.c.id)
)
_DECISIONS = (
    select(decisions)
    .where(decisions.c.case_id == _case, decisions.c.created_at > _since)
    .order_by(decisions.c.id)
)
_NOTICES = (
    select(notices)
    .where(
        notices.c.case_id == _case,
        notices.c.noted.is_(False),
        or_(notices.c.sent_at.is_not(None), notices.c.failed_at.is_not(None)),
    )
    .order_by(notices.c.id)
)
_CUSTOMER = select(shop.customers).where(shop.customers.c.id == bindparam("customer"))
_of_customer = and_(
    shop.orders.c.customer_id == bindparam("customer"),
    or_(shop.orders.c.status == "open", shop.orders.c.placed_at > _since),
)
_ORDERS = (
    select(shop.orders)
    .where(_of_customer)
    .order_by(shop.orders.c.placed_at, shop.orders.c.id)
)
_order_ids = select(shop.orders.c.id).where(_of_customer)
_LINES = (
    select(shop.order_lines)
    .where(shop.order_lines.c.order_id.in_(_order_ids))
    .order_by(shop.order_lines.c.id)
)
_SHIPMENTS = (
    select(
        shop.shipments, shop.shipment_lines.c.line_id, shop.shipment_lines.c.quantity
    )
    .outerjoin(
        shop.shipment_lines, shop.shipment_lines.c.shipment_id == shop.shipments.c.id
    )
    .where(shop.shipments.c.order_id.in_(_order_ids))
    .order_by(shop.shipments.c.shipped_at, shop.shipments.c.id)
)

_REFUNDS = (
    select(shop.refunds)
    .where(shop.refunds.c.order_id.in_(_order_ids))
    .order_by(shop.refunds.c.created_at, shop.refunds.c.id)
)


def _chats(connection: Connection, case_id: int) -> tuple[Chat, ...]:
    return tuple(
        Chat(
            id=row.id,
            channel=row.channel,
            address=row.address,
            person_id=row.person_id,
            name=row.name or "",
            language=row.language,
            reachable=row.reachable,
            muted=row.muted,
            others=len(row.others or ()),
        )
        for row in connection.execute(_CHATS, {"case": case_id})
    )


def _ticket(connection: Connection, case_id: int) -> Ticket | None:
    row = connection.execute(_TICKET, {"case": case_id}).first()
    if row is None:
        return None
    return Ticket(
        id=row.id,
        state=TicketState(row.state),
        reason=row.reason,
        opened_at=row.opened_at,
        owner_id=row.owner_id,
        owner_name=row.owner_name,
        claimed_at=row.claimed_at,
        resolved_at=row.resolved_at,
        remind_at=row.remind_at,
    )


def _customer(connection: Connection, customer_id: str) -> Customer:
    row = connection.execute(_CUSTOMER, {"customer": customer_id}).first()
    if row is None:
        return Customer(id=customer_id)
    return Customer(
        id=row.id,
        name=row.name or "",
        email=row.email,
        phone=row.phone,
        locale=row.locale,
        time_zone=row.time_zone,
        group=row.customer_group,
    )


def _orders(
    connection: Connection, customer_id: str, since: datetime
) -> tuple[Order, ...]:
    whose = {"customer": customer_id, "since": since}
    rows = connection.execute(_ORDERS, whose).all()
    if not rows:
        return ()
    lines: dict[str, list[Line]] = {}
    for row in connection.execute(_LINES, whose):
        lines.setdefault(row.order_id, []).append(read_line(row))
    parcels = _shipments(connection, whose)
    paid_back = _refunds(connection, whose)
    return tuple(
        Order(
            id=row.id,
            number=row.number,
            customer_id=row.customer_id,
            placed_at=row.placed_at,
            currency=row.currency,
            market=row.market,
            shipping_policy=row.shipping_policy,
            shipping_minor=row.shipping_minor,
            discount_minor=row.discount_minor,
            needed_by=row.needed_by,
            payment_status=row.payment_status,
            authorization_expires_at=row.authorization_expires_at,
            status=row.status,
            lines=tuple(lines.get(row.id, ())),
            shipments=tuple(parcels.get(row.id, ())),
            refunds=tuple(paid_back.get(row.id, ())),
        )
        for row in rows
    )


def read_line(row: AnyRow) -> Line:
    """Return an order line of its row."""
    return Line(
        id=row.id,
        order_id=row.order_id,
        sku=row.sku,
        title=row.title,
        kind=row.kind,
        quantity=row.quantity,
        allocated=row.allocated,
        shipped=row.shipped,
        cancelled=row.cancelled,
        backordered=row.backordered,
        unit_price_minor=row.unit_price_minor,
        discount_minor=row.discount_minor,
        tax_minor=row.tax_minor,
        work_started_at=row.work_started_at,
    )


def _shipments(
    connection: Connection, whose: dict[str, Any]
) -> dict[str, list[Shipment]]:
    parts: dict[str, list[AnyRow]] = {}
    for row in connection.execute(_SHIPMENTS, whose):
        parts.setdefault(row.id, []).append(row)
    made: dict[str, list[Shipment]] = {}
    for rows in parts.values():
        row = rows[0]
        shipment = Shipment(
            id=row.id,
            order_id=row.order_id,
            carrier=row.carrier,
            tracking_number=row.tracking_number,
            tracking_url=row.tracking_url,
            shipped_at=row.shipped_at,
            estimated_delivery_on=row.estimated_delivery_on,
            delivered_at=row.delivered_at,
            lines=tuple((part.line_id, part.quantity) for part in rows if part.line_id),
        )
        made.setdefault(row.order_id, []).append(shipment)
    return made


def _refunds(connection: Connection, whose: dict[str, Any]) -> dict[str, list[Refund]]:
    made: dict[str, list[Refund]] = {}
    for row in connection.execute(_REFUNDS, whose):
        refund = Refund(
            id=row.id,
            line_id=row.line_id,
            amount_minor=row.amount_minor,
            currency=row.currency,
            reference=row.reference or "",
            created_at=row.created_at,
        )
        made.setdefault(row.order_id, []).append(refund)
    return made


def _backorders(
    connection: Connection, case_id: int, since: datetime
) -> tuple[Backorder, ...]:
    rows = connection.execute(_BACKORDERS, {"case": case_id, "since": since})
    return tuple(
        Backorder(
            id=row.id,
            order_id=row.order_id,
            line_id=row.line_id,
            sku=row.sku,
            quantity=row.quantity,
            state=BackorderState(row.state),
            found_at=row.found_at,
            closed_at=row.closed_at,
            told=(
                Told(
                    expected_from=row.promised_from,
                    expected_to=row.promised_to,
                    told_at=row.told_at,
                )
                if row.told_at
                else None
            ),
            slips=row.slips,
        )
        for row in rows
    )


def _offers(connection: Connection, case_id: int, since: datetime) -> tuple[Offer, ...]:
    rows = connection.execute(_OFFERS, {"case": case_id, "since": since})
    return tuple(
        Offer(
            id=row.id,
            version=row.version,
            order_id=row.order_id,
            kind=row.kind,
            state=OfferState(row.state),
            token=row.token,
            items=read_items(row.terms),
            window_seconds=row.terms["window_seconds"],
            changes=row.terms["changes"],
            proposed_at=row.proposed_at,
            policy_version=row.policy_version or "",
            told_deadline=row.told_deadline,
            delivered_at=row.delivered_at,
            deadline_at=row.deadline_at,
            remind_at=row.remind_at,
            reminded_at=row.reminded_at,
            rested_at=row.rested_at,
            decided_at=row.decided_at,
        )
        for row in rows
    )


def _decisions(
    connection: Connection, case_id: int, since: datetime
) -> tuple[DecisionRow, ...]:
    names = DecisionRow.__dataclass_fields__
    rows = connection.execute(_DECISIONS, {"case": case_id, "since": since}).mappings()
    return tuple(DecisionRow(**{name: row[name] for name in names}) for row in rows)


def _notices(connection: Connection, case_id: int) -> tuple[NoticeRow, ...]:
    rows = connection.execute(_NOTICES, {"case": case_id})
    return tuple(
        NoticeRow(
            id=row.id,
            about=row.about,
            key=row.key,
            sent_at=row.sent_at,
            failed_at=row.failed_at,
        )
        for row in rows
    )
