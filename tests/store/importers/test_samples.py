"""What real shops sent, read from a folder beside the project."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store.importers import Report, import_files
from store.shop import customers, order_lines, orders, products, refunds, shipments

from .desk import Desk


@pytest.fixture
def folder() -> Path:
    """Return the folder with recorded shop files."""
    named = os.environ.get("BACKORDER_SAMPLES")
    if named is None:
        pytest.skip("BACKORDER_SAMPLES names no folder with recorded shop files")
    return Path(named, "shops")


@pytest.fixture
def report(desk: Desk, folder: Path) -> Report:
    """Import all of them at once."""
    return import_files(desk.engine, recorded(folder))


def recorded(folder: Path) -> list[Path]:
    """Return the recorded files by name."""
    found = [path for path in folder.iterdir() if path.suffix in {".json", ".csv"}]
    assert len(found) >= 8
    return sorted(found)


def test_all_are_taken_once(desk: Desk, folder: Path, report: Report) -> None:
    """Each file is recognised and taken; again they change nothing."""
    assert report.ok, report.lines()
    again = import_files(desk.engine, recorded(folder))
    assert (again.new, again.changed) == (0, 0)


def test_each_alone(desk: Desk, folder: Path) -> None:
    """Each file is taken into an otherwise empty store."""
    for path in recorded(folder):
        assert import_files(desk.engine, [path], dry_run=True).ok, path


@pytest.mark.usefixtures("report")
def test_shopify_order(desk: Desk) -> None:
    """The recorded Admin API order, its parcel and its products are in place."""
    order = desk.row(orders, id="shopify:450789469")
    assert (order["number"], order["currency"]) == ("1001", "USD")
    assert order["placed_at"] == datetime(2008, 1, 10, 16, tzinfo=UTC)
    customer = desk.row(customers, id=order["customer_id"])
    assert customer["email"] == "person1@shop.example"
    lines = desk.rows(order_lines, order_id=order["id"])
    assert [line["sku"] for line in lines] == [
        "IPOD2008GREEN",
        "IPOD2008RED",
        "IPOD2008BLACK",
    ]
    assert {line["unit_price_minor"] for line in lines} == {19900}
    assert desk.row(shipments)["tracking_number"] == "1Z2345"
    assert desk.row(products, sku="IPOD2008PINK")["color"] == "Pink"


@pytest.mark.usefixtures("report")
def test_shopify_export(desk: Desk) -> None:
    """The recorded export's three orders are in place."""
    one, two, three = (desk.row(orders, id=f"shopify:663000000000{n}") for n in "123")
    assert (one["number"], one["postcode"]) == ("1001", "62701")
    assert one["placed_at"] == datetime(2026, 11, 2, 13, 55, 16, tzinfo=UTC)
    lamp, chair = desk.rows(order_lines, order_id=one["id"])
    assert (lamp["sku"], lamp["quantity"], lamp["unit_price_minor"]) == (
        "SKU-LAMP",
        2,
        4990,
    )
    assert (chair["shipped"], chair["title"]) == (1, "Oak chair - large, natural")
    assert (two["payment_status"], two["shipping_minor"]) == ("none", 400)
    guest = desk.row(customers, id=two["customer_id"])
    assert (guest["email"], guest["phone"]) == (None, "+12025550102")
    assert desk.row(order_lines, order_id=two["id"])["sku"] is None
    assert (three["status"], three["payment_status"]) == ("cancelled", "refunded")
    assert desk.row(refunds, order_id=three["id"])["amount_minor"] == 1000


@pytest.mark.usefixtures("report")
def test_woocommerce(desk: Desk) -> None:
    """The recorded REST orders are in place."""
    open_, done = desk.row(orders, id="woo:727"), desk.row(orders, id="woo:723")
    assert (open_["status"], open_["payment_status"]) == ("open", "captured")
    assert open_["placed_at"] == datetime(2017, 3, 22, 19, 28, 2, tzinfo=UTC)
    assert open_["customer_id"].startswith("guest:")
    single, shirt = desk.rows(order_lines, order_id="woo:727")
    assert (single["sku"], single["unit_price_minor"]) == ("woo:93", 300)
    assert (shirt["sku"], shirt["tax_minor"]) == ("Bar3", 90)
    assert (done["status"], done["customer_id"]) == ("shipped", "woo:26")
    paid_back = [row["amount_minor"] for row in desk.rows(refunds, order_id="woo:723")]
    assert paid_back == [900, 1000]
