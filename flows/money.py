"""Money in integer minor units: shares that always add up.

A line costs ``quantity * unit_price - discount + tax`` (tax is what was added on
top; zero where prices include it). Shares of discount and tax go to single units
by the largest remainder, so the refunds of all units sum to the line exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.shop import Line, Order


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Return ``total`` dealt out by weight, in whole units that sum to it exactly.

    The rest goes to the largest remainders, the earlier one first on a tie.
    """
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i)
    )
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def line_total(line: Line) -> int:
    """Return what a whole line costs."""
    whole = line.quantity * line.unit_price_minor
    return whole - line.discount_minor + line.tax_minor


def order_value(order: Order) -> int:
    """Return what an order's goods cost, shipping apart."""
    return sum(line_total(line) for line in order.lines) - order.discount_minor


def line_refund(line: Line, quantity: int, already: int = 0) -> int:
    """Return what ``quantity`` units cost, after ``already`` units were refunded."""
    units = [1] * line.quantity
    discounts = split(line.discount_minor, units)
    taxes = split(line.tax_minor, units)
    # Refund from the end, so that one unit's share never depends on later ones.
    first = max(line.quantity - already - quantity, 0)
    last = max(line.quantity - already, 0)
    return sum(
        line.unit_price_minor - discounts[i] + taxes[i] for i in range(first, last)
    )
