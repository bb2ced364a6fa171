"""Who gets the stock there is, and that no unit is ever lost."""

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from store.importers.settle import SETTLING
from store.shop import order_lines, shop_metadata, stock

from .desk import Desk
from .platforms import (
    fulfillment,
    level,
    shopify_line,
    shopify_order,
    shopify_product,
    woo_line,
    woo_order,
    woo_product,
)

CATALOGUE = {"products": [shopify_product()]}


def day(number: int) -> str:
    """Return noon of a day in March."""
    return f"2026-03-{number:02}T12:00:00Z"


def three_orders() -> list[dict[str, Any]]:
    """Return orders of two mugs each; the one with the highest number is the oldest."""
    return [
        shopify_order(n, shopify_line(n, quantity=2), created_at=day(20 - n))
        for n in (1, 2, 3)
    ]


def test_oldest_order_first(desk: Desk) -> None:
    """Three units too few: the youngest order waits whole, the next for one unit."""
    desk.take(o__json=three_orders(), p__json=CATALOGUE, l__json=[level(7011, -3)])

    assert desk.units("shopify:3") == (2, 0, 0, 0)
    assert desk.units("shopify:2") == (1, 0, 0, 1)
    assert desk.units("shopify:1") == (0, 0, 0, 2)


def test_claimed_units_are_there(desk: Desk) -> None:
    """Nothing left to sell is not nothing on the shelf: claimed units lie there."""
    desk.take(o__json=three_orders(), p__json=CATALOGUE, l__json=[level(7011, 0)])

    assert all(row["backordered"] == 0 for row in desk.rows(order_lines))
    assert sum(row["on_hand"] for row in desk.rows(stock, sku="MUG-BLUE")) == 6


def test_orders_after_the_level(desk: Desk) -> None:
    """An order placed after the level was told takes from what was left then."""
    told = [level(7011, 1, updated_at=day(17))]
    desk.take(o__json=three_orders(), p__json=CATALOGUE, l__json=told)

    # Orders 3 (17th) and 2 (18th) and 1 (19th): only the first had claimed units.
    assert SETTLING.total_seconds() < 24 * 3600
    assert desk.units("shopify:3") == (2, 0, 0, 0)
    assert desk.units("shopify:2") == (1, 0, 0, 1)
    assert desk.units("shopify:1") == (0, 0, 0, 2)


def test_stock_alone_moves_old_orders(desk: Desk) -> None:
    """New levels settle the orders that are in the store already, both ways."""
    desk.take(o__json=three_orders(), p__json=CATALOGUE)
    desk.take(l__json=[level(7011, -6)])
    assert all(row["backordered"] == 2 for row in desk.rows(order_lines))

    desk.take(l__json=[level(7011, 4)])
    assert all(row["allocated"] == 2 for row in desk.rows(order_lines))


def test_unknown_stock_changes_nothing(desk: Desk) -> None:
    """Without known stock a line keeps what the shop said about it."""
    desk.take(o__json=three_orders())
    desk.take(order_lines__csv="id,allocated,backordered\nshopify:2,0,2\n")
    report = desk.take(o__json=three_orders())

    assert desk.units("shopify:2") == (0, 0, 0, 2)
    assert report.changed == 0


def test_own_lines_keep_their_units(desk: Desk) -> None:
    """Lines of the shop's own CSV say what they have; others get the rest."""
    desk.take(
        stock__csv="sku,location,on_hand\nMUG-BLUE,main,3\n",
        customers__csv="id\nc1\n",
        orders__csv="id,number,customer_id,placed_at,currency\n"
        "own,9,c1,2026-03-30T00:00:00Z,EUR\n",
        order_lines__csv="id,order_id,sku,quantity,unit_price_minor\n"
        "own,own,MUG-BLUE,2,100\n",
        o__json=three_orders(),
    )

    assert desk.units("own") == (2, 0, 0, 0)
    assert desk.units("shopify:3") == (1, 0, 0, 1)


