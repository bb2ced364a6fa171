"""What the shop's pages read: one row a product, without how it came about."""

from __future__ import annotations

from alembic import op

revision = "bot_0003"
down_revision = "bot_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE VIEW bot_availability AS"
        " SELECT sku, orderable, reason, expected_from, expected_to,"
        " waiting_count, texts, updated_at"
        " FROM bot_availability_rows WHERE orderable IS NOT NULL"
    )
