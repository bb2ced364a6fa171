"""The bot's own tables. Alembic owns them; nobody else writes them.

A case is the unit of locking: every row here that belongs to a case is written
under its lock. Texts in the outbox are finished; business instants are UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from store.columns import Instant

bot_metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: SQLite gives a rowid only to INTEGER keys, PostgreSQL wants 64 bits.
_Serial = BigInteger().with_variant(Integer, "sqlite")


def _serial() -> Column[int]:
    return Column("id", _Serial, primary_key=True, autoincrement=True)


def _case() -> Column[int]:
    return Column(
        "case_id", _Serial, ForeignKey("bot_cases.id"), nullable=False, index=True
    )


meta = Table(
    "bot_meta",
    bot_metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

cases = Table(
    "bot_cases",
    bot_metadata,
    _serial(),
    Column("version", Integer, nullable=False, default=0),
    Column("customer_id", String(128), unique=True),
    Column("dialogue", String(16), nullable=False),
    Column("misses", Integer, nullable=False, default=0),
    Column("language", String(35)),
    Column("memory", JSON, nullable=False),
    Column("wake_at", Instant, index=True),
    Column("retry_at", Instant),
    Column("attempts", Integer, nullable=False, default=0),
    Column("merged_into", _Serial),
    Column("created_at", Instant, nullable=False),
)

chats = Table(
    "bot_chats",
    bot_metadata,
    _serial(),
    _case(),
    Column("channel", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("person_id", String(64)),
    Column("name", Text),
    Column("language", String(35)),
    Column("reachable", Boolean, nullable=False, default=True),
    Column("muted", Boolean, nullable=False, default=False),
    Column("others", JSON),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("channel", "address"),
)

proof_tries = Table(
    "bot_proof_tries",
    bot_metadata,
    _serial(),
    Column("tried", String(160), nullable=False, index=True),
    Column("at", Instant, nullable=False, index=True),
)

links = Table(
    "bot_links",
    bot_metadata,
    Column("digest", String(64), primary_key=True),
    Column("order_id", String(128), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("used_at", Instant, nullable=False),
)

backorders = Table(
    "bot_backorders",
    bot_metadata,
    Column("id", String(24), primary_key=True),
    _case(),
    Column("order_id", String(128), nullable=False),
    Column("line_id", String(128), nullable=False, index=True),
    Column("sku", String(128)),
    Column("quantity", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("promised_from", Date),
    Column("promised_to", Date),
    Column("told_at", Instant),
    Column("slips", Integer, nullable=False, default=0),
    CheckConstraint("quantity > 0", name="quantity_positive"),
)

offers = Table(
    "bot_offers",
    bot_metadata,
    Column("id", String(24), primary_key=True),
    _case(),
    Column("version", Integer, nullable=False),
    Column("order_id", String(128), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("token", String(24), nullable=False, unique=True),
    Column("terms", JSON, nullable=False),
    Column("policy_version", String(16)),
    Column("proposed_at", Instant, nullable=False),
    Column("told_deadline", Instant),
    Column("delivered_at", Instant),
    Column("deadline_at", Instant),
    Column("remind_at", Instant),
    Column("reminded_at", Instant),
    Column("rested_at", Instant),
    Column("decided_at", Instant),
)

replies = Table(
    "bot_replies",
    bot_metadata,
    _serial(),
    _case(),
    Column("offer_id", String(24), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("option", String(32), nullable=False),
    Column("replied_by", String(80), nullable=False),
    Column("words", Text, nullable=False, default=""),
    Column("replied_at", Instant, nullable=False),
)

holds = Table(
    "bot_holds",
    bot_metadata,
    _serial(),
    _case(),
    Column("sku", String(128), nullable=False, index=True),
    Column("quantity", Integer, nullable=False),
    Column("offer_id", String(24), nullable=False, index=True),
    Column("backorder_id", String(24), nullable=False),
    Column("held_at", Instant, nullable=False),
    CheckConstraint("quantity > 0", name="quantity_positive"),
)

skus = Table(
    "bot_skus",
    bot_metadata,
    Column("sku", String(128), primary_key=True),
    Column("wake_at", Instant, index=True),
)

promises = Table(
    "bot_promises",
    bot_metadata,
    _serial(),
    _case(),
    Column("backorder_id", String(24), nullable=False, index=True),
    Column("line_id", String(128), nullable=False),
    Column("expected_from", Date),
    Column("expected_to", Date),
    Column("reason", Text, nullable=False, default=""),
    Column("told_at", Instant, nullable=False),
)

tickets = Table(
    "bot_tickets",
    bot_metadata,
    Column("id", String(24), primary_key=True),
    _case(),
    Column("state", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("owner_id", String(80)),
    Column("owner_name", Text),
    Column("claimed_at", Instant),
    Column("resolved_at", Instant),
    Column("remind_at", Instant),
)

decisions = Table(
    "bot_decisions",
    bot_metadata,
    _serial(),
    Column("created_at", Instant, nullable=False),
    Column("case_id", _Serial, index=True),
    Column("order_id", String(128), nullable=False, index=True),
    Column("line_id", String(128), index=True),
    Column("kind", String(20), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("substitute_sku", String(128)),
    Column("price_minor", BigInteger),
    Column("refund_minor", BigInteger),
    Column("currency", String(3)),
    Column("reason", Text, nullable=False, default=""),
    Column("decided_by", String(80), nullable=False),
    Column("reply_id", _Serial),
    Column("offer_id", String(24)),
    Column("backorder_id", String(24), index=True),
    Column("policy_version", String(16)),
    Column("rule", Text),
    Column("apply_after", Instant),
    Column("claimed_at", Instant),
    Column("applied_at", Instant),
    Column("rejected_at", Instant),
    Column("rejection", Text),
    Column("withdrawn_at", Instant),
    Column("told", String(16), nullable=False, default="made"),
    CheckConstraint("quantity > 0", name="quantity_positive"),
)

notices = Table(
    "bot_notices",
    bot_metadata,
    _serial(),
    _case(),
    Column("customer_id", String(128), nullable=False, index=True),
    Column("email", Text),
    Column("language", String(35)),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("chat_link", Text),
    Column("about", String(64), nullable=False, default=""),
    Column("key", String(64), nullable=False, default=""),
    Column("deadline_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("failed_at", Instant),
    Column("noted", Boolean, nullable=False, default=False),
    # A mailer may still name a letter that was dropped: no other gets its number.
    sqlite_autoincrement=True,
)

supply_dates = Table(
    "bot_supply_dates",
    bot_metadata,
    _serial(),
    Column("sku", String(128), index=True),
    Column("supply_id", String(128), index=True),
    Column("expected_on", Date),
    Column("told_by", String(80), nullable=False),
    Column("since", Instant, nullable=False),
)

outbox = Table(
    "bot_outbox",
    bot_metadata,
    _serial(),
    Column("case_id", _Serial, index=True),
    Column("lane", String(80), nullable=False),
    Column("pace_key", String(80), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("chat_id", _Serial),
    Column("urgency", Integer, nullable=False),
    Column("key", String(64), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("subject", String(80), nullable=False, default=""),
    Column("target_id", _Serial, index=True),
    Column("replaces", String(80)),
    Column("batch", String(24), index=True),
    Column("receipt", Boolean, nullable=False, default=False),
    Column("state", String(12), nullable=False, default="waiting"),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", Float, nullable=False, default=0),
    Column("leased_by", String(64)),
    Column("leased_until", Float),
    Column("sent_at", Instant),
    Column("platform_id", String(64)),
    Column("error", Text),
    Index("ix_bot_outbox_lane_id", "lane", "id"),
    Index(
        "ix_bot_outbox_unsent",
        "urgency",
        "id",
        sqlite_where=text("state IN ('waiting', 'leased')"),
        postgresql_where=text("state IN ('waiting', 'leased')"),
    ),
    Index("ix_bot_outbox_subject", "subject"),
)

inbox = Table(
    "bot_inbox",
    bot_metadata,
    Column("key", String(160), primary_key=True),
    Column("admitted_at", Instant, nullable=False, index=True),
)

dead_letters = Table(
    "bot_dead_letters",
    bot_metadata,
    _serial(),
    Column("key", String(160), nullable=False, unique=True),
    Column("source", String(64), nullable=False),
    Column("raw", Text, nullable=False),
    Column("error", Text, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=1),
    Column("buried_at", Instant),
    Column("seen_at", Instant, nullable=False),
)

changes = Table(
    "bot_changes",
    bot_metadata,
    _serial(),
    Column("relation", String(64), nullable=False),
    Column("row_key", Text, nullable=False),
)

case_changes = Table(
    "bot_case_changes",
    bot_metadata,
    _serial(),
    Column("customer_id", String(128), nullable=False, index=True),
    Column("cause", Text, nullable=False, default=""),
    Column("baseline", Boolean, nullable=False, default=False),
    Column("retry_at", Float, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
)

seen_rows = Table(
    "bot_seen_rows",
    bot_metadata,
    Column("relation", String(64), primary_key=True),
    Column("row_key", Text, primary_key=True),
    Column("digest", String(40), nullable=False),
)

channels = Table(
    "bot_channels",
    bot_metadata,
    Column("channel", String(64), primary_key=True),
    Column("read_until", Instant),
    Column("read_machine", Float),
)

outages = Table(
    "bot_outages",
    bot_metadata,
    _serial(),
    Column("channel", String(64), nullable=False, index=True),
    Column("began_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=False),
)

policies = Table(
    "bot_policies",
    bot_metadata,
    Column("version", String(16), primary_key=True),
    Column("source", Text, nullable=False),
    Column("published_at", Instant, nullable=False),
)

audit = Table(
    "bot_audit",
    bot_metadata,
    _serial(),
    Column("case_id", _Serial, index=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(64), nullable=False),
    Column("detail", Text, nullable=False, default=""),
)
