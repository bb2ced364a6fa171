"""What was asked before: recorded proposals with the orders they were about."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby, takewhile
from typing import TYPE_CHECKING

from sqlalchemy import select

from flows.case import Backorder, BackorderState
from flows.plan import Kind
from flows.shop import Customer, Line, Order, Shelf
from flows.simulate import Asked, waiting_again
from store import shop
from store.documents import read_items
from store.orders import read_line
from store.shelf import load_shelf
from store.tables import backorders, decisions, offers

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Select

    from flows.case import OfferItem
    from store.columns import AnyRow


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store knows today about the orders that were asked about."""

    lines: dict[str, list[Line]]
    backorders: dict[str, AnyRow]
    #: Per order, the products that were sent instead of something.
    instead: dict[str, set[str]]


def asked_since(connection: Connection, since: datetime) -> list[Asked]:
    """Return what was proposed since, the oldest first."""
    rows = connection.execute(
        select(
            offers.c.kind,
            offers.c.terms,
            offers.c.proposed_at,
            shop.orders,
            shop.customers.c.customer_group,
            shop.customers.c.time_zone,
        )
        .join(shop.orders, shop.orders.c.id == offers.c.order_id)
        .outerjoin(shop.customers, shop.customers.c.id == shop.orders.c.customer_id)
        .where(offers.c.proposed_at > since)
        .order_by(offers.c.proposed_at.desc(), offers.c.order_id, offers.c.id)
    ).all()
    known = _known(connection, since)
    # A backorder knows how often its date slipped until today: counted back from here.
    later: Counter[str] = Counter()
    made = []
    for _, at_once in groupby(rows, lambda row: (row.proposed_at, row.id)):
        parts = [(row, read_items(row.terms)) for row in at_once]
        slipped = [items for row, items in parts if row.kind == Kind.DELAY]
        later.update(item.backorder_id for items in slipped for item in items)
        items = sorted((item for _, part in parts for item in part), key=_place)
        asked = _asked(parts[0][0], tuple(items), known, later)
        made.append(replace(asked, delayed=bool(slipped)))
    return made[::-1]


def shelf_around(connection: Connection, asked: Asked) -> Shelf:
    """Return today's shelf around what was asked and what was offered."""
    wanted = [backorder.sku for backorder in asked.backorders]
    ordered = [line.sku for line in asked.order.lines]
    offered = [choice.sku for item in asked.items for choice in item.choices]
    return load_shelf(
        connection,
        (),
        [sku for sku in wanted if sku],
        named=[sku for sku in (*ordered, *offered) if sku],
    )


def _place(item: OfferItem) -> int:
    """Return which of its order's backorders an item was: its codes begin with it."""
    digits = "".join(takewhile(str.isdecimal, item.recommended))
    return int(digits or 0)


def _known(connection: Connection, since: datetime) -> _Known:
    about = select(offers.c.order_id).where(offers.c.proposed_at > since)
    lines: dict[str, list[Line]] = {}
    for row in connection.execute(_lines_of(about)):
        lines.setdefault(row.order_id, []).append(read_line(row))
    waiting = connection.execute(
        select(backorders).where(backorders.c.order_id.in_(about))
    )
    instead: dict[str, set[str]] = {}
    sent = decisions.c.substitute_sku
    for order_id, sku in connection.execute(
        select(decisions.c.order_id, sent).where(
            decisions.c.order_id.in_(about), sent.is_not(None)
        )
    ):
        instead.setdefault(order_id, set()).add(sku)
    return _Known(lines, {row.id: row for row in waiting}, instead)


def _lines_of(order_ids: Select[tuple[str]]) -> Select[tuple[object, ...]]:
    return (
        select(shop.order_lines)
        .where(shop.order_lines.c.order_id.in_(order_ids))
        .order_by(shop.order_lines.c.id)
    )


def _asked(
    row: AnyRow, items: tuple[OfferItem, ...], known: _Known, later: Counter[str]
) -> Asked:
    lines = {line.id: line for line in known.lines.get(row.id, ())}
    about = tuple(_backorder(row, item, lines, known, later) for item in items)
    return Asked(
        delayed=False,
        items=items,
        order=_order(row, _then(lines, about, known.instead.get(row.id, set()))),
        backorders=about,
        customer=Customer(
            id=row.customer_id, group=row.customer_group, time_zone=row.time_zone
        ),
        at=row.proposed_at,
    )


def _backorder(
    row: AnyRow,
    item: OfferItem,
    lines: dict[str, Line],
    known: _Known,
    later: Counter[str],
) -> Backorder:
    found = known.backorders.get(item.backorder_id)
    line = lines.get(item.line_id)
    sku = found.sku if found else None
    return Backorder(
        id=item.backorder_id,
        order_id=row.id,
        line_id=item.line_id,
        sku=sku or (line.sku if line else None),
        quantity=item.quantity,
        state=BackorderState.NOTICED,
        found_at=found.found_at if found else row.proposed_at,
        slips=max(found.slips - later[item.backorder_id], 0) if found else 0,
    )


def _then(
    lines: dict[str, Line], about: tuple[Backorder, ...], instead: set[str]
) -> tuple[Line, ...]:
    """Return an order's lines as they were, without those that came of it."""
    waited: Counter[str] = Counter()
    for backorder in about:
        waited[backorder.line_id] += backorder.quantity
    skus = {backorder.line_id: backorder.sku for backorder in about}
    return tuple(
        waiting_again(line, skus[line.id], waited[line.id])
        if line.id in waited
        else line
        for line in lines.values()
        if line.id in waited or line.sku not in instead
    )


def _order(row: AnyRow, lines: tuple[Line, ...]) -> Order:
    return Order(
        id=row.id,
        number=row.number,
        customer_id=row.customer_id,
        placed_at=row.placed_at,
        currency=row.currency,
        market=row.market,
        needed_by=row.needed_by,
        lines=lines,
    )
