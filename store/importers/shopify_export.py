"""Shopify's "Export orders" CSV into drafts.

An order is several rows with one Name; the order's own fields stand on the first
row only. Lines have no ids there: they are numbered in the file's order, and
``adopt`` gives them the id of the same line when the API told it before.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from flows.money import split
from store.importers.contact import normalise_country, postcode
from store.importers.draft import DraftCustomer, DraftLine, DraftOrder
from store.importers.fields import (
    Amount,
    Count,
    MaybeAmount,
    MaybeInstant,
    Platform,
    Purse,
    Text,
    read_model,
)
from store.importers.money import is_currency
from store.importers.people import email_of, phone_of
from store.importers.shopify import payment_of
from store.importers.shopify_id import PREFIX, key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from store.importers.report import Remarks

#: What a header must have to be this export.
SIGNATURE = frozenset({"Name", "Lineitem name", "Lineitem quantity", "Lineitem price"})


class ExportRow(Platform):
    """One row of the export; the order's fields are blank on all but the first."""

    name: Annotated[str, Field(alias="Name", min_length=1)]
    id: Annotated[Text, Field(alias="Id")] = None
    email: Annotated[Text, Field(alias="Email")] = None
    phone: Annotated[Text, Field(alias="Phone")] = None
    currency: Annotated[Text, Field(alias="Currency")] = None
    created_at: Annotated[MaybeInstant, Field(alias="Created at")] = None
    cancelled_at: Annotated[MaybeInstant, Field(alias="Cancelled at")] = None
    payment: Annotated[Text, Field(alias="Financial Status")] = None
    fulfillment: Annotated[Text, Field(alias="Fulfillment Status")] = None
    subtotal: Annotated[MaybeAmount, Field(alias="Subtotal")] = None
    shipping: Annotated[MaybeAmount, Field(alias="Shipping")] = None
    taxes: Annotated[MaybeAmount, Field(alias="Taxes")] = None
    total: Annotated[MaybeAmount, Field(alias="Total")] = None
    discount: Annotated[MaybeAmount, Field(alias="Discount Amount")] = None
    refunded: Annotated[MaybeAmount, Field(alias="Refunded Amount")] = None
    shipping_name: Annotated[Text, Field(alias="Shipping Name")] = None
    shipping_zip: Annotated[Text, Field(alias="Shipping Zip")] = None
    shipping_country: Annotated[Text, Field(alias="Shipping Country")] = None
    shipping_phone: Annotated[Text, Field(alias="Shipping Phone")] = None
    billing_name: Annotated[Text, Field(alias="Billing Name")] = None
    billing_zip: Annotated[Text, Field(alias="Billing Zip")] = None
    billing_country: Annotated[Text, Field(alias="Billing Country")] = None
    billing_phone: Annotated[Text, Field(alias="Billing Phone")] = None


class ExportLine(Platform):
    """The line on a row."""

    title: Annotated[str, Field(alias="Lineitem name")]
    sku: Annotated[Text, Field(alias="Lineitem sku")] = None
    quantity: Annotated[Count, Field(alias="Lineitem quantity")]
    price: Annotated[Amount, Field(alias="Lineitem price")]
    discount: Annotated[MaybeAmount, Field(alias="Lineitem discount")] = None
    fulfillment: Annotated[Text, Field(alias="Lineitem fulfillment status")] = None


def read_export(
    records: Iterable[tuple[int, dict[str, str]]], remarks: Remarks
) -> Iterator[DraftOrder]:
    """Yield the orders of the export, one after the other, noting bad cells."""
    for _, group in groupby(records, key=lambda record: record[1].get("Name", "")):
        order = _order(list(group), remarks)
        if order is not None:
            yield order


