"""Shopify's Admin JSON: each fact in its place."""

from datetime import UTC, datetime

import pytest

from store.shop import (
    customers,
    order_lines,
    orders,
    products,
    refunds,
    shipment_lines,
    shipments,
    stock,
)

from .desk import Desk
from .platforms import (
    fulfillment,
    level,
    shopify_line,
    shopify_order,
    shopify_product,
)


def test_order_facts(desk: Desk) -> None:
    """Number, instant, market, money and contact of an order land in their columns."""
    desk.take(o__json={"order": shopify_order(total_discounts="1.00")})

    order = desk.row(orders)
    assert order["id"] == "shopify:501"
    assert order["number"] == "501"
    assert order["placed_at"] == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    assert (order["currency"], order["market"]) == ("EUR", "PT")
    assert order["postcode"] == "1100-053"
    assert (order["shipping_minor"], order["discount_minor"]) == (490, 100)
    assert (order["payment_status"], order["status"]) == ("captured", "open")
    customer = desk.row(customers)
    assert customer["id"] == order["customer_id"] == "shopify:77"
    assert customer["email"] == "rita@example.test"
    assert customer["phone"] == "+351912345678"
    assert (customer["name"], customer["locale"]) == ("Rita Sol", "pt-PT")
    line = desk.row(order_lines)
    assert (line["id"], line["order_id"]) == ("shopify:1", "shopify:501")
    assert (line["sku"], line["title"]) == ("MUG-BLUE", "Mug - blue")
    assert (line["quantity"], line["unit_price_minor"]) == (1, 1250)


@pytest.mark.parametrize(
    ("status", "ours"),
    [
        ("pending", "none"),
        ("authorized", "authorized"),
        ("partially_paid", "captured"),
        ("partially_refunded", "captured"),
        ("refunded", "refunded"),
        ("voided", "none"),
    ],
)
def test_payment(desk: Desk, status: str, ours: str) -> None:
    """Each of Shopify's financial statuses has one of ours."""
    desk.take(o__json=[shopify_order(financial_status=status)])

    assert desk.row(orders)["payment_status"] == ours


def test_discounts_are_counted_once(desk: Desk) -> None:
    """The order keeps only the discount that no line carries."""
    line = shopify_line(1, discount_allocations=[{"amount": "2.00"}])
    desk.take(o__json=[shopify_order(501, line, total_discounts="5.00")])

    assert desk.row(order_lines)["discount_minor"] == 200
    assert desk.row(orders)["discount_minor"] == 300


def test_tax_on_top(desk: Desk) -> None:
    """A tax told for the order alone is shared out by what the lines cost."""
    lines = (shopify_line(1, price="10.00"), shopify_line(2, price="20.00"))
    desk.take(o__json=[shopify_order(501, *lines, total_tax="1.00")])

    assert [line["tax_minor"] for line in desk.rows(order_lines)] == [33, 67]


def test_tax_included(desk: Desk) -> None:
    """A tax inside the price is not added again."""
    line = shopify_line(1, tax_lines=[{"price": "2.34"}])
    desk.take(o__json=[shopify_order(501, line, taxes_included=True)])

    assert desk.row(order_lines)["tax_minor"] == 0


def test_parcel_in_order(desk: Desk) -> None:
    """A parcel that left ships its units; the rest of the line stays open."""
    parcel = fulfillment(31, 501, shopify_line(1, quantity=2))
    line = shopify_line(1, quantity=3, fulfillable_quantity=1)
    desk.take(o__json=[shopify_order(501, line, fulfillments=[parcel])])

    assert desk.units("shopify:1") == (1, 2, 0, 0)
    assert desk.row(orders)["status"] == "open"
    sent = desk.row(shipments)
    assert (sent["carrier"], sent["tracking_number"]) == ("CTT", "RR1")
    assert sent["tracking_url"] == "https://track.example/RR1"
    assert desk.row(shipment_lines)["quantity"] == 2


