"""Objects in the shapes Shopify and WooCommerce send, all of them invented."""

from typing import Any

HEADER = tuple(
    """
    Name|Email|Financial Status|Fulfillment Status|Currency|Subtotal|Shipping|Taxes
    Total|Discount Amount|Created at|Lineitem quantity|Lineitem name|Lineitem price
    Lineitem sku|Lineitem fulfillment status|Shipping Name|Shipping Zip
    Shipping Country|Notes|Cancelled at|Refunded Amount|Id|Lineitem discount|Phone
    """.strip()
    .replace("\n    ", "|")
    .split("|")
)


def shopify_line(id_: int, **told: Any) -> dict[str, Any]:
    """Return a line of one blue mug."""
    return {
        "id": id_,
        "variant_id": id_ + 1000,
        "sku": "MUG-BLUE",
        "name": "Mug - blue",
        "title": "Mug",
        "quantity": 1,
        "price": "12.50",
        "fulfillment_status": None,
        "tax_lines": [],
        "discount_allocations": [],
    } | told


def shopify_order(
    id_: int = 501, *lines: dict[str, Any], **told: Any
) -> dict[str, Any]:
    """Return a paid order from Lisbon."""
    return {
        "id": id_,
        "name": f"#{id_}",
        "email": "Rita@Example.test ",
        "created_at": "2026-03-01T23:30:00-02:00",
        "currency": "EUR",
        "financial_status": "paid",
        "fulfillment_status": None,
        "cancelled_at": None,
        "total_discounts": "0.00",
        "total_tax": "0.00",
        "taxes_included": False,
        "customer_locale": "pt-pt",
        "customer": {
            "id": 77,
            "email": "rita@example.test",
            "first_name": "Rita",
            "last_name": "Sol",
            "phone": None,
        },
        "shipping_address": {
            "name": "Rita Sol",
            "phone": "912 345 678",
            "zip": "1100-053",
            "country_code": "PT",
        },
        "shipping_lines": [{"price": "4.90"}],
        "line_items": list(lines) or [shopify_line(1)],
        "fulfillments": [],
        "refunds": [],
    } | told


def fulfillment(id_: int, order_id: int, *lines: dict[str, Any], **told: Any) -> Any:
    """Return a parcel that has left."""
    return {
        "id": id_,
        "order_id": order_id,
        "status": "success",
        "created_at": "2026-03-03T10:00:00Z",
        "tracking_company": "CTT",
        "tracking_number": "RR1",
        "tracking_url": "https://track.example/RR1",
        "line_items": list(lines),
    } | told


def shopify_product(id_: int = 900, **told: Any) -> dict[str, Any]:
    """Return a mug in two colours and sizes, options named in Portuguese."""
    return {
        "id": id_,
        "title": "Mug",
        "vendor": "Barro",
        "product_type": "Cups",
        "status": "active",
        "options": [{"name": "Cor"}, {"name": "Tamanho"}, {"name": "Material"}],
        "images": [
            {"id": 1, "src": "https://img.example/all.png", "variant_ids": []},
            {"id": 2, "src": "https://img.example/blue.png", "variant_ids": [11]},
        ],
        "variants": [
            {
                "id": 11,
                "sku": "MUG-BLUE",
                "price": "12.50",
                "option1": "Blue",
                "option2": "L",
                "option3": "Clay",
                "inventory_item_id": 7011,
            },
            {
                "id": 12,
                "sku": "",
                "price": "11.00",
                "option1": "Verde-mar",
                "option2": "S",
                "option3": None,
                "inventory_item_id": 7012,
            },
        ],
    } | told


def level(item: int, available: int | None, **told: Any) -> dict[str, Any]:
    """Return a level, told long after any order here was placed."""
    return {
        "inventory_item_id": item,
        "location_id": 5,
        "available": available,
        "updated_at": "2026-06-01T00:00:00Z",
    } | told


def export_row(**told: str) -> str:
    """Return one row of Shopify's orders export; cells by header, "_" for a space."""
    cells = {name.replace("_", " "): text for name, text in told.items()}
    assert cells.keys() <= set(HEADER), cells
    quoted = (f'"{cells.get(name, "")}"' for name in HEADER)
    return ",".join(quoted)


def export(*rows: str) -> str:
    """Return a whole export."""
    return "\n".join((",".join(HEADER), *rows, ""))


def woo_line(id_: int, **told: Any) -> dict[str, Any]:
    """Return a line of one hat."""
    return {
        "id": id_,
        "name": "Hat &amp; band",
        "product_id": 40,
        "variation_id": 0,
        "quantity": 1,
        "subtotal": "20.00",
        "total": "20.00",
        "total_tax": "0.00",
        "meta_data": [],
        "sku": "HAT",
    } | told


def woo_order(id_: int = 300, *lines: dict[str, Any], **told: Any) -> dict[str, Any]:
    """Return a paid guest order from Kuwait."""
    return {
        "id": id_,
        "number": str(id_),
        "order_key": "k",
        "status": "processing",
        "currency": "EUR",
        "date_created": "2026-03-02T13:00:00",
        "date_created_gmt": "2026-03-02T10:00:00",
        "date_paid_gmt": "2026-03-02T10:01:00",
        "discount_total": "0.00",
        "shipping_total": "3.00",
        "customer_id": 0,
        "billing": {
            "first_name": "Noor",
            "last_name": "Ali",
            "email": "NOOR@example.test",
            "phone": "+12025550107",
            "country": "KW",
            "postcode": "13001",
        },
        "shipping": {"first_name": "", "country": "", "postcode": ""},
        "line_items": list(lines) or [woo_line(1)],
        "refunds": [],
    } | told


def woo_product(id_: int = 40, **told: Any) -> dict[str, Any]:
    """Return a simple hat."""
    return {
        "id": id_,
        "name": "Hat &amp; band",
        "type": "simple",
        "status": "publish",
        "sku": "HAT",
        "price": "20.00",
        "manage_stock": False,
        "stock_quantity": None,
        "stock_status": "instock",
        "categories": [{"id": 1, "name": "Hats"}],
        "images": [{"src": "https://img.example/hat.png"}],
        "attributes": [],
        "parent_id": 0,
    } | told