def test_shared_blank(desk: Desk) -> None:
    """Products printed on one blank share its stock."""
    desk.take(
        products__csv="sku,blank_sku\nMUG-BLUE,BLANK\nHAT,BLANK\n",
        stock__csv="sku,location,on_hand\nBLANK,main,2\n",
        o__json=[shopify_order(1, shopify_line(1, quantity=2), created_at=day(1))],
        w__json=[woo_order()],
    )

    assert desk.units("shopify:1") == (2, 0, 0, 0)
    assert desk.units("woo:1") == (0, 0, 0, 1)


def test_woocommerce_stock(desk: Desk) -> None:
    """A negative quantity of WooCommerce is what its open orders lack."""
    product = woo_product(manage_stock=True, stock_quantity=-1)
    desk.take(o__json=[woo_order(300, woo_line(1, quantity=3))], p__json=product)

    assert desk.units("woo:1") == (2, 0, 0, 1)


LINE = st.fixed_dictionaries(
    {
        "quantity": st.integers(0, 5),
        "fulfillable_quantity": st.none() | st.integers(0, 6),
        "current_quantity": st.none() | st.integers(0, 6),
        "fulfillment_status": st.sampled_from([None, "fulfilled", "partial"]),
    }
)
STORY = st.fixed_dictionaries(
    {
        "lines": st.lists(LINE, min_size=1, max_size=3),
        "parcels": st.lists(
            st.tuples(
                st.integers(0, 2),
                st.integers(0, 6),
                st.sampled_from(["success", "failure", "pending", "cancelled"]),
            ),
            max_size=3,
        ),
        "refunds": st.lists(
            st.tuples(
                st.integers(0, 2),
                st.integers(0, 6),
                st.sampled_from(["return", "cancel", "no_restock", None]),
            ),
            max_size=2,
        ),
        "cancelled": st.booleans(),
        "financial": st.sampled_from(["paid", "refunded", "pending"]),
        "available": st.none() | st.integers(-8, 8),
        "apart": st.booleans(),
    }
)


def told(story: dict[str, Any]) -> dict[str, Any]:
    """Return the files of a story."""
    parcels = [
        fulfillment(n, 501, shopify_line(line, quantity=units), status=status)
        for n, (line, units, status) in enumerate(story["parcels"])
        if line < len(story["lines"])
    ]
    refunds = [
        {
            "id": n,
            "refund_line_items": [
                {"line_item_id": line, "quantity": units, "restock_type": restock}
            ],
        }
        for n, (line, units, restock) in enumerate(story["refunds"])
    ]
    lines = [shopify_line(n, **line) for n, line in enumerate(story["lines"])]
    if story["apart"]:
        # An order that tells no parcels cannot say that all have left.
        lines = [line | {"fulfillment_status": None} for line in lines]
    order = shopify_order(
        501,
        *lines,
        fulfillments=[] if story["apart"] else parcels,
        refunds=refunds,
        cancelled_at=day(3) if story["cancelled"] else None,
        financial_status=story["financial"],
    )
    files: dict[str, Any] = {"o__json": [order], "p__json": CATALOGUE}
    if story["apart"] and parcels:
        files["f__json"] = parcels
    if story["available"] is not None:
        files["l__json"] = [level(7011, story["available"])]
    return files


@given(st.lists(STORY, min_size=1, max_size=3))
@settings(
    max_examples=25,
    # Each step writes two databases: shrinking would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_unit_is_lost(desk: Desk, history: list[dict[str, Any]]) -> None:
    """Whatever an order's versions say, one after the other, its units add up."""
    with desk.engine.begin() as connection:
        for table in shop_metadata.tables.values():
            connection.execute(table.delete())
    for story in history:
        report = desk.take(**told(story))
        assert report.ok, report.lines()
        for line in desk.rows(order_lines):
            units = desk.units(line["id"])
            assert sum(units) == line["quantity"]
            assert min(units) >= 0
    again = desk.take(**told(history[-1]))
    assert (again.new, again.changed) == (0, 0)
