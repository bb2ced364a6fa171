"""What Shopify's lines were taxed and what was paid back for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.money import split
from store.importers.draft import DraftRefund
from store.importers.shopify_id import key

if TYPE_CHECKING:
    from store.importers.fields import Purse
    from store.importers.shopify_models import Order


def taxes_of(order: Order, purse: Purse) -> list[int]:
    """Return each line's tax on top; old orders tell only the sum, it is shared out."""
    lines = order.line_items or ()
    if order.taxes_included:
        return [0] * len(lines)
    told = [
        sum(
            purse.minor(tax.price, f"line_items[{at}].tax_lines")
            for tax in line.tax_lines
        )
        for at, line in enumerate(lines)
    ]
    if any(told):
        return told
    weights = [int(line.price * line.quantity * 1000) for line in lines]
    return split(purse.minor(order.total_tax, "total_tax"), weights)


def refunds_of(order: Order, purse: Purse) -> tuple[DraftRefund, ...]:
    """Return each refund by line; what was paid back beyond the lines has no line."""
    drafts: list[DraftRefund] = []
    for refund in order.refunds:
        paid = sum(
            purse.minor(payment.amount, "refunds.transactions.amount")
            for payment in refund.transactions
            if payment.kind == "refund" and payment.status in {None, "success"}
        )
        rest = paid
        for item in refund.refund_line_items:
            worth = purse.minor(item.subtotal, "refunds.refund_line_items.subtotal")
            if not order.taxes_included:
                worth += purse.minor(
                    item.total_tax, "refunds.refund_line_items.total_tax"
                )
            amount = min(worth, rest)
            if amount <= 0:
                continue  # Removed before it was paid: nothing went back.
            rest -= amount
            drafts.append(
                DraftRefund(
                    id=key(f"{refund.id}:{item.line_item_id}"),
                    line_id=key(item.line_item_id),
                    amount_minor=amount,
                    reference=refund.note,
                    created_at=refund.created_at,
                )
            )
        if rest > 0:
            drafts.append(
                DraftRefund(
                    id=key(refund.id),
                    line_id=None,
                    amount_minor=rest,
                    reference=refund.note,
                    created_at=refund.created_at,
                )
            )
    return tuple(drafts)
