"""What waited is on its way at last: told once a parcel, as was promised."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.case import BackorderState
from flows.effects import Button
from flows.shipping import Part

if TYPE_CHECKING:
    from datetime import datetime

    from flows.draft import Draft
    from flows.shop import Order, Shipment
    from flows.wording import Rows

#: Parcels a case remembers to have told of.
_REMEMBERED = 20


def tell_parcels(draft: Draft) -> None:
    """Tell who waited that their parcel has left; others are not our matter."""
    for order in draft.case.orders:
        since = _waited_since(draft, order)
        for parcel in order.shipments if since is not None else ():
            new = parcel.id not in draft.case.memory.shipped
            if new and parcel.shipped_at and since and parcel.shipped_at >= since:
                _tell(draft, order, parcel)


def _waited_since(draft: Draft, order: Order) -> datetime | None:
    """Return since when the customer knows that something in an order waits."""
    told = [
        backorder.found_at
        for backorder in draft.case.backorders
        if backorder.order_id == order.id
        and backorder.state is not BackorderState.BASELINE
        and backorder.told is not None
    ]
    return min(told, default=None)


def _tell(draft: Draft, order: Order, parcel: Shipment) -> None:
    memory = draft.case.memory
    shipped = (*memory.shipped, parcel.id)[-_REMEMBERED:]
    draft.case = replace(draft.case, memory=replace(memory, shipped=shipped))
    goods = [
        Part(title=draft.named(line).title, units=units, of=line.quantity)
        for line_id, units in parcel.lines
        if (line := order.line(line_id))
    ]
    if goods:
        draft.push(
            "shipped", _rows(draft, parcel), order=order, parcel=parcel, goods=goods
        )


def _rows(draft: Draft, parcel: Shipment) -> Rows:
    track = Button(label=draft.words().label("track"), url=parcel.tracking_url)
    first = ((track,),) if parcel.tracking_url else ()
    return (*first, *draft.menu("person"))
