"""A drawing surface for product pictures: paths in, soft shades on top.

Coordinates are those of a 640 by 640 picture. Everything is drawn twice as
large and shrunk at the end, which is what makes the edges smooth.
"""

from __future__ import annotations

import io
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter, ImageFont

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = 640
_SCALE = 2
_FULL = SIZE * _SCALE
_CURVE_STEPS = 28

Point = tuple[float, float]


class Ink(NamedTuple):
    """A colour as red, green and blue, 0 to 255."""

    red: int
    green: int
    blue: int

    @classmethod
    def of(cls, name: str) -> Ink:
        """Return the ink of a ``#rrggbb`` value."""
        red, green, blue = ImageColor.getrgb(name)[:3]
        return cls(red, green, blue)

    def mix(self, other: Ink, share: float) -> Ink:
        """Return this ink with ``share`` (0 to 1) of another one stirred in."""
        mixed = (round(a + (b - a) * share) for a, b in zip(self, other, strict=True))
        return Ink(*mixed)

    @property
    def is_light(self) -> bool:
        """Whether dark print reads better on it than light print."""
        return 0.299 * self.red + 0.587 * self.green + 0.114 * self.blue > 140


BLACK, WHITE = Ink(0, 0, 0), Ink(255, 255, 255)


def outline(path: str) -> list[Point]:
    """Return the points of an SVG-like path of absolute ``M``, ``L``, ``C``, ``Q``."""
    return list(_walk(iter(path.replace(",", " ").split())))


def _walk(words: Iterator[str]) -> Iterator[Point]:
    command, here = "", (0.0, 0.0)
    for word in words:
        if word.isalpha():
            command, first = word, next(words)
        else:
            first = word
        count = {"M": 2, "L": 2, "Q": 4, "C": 6}[command]
        numbers = [float(first), *(float(next(words)) for _ in range(count - 1))]
        corners = [here, *zip(numbers[::2], numbers[1::2], strict=True)]
        if count == 2:
            yield corners[-1]
        else:
            for step in range(1, _CURVE_STEPS + 1):
                yield _on_curve(corners, step / _CURVE_STEPS)
        here = corners[-1]


def _on_curve(corners: list[Point], share: float) -> Point:
    while len(corners) > 1:  # de Casteljau: the same for two and three handles
        corners = [
            (ax + (bx - ax) * share, ay + (by - ay) * share)
            for (ax, ay), (bx, by) in pairwise(corners)
        ]
    return corners[0]


def mirrored(points: list[Point], axis: float = SIZE / 2) -> list[Point]:
    """Return the points followed by their mirror image, a symmetrical outline."""
    return points + [(2 * axis - x, y) for x, y in reversed(points)]


class Canvas:
    """A picture in the making; ``clip`` keeps a stroke inside an earlier shape."""

    def __init__(self, top: Ink, bottom: Ink) -> None:
        self._image = _backdrop(top, bottom).copy()

    def mask(self, points: list[Point]) -> Image.Image:
        """Return a shape's surface without drawing it."""
        surface = Image.new("L", (_FULL, _FULL), 0)
        ImageDraw.Draw(surface).polygon(_scaled(points), fill=255)
        return surface

    def fill(
        self,
        points: list[Point],
        ink: Ink,
        *,
        strength: float = 1.0,
        blur: float = 0,
        clip: Image.Image | None = None,
    ) -> Image.Image:
        """Paint a shape and return its surface, for clipping what lies on it."""
        surface = self.mask(points)
        self._paint(surface, ink, strength=strength, blur=blur, clip=clip)
        return surface

    def stroke(
        self,
        points: list[Point],
        ink: Ink,
        width: float,
        *,
        strength: float = 1.0,
        blur: float = 0,
        clip: Image.Image | None = None,
    ) -> None:
        """Draw a line with round ends."""
        surface = Image.new("L", (_FULL, _FULL), 0)
        pen = ImageDraw.Draw(surface)
        where, thick = _scaled(points), width * _SCALE
        pen.line(where, fill=255, width=max(1, round(thick)), joint="curve")
        for x, y in (where[0], where[-1]):
            half = thick / 2
            pen.ellipse((x - half, y - half, x + half, y + half), fill=255)
        self._paint(surface, ink, strength=strength, blur=blur, clip=clip)

    def disc(
        self,
        center: Point,
        radius: float | Point,
        ink: Ink,
        *,
        strength: float = 1.0,
        blur: float = 0,
        clip: Image.Image | None = None,
    ) -> Image.Image:
        """Paint a disc or an ellipse and return its surface."""
        across, down = radius if isinstance(radius, tuple) else (radius, radius)
        surface = Image.new("L", (_FULL, _FULL), 0)
        x, y = center
        box = (x - across, y - down, x + across, y + down)
        ImageDraw.Draw(surface).ellipse([at * _SCALE for at in box], fill=255)
        self._paint(surface, ink, strength=strength, blur=blur, clip=clip)
        return surface

    def words(self, center: Point, text: str, ink: Ink, height: float) -> None:
        """Write letter-spaced words around a centre."""
        font = ImageFont.load_default(height * _SCALE)
        gap = height * _SCALE * 0.32
        widths = [font.getlength(letter) for letter in text]
        x = center[0] * _SCALE - (sum(widths) + gap * (len(text) - 1)) / 2
        surface = Image.new("L", (_FULL, _FULL), 0)
        pen = ImageDraw.Draw(surface)
        for letter, width in zip(text, widths, strict=True):
            pen.text((x, center[1] * _SCALE), letter, fill=255, font=font, anchor="lm")
            x += width + gap
        self._paint(surface, ink)

    def png(self) -> bytes:
        """Return the finished picture, the same bytes for the same strokes."""
        target = io.BytesIO()
        self._image.reduce(_SCALE).save(target, "PNG")
        return target.getvalue()

    def _paint(
        self,
        surface: Image.Image,
        ink: Ink,
        *,
        strength: float = 1.0,
        blur: float = 0,
        clip: Image.Image | None = None,
    ) -> None:
        bounds = surface.getbbox()
        if bounds is None:
            return
        # Work only where something is: blurring the whole picture takes a second.
        reach = round(blur * _SCALE * 3)
        left, top = max(0, bounds[0] - reach), max(0, bounds[1] - reach)
        box = (left, top, min(_FULL, bounds[2] + reach), min(_FULL, bounds[3] + reach))
        surface = surface.crop(box)
        if blur:
            surface = surface.filter(ImageFilter.GaussianBlur(blur * _SCALE))
        if clip is not None:
            surface = ImageChops.multiply(surface, clip.crop(box))
        if strength < 1:
            surface = surface.point([round(level * strength) for level in range(256)])
        self._image.paste(ink, box, surface)


@cache
def _backdrop(top: Ink, bottom: Ink) -> Image.Image:
    fade = Image.linear_gradient("L").resize((_FULL, _FULL))
    below, above = (Image.new("RGB", (_FULL, _FULL), ink) for ink in (bottom, top))
    return Image.composite(below, above, fade)


def _scaled(points: list[Point]) -> list[Point]:
    return [(x * _SCALE, y * _SCALE) for x, y in points]
