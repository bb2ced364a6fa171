"""Soft holds: units kept for a running offer, checked last and under the SKU's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String, bindparam, delete, insert, or_, select

from store.shelf import free_units
from store.tables import holds, skus
from store.upsert import insert_new
from store.waitlist import note_freed

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from flows.effects import HoldUnits, ReleaseHolds


class NothingFreeError(Exception):
    """Somebody else was given the units meanwhile; decide again without them."""

    def __init__(self, sku: str) -> None:
        super().__init__(f"not enough of {sku} is free any more")
        self.sku = sku


def hold_units(
    connection: Connection, case_id: int, wanted: HoldUnits, now: datetime
) -> None:
    """Keep units for an offer; the SKU's row stays locked until the transaction ends.

    Raises:
        NothingFreeError: When fewer units are free than wanted.
    """
    lock_sku(connection, wanted.sku)
    if free_units(connection, [wanted.sku]).get(wanted.sku, 0) < wanted.quantity:
        raise NothingFreeError(wanted.sku)
    connection.execute(
        _HOLD,
        {
            "case_id": case_id,
            "sku": wanted.sku,
            "quantity": wanted.quantity,
            "offer_id": wanted.offer_id,
            "backorder_id": wanted.backorder_id,
            "held_at": now,
        },
    )


def lock_sku(connection: Connection, sku: str) -> None:
    """Lock a SKU's row until the transaction ends; several of them ascending."""
    if connection.scalar(_LOCK, {"wanted": sku}) is None:
        insert_new(connection, skus, {"sku": sku})
        connection.execute(_LOCK, {"wanted": sku})


def release_holds(connection: Connection, freed: ReleaseHolds) -> None:
    """Give units back, and note that there are some for whoever waits in line."""
    note_freed(connection, freed.offer_id)
    about = {"offer": freed.offer_id, "backorder": freed.backorder_id}
    connection.execute(_RELEASE, about)


_LOCK = select(skus.c.sku).where(skus.c.sku == bindparam("wanted")).with_for_update()
_HOLD = insert(holds)
_of = bindparam("backorder", type_=String)
_RELEASE = delete(holds).where(
    holds.c.offer_id == bindparam("offer"),
    or_(_of == "", holds.c.backorder_id == _of),
)
