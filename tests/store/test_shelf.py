"""What is read of the shelf: of a large category a part, of what counts all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.shelf import load_shelf

from ..builders import a_product, a_substitute

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.engine import Store

MANY = 301


def read(connection: Connection, sku: str) -> set[str]:
    """Return the products that are read around one."""
    return {product.sku for product in load_shelf(connection, (), [sku]).likely}


def test_a_large_category_cuts_no_family_and_no_list(store: Store) -> None:
    """However many others sort before them, with a family or without one."""
    with store.write() as connection:
        a_product(connection, "WANTED", family="own")
        a_product(connection, "Z-SISTER", family="own", size="L")
        a_product(connection, "Z-LISTED", family="z", category="something else")
        a_substitute(connection, "WANTED", "Z-LISTED")
        for number in range(MANY):
            family = f"f{number}" if number % 2 else None
            a_product(connection, f"A-{number:03}", family=family)
        found = read(connection, "WANTED")

    assert {"WANTED", "Z-SISTER", "Z-LISTED"} < found
    assert "A-000" in found
    assert "A-300" not in found


def test_a_large_family_is_read_whole(store: Store) -> None:
    """A garment in all colours and sizes, and like products besides."""
    with store.write() as connection:
        a_product(connection, "WANTED", family="own")
        for number in range(MANY):
            a_product(connection, f"B-{number:03}", family="own", color=f"c{number}")
        a_product(connection, "A-OTHER", family="f")
        a_product(connection, "Z-OTHER", family=None)
        a_product(connection, "GONE", family="own", active=False)
        found = read(connection, "WANTED")

    assert len(found) == 1 + MANY + 2
    assert {"A-OTHER", "Z-OTHER", "B-300"} < found