@pytest.mark.parametrize("status", ["failure", "cancelled", "error"])
def test_parcel_that_never_left(desk: Desk, status: str) -> None:
    """A parcel called off ships nothing and leaves no shipment."""
    parcel = fulfillment(31, 501, shopify_line(1), status=status)
    desk.take(o__json=[shopify_order(fulfillments=[parcel])])

    assert desk.units("shopify:1") == (1, 0, 0, 0)
    assert desk.rows(shipments) == []


def test_planned_parcel_cancels_nothing(desk: Desk) -> None:
    """Units being packed are no longer fulfillable at Shopify, but still owed."""
    line = shopify_line(1, quantity=2, fulfillable_quantity=1)
    packing = fulfillment(
        31, 501, shopify_line(1), status="pending", tracking_number=None
    )
    desk.take(o__json=[shopify_order(501, line, fulfillments=[packing])])

    assert desk.units("shopify:1") == (2, 0, 0, 0)


def test_parcel_alone(desk: Desk) -> None:
    """A parcel in a file of its own ships its line and closes the order, once."""
    desk.take(o__json=[shopify_order()])
    for _ in range(2):
        desk.take(f__json={"fulfillment": fulfillment(31, 501, shopify_line(1))})
        assert desk.units("shopify:1") == (0, 1, 0, 0)
    assert desk.row(orders)["status"] == "shipped"

    desk.take(o__json=[shopify_order()])
    assert desk.units("shopify:1") == (0, 1, 0, 0), "an older file un-ships nothing"


def test_parcel_called_off_later(desk: Desk) -> None:
    """A parcel that is cancelled gives its units back, and the order is open again."""
    parcel = fulfillment(31, 501, shopify_line(1))
    desk.take(o__json=[shopify_order()], f__json={"fulfillments": [parcel]})
    desk.take(f__json={"fulfillment": parcel | {"status": "cancelled"}})

    assert desk.units("shopify:1") == (1, 0, 0, 0)
    assert desk.row(orders)["status"] == "open"
    assert desk.row(shipment_lines)["quantity"] == 0


def test_parcel_of_unknown_order(desk: Desk) -> None:
    """A parcel nobody ordered is named by row and field, the others are taken."""
    parcels = [
        fulfillment(30, 999, shopify_line(9)),
        fulfillment(31, 501, shopify_line(1)),
    ]
    report = desk.take(o__json=[shopify_order()], f__json=parcels)

    told = [(problem.row, problem.column) for problem in report.files[1].problems]
    assert (1, "order_id") in told
    assert [row["id"] for row in desk.rows(shipments)] == ["shopify:31"]


def test_refund_before_shipping(desk: Desk) -> None:
    """Refunded units that had not left are cancelled; the rest paid has no line."""
    refund = {
        "id": 61,
        "created_at": "2026-03-04T00:00:00Z",
        "note": "changed her mind",
        "refund_line_items": [
            {"line_item_id": 1, "quantity": 1, "subtotal": 12.5, "total_tax": 0.0}
        ],
        "transactions": [{"amount": "17.40", "kind": "refund", "status": "success"}],
    }
    line = shopify_line(1, quantity=2)
    desk.take(o__json=[shopify_order(501, line, refunds=[refund])])

    assert desk.units("shopify:1") == (1, 0, 1, 0)
    paid = {row["line_id"]: row["amount_minor"] for row in desk.rows(refunds)}
    assert paid == {"shopify:1": 1250, None: 490}


def test_return_leaves_shipped_units(desk: Desk) -> None:
    """What came back after it was shipped stays shipped."""
    refund = {
        "id": 61,
        "refund_line_items": [
            {"line_item_id": 1, "quantity": 1, "restock_type": "return"}
        ],
        "transactions": [],
    }
    parcel = fulfillment(31, 501, shopify_line(1))
    desk.take(o__json=[shopify_order(fulfillments=[parcel], refunds=[refund])])

    assert desk.units("shopify:1") == (0, 1, 0, 0)


