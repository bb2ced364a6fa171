"""What was given for patience: how much, and whether the orders were kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert

from store.consolation import MONTH, Kept, outcomes, spent_lately
from store.tables import decisions

from ..builders import NOON

if TYPE_CHECKING:
    from store.engine import Store

HOUR = timedelta(hours=1)


def decided(store: Store, kind: str, about: str, **columns: Any) -> None:
    """Insert a decision about a backorder."""
    row = {
        "created_at": NOON,
        "order_id": "order",
        "line_id": about,
        "backorder_id": about,
        "kind": kind,
        "quantity": 1,
        "decided_by": "policy",
    }
    with store.write() as connection:
        connection.execute(insert(decisions).values(row | columns))


def counted(store: Store) -> list[Kept]:
    """Return what came of the consolations."""
    with store.read() as connection:
        return outcomes(connection)


def test_each_kind_is_counted_apart(store: Store) -> None:
    """Kept and cancelled afterwards make up what was given."""
    for about, kind in (("1", "voucher"), ("2", "discount"), ("3", "voucher")):
        decided(store, "consolation", about, reason=kind)
    decided(store, "cancel_refund", "3", created_at=NOON + HOUR)

    assert counted(store) == [
        Kept(kind="discount", given=1, cancelled=0),
        Kept(kind="voucher", given=2, cancelled=1),
    ]


@pytest.mark.parametrize(
    "taken_back", [{"withdrawn_at": NOON}, {"rejected_at": NOON, "rejection": "no"}]
)
def test_what_was_taken_back_counts_on_neither_side(
    store: Store, taken_back: dict[str, Any]
) -> None:
    """What the shop refused was not given, and a refused cancellation is none."""
    decided(store, "consolation", "1", reason="voucher")
    decided(store, "cancel_refund", "1", created_at=NOON + HOUR, **taken_back)
    decided(store, "consolation", "2", reason="voucher", **taken_back)

    assert counted(store) == [Kept(kind="voucher", given=1, cancelled=0)]


def test_an_earlier_cancellation_is_not_its_doing(store: Store) -> None:
    """Only what was cancelled after it tells whether patience was won."""
    decided(store, "cancel_refund", "1", created_at=NOON - HOUR)
    decided(store, "consolation", "1", reason="voucher")

    assert counted(store) == [Kept(kind="voucher", given=1, cancelled=0)]


def given(
    store: Store, price_minor: int, currency: str = "EUR", **columns: Any
) -> None:
    """Insert a consolation that is worth something."""
    worth = {"price_minor": price_minor, "currency": currency, "reason": "voucher"}
    kind = columns.pop("kind", "consolation")
    decided(store, kind, "1", **worth | columns)


def test_each_currency_is_summed_by_itself(store: Store) -> None:
    """Five euros and five thousand yen are no sum anybody could compare."""
    given(store, 500)
    given(store, 250)
    given(store, 5000, "JPY")
    with store.read() as connection:
        assert spent_lately(connection, NOON) == {"EUR": 750, "JPY": 5000}


def test_only_what_was_given_lately_is_spent(store: Store) -> None:
    """Not what was taken back or rejected, is older than 30 days, or something else."""
    given(store, 1, withdrawn_at=NOON)
    given(store, 2, rejected_at=NOON)
    given(store, 4, created_at=NOON - MONTH)
    given(store, 8, kind="substitute")
    given(store, 16, created_at=NOON - MONTH + timedelta(seconds=1))
    with store.read() as connection:
        assert spent_lately(connection, NOON) == {"EUR": 16}
