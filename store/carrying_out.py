"""Does in the shop's relations what a decision says, where no order backend does.

Only for shops that were imported. Units move between the parts of a line, so that
quantity = allocated + shipped + cancelled + backordered stays true; rows made here
are named after their decision, so that nothing is made twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from flows.money import swap
from store import shop
from store.orders import read_line
from store.shelf import free_units
from store.tables import holds, skus

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Table

    from store.columns import AnyRow


class ShopMovedOn(Exception):
    """The shop's numbers no longer allow a decision; the text says what to do."""

    def __init__(self, decision_id: int, what: str) -> None:
        super().__init__(
            f"decision {decision_id}: {what}; a colleague is asked by "
            f"`backorder-bot decisions reject {decision_id} --reason WHY`"
        )
        self.decision_id = decision_id


def carry_out(connection: Connection, decision: AnyRow, now: datetime) -> None:
    """Change the shop's relations as a row of ``bot_decisions`` says.

    Raises:
        ShopMovedOn: The order or its line is not as it was when this was decided;
            the caller has to roll back.
    """
    match decision.kind:
        case "cancel_refund":
            _cancel(connection, decision)
            _refund(connection, decision, now)
        case "substitute":
            if not _made(connection, shop.order_lines, decision):
                _cancel(connection, decision)
                _send_instead(connection, decision)
            _refund(connection, decision, now)
        case "split_shipment":
            connection.execute(
                update(shop.orders)
                .where(shop.orders.c.id == decision.order_id)
                .values(shipping_policy="as_ready")
            )


def _cancel(connection: Connection, decision: AnyRow) -> None:
    lines = shop.order_lines.c
    # Without a backorder the customer gave up units that lay ready.
    taken = lines.backordered if decision.backorder_id else lines.allocated
    changed = connection.execute(
        update(shop.order_lines)
        .where(lines.id == decision.line_id, taken >= decision.quantity)
        .values(
            {
                taken: taken - decision.quantity,
                lines.cancelled: lines.cancelled + decision.quantity,
            }
        )
    )
    if not changed.rowcount:
        what = "waits for" if decision.backorder_id else "has"
        raise ShopMovedOn(
            decision.id,
            f"line {decision.line_id} no longer {what} {decision.quantity}",
        )


def _refund(connection: Connection, decision: AnyRow, now: datetime) -> None:
    if not decision.refund_minor or _made(connection, shop.refunds, decision):
        return
    connection.execute(
        insert(shop.refunds).values(
            id=_row_id(decision),
            order_id=decision.order_id,
            line_id=decision.line_id,
            amount_minor=decision.refund_minor,
            currency=decision.currency,
            created_at=now,
        )
    )


def _send_instead(connection: Connection, decision: AnyRow) -> None:
    sku = decision.substitute_sku
    product = connection.execute(
        select(shop.products.c.title, shop.products.c.blank_sku).where(
            shop.products.c.sku == sku
        )
    ).first()
    if product is None:
        raise ShopMovedOn(decision.id, f"there is no product {sku} to send instead")
    line = connection.execute(
        select(shop.order_lines).where(shop.order_lines.c.id == decision.line_id)
    ).one()
    ready = _ready(connection, decision, product.blank_sku or sku)
    price = decision.price_minor
    price = line.unit_price_minor if price is None else price
    terms = swap(read_line(line), decision.quantity, price)
    connection.execute(
        insert(shop.order_lines).values(
            id=_row_id(decision),
            order_id=line.order_id,
            sku=sku,
            title=product.title,
            kind=line.kind,
            quantity=decision.quantity,
            allocated=ready,
            backordered=decision.quantity - ready,
            unit_price_minor=price,
            discount_minor=terms.discount_minor,
            tax_minor=terms.tax_minor,
        )
    )


def _ready(connection: Connection, decision: AnyRow, blank: str) -> int:
    """Return how many units can be given at once, those kept for it among them.

    What the offer held for this becomes what the new line has: counted as both, it
    would be missing for the next. The lock is the one under which holds are made,
    taken after their rows as in a turn; the offer that led here made its row.
    """
    connection.execute(
        delete(holds).where(
            holds.c.offer_id == decision.offer_id,
            holds.c.backorder_id == decision.backorder_id,
            holds.c.sku == blank,
        )
    )
    connection.execute(select(skus.c.sku).where(skus.c.sku == blank).with_for_update())
    free = free_units(connection, [blank]).get(blank, 0)
    return max(0, min(int(decision.quantity), free))


def _made(connection: Connection, table: Table, decision: AnyRow) -> bool:
    asked = select(func.count()).where(table.c.id == _row_id(decision))
    return bool(connection.scalar(asked))


def _row_id(decision: AnyRow) -> str:
    return f"decision:{decision.id}"
