"""An example of our own CSV for each relation, to fill in."""

from __future__ import annotations

import csv
import io

from store.importers.plain_csv import RELATIONS
from store.shop import products

_EXAMPLES: dict[str, str] = {
    "id": "A-1", "sku": "SHIRT-BLUE-M", "order_id": "A-1", "line_id": "A-1",
    "shipment_id": "A-1", "customer_id": "A-1", "substitute_sku": "SHIRT-BLUE-L",
    "number": "1001", "name": "Ada Example", "email": "ada@shop.example",
    "phone": "+12025550101", "locale": "en-GB", "time_zone": "Europe/London",
    "customer_group": "retail", "created_at": "2026-11-02T09:55:16Z",
    "updated_at": "2026-11-02T09:55:16Z", "placed_at": "2026-11-02T09:55:16Z",
    "shipped_at": "2026-11-04T15:00:00Z", "family": "SHIRT", "category": "Shirts",
    "title": "Linen shirt", "brand": "Example", "color": "blue",
    "color_hex": "#1e90ff", "size": "M", "price_minor": "2990", "currency": "EUR",
    "image_url": "https://shop.example/shirt.jpg", "attributes": '{"fabric": "linen"}',
    "supplier": "Mill", "lead_time_days": "10", "active": "true", "location": "main",
    "on_hand": "4", "quantity": "1", "received": "0", "expected_on": "2026-11-30",
    "status": "open", "reason": "late at the mill", "region": "EU", "rank": "1",
    "market": "DE", "postcode": "10115", "shipping_minor": "490",
    "discount_minor": "0", "priority": "0", "payment_status": "captured",
    "kind": "", "allocated": "0", "shipped": "0", "cancelled": "0",
    "backordered": "1", "unit_price_minor": "2990", "tax_minor": "0",
    "carrier": "DHL", "tracking_number": "00340000000000000001",
    "tracking_url": "https://shop.example/track/1", "amount_minor": "2990",
    "reference": "R-1", "estimated_delivery_on": "2026-11-07",
}  # fmt: skip


#: Beside the first product, the one that the list of substitutes names.
_SECOND = {"sku": _EXAMPLES["substitute_sku"], "size": "L"}


def template(relation: str) -> str:
    """Return a CSV of a relation: its header and an example row, of products two.

    Raises:
        KeyError: When there is no such relation.
    """
    table = RELATIONS[relation.removeprefix("shop_")]
    names = [column.name for column in table.columns]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerow([_EXAMPLES.get(name, "") for name in names])
    if table is products:
        other = _EXAMPLES | _SECOND
        writer.writerow([other.get(name, "") for name in names])
    return text.getvalue()
