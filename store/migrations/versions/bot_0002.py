"""What belongs to no single case, and the machinery."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Instant

revision = "bot_0002"
down_revision = "bot_0001"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "bot_availability_rows",
        sa.Column("sku", sa.String(length=128), nullable=False),
        sa.Column("orderable", sa.Boolean()),
        sa.Column("reason", sa.String(length=32)),
        sa.Column("expected_from", sa.Date()),
        sa.Column("expected_to", sa.Date()),
        sa.Column("waiting_count", sa.Integer()),
        sa.Column("texts", sa.JSON()),
        sa.Column("updated_at", Instant()),
        sa.Column("policy_version", sa.String(length=16)),
        sa.Column("day", sa.Date()),
        sa.Column("outdated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sku", name="pk_bot_availability_rows"),
    )
    op.create_index(
        "ix_bot_availability_rows_outdated",
        "bot_availability_rows",
        ["sku"],
        sqlite_where=sa.text("outdated"),
        postgresql_where=sa.text("outdated"),
    )
    op.create_table(
        "bot_case_changes",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("customer_id", sa.String(length=128), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Boolean(), nullable=False),
        sa.Column("retry_at", sa.Float(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bot_case_changes"),
    )
    op.create_index(
        "ix_bot_case_changes_customer_id", "bot_case_changes", ["customer_id"]
    )
    op.create_table(
        "bot_changes",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("relation", sa.String(length=64), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bot_changes"),
    )
    op.create_table(
        "bot_channels",
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("read_until", Instant()),
        sa.Column("read_machine", sa.Float()),
        sa.PrimaryKeyConstraint("channel", name="pk_bot_channels"),
    )
    op.create_table(
        "bot_dead_letters",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("buried_at", Instant()),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bot_dead_letters"),
        sa.UniqueConstraint("key", name="uq_bot_dead_letters_key"),
    )
    op.create_table(
        "bot_inbox",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("admitted_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_bot_inbox"),
    )
    op.create_index("ix_bot_inbox_admitted_at", "bot_inbox", ["admitted_at"])
    op.create_table(
        "bot_links",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=128), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("used_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_bot_links"),
    )
    op.create_table(
        "bot_meta",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_bot_meta"),
    )
    op.create_table(
        "bot_outages",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bot_outages"),
    )
    op.create_index("ix_bot_outages_channel", "bot_outages", ["channel"])
    op.create_table(
        "bot_policies",
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_bot_policies"),
    )
    op.create_table(
        "bot_proof_tries",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("tried", sa.String(length=160), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bot_proof_tries"),
    )
    op.create_index("ix_bot_proof_tries_at", "bot_proof_tries", ["at"])
    op.create_index("ix_bot_proof_tries_tried", "bot_proof_tries", ["tried"])
    op.create_table(
        "bot_seen_rows",
        sa.Column("relation", sa.String(length=64), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("relation", "row_key", name="pk_bot_seen_rows"),
    )
    op.create_table(
        "bot_skus",
        sa.Column("sku", sa.String(length=128), nullable=False),
        sa.Column("wake_at", Instant()),
        sa.PrimaryKeyConstraint("sku", name="pk_bot_skus"),
    )
    op.create_index("ix_bot_skus_wake_at", "bot_skus", ["wake_at"])
    op.create_table(
        "bot_supply_dates",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("sku", sa.String(length=128)),
        sa.Column("supply_id", sa.String(length=128)),
        sa.Column("expected_on", sa.Date()),
        sa.Column("told_by", sa.String(length=80), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bot_supply_dates"),
    )
    op.create_index("ix_bot_supply_dates_sku", "bot_supply_dates", ["sku"])
    op.create_index("ix_bot_supply_dates_supply_id", "bot_supply_dates", ["supply_id"])
