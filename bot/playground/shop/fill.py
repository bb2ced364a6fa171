"""Fills an empty store with Northprint, the shop the playground plays in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert

from bot.playground.shop.catalogue import catalogue
from bot.playground.shop.orders import (
    allocated_units,
    customer_rows,
    line_id,
    order_id,
    order_rows,
)
from bot.playground.shop.stock import product_rows, stock_rows, supply_rows
from store import shop

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """An order line that the story has something happen to.

    ``supply_id`` is what will fill it again; None where nothing comes.
    """

    customer_id: str
    order_id: str
    number: str
    line_id: str
    sku: str
    stock_sku: str
    supply_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoShop:
    """The ids by which the story, the page and the tests find their way."""

    name: str
    customer_ids: tuple[str, ...]
    #: Anna's hoodie; her mug in the same order is ready and waits for it.
    story: StoryLine
    mug_line_id: str
    #: The closest product for the story's hoodie: same size, print and price.
    closest_sku: str
    #: Markets where silence may not choose another product.
    in_us: StoryLine
    in_eu: StoryLine
    #: Nothing like it and nothing coming: the line will be cancelled (case 3).
    hopeless: StoryLine
    #: Nothing like it but more within 14 days of the order: it waits (case 2).
    restocked: StoryLine


def fill(connection: Connection, *, now: datetime, picture_base: str) -> DemoShop:
    """Fill the shop's tables with Northprint as it stands at ``now``.

    The same ``now`` gives the same rows. ``picture_base`` is the address under
    which the pictures are served, without a slash at its end. The caller owns
    the transaction; the tables are expected to be empty.
    """
    now = now.replace(second=0, microsecond=0)
    orders = order_rows(now)
    lines = next(rows for table, rows in orders if table is shop.order_lines)
    shelves = stock_rows(allocated_units(lines), now)
    customers = customer_rows(now)
    for table, rows in (
        (shop.customers, customers),
        (shop.products, product_rows(picture_base)),
        (shop.stock, shelves),
        *supply_rows(now),
        *orders,
    ):
        connection.execute(insert(table), rows)
    return _demo_shop(tuple(row["id"] for row in customers))


def _demo_shop(customer_ids: tuple[str, ...]) -> DemoShop:
    return DemoShop(
        name="Northprint",
        customer_ids=customer_ids,
        story=_line(
            "anna", "1042", 2, "HOODIE-FJORD-BLACK-L", supply="supply-hoodie-black-l"
        ),
        mug_line_id=line_id("1042", 1),
        closest_sku="HOODIE-FJORD-CHARCOAL-L",
        in_us=_line(
            "emily",
            "1043",
            1,
            "HOODIE-LIGHTHOUSE-FOREST-L",
            supply="supply-hoodie-forest-l",
        ),
        in_eu=_line(
            "jonas", "1044", 1, "TSHIRT-FJORD-BLACK-L", supply="supply-tshirt-black-l"
        ),
        hopeless=_line("ingrid", "1040", 1, "BLANKET-HERON-SAGE", supply=None),
        restocked=_line(
            "tomasz",
            "1041",
            1,
            "UMBRELLA-LIGHTHOUSE-NAVY",
            supply="supply-umbrella-navy",
        ),
    )


def _line(
    customer: str, number: str, position: int, sku: str, *, supply: str | None
) -> StoryLine:
    return StoryLine(
        customer_id=customer,
        order_id=order_id(number),
        number=number,
        line_id=line_id(number, position),
        sku=sku,
        stock_sku=catalogue()[sku].stock_sku,
        supply_id=supply,
    )
