"""The shop's relations: what the order backend writes and the bot reads.

They may be tables or views over the backend's own tables. Only the shop, its
importers and ``decisions apply`` for imported shops write them, through here.
Money is integer minor units, instants are UTC with time zone, ids are text.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from store.columns import Instant

shop_metadata = MetaData()


def _key(name: str) -> Column[str]:
    return Column(name, String(128), primary_key=True)


customers = Table(
    "shop_customers",
    shop_metadata,
    _key("id"),
    Column("name", Text, nullable=False, default=""),
    Column("email", Text, index=True),
    Column("phone", Text, index=True),
    Column("locale", String(35)),
    Column("time_zone", String(64)),
    Column("customer_group", Text),
    Column("created_at", Instant),
)

products = Table(
    "shop_products",
    shop_metadata,
    _key("sku"),
    Column("blank_sku", String(128), index=True),
    Column("family", Text, index=True),
    Column("category", Text, index=True),
    Column("design", Text),
    Column("title", Text, nullable=False, default=""),
    Column("brand", Text),
    Column("color", Text),
    Column("color_hex", String(7)),
    Column("size", Text),
    Column("price_minor", BigInteger),
    Column("currency", String(3)),
    Column("image_url", Text),
    Column("attributes", JSON),
    Column("supplier", Text),
    Column("lead_time_days", Integer),
    Column("active", Boolean, nullable=False, default=True),
)

stock = Table(
    "shop_stock",
    shop_metadata,
    _key("sku"),
    _key("location"),
    Column("on_hand", Integer, nullable=False, default=0),
    Column("updated_at", Instant),
)

supplies = Table(
    "shop_supplies",
    shop_metadata,
    _key("id"),
    Column("sku", String(128), nullable=False, index=True),
    Column("quantity", Integer, nullable=False),
    Column("received", Integer, nullable=False, default=0),
    Column("expected_on", Date),
    Column("supplier", Text),
    Column("status", String(16), nullable=False, default="open"),
    Column("reason", Text),
    Column("updated_at", Instant),
)

sources = Table(
    "shop_sources",
    shop_metadata,
    _key("sku"),
    _key("supplier"),
    Column("region", Text),
    Column("lead_time_days", Integer),
    Column("rank", Integer, nullable=False, default=0),
)

orders = Table(
    "shop_orders",
    shop_metadata,
    _key("id"),
    Column("number", Text, nullable=False, index=True),
    Column("customer_id", String(128), nullable=False, index=True),
    Column("placed_at", Instant, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("market", String(2)),
    Column("postcode", Text),
    Column("shipping_policy", String(16)),
    Column("shipping_minor", BigInteger, nullable=False, default=0),
    Column("discount_minor", BigInteger, nullable=False, default=0),
    Column("needed_by", Date),
    Column("priority", Integer, nullable=False, default=0),
    Column("payment_status", String(16), nullable=False, default="none"),
    Column("authorization_expires_at", Instant),
    Column("status", String(16), nullable=False, default="open"),
)

order_lines = Table(
    "shop_order_lines",
    shop_metadata,
    _key("id"),
    Column("order_id", String(128), nullable=False, index=True),
    Column("sku", String(128), index=True),
    Column("title", Text, nullable=False, default=""),
    Column("kind", String(16), nullable=False, default="backorder"),
    Column("quantity", Integer, nullable=False),
    Column("allocated", Integer, nullable=False, default=0),
    Column("shipped", Integer, nullable=False, default=0),
    Column("cancelled", Integer, nullable=False, default=0),
    Column("backordered", Integer, nullable=False, default=0),
    Column("unit_price_minor", BigInteger, nullable=False),
    Column("discount_minor", BigInteger, nullable=False, default=0),
    Column("tax_minor", BigInteger, nullable=False, default=0),
    Column("work_started_at", Instant),
)

shipments = Table(
    "shop_shipments",
    shop_metadata,
    _key("id"),
    Column("order_id", String(128), nullable=False, index=True),
    Column("carrier", Text),
    Column("tracking_number", Text),
    Column("tracking_url", Text),
    Column("shipped_at", Instant),
    Column("estimated_delivery_on", Date),
    Column("delivered_at", Instant),
)

shipment_lines = Table(
    "shop_shipment_lines",
    shop_metadata,
    _key("shipment_id"),
    _key("line_id"),
    Column("quantity", Integer, nullable=False),
)

refunds = Table(
    "shop_refunds",
    shop_metadata,
    _key("id"),
    Column("order_id", String(128), nullable=False, index=True),
    Column("line_id", String(128)),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("reference", Text),
    Column("created_at", Instant),
)

substitutes = Table(
    "shop_substitutes",
    shop_metadata,
    _key("sku"),
    _key("substitute_sku"),
    Column("rank", Integer, nullable=False, default=0),
    Column("kind", String(16)),
)
