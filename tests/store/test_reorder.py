"""The shop's rows by blank: what sold, what is there, what comes, who delivers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from store import shop
from store.reorder import read_wares

from ..builders import (
    NOON,
    a_backordered_line,
    a_line,
    a_product,
    a_supply,
    an_order,
    some_stock,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from flows.reorder import History, Ware
    from store.engine import Store

DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")


def read(connection: Connection) -> tuple[History, dict[str, Ware]]:
    """Return what is read at noon, the wares by their code."""
    found = read_wares(connection, NOON, BERLIN, 8)
    assert found is not None
    return found[0], {one.ware.sku: one.ware for one in found[1]}


def test_prints_on_one_blank_are_one_ware(store: Store) -> None:
    """Two designs sell the same blank; stock, supplies and sources are its own."""
    with store.write() as connection:
        for sku, lead in (("CAT-TEE", 9), ("DOG-TEE", 12)):
            a_product(connection, sku, blank_sku="BLANK", lead_time_days=lead)
        some_stock(connection, "BLANK", 5)
        a_supply(connection, "BLANK", quantity=20, received=8)
        for rank, supplier in ((2, "Far"), (1, "Near")):
            connection.execute(
                insert(shop.sources).values(sku="BLANK", supplier=supplier, rank=rank)
            )
        order = an_order(connection, placed_at=NOON - DAY)
        a_line(connection, order, "CAT-TEE", quantity=2)
        a_backordered_line(connection, order, "DOG-TEE", quantity=3)
        _, wares = read(connection)

    (ware,) = wares.values()
    assert ware.sold == {(NOON - DAY).date(): 5}
    assert (ware.on_hand, ware.incoming, ware.waiting) == (3, 12, 3)
    assert [source.supplier for source in ware.sources] == ["Near", "Far"]
    assert ware.lead_time_days == 12


def test_what_was_cancelled_was_not_sold(store: Store) -> None:
    """A cancelled order and cancelled units are no demand; long ago is not lately."""
    with store.write() as connection:
        sku = a_product(connection)
        order = an_order(connection, placed_at=NOON - DAY)
        a_line(connection, order, sku, quantity=5, cancelled=4)
        called_off = an_order(connection, placed_at=NOON - DAY, status="cancelled")
        a_line(connection, called_off, sku, quantity=50)
        old = an_order(connection, placed_at=NOON - 100 * DAY)
        a_line(connection, old, a_product(connection, "OLD"), quantity=9)
        history, wares = read(connection)

    assert {code: sum(ware.sold.values()) for code, ware in wares.items()} == {sku: 1}
    assert history.since == (NOON - 100 * DAY).date()


def test_a_day_is_the_shops_day(store: Store) -> None:
    """What was ordered at half past eleven in London was ordered tomorrow in Berlin."""
    late = NOON.replace(hour=23, minute=30) - 2 * DAY
    with store.write() as connection:
        sku = a_product(connection)
        a_line(connection, an_order(connection, placed_at=late), sku)
        _, wares = read(connection)

    assert list(wares[sku].sold) == [(NOON - DAY).date()]


def test_a_shop_without_orders_has_nothing_to_go_by(store: Store) -> None:
    """Products and stock alone are no demand."""
    with store.write() as connection:
        some_stock(connection, a_product(connection), 5)
        assert read_wares(connection, NOON, BERLIN, 8) is None
