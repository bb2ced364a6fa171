"""WooCommerce's REST v3 JSON: orders into drafts, products into rows.

WooCommerce has no parcels of its own and tells no line of a refund: a completed
order has left as a whole, a partial refund of an open order leaves its lines as
they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from store.importers.contact import normalise_country, postcode
from store.importers.draft import (
    DraftCustomer,
    DraftLine,
    DraftOrder,
    DraftRefund,
)
from store.importers.fields import Purse, read_model
from store.importers.money import is_currency, to_minor_rounded
from store.importers.options import read_options
from store.importers.people import email_of, phone_of
from store.importers.stock_rows import Level, total_level
from store.importers.woo_models import Line, Order, Product

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store.importers.report import Remarks

PREFIX = "woo"

_CALLED_OFF = frozenset({"cancelled", "failed", "trash", "refunded"})
_UNFINISHED = frozenset({"checkout-draft", "auto-draft"})


def key(id_: str | int) -> str:
    """Return the store's id of a WooCommerce id."""
    return f"{PREFIX}:{id_}"


def read_order(raw: Any, *, row: int, remarks: Remarks) -> DraftOrder | None:
    """Return the order of a REST object; carts and mistakes are noted instead."""
    order = read_model(Order, raw, row=row, remarks=remarks)
    if order is None:
        return None
    if order.status in _UNFINISHED:
        remarks.warn(row, "status", order.status, "an order that was placed")
        return None
    if not is_currency(order.currency):
        remarks.error(row, "currency", order.currency, "an ISO 4217 currency code")
        return None
    purse = Purse(order.currency, row=row, remarks=remarks)
    country = order.shipping.country or order.billing.country
    market = normalise_country(country)
    return DraftOrder(
        id=key(order.id),
        platform=PREFIX,
        number=(order.number or order.id).removeprefix("#"),
        row=row,
        customer=_customer(order, market, row=row, remarks=remarks),
        placed_at=order.date_created_gmt,
        currency=order.currency,
        market=market,
        postcode=postcode(order.shipping.postcode or order.billing.postcode),
        shipping_minor=purse.minor(order.shipping_total, "shipping_total"),
        discount_minor=purse.minor(order.discount_total, "discount_total"),
        payment_status=_payment(order),
        cancelled=order.status in _CALLED_OFF,
        fulfilled=order.status == "completed",
        lines=tuple(_line(order, line, row=row) for line in order.line_items),
        refunds=tuple(
            DraftRefund(
                id=key(refund.id),
                line_id=None,
                amount_minor=abs(purse.minor(refund.total, f"refunds[{at}].total")),
                reference=refund.reason,
            )
            for at, refund in enumerate(order.refunds)
        ),
    )


def _payment(order: Order) -> str:
    if order.status == "refunded":
        return "refunded"
    if order.date_paid_gmt is not None or order.status == "completed":
        return "captured"
    return "none"


def _customer(
    order: Order, market: str | None, *, row: int, remarks: Remarks
) -> DraftCustomer:
    phones = (order.billing.phone, order.shipping.phone)
    return DraftCustomer(
        id=key(order.customer_id) if order.customer_id else None,
        email=email_of([order.billing.email], row=row, remarks=remarks),
        phone=phone_of(phones, market, row=row, remarks=remarks),
        name=order.billing.full_name or order.shipping.full_name,
    )


def _line(order: Order, line: Line, *, row: int) -> DraftLine:
    # The unit price is rounded up, so that the discount that makes up for it is
    # never below zero and quantity * price - discount is exactly what was paid.
    total = to_minor_rounded(line.total, order.currency)
    subtotal = to_minor_rounded(line.subtotal, order.currency)
    unit = -(-subtotal // line.quantity) if line.quantity else 0
    tax = to_minor_rounded(line.total_tax, order.currency) if line.total_tax else 0
    called_off = order.status in _CALLED_OFF
    return DraftLine(
        id=key(line.id),
        row=row,
        sku=line.sku or _own_sku(line.variation_id or line.product_id),
        title=line.name or "",
        quantity=line.quantity,
        shipped=line.quantity if order.status == "completed" else 0,
        cancelled=line.quantity if called_off else 0,
        backordered=_backordered(line),
        unit_price_minor=unit,
        discount_minor=max(unit * line.quantity - total, 0),
        tax_minor=tax,
    )


def _own_sku(product_id: int) -> str | None:
    return key(product_id) if product_id else None


def _backordered(line: Line) -> int | None:
    """Return the units WooCommerce itself noted as backordered when it was bought."""
    for meta in line.meta_data:
        if meta.key in {"Backordered", "_backordered"} and str(meta.value).isdecimal():
            return min(int(str(meta.value)), line.quantity)
    return None


def read_product(
    raw: Any, *, row: int, remarks: Remarks, currency: str | None
) -> tuple[dict[str, Any] | None, Level | None]:
    """Return the row of a REST product or variation, and the stock it tells.

    A variable product is not sold itself: its row is inactive and holds what its
    variations have in common. Prices without a known currency have two decimals.
    """
    product = read_model(Product, raw, row=row, remarks=remarks)
    if product is None:
        return None, None
    sku = product.sku or key(product.id)
    pairs = [
        (item.name or item.slug or "", item.option or _only(item.options))
        for item in product.attributes
    ]
    read = read_options(pairs)
    attributes: dict[str, Any] = {"woo_product_id": product.id}
    if others := read.pop("options", None):
        attributes["options"] = others
    image = product.image or next(iter(product.images), None)
    told = {
        "title": product.name,
        "category": next((item.name for item in product.categories), None),
        "brand": next((item.name for item in product.brands), None),
        "image_url": image.src if image else None,
        "currency": currency,
        "price_minor": None
        if product.price is None
        else to_minor_rounded(product.price, currency),
    }
    sold = product.type != "variable" and product.status in {None, "publish"}
    values = {
        "sku": sku,
        "family": key(product.parent or product.id),
        "active": sold,
        "attributes": attributes,
        **read,
        **{name: value for name, value in told.items() if value is not None},
    }
    managed = product.manage_stock is True and product.stock_quantity is not None
    level = total_level(sku, key(""), product.stock_quantity or 0) if managed else None
    return values, level


def _only(options: Sequence[str]) -> str:
    """Return the one option there is: several are a choice, not a property."""
    return options[0] if len(options) == 1 else ""
