"""The demo shop's shelves and what is on its way to them, as rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.playground.shop.catalogue import CURRENCY, catalogue, read_toml
from store import shop

if TYPE_CHECKING:
    from sqlalchemy import Table

Row = dict[str, Any]
MAIN, ANNEX = "main", "annex"
_SATURDAY = 5


def product_rows(picture_base: str) -> list[Row]:
    """Return the catalogue; pictures lie at ``{picture_base}/{sku}.png``."""
    return [
        {
            "sku": product.sku,
            "blank_sku": product.blank_sku,
            "family": product.family,
            "category": product.category,
            "design": product.design,
            "title": product.title,
            "brand": product.brand,
            "color": product.color,
            "color_hex": product.color_hex,
            "size": product.size,
            "price_minor": product.price,
            "currency": CURRENCY,
            "image_url": f"{picture_base}/{product.sku}.png",
            "attributes": product.attributes,
            "supplier": product.supplier,
            "lead_time_days": product.lead_time_days,
            "active": True,
        }
        for product in catalogue().values()
    ]


def stock_rows(allocated: dict[str, int], now: datetime) -> list[Row]:
    """Return the shelves: what is allocated lies on them too until it is sent."""
    raw = read_toml("stock.toml")
    free, annex = raw["free"], raw["annex"]
    counted = dict.fromkeys(product.stock_sku for product in catalogue().values())
    rows = []
    for sku in counted:
        elsewhere = annex.get(sku, 0)
        at_hand = free.get(sku, free["others"] + elsewhere) - elsewhere
        rows.append(_shelf(sku, MAIN, at_hand + allocated.get(sku, 0), now))
        if elsewhere:
            rows.append(_shelf(sku, ANNEX, elsewhere, now))
    return rows


def supply_rows(now: datetime) -> list[tuple[Table, list[Row]]]:
    """Return what is coming, from whom it could come, and what may stand in."""
    raw = read_toml("stock.toml")
    return [
        (shop.supplies, [_supply(supply, now) for supply in raw["supply"]]),
        (shop.sources, raw["source"]),
        (shop.substitutes, raw["substitute"]),
    ]


def _shelf(sku: str, location: str, units: int, now: datetime) -> Row:
    return {"sku": sku, "location": location, "on_hand": units, "updated_at": now}


def _supply(raw: Row, now: datetime) -> Row:
    in_days = raw.get("in_days")
    return {
        "id": raw["id"],
        "sku": raw["sku"],
        "quantity": raw["quantity"],
        "received": raw.get("received", 0),
        "expected_on": (
            None if in_days is None else _workday(now.date() + timedelta(days=in_days))
        ),
        "supplier": raw["supplier"],
        "status": raw.get("status", "open"),
        "reason": raw.get("reason"),
        "updated_at": now - timedelta(days=1),
    }


def _workday(day: date) -> date:
    weekend = day.weekday() - _SATURDAY
    return day if weekend < 0 else day + timedelta(days=2 - weekend)
