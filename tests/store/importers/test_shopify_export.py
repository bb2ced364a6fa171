"""Shopify's orders export: several rows an order, and what spreadsheets do to cells."""

from datetime import UTC, datetime

from store.shop import customers, order_lines, orders, refunds

from .desk import Desk
from .platforms import export, export_row, shopify_line, shopify_order

FIRST = {
    "Name": "#501",
    "Id": "501",
    "Email": "rita@example.test",
    "Financial_Status": "paid",
    "Fulfillment_Status": "partial",
    "Currency": "EUR",
    "Subtotal": "31.50",
    "Shipping": "4.90",
    "Taxes": "1.00",
    "Total": "37.40",
    "Created_at": "2026-03-01 23:30:00 -0200",
    "Lineitem_quantity": "2",
    "Lineitem_name": "Mug - blue",
    "Lineitem_price": "12.50",
    "Lineitem_sku": "MUG-BLUE",
    "Lineitem_fulfillment_status": "pending",
    "Shipping_Zip": "'1100",
    "Shipping_Country": "PT",
    "Notes": "ring\ntwice",
}
SECOND = {
    "Name": "#501",
    "Email": "rita@example.test",
    "Created_at": "2026-03-01 23:30:00 -0200",
    "Lineitem_quantity": "1",
    "Lineitem_name": "Gift wrap",
    "Lineitem_price": "6.50",
    "Lineitem_fulfillment_status": "fulfilled",
}


def test_rows_of_an_order(desk: Desk) -> None:
    """The order's fields come from its first row, each row gives a line."""
    desk.take(e__csv=export(export_row(**FIRST), export_row(**SECOND)))

    order = desk.row(orders)
    assert (order["id"], order["number"]) == ("shopify:501", "501")
    assert order["placed_at"] == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    assert (order["postcode"], order["market"]) == ("1100", "PT")
    assert order["shipping_minor"] == 490
    mug, wrap = desk.rows(order_lines)
    assert (mug["sku"], mug["quantity"], mug["unit_price_minor"]) == (
        "MUG-BLUE",
        2,
        1250,
    )
    assert (wrap["sku"], wrap["title"]) == (None, "Gift wrap")
    assert mug["tax_minor"] + wrap["tax_minor"] == 100
    assert desk.units(mug["id"]) == (2, 0, 0, 0)
    assert desk.units(wrap["id"]) == (0, 1, 0, 0)


def test_guest_by_phone(desk: Desk) -> None:
    """Without e-mail the phone tells who it is; without both, each order is alone."""
    nobody = FIRST | {"Email": ""}
    desk.take(
        e__csv=export(
            export_row(**nobody | {"Name": "#1", "Id": "1", "Phone": "+12025550107"}),
            export_row(**nobody | {"Name": "#2", "Id": "2", "Phone": "12025550107"}),
            export_row(**nobody | {"Name": "#3", "Id": "3", "Phone": "+12025550107"}),
            export_row(**nobody | {"Name": "#4", "Id": "4"}),
        )
    )

    assert desk.rows(customers, phone="+12025550107")
    who = {row["number"]: row["customer_id"] for row in desk.rows(orders)}
    assert who["1"] == who["3"]
    assert len(set(who.values())) == 3


def test_cancelled_and_refunded(desk: Desk) -> None:
    """A refunded, cancelled order owes nothing; the sum paid back is one refund."""
    told = {
        "Financial_Status": "refunded",
        "Cancelled_at": "2026-03-02 10:00:00 +0100",
        "Refunded_Amount": "29.90",
    }
    for _ in range(2):
        desk.take(e__csv=export(export_row(**FIRST | told)))

    order = desk.row(orders)
    assert (order["status"], order["payment_status"]) == ("cancelled", "refunded")
    assert desk.units("shopify:501:1") == (0, 0, 2, 0)
    assert desk.row(refunds)["amount_minor"] == 2990


def test_bad_cells(desk: Desk) -> None:
    """Bad cells are named as the spreadsheet numbers them, and nothing stays."""
    bad = SECOND | {"Lineitem_price": "6,50", "Lineitem_quantity": "one"}
    report = desk.take(e__csv=export(export_row(**FIRST), export_row(**bad)))

    told = {(p.row, p.column, p.value) for p in report.files[0].problems}
    assert told == {
        (3, "Lineitem price", "'6,50'"),
        (3, "Lineitem quantity", "'one'"),
    }
    assert desk.rows(orders) == []


def test_line_without_order(desk: Desk) -> None:
    """Rows torn from their order's first row are named."""
    report = desk.take(e__csv=export(export_row(**SECOND | {"Name": "#777"})))

    (problem,) = report.files[0].problems
    assert (problem.row, problem.column) == (2, "Currency")


def test_export_then_api(desk: Desk) -> None:
    """The API's lines and customer find those the export brought: nothing doubles."""
    desk.take(e__csv=export(export_row(**FIRST), export_row(**SECOND)))
    api = shopify_order(
        501,
        shopify_line(1, quantity=2),
        shopify_line(2, sku="", name="Gift wrap", price="6.50"),
    )
    desk.take(o__json=[api])

    assert len(desk.rows(order_lines)) == 2
    assert len(desk.rows(customers)) == 1
    assert desk.row(order_lines, title="Gift wrap")["sku"] == "shopify:1002"


def test_api_then_export(desk: Desk) -> None:
    """The export finds the lines and the customer the API brought."""
    api = shopify_order(
        501,
        shopify_line(1, quantity=2),
        shopify_line(2, sku="", name="Gift wrap", price="6.50"),
    )
    desk.take(o__json=[api])
    desk.take(e__csv=export(export_row(**FIRST), export_row(**SECOND)))

    assert [row["id"] for row in desk.rows(order_lines)] == ["shopify:1", "shopify:2"]
    assert desk.row(customers)["id"] == "shopify:77"
