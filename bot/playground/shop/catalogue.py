"""What the demo shop sells, read from ``catalogue.toml``.

A product keeps its blank's SKU: several designs share the ware that is short.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

CURRENCY = "EUR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One SKU of the demo shop; ``price`` is in cents of EUR."""

    sku: str
    blank_sku: str | None
    family: str
    category: str
    design: str | None
    title: str
    brand: str
    color: str
    color_hex: str
    size: str | None
    price: int
    supplier: str
    lead_time_days: int
    attributes: dict[str, Any]

    @property
    def stock_sku(self) -> str:
        """The SKU that is counted: the blank's where a print is put on one."""
        return self.blank_sku or self.sku


def read_toml(name: str) -> dict[str, Any]:
    """Return a data file of this package, parsed."""
    source = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(source)


@cache
def catalogue() -> dict[str, Product]:
    """Return every product by its SKU, in the order of the file."""
    raw = read_toml("catalogue.toml")
    colors: dict[str, str] = raw["colors"]
    products = (
        _product(model, variant, colors)
        for model in raw["model"]
        for variant in model["variants"]
    )
    return {product.sku: product for product in products}


def _product(
    model: dict[str, Any], variant: dict[str, str], colors: dict[str, str]
) -> Product:
    color, size = variant["color"], variant.get("size")
    suffix = "-".join(part.upper() for part in (color, size) if part)
    blank = model.get("blank")
    return Product(
        sku=f"{model['sku']}-{suffix}",
        blank_sku=f"{blank}-{suffix}" if blank else None,
        family=model["family"],
        category=model["category"],
        design=model.get("design"),
        title=model["title"],
        brand=model["brand"],
        color=color,
        color_hex=colors[color],
        size=size,
        price=model["price"],
        supplier=model["supplier"],
        lead_time_days=model["lead_time_days"],
        attributes=model["attributes"],
    )
