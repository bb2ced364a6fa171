"""Cases and what belongs to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Instant

revision = "bot_0001"
down_revision = None
branch_labels = ("bot",)
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "bot_audit",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("case_id", SERIAL),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bot_audit"),
    )
    op.create_index("ix_bot_audit_case_id", "bot_audit", ["case_id"])
    op.create_table(
        "bot_cases",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(length=128)),
        sa.Column("dialogue", sa.String(length=16), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=35)),
        sa.Column("memory", sa.JSON(), nullable=False),
        sa.Column("wake_at", Instant()),
        sa.Column("retry_at", Instant()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("merged_into", SERIAL),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bot_cases"),
        sa.UniqueConstraint("customer_id", name="uq_bot_cases_customer_id"),
    )
    op.create_index("ix_bot_cases_wake_at", "bot_cases", ["wake_at"])
    op.create_table(
        "bot_decisions",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("case_id", SERIAL),
        sa.Column("order_id", sa.String(length=128), nullable=False),
        sa.Column("line_id", sa.String(length=128)),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("substitute_sku", sa.String(length=128)),
        sa.Column("price_minor", sa.BigInteger()),
        sa.Column("refund_minor", sa.BigInteger()),
        sa.Column("currency", sa.String(length=3)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("reply_id", SERIAL),
        sa.Column("offer_id", sa.String(length=24)),
        sa.Column("backorder_id", sa.String(length=24)),
        sa.Column("policy_version", sa.String(length=16)),
        sa.Column("rule", sa.Text()),
        sa.Column("apply_after", Instant()),
        sa.Column("claimed_at", Instant()),
        sa.Column("applied_at", Instant()),
        sa.Column("rejected_at", Instant()),
        sa.Column("rejection", sa.Text()),
        sa.Column("withdrawn_at", Instant()),
        sa.Column("told", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "quantity > 0", name=op.f("ck_bot_decisions_quantity_positive")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bot_decisions"),
    )
    op.create_index("ix_bot_decisions_backorder_id", "bot_decisions", ["backorder_id"])
    op.create_index("ix_bot_decisions_case_id", "bot_decisions", ["case_id"])
    op.create_index("ix_bot_decisions_line_id", "bot_decisions", ["line_id"])
    op.create_index("ix_bot_decisions_order_id", "bot_decisions", ["order_id"])
    op.create_table(
        "bot_outbox",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("case_id", SERIAL),
        sa.Column("lane", sa.String(length=80), nullable=False),
        sa.Column("pace_key", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("chat_id", SERIAL),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("target_id", SERIAL),
        sa.Column("replaces", sa.String(length=80)),
        sa.Column("batch", sa.String(length=24)),
        sa.Column("receipt", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.Float(), nullable=False),
        sa.Column("leased_by", sa.String(length=64)),
        sa.Column("leased_until", sa.Float()),
        sa.Column("sent_at", Instant()),
        sa.Column("platform_id", sa.String(length=64)),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_bot_outbox"),
    )
    op.create_index("ix_bot_outbox_batch", "bot_outbox", ["batch"])
    op.create_index("ix_bot_outbox_case_id", "bot_outbox", ["case_id"])
    op.create_index("ix_bot_outbox_lane_id", "bot_outbox", ["lane", "id"])
    op.create_index("ix_bot_outbox_subject", "bot_outbox", ["subject"])
    op.create_index("ix_bot_outbox_target_id", "bot_outbox", ["target_id"])
    op.create_index(
        "ix_bot_outbox_unsent",
        "bot_outbox",
        ["urgency", "id"],
        sqlite_where=sa.text("state IN ('waiting', 'leased')"),
        postgresql_where=sa.text("state IN ('waiting', 'leased')"),
    )
    op.create_table(
        "bot_backorders",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("case_id", SERIAL, nullable=False),
        sa.Column("order_id", sa.String(length=128), nullable=False),
        sa.Column("line_id", sa.String(length=128), nullable=False),
        sa.Column("sku", sa.String(length=128)),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant()),
        sa.Column("promised_from", sa.Date()),
        sa.Column("promised_to", sa.Date()),
        sa.Column("told_at", Instant()),
        sa.Column("slips", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "quantity > 0", name=op.f("ck_bot_backorders_quantity_positive")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["bot_cases.id"], name="fk_bot_backorders_case_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bot_backorders"),
    )
    op.create_index("ix_bot_backorders_case_id", "bot_backorders", ["case_id"])
    op.create_index("ix_bot_backorders_line_id", "bot_backorders", ["line_id"])
    op.create_table(
        "bot_chats",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("case_id", SERIAL, nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64)),
        sa.Column("name", sa.Text()),
        sa.Column("language", sa.String(length=35)),
        sa.Column("reachable", sa.Boolean(), nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("others", sa.JSON()),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["bot_cases.id"], name="fk_bot_chats_case_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bot_chats"),
        sa.UniqueConstraint("channel", "address", name="uq_bot_chats_channel_address"),
    )
    op.create_index("ix_bot_chats_case_id", "bot_chats", ["case_id"])
    op.create_table(
        "bot_holds",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("case_id", SERIAL, nullable=False),
        sa.Column("sku", sa.String(length=128), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.String(length=24), nullable=False),
        sa.Column("backorder_id", sa.String(length=24), nullable=False),
        sa.Column("held_at", Instant(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_bot_holds_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["bot_cases.id"], name="fk_bot_holds_case_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bot_holds"),
    )
    op.create_index("ix_bot_holds_case_id", "bot_holds", ["case_id"])
    op.create_index("ix_bot_holds_offer_id", "bot_holds", ["offer_id"])
    op.create_index("ix_bot_holds_sku", "bot_holds", ["sku"])
    op.create_table(
        "bot_notices",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("case_id", SERIAL, nullable=False),
        sa.Column("customer_id", sa.String(length=128), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("language", sa.String(length=35)),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("chat_link", sa.Text()),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("deadline_at", Instant()),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant()),
        sa.Column("failed_at", Instant()),
        sa.Column("noted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["bot_cases.id"], name="fk_bot_notices_case_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bot_notices"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_bot_notices_case_id", "bot_notices", ["case_id"])
    op.create_index("ix_bot_notices_customer_id", "bot_notices", ["customer_id"])
    op.create_table(
        "bot_offers",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("case_id", SERIAL, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("token", sa.String(length=24), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("policy_version", sa.String(length=16)),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("told_deadline", Instant()),
        sa.Column("delivered_at", Instant()),
        sa.Column("deadline_at", Instant()),
        sa.Column("remind_at", Instant()),
        sa.Column("reminded_at", Instant()),
        sa.Column("rested_at", Instant()),
        sa.Column("decided_at", Instant()),
        sa.ForeignKeyConstraint(
            ["case_id"], ["bot_cases.id"], name="fk_bot_offers_case_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bot_offers"),
        sa.UniqueConstraint("token", name="uq_bot_offers_token"),
    )
    op.create_index("ix_bot_offers_case_id", "bot_offers", ["case_id"])
    op.create_table(
        "bot_promises",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("case_id", SERIAL, nullable=False),
        sa.Column("backorder_id", sa.String(length=24), nullable=False),
        sa.Column("line_id", sa.String(length=128), nullable=False),
        sa.Column("expected_from", sa.Date()),
        sa.Column("expected_to", sa.Date()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["bot_cases.id"], name="fk_bot_promises_case_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bot_promises"),
    )
    op.create_index("ix_bot_promises_backorder_id", "bot_promises", ["backorder_id"])
    op.create_index("ix_bot_promises_case_id", "bot_promises", ["case_id"])
    op.create_table(
        "bot_replies",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("case_id", SERIAL, nullable=False),
        sa.Column("offer_id", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("option", sa.String(length=32), nullable=False),
        sa.Column("replied_by", sa.String(length=80), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("replied_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["bot_cases.id"], name="fk_bot_replies_case_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bot_replies"),
    )
    op.create_index("ix_bot_replies_case_id", "bot_replies", ["case_id"])
    op.create_index("ix_bot_replies_offer_id", "bot_replies", ["offer_id"])
    op.create_table(
        "bot_tickets",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("case_id", SERIAL, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("owner_id", sa.String(length=80)),
        sa.Column("owner_name", sa.Text()),
        sa.Column("claimed_at", Instant()),
        sa.Column("resolved_at", Instant()),
        sa.Column("remind_at", Instant()),
        sa.ForeignKeyConstraint(
            ["case_id"], ["bot_cases.id"], name="fk_bot_tickets_case_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bot_tickets"),
    )
    op.create_index("ix_bot_tickets_case_id", "bot_tickets", ["case_id"])
    op.create_table(
        "bot_waitlist",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("case_id", SERIAL, nullable=False),
        sa.Column("customer_id", sa.String(length=128), nullable=False),
        sa.Column("sku", sa.String(length=128), nullable=False),
        sa.Column("blank", sa.String(length=128), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(length=128), nullable=False),
        sa.Column("line_id", sa.String(length=128), nullable=False),
        sa.Column("backorder_id", sa.String(length=24)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("joined_at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("called", sa.Boolean(), nullable=False),
        sa.Column("offered_at", Instant()),
        sa.Column("told_until", Instant()),
        sa.Column("delivered_at", Instant()),
        sa.Column("expires_at", Instant()),
        sa.CheckConstraint(
            "quantity > 0", name=op.f("ck_bot_waitlist_quantity_positive")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["bot_cases.id"], name="fk_bot_waitlist_case_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bot_waitlist"),
    )
    op.create_index("ix_bot_waitlist_case_id", "bot_waitlist", ["case_id"])
    op.create_index(
        "ix_bot_waitlist_in_line",
        "bot_waitlist",
        ["blank", "since"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_bot_waitlist_sku", "bot_waitlist", ["sku"])
