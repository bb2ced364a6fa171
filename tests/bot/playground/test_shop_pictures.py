from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image

from bot.playground.shop.canvas import Canvas, Ink, mirrored, outline
from bot.playground.shop.catalogue import catalogue
from bot.playground.shop.pictures import picture

ONE_OF_EACH = sorted(
    {product.category: product.sku for product in catalogue().values()}.values()
)


@pytest.mark.parametrize("sku", ONE_OF_EACH)
def test_every_kind_of_ware_has_a_picture(sku: str) -> None:
    """A picture is a PNG of 640 by 640 in which something was drawn."""
    drawn = Image.open(io.BytesIO(picture(sku)))
    assert (drawn.format, drawn.size) == ("PNG", (640, 640))
    colors = drawn.convert("RGB").getcolors(640 * 640)
    assert colors is not None
    assert len(colors) > 1000


def test_a_ware_shows_its_colour() -> None:
    """The hoodie's cloth has the colour the catalogue names."""
    for sku in ("HOODIE-FJORD-BLACK-L", "HOODIE-FJORD-CHARCOAL-L"):
        drawn = Image.open(io.BytesIO(picture(sku))).convert("RGB")
        cloth = drawn.getpixel((320, 565))
        assert isinstance(cloth, tuple)
        wanted = Ink.of(catalogue()[sku].color_hex)
        assert max(abs(a - b) for a, b in zip(cloth, wanted, strict=True)) < 40


def test_sizes_look_alike_and_colours_do_not() -> None:
    """Pictures are repeatable: the same look gives the same bytes."""
    large, medium, charcoal = (
        hashlib.sha256(picture(f"HOODIE-FJORD-{name}")).digest()
        for name in ("BLACK-L", "BLACK-M", "CHARCOAL-L")
    )
    assert large == medium
    assert large != charcoal


def test_an_unknown_product_has_no_picture() -> None:
    """Asking for what is not sold raises, so that the page can answer 404."""
    with pytest.raises(KeyError):
        picture("HOODIE-NOTHING")


def test_outlines_follow_lines_and_curves() -> None:
    """A path ends where it says, bends between, and mirrors around the middle."""
    path = outline("M 0 0 L 10 0 Q 20 0 20 10")
    assert path[:2] == [(0.0, 0.0), (10.0, 0.0)]
    assert path[-1] == (20.0, 10.0)
    assert all(10 <= x <= 20 for x, _ in path[1:])
    assert mirrored([(300.0, 5.0)]) == [(300.0, 5.0), (340.0, 5.0)]


def test_a_clip_keeps_paint_inside() -> None:
    """Paint clipped to a shape does not spill over its edge."""
    canvas = Canvas(Ink(255, 255, 255), Ink(255, 255, 255))
    square = canvas.mask(outline("M 100 100 L 200 100 L 200 200 L 100 200"))
    canvas.disc((200, 150), 60, Ink(255, 0, 0), clip=square)
    drawn = Image.open(io.BytesIO(canvas.png())).convert("RGB")
    assert drawn.getpixel((170, 150)) == (255, 0, 0)
    assert drawn.getpixel((230, 150)) == (255, 255, 255)