def test_cancelled_order(desk: Desk) -> None:
    """A cancelled order owes nothing."""
    desk.take(o__json=[shopify_order(cancelled_at="2026-03-05T00:00:00Z")])

    assert desk.units("shopify:1") == (0, 0, 1, 0)
    assert desk.row(orders)["status"] == "cancelled"


def test_products(desk: Desk) -> None:
    """A variant is a row; options are read in the shop's language."""
    desk.take(o__json=[shopify_order()], p__json={"products": [shopify_product()]})

    blue = desk.row(products, sku="MUG-BLUE")
    assert (blue["family"], blue["category"]) == ("shopify:900", "Cups")
    assert (blue["brand"], blue["title"]) == ("Barro", "Mug")
    assert (blue["color"], blue["color_hex"], blue["size"]) == ("Blue", "#0000ff", "L")
    assert (blue["price_minor"], blue["currency"]) == (1250, "EUR")
    assert blue["image_url"] == "https://img.example/blue.png"
    assert blue["attributes"]["options"] == {"Material": "Clay"}
    green = desk.row(products, sku="shopify:12")
    assert (green["color"], green["color_hex"]) == ("Verde-mar", None)
    assert green["image_url"] == "https://img.example/all.png"


def test_price_without_currency(desk: Desk) -> None:
    """Where no order tells the currency, none is made up and it is said."""
    report = desk.take(p__json={"product": shopify_product()})

    row = desk.row(products, sku="MUG-BLUE")
    assert (row["price_minor"], row["currency"]) == (1250, None)
    assert [problem.column for problem in report.files[0].problems] == ["price"]
    assert report.ok


def test_levels(desk: Desk) -> None:
    """Levels find their SKU by the inventory item; unknown items are named."""
    levels = [level(7012, 4), level(7012, 2, location_id=6), level(1, 1)]
    report = desk.take(
        p__json={"products": [shopify_product()]},
        l__json={"inventory_levels": levels},
    )

    known = {row["location"]: row["on_hand"] for row in desk.rows(stock)}
    assert known == {"shopify:5": 4, "shopify:6": 2}
    (problem,) = report.files[1].problems
    assert (problem.row, problem.column) == (3, "inventory_item_id")


def test_levels_replace_the_total(desk: Desk) -> None:
    """Stock told for all places at once does not count twice beside single places."""
    product = shopify_product()
    product["variants"][0] |= {
        "inventory_management": "shopify",
        "inventory_quantity": 9,
    }
    desk.take(p__json={"product": product})
    assert sum(row["on_hand"] for row in desk.rows(stock)) == 9

    desk.take(l__json={"inventory_levels": [level(7011, 9)]})
    desk.take(p__json={"product": product})
    assert sum(row["on_hand"] for row in desk.rows(stock)) == 9


def test_unreachable_phone(desk: Desk) -> None:
    """A number that is none is left out and named."""
    order = shopify_order()
    order["shipping_address"]["phone"] = "ring the bell"
    report = desk.take(o__json=[order])

    assert desk.row(customers)["phone"] is None
    assert [p.column for p in report.files[0].problems if p.column == "phone"]


def test_mistakes_are_named_together(desk: Desk) -> None:
    """Each bad field is named with its place and value; nothing of the file stays."""
    line = shopify_line(1, price="12,50", quantity=-1)
    bad = shopify_order(502, line, created_at="yesterday")
    report = desk.take(o__json=[shopify_order(), bad])

    told = {(p.row, p.column, p.value) for p in report.files[0].problems}
    assert (2, "line_items[0].price", "'12,50'") in told
    assert (2, "line_items[0].quantity", "-1") in told
    assert (2, "created_at", "'yesterday'") in told
    assert not report.ok
    assert desk.rows(orders) == []


def test_decimals_a_currency_lacks(desk: Desk) -> None:
    """Half a yen is a mistake, not a rounding."""
    line = shopify_line(1, price="100.50")
    report = desk.take(o__json=[shopify_order(501, line, currency="JPY")])

    columns = [problem.column for problem in report.files[0].problems]
    assert "line_items[0].price" in columns
