"""The merchant's own list of substitutes: what cannot be meant is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.curated import faults_of_list

from ..builders import a_product, a_substitute

if TYPE_CHECKING:
    from store.engine import Store


def test_a_list_that_makes_sense_has_no_faults(store: Store) -> None:
    """Two that may stand in for one."""
    with store.write() as connection:
        for sku in ("BLACK", "NAVY", "CHARCOAL"):
            a_product(connection, sku)
        a_substitute(connection, "BLACK", "NAVY")
        a_substitute(connection, "BLACK", "CHARCOAL")
        assert faults_of_list(connection) == []


def test_every_fault_is_told(store: Store) -> None:
    """To itself, to nothing, to what is not sold, to other money, and in a circle."""
    with store.write() as connection:
        for sku in ("A", "B", "C"):
            a_product(connection, sku)
        a_product(connection, "OLD", active=False)
        a_product(connection, "DOLLAR", currency="USD")
        for sku, other in (
            ("A", "A"),
            ("A", "GHOST"),
            ("A", "OLD"),
            ("A", "DOLLAR"),
            ("A", "B"),
            ("B", "C"),
            ("C", "A"),
        ):
            a_substitute(connection, sku, other)
        faults = faults_of_list(connection)
    assert "A is listed as its own substitute" in faults
    assert "A -> GHOST: there is no product GHOST" in faults
    assert "A -> OLD: OLD is not sold any more" in faults
    assert "A -> DOLLAR: prices in GBP and USD cannot be compared" in faults
    assert "substitute_cycle: A -> B -> C -> A" in faults
    assert len(faults) == 5
