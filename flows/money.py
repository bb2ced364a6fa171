"""Money in integer minor units: shares that always add up.

A line costs ``quantity * unit_price - discount + tax`` (tax is what was added on
top; zero where prices include it). Shares of discount and tax go to single units
by the largest remainder, so the refunds of all units sum to the line exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    return part(_units(line), quantity, already)


def unit_amounts(
    order: Order, line: Line, gone: Mapping[str, int], *, with_shipping: bool
) -> list[int]:
    """Return what was paid for each unit of a line, the order's discount shared in.

    ``gone`` are units per line that another product took the place of: they carry
    nothing any more, their line's first units are left out. ``with_shipping`` deals
    the shipping out as well; over all lines the amounts then sum to what was paid.
    """
    left = [item.quantity - gone.get(item.id, 0) for item in order.lines]
    weights = [
        max(line_total(item) * units // max(item.quantity, 1), 0)
        for item, units in zip(order.lines, left, strict=True)
    ]
    weights = weights if any(weights) else left
    own = [item.id for item in order.lines].index(line.id)
    units = _units(line)[gone.get(line.id, 0) :]
    # By what a unit costs: one that is free already is not made cheaper still.
    costs = [max(amount, 0) for amount in units]
    costs = costs if any(costs) else [1] * len(units)
    off = split(split(order.discount_minor, weights)[own], costs)
    if with_shipping:
        sent = split(split(order.shipping_minor, weights)[own], [1] * len(units))
        units = [amount + share for amount, share in zip(units, sent, strict=True)]
    return [amount - share for amount, share in zip(units, off, strict=True)]


def part(amounts: Sequence[int], quantity: int, already: int = 0) -> int:
    """Return the sum of ``quantity`` units counted from the end, after ``already``.

    From the end, so that one unit's share never depends on later ones.
    """
    last = max(len(amounts) - already, 0)
    return sum(amounts[max(last - quantity, 0) : last])


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """What another price per unit makes of some units of a line.

    Discount and tax keep their proportion to the price; ``difference_minor`` is what
    the customer pays more (below zero: less) for all of them.
    """

    discount_minor: int
    tax_minor: int
    difference_minor: int


def swap(line: Line, quantity: int, price_minor: int, already: int = 0) -> Swap:
    """Return what it means to send ``quantity`` units at another price instead.

    ``already`` units of the line were swapped before.
    """
    chosen = slice(already, already + quantity)
    discount = sum(split(line.discount_minor, [1] * line.quantity)[chosen])
    tax = sum(split(line.tax_minor, [1] * line.quantity)[chosen])
    before = quantity * line.unit_price_minor - discount + tax
    if line.unit_price_minor > 0:
        discount = discount * price_minor // line.unit_price_minor
        tax = tax * price_minor // line.unit_price_minor
    after = quantity * price_minor - discount + tax
    return Swap(discount_minor=discount, tax_minor=tax, difference_minor=after - before)


def _units(line: Line) -> list[int]:
    ones = [1] * line.quantity
    discounts, taxes = split(line.discount_minor, ones), split(line.tax_minor, ones)
    return [
        line.unit_price_minor - discount + tax
        for discount, tax in zip(discounts, taxes, strict=True)
    ]
