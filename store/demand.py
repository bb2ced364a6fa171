"""The tables about demand: who waits for a ware, and what the shop's pages may say.

They stand beside ``store.tables`` and belong to the same metadata.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from store.columns import Instant
from store.tables import bot_metadata

__all__ = ["availability", "bot_metadata", "waitlist"]

_Serial = BigInteger().with_variant(Integer, "sqlite")

#: Entries of customers who wait until something comes; nobody but a wave calls them.
_IN_LINE = text("state = 'waiting'")

waitlist = Table(
    "bot_waitlist",
    bot_metadata,
    Column("id", String(24), primary_key=True),
    Column("case_id", _Serial, ForeignKey("bot_cases.id"), nullable=False, index=True),
    Column("customer_id", String(128), nullable=False),
    Column("sku", String(128), nullable=False, index=True),
    #: What is short and comes back: the product's blank.
    Column("blank", String(128), nullable=False),
    Column("title", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("order_id", String(128), nullable=False),
    Column("line_id", String(128), nullable=False),
    Column("backorder_id", String(24)),
    Column("reason", Text, nullable=False, default=""),
    #: Since when it is counted from: leaving an order's queue keeps one's place.
    Column("since", Instant, nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("called", Boolean, nullable=False, default=False),
    Column("offered_at", Instant),
    Column("told_until", Instant),
    Column("delivered_at", Instant),
    Column("expires_at", Instant),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    Index(
        "ix_bot_waitlist_in_line",
        "blank",
        "since",
        sqlite_where=_IN_LINE,
        postgresql_where=_IN_LINE,
    ),
)

availability = Table(
    "bot_availability_rows",
    bot_metadata,
    Column("sku", String(128), primary_key=True),
    Column("orderable", Boolean),
    Column("reason", String(32)),
    Column("expected_from", Date),
    Column("expected_to", Date),
    Column("waiting_count", Integer),
    Column("texts", JSON),
    Column("updated_at", Instant),
    #: What it was worked out by and for; another policy or day wants it anew.
    Column("policy_version", String(16)),
    Column("day", Date),
    Column("outdated", Boolean, nullable=False, default=True),
    Index(
        "ix_bot_availability_rows_outdated",
        "sku",
        sqlite_where=text("outdated"),
        postgresql_where=text("outdated"),
    ),
)
