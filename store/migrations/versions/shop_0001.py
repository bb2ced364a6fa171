"""The shop's relations, for shops without tables of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Instant

revision = "shop_0001"
down_revision = None
branch_labels = ("shop",)
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "shop_customers",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("phone", sa.Text()),
        sa.Column("locale", sa.String(length=35)),
        sa.Column("time_zone", sa.String(length=64)),
        sa.Column("customer_group", sa.Text()),
        sa.Column("created_at", Instant()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_shop_customers_email", "shop_customers", ["email"])
    op.create_index("ix_shop_customers_phone", "shop_customers", ["phone"])
    op.create_table(
        "shop_order_lines",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=128), nullable=False),
        sa.Column("sku", sa.String(length=128)),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.Column("shipped", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.Column("backordered", sa.Integer(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("work_started_at", Instant()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_shop_order_lines_order_id", "shop_order_lines", ["order_id"])
    op.create_index("ix_shop_order_lines_sku", "shop_order_lines", ["sku"])
    op.create_table(
        "shop_orders",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.String(length=128), nullable=False),
        sa.Column("placed_at", Instant(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("market", sa.String(length=2)),
        sa.Column("postcode", sa.Text()),
        sa.Column("shipping_policy", sa.String(length=16)),
        sa.Column("shipping_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("needed_by", sa.Date()),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("payment_status", sa.String(length=16), nullable=False),
        sa.Column("authorization_expires_at", Instant()),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_shop_orders_customer_id", "shop_orders", ["customer_id"])
    op.create_index("ix_shop_orders_number", "shop_orders", ["number"])
    op.create_table(
        "shop_products",
        sa.Column("sku", sa.String(length=128), nullable=False),
        sa.Column("blank_sku", sa.String(length=128)),
        sa.Column("family", sa.Text()),
        sa.Column("category", sa.Text()),
        sa.Column("design", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text()),
        sa.Column("color", sa.Text()),
        sa.Column("color_hex", sa.String(length=7)),
        sa.Column("size", sa.Text()),
        sa.Column("price_minor", sa.BigInteger()),
        sa.Column("currency", sa.String(length=3)),
        sa.Column("image_url", sa.Text()),
        sa.Column("attributes", sa.JSON()),
        sa.Column("supplier", sa.Text()),
        sa.Column("lead_time_days", sa.Integer()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sku"),
    )
    op.create_index("ix_shop_products_blank_sku", "shop_products", ["blank_sku"])
    op.create_index("ix_shop_products_category", "shop_products", ["category"])
    op.create_index("ix_shop_products_family", "shop_products", ["family"])
    op.create_table(
        "shop_refunds",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=128), nullable=False),
        sa.Column("line_id", sa.String(length=128)),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reference", sa.Text()),
        sa.Column("created_at", Instant()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_shop_refunds_order_id", "shop_refunds", ["order_id"])
    op.create_table(
        "shop_shipment_lines",
        sa.Column("shipment_id", sa.String(length=128), nullable=False),
        sa.Column("line_id", sa.String(length=128), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("shipment_id", "line_id"),
    )
    op.create_table(
        "shop_shipments",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("order_id", sa.String(length=128), nullable=False),
        sa.Column("carrier", sa.Text()),
        sa.Column("tracking_number", sa.Text()),
        sa.Column("tracking_url", sa.Text()),
        sa.Column("shipped_at", Instant()),
        sa.Column("estimated_delivery_on", sa.Date()),
        sa.Column("delivered_at", Instant()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_shop_shipments_order_id", "shop_shipments", ["order_id"])
    op.create_table(
        "shop_sources",
        sa.Column("sku", sa.String(length=128), nullable=False),
        sa.Column("supplier", sa.String(length=128), nullable=False),
        sa.Column("region", sa.Text()),
        sa.Column("lead_time_days", sa.Integer()),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sku", "supplier"),
    )
    op.create_table(
        "shop_stock",
        sa.Column("sku", sa.String(length=128), nullable=False),
        sa.Column("location", sa.String(length=128), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("updated_at", Instant()),
        sa.PrimaryKeyConstraint("sku", "location"),
    )
    op.create_table(
        "shop_substitutes",
        sa.Column("sku", sa.String(length=128), nullable=False),
        sa.Column("substitute_sku", sa.String(length=128), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16)),
        sa.PrimaryKeyConstraint("sku", "substitute_sku"),
    )
    op.create_table(
        "shop_supplies",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("sku", sa.String(length=128), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("expected_on", sa.Date()),
        sa.Column("supplier", sa.Text()),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("updated_at", Instant()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_shop_supplies_sku", "shop_supplies", ["sku"])
