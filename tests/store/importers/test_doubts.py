"""What can be taken and is hardly meant: a warning with its place, never a refusal."""

from datetime import UTC, datetime, timedelta

import pytest

from store.importers import Report
from store.shop import orders, products

from .desk import Desk
from .platforms import shopify_line, shopify_order
from .test_plain_csv import CUSTOMERS, ORDERS

PLACED = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def told(report: Report) -> list[str]:
    """Return the warnings, all of a file that was taken."""
    assert report.ok, report.lines()
    return [str(one) for file in report.files for one in file.problems]


def test_two_rows_with_one_key(desk: Desk) -> None:
    """However far apart they stand; the last one counts, and that is said."""
    between = "".join(f"S{n},x\n" for n in range(500))
    report = desk.take(products__csv=f"sku,title\nM,Mug\n{between}M,Cup\n")

    expected = "a key that no row has twice; row 2 is replaced by this"
    assert told(report) == [
        f"warning: products.csv, row 503, column sku: 'M': expected {expected}"
    ]
    assert desk.row(products, sku="M")["title"] == "Cup"


def test_a_key_of_two_columns_is_one_key(desk: Desk) -> None:
    """A ware may lie in two places."""
    desk.take(products__csv="sku,title\nM,Mug\n")
    rows = "sku,location,on_hand\nM,main,3\nM,shop,3\n"
    assert told(desk.take(stock__csv=rows)) == []
    (warning,) = told(desk.take(stock__csv=f"{rows}M,main,4\n"))
    assert "row 4, column sku, location: 'M, main'" in warning


def test_two_orders_of_a_platform_with_one_id(desk: Desk) -> None:
    """A page put together from two may hold an order twice."""
    page = [shopify_order(n, shopify_line(n)) for n in (1, 2)]
    desk.take(products__csv="sku,title\nMUG-BLUE,Mug\n")
    assert told(desk.take(first__json=page)) == []

    (warning,) = told(desk.take(again__json=[*page, page[0]]))

    assert "again.json, row 3, column id: 'shopify:1'" in warning


@pytest.mark.parametrize(("ahead", "warned"), [(0, False), (1, False), (26, True)])
def test_an_order_of_tomorrow(desk: Desk, ahead: int, warned: bool) -> None:
    """Clocks differ by minutes; a day is a slip of the pen."""
    now = PLACED - timedelta(hours=ahead)
    found = told(desk.take(now=now, customers__csv=CUSTOMERS, orders__csv=ORDERS))

    assert bool(found) is warned
    if warned:
        assert "row 2, column placed_at: '2026-03-02T01:30:00+00:00'" in found[0]
    assert desk.row(orders)["placed_at"] == PLACED


def test_more_received_than_ordered(desk: Desk) -> None:
    """As much as was ordered is well."""
    desk.take(products__csv="sku,title\nM,Mug\n")
    rows = "id,sku,quantity,received\ns1,M,5,5\ns2,M,5,6\n"

    (warning,) = told(desk.take(supplies__csv=rows))

    place = "warning: supplies.csv, row 3, column received: 6"
    assert warning == f"{place}: expected at most the quantity, which is 5"


def test_a_time_zone_there_is_not(desk: Desk) -> None:
    """None at all is well: the shop's is used."""
    rows = "id,name,time_zone\nc1,Rita,Berlin\nc2,Ada,Europe/Berlin\nc3,Cleo,\n"

    (warning,) = told(desk.take(customers__csv=rows))

    assert "row 2, column time_zone: 'Berlin': expected a time zone like" in warning


def test_a_number_two_orders_have(desk: Desk) -> None:
    """Customers name an order by it; the same order again is no second one."""
    desk.take(customers__csv=CUSTOMERS, orders__csv=ORDERS)
    assert told(desk.take(orders__csv=ORDERS)) == []

    (warning,) = told(desk.take(orders__csv=ORDERS.replace("o1", "o2")))

    assert "row 2, column number: '#7': expected a number of its own" in warning
    assert "the order o1 has it too" in warning
