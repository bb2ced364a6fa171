"""How a platform's stock stands in shop_stock: locations with the platform's prefix.

Platforms tell what no order has claimed. So a platform's rows carry that number as
it was told (below zero where more was sold than there is), and one more row,
``<platform>:committed``, carries the units its open orders have claimed. The sum over
a SKU's locations is what lies on the shelf, as ``on_hand`` promises.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

#: Platforms whose ``on_hand`` leaves out what open orders have claimed.
PLATFORMS = ("shopify", "woo")

_COMMITTED = "committed"
_TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Units of a SKU at a location; ``updated_at`` only where it can be relied on."""

    sku: str
    location: str
    on_hand: int
    updated_at: datetime | None = None


def total_level(sku: str, prefix: str, on_hand: int) -> Level:
    """Return a level over all locations, for sources that know no locations."""
    return Level(sku=sku, location=f"{prefix}{_TOTAL}", on_hand=on_hand)


def total_location(location: str) -> str:
    """Return where the same platform keeps a number over all locations."""
    return f"{platform_of(location)}:{_TOTAL}"


def committed_location(platform: str) -> str:
    """Return where a platform's claimed units stand."""
    return f"{platform}:{_COMMITTED}"


def platform_of(location_or_id: str) -> str | None:
    """Return the platform that wrote a row, or nothing for the shop's own rows."""
    prefix = location_or_id.partition(":")[0]
    return prefix if prefix in PLATFORMS else None


def is_total(location: str) -> bool:
    """Tell whether this is a number over all of a platform's locations."""
    return location == total_location(location)


def is_committed(location: str) -> bool:
    """Tell whether this row carries claimed units rather than told stock."""
    platform = platform_of(location)
    return platform is not None and location == committed_location(platform)
