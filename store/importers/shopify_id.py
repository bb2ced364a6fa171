"""How Shopify's ids stand in the store: with its name in front.

Two shops' numbers never meet, and a row tells where it came from.
"""

from __future__ import annotations

PREFIX = "shopify"


def key(id_: str) -> str:
    """Return the store's id of a Shopify id."""
    return f"{PREFIX}:{id_}"
