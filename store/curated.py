"""The merchant's own list of substitutes, looked at for what cannot be meant."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from sqlalchemy import select

from store.shop import products, substitutes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from store.columns import AnyRow

#: More circles than this are one mistake made often.
_FEW = 20


def faults_of_list(connection: Connection) -> list[str]:
    """Return what is wrong in ``shop_substitutes``, one sentence each.

    At run time such rows stop nothing: what cannot be sent is passed over, and of a
    circle only one step is ever taken.
    """
    rows = connection.execute(
        select(substitutes).order_by(substitutes.c.sku, substitutes.c.rank)
    ).all()
    named = {name for row in rows for name in (row.sku, row.substitute_sku)}
    known = {
        row.sku: row
        for row in connection.execute(
            select(products.c.sku, products.c.active, products.c.currency)
        )
        if row.sku in named
    }
    faults = [fault for row in rows if (fault := _fault(row, known)) is not None]
    faults += [
        f"substitute_cycle: {' -> '.join((*circle, circle[0]))}"
        for circle in circles((row.sku, row.substitute_sku) for row in rows)
    ]
    return faults


def circles(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Return the one-way circles of a list, at most a few, each from its first SKU.

    That two stand in for each other is the usual case and no circle; but who lists B
    for A, C for B and A for C, and none of it the other way, has mixed something up.
    """
    listed = set(pairs)
    one_way: dict[str, list[str]] = {}
    for sku, other in sorted(listed):
        if sku != other and (other, sku) not in listed:
            one_way.setdefault(sku, []).append(other)
    return _circles(one_way)


def _fault(row: AnyRow, known: Mapping[str, AnyRow]) -> str | None:
    if row.sku == row.substitute_sku:
        return f"{row.sku} is listed as its own substitute"
    for name in (row.sku, row.substitute_sku):
        if name not in known:
            return f"{row.sku} -> {row.substitute_sku}: there is no product {name}"
    wanted, other = known[row.sku], known[row.substitute_sku]
    if not other.active:
        return f"{row.sku} -> {other.sku}: {other.sku} is not sold any more"
    if wanted.currency and other.currency and wanted.currency != other.currency:
        return (
            f"{row.sku} -> {other.sku}: prices in {wanted.currency} and"
            f" {other.currency} cannot be compared"
        )
    return None


def _circles(pairs: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Return circles, each beginning with its first SKU by name."""
    left = {sku: list(others) for sku, others in pairs.items()}
    found = []
    for _ in range(_FEW):
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            # The standard library tells them against the arrows, first and last alike.
            circle = [*reversed(error.args[1])][1:]
            first = circle.index(min(circle))
            circle = [*circle[first:], *circle[:first]]
            found.append(tuple(circle))
            left[circle[0]].remove(circle[1])
        else:
            break
    return sorted(found)
