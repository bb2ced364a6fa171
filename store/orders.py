"""A customer and their orders as the shop's rows have them: lines, parcels, refunds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, and_, bindparam, exists, or_, select

from flows.shop import Customer, Line, Order, Refund, Shipment
from store import shop

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from store.columns import AnyRow

_since: BindParameter[datetime] = bindparam("since")
_CUSTOMER = select(shop.customers).where(shop.customers.c.id == bindparam("customer"))
_of_customer = and_(
    shop.orders.c.customer_id == bindparam("customer"),
    or_(shop.orders.c.status == "open", shop.orders.c.placed_at > _since),
)
_ORDERS = (
    select(
        shop.orders,
        exists(
            select(shop.shipments.c.id).where(
                shop.shipments.c.order_id == shop.orders.c.id
            )
        ).label("has_parcels"),
        exists(
            select(shop.refunds.c.id).where(shop.refunds.c.order_id == shop.orders.c.id)
        ).label("has_refunds"),
    )
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


def load_customer(connection: Connection, customer_id: str) -> Customer:
    """Return a customer; of one the shop no longer has, only the id."""
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


def load_orders(
    connection: Connection, customer_id: str, since: datetime
) -> tuple[Order, ...]:
    """Return a customer's open orders and those placed since, the oldest first."""
    whose = {"customer": customer_id, "since": since}
    rows = connection.execute(_ORDERS, whose).all()
    if not rows:
        return ()
    lines: dict[str, list[Line]] = {}
    for row in connection.execute(_LINES, whose):
        lines.setdefault(row.order_id, []).append(read_line(row))
    parcels: dict[str, list[Shipment]] = {}
    if any(row.has_parcels for row in rows):
        parcels = _shipments(connection, whose)
    paid_back: dict[str, list[Refund]] = {}
    if any(row.has_refunds for row in rows):
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
