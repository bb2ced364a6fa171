"""Shopify's Admin REST JSON: orders and their parcels into drafts.

What left counts as shipped, what was refunded or removed before it left as
cancelled. A parcel has left when Shopify says "success", or when it is under way
there with a tracking number; a failed or cancelled one has not.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from store.importers.contact import (
    normalise_country,
    normalise_locale,
    postcode,
)
from store.importers.draft import (
    DraftCustomer,
    DraftLine,
    DraftOrder,
    DraftShipment,
    ParcelLine,
)
from store.importers.fields import Purse, read_model
from store.importers.money import is_currency
from store.importers.people import email_of, phone_of
from store.importers.shopify_id import PREFIX, key
from store.importers.shopify_models import (
    Address,
    Fulfillment,
    Item,
    Line,
    Order,
)
from store.importers.shopify_money import refunds_of, taxes_of

if TYPE_CHECKING:
    from store.importers.report import Remarks

#: Shopify's ``financial_status`` as our ``payment_status``.
PAYMENT = {
    "pending": "none",
    "unpaid": "none",
    "expired": "none",
    "voided": "none",
    "authorized": "authorized",
    "partially_paid": "captured",
    "paid": "captured",
    "partially_refunded": "captured",
    "refunded": "refunded",
}

_CALLED_OFF = frozenset({"cancelled", "error", "failure"})


def read_order(raw: Any, *, row: int, remarks: Remarks) -> DraftOrder | None:
    """Return the order of an Admin API object, or nothing after noting mistakes."""
    order = read_model(Order, raw, row=row, remarks=remarks)
    if order is None:
        return None
    if not is_currency(order.currency):
        remarks.error(row, "currency", order.currency, "an ISO 4217 currency code")
        return None
    purse = Purse(order.currency, row=row, remarks=remarks)
    address = order.shipping_address or order.billing_address or Address()
    market = normalise_country(address.country_code or address.country)
    shipping = (
        order.total_shipping_price_set.shop_money.amount
        if order.total_shipping_price_set
        else sum((line.price for line in order.shipping_lines), start=Decimal(0))
    )
    return DraftOrder(
        id=key(order.id),
        platform=PREFIX,
        number=(order.name or order.order_number or order.id).removeprefix("#"),
        row=row,
        customer=_customer(order, market, row=row, remarks=remarks),
        placed_at=order.processed_at or order.created_at,
        currency=order.currency,
        market=market,
        postcode=postcode(address.zip),
        shipping_minor=purse.minor(shipping, "total_shipping_price_set"),
        discount_minor=purse.minor(order.total_discounts, "total_discounts"),
        payment_status=payment_of(order.financial_status, row=row, remarks=remarks),
        cancelled=order.cancelled_at is not None,
        fulfilled=order.fulfillment_status == "fulfilled",
        lines=_lines(order, purse, row=row),
        shipments=None
        if order.fulfillments is None
        else tuple(shipment(parcel, row=row) for parcel in order.fulfillments),
        refunds=refunds_of(order, purse),
    )


def payment_of(status: str | None, *, row: int, remarks: Remarks) -> str:
    """Return our payment status; an unknown word is noted and means none."""
    if not status:
        return "none"
    if status not in PAYMENT:
        remarks.warn(row, "financial_status", status, f"one of {', '.join(PAYMENT)}")
    return PAYMENT.get(status, "none")


def _customer(
    order: Order, market: str | None, *, row: int, remarks: Remarks
) -> DraftCustomer:
    known = order.customer
    addresses = [
        item for item in (order.shipping_address, order.billing_address) if item
    ]
    names = [known.full_name if known else None]
    names += [address.full_name for address in addresses]
    phones = [known.phone if known else None, order.phone]
    phones += [address.phone for address in addresses]
    emails = (known.email if known else None, order.email, order.contact_email)
    return DraftCustomer(
        id=key(known.id) if known and known.id else None,
        email=email_of(emails, row=row, remarks=remarks),
        phone=phone_of(phones, market, row=row, remarks=remarks),
        name=next((name for name in names if name), None),
        locale=normalise_locale(order.customer_locale),
        created_at=known.created_at if known else None,
    )


def has_left(parcel: Fulfillment) -> bool:
    """Tell whether the units of a fulfillment are on their way."""
    if parcel.status in _CALLED_OFF:
        return False
    return parcel.status == "success" or bool(parcel.number)


def shipment(parcel: Fulfillment, *, row: int) -> DraftShipment:
    """Return the parcel of a fulfillment."""
    delivered = parcel.shipment_status == "delivered"
    return DraftShipment(
        id=key(parcel.id),
        order_id=key(parcel.order_id or ""),
        row=row,
        gone=has_left(parcel),
        carrier=parcel.tracking_company,
        tracking_number=parcel.number,
        tracking_url=parcel.url,
        shipped_at=parcel.created_at,
        estimated_delivery_on=_day(parcel),
        delivered_at=parcel.updated_at if delivered else None,
        lines=tuple(
            ParcelLine(
                line_id=key(line.id),
                sku=sku_of(line),
                title=line.name or line.title or "",
                quantity=line.quantity,
            )
            for line in parcel.line_items
        ),
    )


def _day(parcel: Fulfillment) -> date | None:
    expected = parcel.estimated_delivery_at
    return expected.astimezone(UTC).date() if expected else None


def read_fulfillment(raw: Any, *, row: int, remarks: Remarks) -> DraftShipment | None:
    """Return the parcel of a fulfillment object, or nothing after noting mistakes."""
    parcel = read_model(Fulfillment, raw, row=row, remarks=remarks)
    if parcel is None:
        return None
    if parcel.order_id is None:
        remarks.error(row, "order_id", None, "the id of the parcel's order")
        return None
    return shipment(parcel, row=row)


def sku_of(line: Item) -> str | None:
    """Return the line's SKU; a blank one is made of the variant's id."""
    return line.sku or (key(line.variant_id) if line.variant_id else None)


def _lines(order: Order, purse: Purse, *, row: int) -> tuple[DraftLine, ...] | None:
    if order.line_items is None:
        return None
    taxes = taxes_of(order, purse)
    return tuple(
        _line(order, line, purse, tax, where=f"line_items[{at}]", row=row)
        for at, (line, tax) in enumerate(zip(order.line_items, taxes, strict=True))
    )


def _line(
    order: Order, line: Line, purse: Purse, tax: int, *, where: str, row: int
) -> DraftLine:
    shipped, cancelled = _units(order, line)
    allocations = [share.amount for share in line.discount_allocations]
    discount = sum(allocations) if allocations else line.total_discount
    return DraftLine(
        id=key(line.id),
        row=row,
        sku=sku_of(line),
        title=line.name or line.title or "",
        quantity=line.quantity,
        shipped=shipped,
        cancelled=cancelled,
        unit_price_minor=purse.minor(line.price, f"{where}.price"),
        discount_minor=purse.minor(
            None if discount is None else Decimal(discount),
            f"{where}.discount_allocations",
        ),
        tax_minor=tax,
    )


def _units(order: Order, line: Line) -> tuple[int, int]:
    """Return the line's (shipped, cancelled) units; the rest is open."""
    gone: Counter[str] = Counter()
    packing: Counter[str] = Counter()
    for parcel in order.fulfillments or ():
        if parcel.status in _CALLED_OFF:
            continue
        pile = gone if has_left(parcel) else packing
        for item in parcel.line_items:
            pile[item.id] += item.quantity
    taken_back = sum(
        item.quantity
        for refund in order.refunds
        for item in refund.refund_line_items
        if item.line_item_id == line.id and item.restock_type != "return"
    )
    shipped = min(gone[line.id], line.quantity)
    if not order.fulfillments and line.fulfillment_status == "fulfilled":
        shipped = max(line.quantity - taken_back, 0)
    rest = line.quantity - shipped
    if order.cancelled_at is not None:
        return shipped, rest
    if order.financial_status == "refunded" and not order.refunds:
        return shipped, rest
    if line.fulfillable_quantity is not None:
        owed = line.fulfillable_quantity + packing[line.id]
        return shipped, max(rest - owed, 0)
    if line.current_quantity is not None:
        taken_back = max(taken_back, line.quantity - line.current_quantity)
    return shipped, min(taken_back, rest)
