"""What consolations cost, and whether the orders were kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from store.tables import decisions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

#: The stretch a budget is for.
MONTH = timedelta(days=30)

_SPENT = (
    select(decisions.c.currency, func.sum(decisions.c.price_minor))
    .where(
        decisions.c.kind == "consolation",
        decisions.c.withdrawn_at.is_(None),
        decisions.c.rejected_at.is_(None),
        decisions.c.created_at > bindparam("since"),
        decisions.c.currency.is_not(None),
        decisions.c.price_minor.is_not(None),
    )
    .group_by(decisions.c.currency)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How many lines of one kind were consoled, and how many cancelled afterwards."""

    kind: str
    given: int
    cancelled: int

    @property
    def kept(self) -> int:
        """The lines that were not cancelled."""
        return self.given - self.cancelled


def spent_lately(connection: Connection, now: datetime) -> dict[str, int]:
    """Return what the last 30 days' consolations are worth, minor units by currency."""
    rows = connection.execute(_SPENT, {"since": now - MONTH})
    return {currency: int(worth) for currency, worth in rows}


def outcomes(connection: Connection) -> list[Kept]:
    """Return per kind of consolation how many lines were kept afterwards."""
    later = decisions.alias("later")
    cancelled = (
        select(later.c.id)
        .where(
            later.c.backorder_id == decisions.c.backorder_id,
            later.c.kind == "cancel_refund",
            later.c.created_at >= decisions.c.created_at,
            later.c.withdrawn_at.is_(None),
            later.c.rejected_at.is_(None),
        )
        .exists()
    )
    rows = connection.execute(
        select(decisions.c.reason, cancelled.label("cancelled")).where(
            decisions.c.kind == "consolation",
            decisions.c.withdrawn_at.is_(None),
            decisions.c.rejected_at.is_(None),
        )
    ).all()
    kinds = sorted({row.reason for row in rows})
    return [
        Kept(
            kind=kind,
            given=sum(row.reason == kind for row in rows),
            cancelled=sum(row.reason == kind and bool(row.cancelled) for row in rows),
        )
        for kind in kinds
    ]
