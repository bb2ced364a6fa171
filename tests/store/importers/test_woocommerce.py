"""WooCommerce's REST v3 JSON: each fact in its place."""

from datetime import UTC, datetime

import pytest

from store.importers.contact import guest_id
from store.shop import customers, order_lines, orders, products, refunds, stock

from .desk import Desk
from .platforms import woo_line, woo_order, woo_product


def test_order_facts(desk: Desk) -> None:
    """Number, instant, money and contact land in their columns; GMT means UTC."""
    desk.take(o__json=[woo_order()])

    order = desk.row(orders)
    assert (order["id"], order["number"]) == ("woo:300", "300")
    assert order["placed_at"] == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert (order["market"], order["postcode"]) == ("KW", "13001")
    assert (order["shipping_minor"], order["payment_status"]) == (300, "captured")
    customer = desk.row(customers)
    assert customer["id"] == order["customer_id"] == guest_id("noor@example.test")
    assert (customer["name"], customer["phone"]) == ("Noor Ali", "+12025550107")
    line = desk.row(order_lines)
    assert (line["id"], line["sku"], line["title"]) == ("woo:1", "HAT", "Hat & band")


def test_three_decimals(desk: Desk) -> None:
    """A Kuwaiti dinar has a thousand fils."""
    line = woo_line(1, subtotal="1.250", total="1.250")
    desk.take(o__json=[woo_order(300, line, currency="KWD", shipping_total="0.500")])

    assert desk.row(order_lines)["unit_price_minor"] == 1250
    assert desk.row(orders)["shipping_minor"] == 500


def test_price_times_quantity(desk: Desk) -> None:
    """What a line cost is exact even where the unit price does not come out even."""
    line = woo_line(1, quantity=3, subtotal="10.00", total="8.99", total_tax="1.70999")
    desk.take(o__json=[woo_order(300, line)])

    row = desk.row(order_lines)
    assert row["quantity"] * row["unit_price_minor"] - row["discount_minor"] == 899
    assert row["discount_minor"] >= 0
    assert row["tax_minor"] == 171


@pytest.mark.parametrize(
    ("status", "units", "ours"),
    [
        ("pending", (1, 0, 0, 0), "open"),
        ("on-hold", (1, 0, 0, 0), "open"),
        ("completed", (0, 1, 0, 0), "shipped"),
        ("cancelled", (0, 0, 1, 0), "cancelled"),
        ("failed", (0, 0, 1, 0), "cancelled"),
        ("refunded", (0, 0, 1, 0), "cancelled"),
    ],
)
def test_status(
    desk: Desk, status: str, units: tuple[int, int, int, int], ours: str
) -> None:
    """Each of WooCommerce's statuses says where all units are."""
    desk.take(o__json=[woo_order(status=status)])

    assert desk.units("woo:1") == units
    assert desk.row(orders)["status"] == ours


def test_backordered_when_bought(desk: Desk) -> None:
    """What WooCommerce noted as backordered is missing while no stock is known."""
    line = woo_line(1, quantity=3, meta_data=[{"key": "Backordered", "value": "2"}])
    desk.take(o__json=[woo_order(300, line)])

    assert desk.units("woo:1") == (1, 0, 0, 2)


def test_refunds(desk: Desk) -> None:
    """Refunds come as negative totals and stand as positive amounts."""
    told = [{"id": 9, "reason": "late", "total": "-5.00"}]
    desk.take(o__json=[woo_order(refunds=told)])

    row = desk.row(refunds)
    assert (row["id"], row["amount_minor"], row["reference"]) == ("woo:9", 500, "late")


def test_carts_are_no_orders(desk: Desk) -> None:
    """A draft of the checkout is left out and named."""
    report = desk.take(o__json=[woo_order(status="checkout-draft"), woo_order(301)])

    assert [row["id"] for row in desk.rows(orders)] == ["woo:301"]
    assert report.files[0].problems[0].column == "status"


def test_guests_are_one_by_mail(desk: Desk) -> None:
    """The same address in another spelling is the same guest."""
    other = woo_order(301)
    # A full-width letter, as some keyboards type it.
    other["billing"] |= {"email": " \uff2eoor@Example.TEST"}
    third = woo_order(302)
    third["billing"] |= {"email": "no.or@example.test"}
    desk.take(o__json=[woo_order(), other, third])

    assert len({row["customer_id"] for row in desk.rows(orders)}) == 2


def test_product(desk: Desk) -> None:
    """A simple product is a row; managed stock stands in one place."""
    told = woo_product(sku="", manage_stock=True, stock_quantity=-2)
    desk.take(p__json=told)

    row = desk.row(products)
    assert (row["sku"], row["title"], row["category"]) == (
        "woo:40",
        "Hat & band",
        "Hats",
    )
    assert row["price_minor"] == 2000
    level = desk.row(stock)
    assert (level["location"], level["on_hand"]) == ("woo:total", -2)


def test_variations(desk: Desk) -> None:
    """Variations take category and title from their product and say size and colour."""
    parent = woo_product(50, sku="", type="variable", price="")
    link = {"up": [{"href": "https://shop.example/wp-json/wc/v3/products/50"}]}
    variation = {
        "id": 51,
        "sku": "HAT-RED",
        "price": "21.00",
        "stock_status": "instock",
        "manage_stock": "parent",
        "image": {"src": "https://img.example/red.png"},
        "attributes": [
            {"name": "Farbe", "option": "Red"},
            {"name": "pa_size", "option": "M"},
        ],
        "_links": link,
    }
    desk.take(p__json=[parent, variation])

    red = desk.row(products, sku="HAT-RED")
    assert (red["family"], red["category"]) == ("woo:50", "Hats")
    assert (red["title"], red["active"]) == ("Hat & band", True)
    assert (red["color"], red["size"]) == ("Red", "M")
    assert desk.row(products, sku="woo:50")["active"] is False
