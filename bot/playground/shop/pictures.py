"""Product pictures, drawn here so that the demo needs neither files nor network."""

from __future__ import annotations

from functools import cache

from bot.playground.shop import garments, goods
from bot.playground.shop.canvas import WHITE, Canvas, Ink
from bot.playground.shop.catalogue import catalogue
from bot.playground.shop.prints import draw_print

_WARES = {
    "hoodie": garments.hoodie,
    "t-shirt": garments.tshirt,
    "beanie": garments.beanie,
    "blanket": garments.blanket,
    "mug": goods.mug,
    "tote": goods.tote,
    "shoe": goods.shoe,
    "umbrella": goods.umbrella,
    "calendar": goods.calendar,
}
_WALL, _TABLE = Ink.of("#f1ece3"), Ink.of("#d9d2c5")


def picture(sku: str) -> bytes:
    """Return a product's picture, a PNG of 640 by 640; drawn once per process.

    Raises:
        KeyError: When the demo shop sells no such product.
    """
    product = catalogue()[sku]
    return _drawn(product.category, product.color_hex, product.design)


@cache
def _drawn(category: str, color: str, design: str | None) -> bytes:
    """Return what all sizes of a product look like."""
    ink = Ink.of(color)
    canvas = Canvas(_WALL.mix(WHITE, 0.3), _TABLE)
    place = _WARES[category](canvas, ink)
    if design is not None:
        draw_print(canvas, place, design, ink)
    return canvas.png()