def _order(
    group: list[tuple[int, dict[str, str]]], remarks: Remarks
) -> DraftOrder | None:
    row, cells = group[0]
    head = read_model(ExportRow, cells, row=row, remarks=remarks)
    lines = _lines(group, remarks)
    if head is None or lines is None:
        return None
    if not is_currency(head.currency) or head.currency is None:
        expected = "an ISO 4217 currency code on the first row of each order"
        remarks.error(row, "Currency", head.currency, expected)
        return None
    if head.created_at is None:
        remarks.error(row, "Created at", None, "a date and time with its UTC offset")
        return None
    purse = Purse(head.currency, row=row, remarks=remarks)
    market = _market(head, row=row, remarks=remarks)
    number = head.name.removeprefix("#")
    order_id = key(head.id or f"#{number}")
    phones = (head.phone, head.shipping_phone, head.billing_phone)
    return DraftOrder(
        id=order_id,
        platform=PREFIX,
        number=number,
        row=row,
        customer=DraftCustomer(
            email=email_of([head.email], row=row, remarks=remarks),
            phone=phone_of(phones, market, row=row, remarks=remarks),
            name=head.shipping_name or head.billing_name,
        ),
        placed_at=head.created_at,
        currency=head.currency,
        market=market,
        postcode=postcode(head.shipping_zip or head.billing_zip),
        shipping_minor=purse.minor(head.shipping, "Shipping"),
        discount_minor=purse.minor(head.discount, "Discount Amount"),
        payment_status=payment_of(head.payment, row=row, remarks=remarks),
        cancelled=head.cancelled_at is not None,
        fulfilled=head.fulfillment == "fulfilled",
        lines=_drafts(head, lines, order_id, purse, remarks),
        refunded_minor=purse.minor(head.refunded, "Refunded Amount"),
    )


def _market(head: ExportRow, *, row: int, remarks: Remarks) -> str | None:
    told = head.shipping_country or head.billing_country
    market = normalise_country(told)
    if told and market is None:
        remarks.warn(row, "Shipping Country", told, "an ISO country code")
    return market


def _lines(
    group: list[tuple[int, dict[str, str]]], remarks: Remarks
) -> list[tuple[int, ExportLine]] | None:
    lines: list[tuple[int, ExportLine]] = []
    whole = True
    for at, (row, cells) in enumerate(group):
        if at and not any(cells.get(name) for name in SIGNATURE - {"Name"}):
            continue  # A row that carries only further payment references.
        line = read_model(ExportLine, cells, row=row, remarks=remarks)
        if line is None:
            whole = False
        else:
            lines.append((row, line))
    return lines if whole else None


def _drafts(
    head: ExportRow,
    lines: list[tuple[int, ExportLine]],
    order_id: str,
    purse: Purse,
    remarks: Remarks,
) -> tuple[DraftLine, ...]:
    prices = [purse.minor(line.price, "Lineitem price", row) for row, line in lines]
    weights = [
        price * line.quantity for price, (_, line) in zip(prices, lines, strict=True)
    ]
    tax = purse.minor(head.taxes, "Taxes") if _taxes_on_top(head) else 0
    taxes = split(tax, weights)
    drafts: list[DraftLine] = []
    for at, (row, line) in enumerate(lines):
        shipped, cancelled = _units(head, line, row=row, remarks=remarks)
        drafts.append(
            DraftLine(
                id=f"{order_id}:{at + 1}",
                row=row,
                sku=line.sku,
                title=line.title,
                quantity=line.quantity,
                shipped=shipped,
                cancelled=cancelled,
                unit_price_minor=prices[at],
                discount_minor=purse.minor(line.discount, "Lineitem discount", row),
                tax_minor=taxes[at],
            )
        )
    return tuple(drafts)


def _taxes_on_top(head: ExportRow) -> bool:
    """Tell whether the total is higher for the tax; the export has no word for it."""
    parts = (head.subtotal, head.shipping, head.taxes)
    sum_ = sum((part for part in parts if part is not None), start=Decimal(0))
    return head.total is not None and sum_ == head.total


def _units(
    head: ExportRow, line: ExportLine, *, row: int, remarks: Remarks
) -> tuple[int, int]:
    """Return the line's (shipped, cancelled) units; the rest is open."""
    done = line.fulfillment == "fulfilled" or (
        head.fulfillment == "fulfilled" and line.fulfillment is None
    )
    if done:
        return line.quantity, 0
    over = (
        head.cancelled_at is not None
        or head.payment == "refunded"
        or head.fulfillment == "restocked"
    )
    if line.fulfillment == "partial" and not over:
        remarks.warn(
            row,
            "Lineitem fulfillment status",
            "partial",
            "pending or fulfilled: the export does not say how many left; all are"
            " taken as open until the order comes as JSON",
        )
    return 0, line.quantity if over else 0


def header_matches(header: Iterable[Any]) -> bool:
    """Tell whether this header is the export's."""
    return frozenset(header) >= SIGNATURE
