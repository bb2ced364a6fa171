"""Places on the waiting list as rows, and the waves that call who is next.

A wave is planned under the ware's lock: no more people are called than there are units
nobody has a better right to. Each is then asked by a turn of their own case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    bindparam,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    union_all,
    update,
)

from flows.waiting import OPEN, Waiting, WaitingState
from store import shop
from store.demand import waitlist
from store.shelf import free_units
from store.tables import backorders, case_changes, changes, holds, skus
from store.touched import FREED, blanks_of
from store.triggers import CHANNEL
from store.upsert import insert_new, put

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from flows.case import Case

_w = waitlist.c
_IN_LINE = _w.state == WaitingState.WAITING.value


def load_places(
    connection: Connection, case_id: int, since: datetime
) -> tuple[Waiting, ...]:
    """Return a case's open places, and ended ones that somebody may still press on."""
    rows = connection.execute(_PLACES, {"case": case_id, "since": since}).mappings()
    return tuple(
        Waiting(
            **{name: row[name] for name in _FIELDS}, state=WaitingState(row["state"])
        )
        for row in rows
    )


def save_places(connection: Connection, before: Case, after: Case) -> None:
    """Write the places that differ; where one begins or ends, a wave may follow."""
    if after.waiting == before.waiting:
        return
    known = {place.id: place for place in before.waiting}
    for place in after.waiting:
        if known.get(place.id) == place:
            continue
        blank = place.blank or next(iter(blanks_of(connection, [place.sku])))
        row: dict[str, Any] = {name: getattr(place, name) for name in _FIELDS}
        row |= {"state": place.state.value, "blank": blank, "case_id": after.id}
        row["customer_id"] = after.customer.id if after.customer else ""
        put(connection, waitlist, row)
        if place.id not in known or not place.open:
            _note(connection, [blank])


def note_freed(connection: Connection, offer_id: str) -> None:
    """Note that what an offer holds is about to be let go, if somebody waits for it."""
    freed = connection.scalars(_FREED, {"offer": offer_id}).all()
    if freed:
        _note(connection, freed)


def call_next(connection: Connection, blanks: Iterable[str]) -> set[str]:
    """Call who is next for what is free of these blanks; return their customers.

    A place that wants more than is left waits for more; those behind it are not kept
    from what there is. Nobody is called for units that backordered lines wait for.
    """
    wanted = list(connection.scalars(_WANTED, {"blanks": sorted(blanks)}))
    for blank in wanted:
        insert_new(connection, skus, {"sku": blank})
        connection.execute(_LOCK, {"blank": blank})
    if not wanted:
        return set()
    free = free_units(connection, wanted)
    queue = queued_units(connection, wanted)
    called = dict(connection.execute(_CALLED, {"blanks": wanted}).all())
    picked: list[str] = []
    for blank in wanted:
        left = free.get(blank, 0) - queue.get(blank, 0) - int(called.get(blank, 0))
        places = connection.execute(_NEXT, {"blank": blank}) if left > 0 else ()
        for place in places:
            if place.quantity <= left:
                left -= place.quantity
                picked.append(place.id)
            if left == 0:
                break
    return _call(connection, picked)


def queued_units(connection: Connection, blanks: Iterable[str]) -> dict[str, int]:
    """Return per blank the units that lines of open orders wait for.

    What was decided to be cancelled or replaced no longer waits.
    """
    rows = connection.execute(_QUEUED, {"blanks": list(blanks)})
    return {row.blank: max(int(row.units), 0) for row in rows}


def queue_called(connection: Connection) -> None:
    """Queue a turn for everybody who was called and not asked yet."""
    called = select(_w.customer_id).where(_IN_LINE, _w.called).distinct()
    _queue(connection, connection.scalars(called).all())


def _call(connection: Connection, picked: list[str]) -> set[str]:
    """Mark places as called; one that its own case is just changing is left alone."""
    free = select(_w.id).where(_w.id.in_(picked)).with_for_update(skip_locked=True)
    ids = list(connection.scalars(free))
    calling = (
        update(waitlist)
        .where(_w.id.in_(ids), _IN_LINE, _w.called == false())
        .values(called=True)
        .returning(_w.customer_id)
    )
    return set(connection.scalars(calling)) if ids else set()


def _queue(connection: Connection, customers: Iterable[str]) -> None:
    rows = [{"customer_id": one, "cause": FREED} for one in customers]
    if rows:
        connection.execute(insert(case_changes), rows)


def _note(connection: Connection, blanks: Iterable[str]) -> None:
    rows = [{"relation": FREED, "row_key": blank} for blank in blanks]
    connection.execute(insert(changes), rows)
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_notify(CHANNEL, "")))


_FIELDS = tuple(name for name in Waiting.__slots__ if name != "state")
_PLACES = (
    select(waitlist)
    .where(
        _w.case_id == bindparam("case"),
        or_(_w.state.in_(sorted(OPEN)), _w.joined_at > bindparam("since")),
    )
    .order_by(_w.joined_at, _w.id)
)
_FREED = (
    select(holds.c.sku)
    .where(
        holds.c.offer_id == bindparam("offer"),
        holds.c.sku.in_(select(_w.blank).where(_IN_LINE)),
    )
    .distinct()
)
_blanks: Any = bindparam("blanks", expanding=True)
_WANTED = (
    select(_w.blank)
    .where(_IN_LINE, _w.called == false(), _w.blank.in_(_blanks))
    .distinct()
    .order_by(_w.blank)
)
_LOCK = select(skus.c.sku).where(skus.c.sku == bindparam("blank")).with_for_update()
_CALLED = (
    select(_w.blank, func.sum(_w.quantity))
    .where(_IN_LINE, _w.called == true(), _w.blank.in_(_blanks))
    .group_by(_w.blank)
)
#: Only for what is still sold.
_NEXT = (
    select(_w.id, _w.quantity)
    .join(shop.products, shop.products.c.sku == _w.sku)
    .where(
        _IN_LINE,
        _w.called == false(),
        _w.blank == bindparam("blank"),
        shop.products.c.active == true(),
    )
    .order_by(_w.since, _w.joined_at, _w.id)
)
_blank = func.coalesce(shop.products.c.blank_sku, shop.products.c.sku)
_made_on = select(shop.products.c.sku).where(shop.products.c.blank_sku.in_(_blanks))
_lines, _orders = shop.order_lines, shop.orders
_units = union_all(
    select(
        func.coalesce(_blank, _lines.c.sku).label("blank"),
        _lines.c.backordered.label("units"),
    )
    .join(_orders, _orders.c.id == _lines.c.order_id)
    .outerjoin(shop.products, shop.products.c.sku == _lines.c.sku)
    .where(
        _orders.c.status == "open",
        _lines.c.backordered > literal(0),
        or_(_lines.c.sku.in_(_blanks), _lines.c.sku.in_(_made_on)),
    ),
    select(func.coalesce(_blank, backorders.c.sku), -backorders.c.quantity)
    .join(_lines, _lines.c.id == backorders.c.line_id)
    .join(_orders, _orders.c.id == _lines.c.order_id)
    .outerjoin(shop.products, shop.products.c.sku == backorders.c.sku)
    .where(
        _orders.c.status == "open",
        _lines.c.backordered > literal(0),
        backorders.c.closed_at.is_(None),
        backorders.c.state.in_(("cancelled", "substituted")),
        or_(backorders.c.sku.in_(_blanks), backorders.c.sku.in_(_made_on)),
    ),
).subquery()
_QUEUED = select(_units.c.blank, func.sum(_units.c.units).label("units")).group_by(
    _units.c.blank
)
