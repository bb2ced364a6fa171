"""The designs: small round landscapes that fit on any ware and any colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.playground.shop.canvas import WHITE, Ink, outline

if TYPE_CHECKING:
    from PIL import Image

    from bot.playground.shop.canvas import Canvas, Point

_INK = Ink.of("#22384a")
_PAPER = Ink.of("#f3ecdc")
_SUN = Ink.of("#e8794f")
_SAND = Ink.of("#eec27a")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a print goes: its centre and radius on the picture."""

    center: Point
    radius: float

    def at(self, path: str) -> list[Point]:
        """Return a path drawn around (0, 0) with radius 100, moved to this place."""
        (x, y), scale = self.center, self.radius / 100
        return [(x + px * scale, y + py * scale) for px, py in outline(path)]

    def point(self, x: float, y: float) -> Point:
        """Return one point of a design, moved to this place."""
        return self.at(f"M {x} {y}")[0]


def draw_print(canvas: Canvas, place: Place, design: str, fabric: Ink) -> None:
    """Print a design, its rim and its name in what reads well on the fabric."""
    rim = (_INK if fabric.is_light else _PAPER).mix(fabric, 0.08)
    canvas.disc(place.center, place.radius * 1.07, rim)
    canvas.disc(place.center, place.radius * 1.02, fabric)
    sky = _SKIES[design]
    round_ = canvas.disc(place.center, place.radius * 0.97, sky)
    _DESIGNS[design](canvas, place, round_)
    below = (place.center[0], place.center[1] + place.radius * 1.36)
    canvas.words(below, design.upper(), rim, place.radius * 0.25)


def _fjord(canvas: Canvas, place: Place, clip: Image.Image) -> None:
    canvas.disc(place.point(24, -34), place.radius * 0.24, _SUN, clip=clip)
    far = "M -100 40 L -52 -8 L -22 18 L 8 -14 L 52 22 L 70 4 L 100 40"
    canvas.fill(place.at(far), Ink.of("#8fa9ae"), clip=clip)
    left = "M -110 44 L -44 -58 L -20 -18 L -8 -28 L 36 44"
    canvas.fill(place.at(left), Ink.of("#3d5f70"), clip=clip)
    snow = "M -44 -58 L -20 -18 L -30 -24 L -38 -10 L -47 -26 L -58 -14 L -66 -24"
    canvas.fill(place.at(snow), _PAPER, clip=clip)
    right = "M -2 44 L 58 -34 L 110 44"
    canvas.fill(place.at(right), Ink.of("#2b4759"), clip=clip)
    cap = "M 58 -34 L 82 2 L 70 -4 L 60 10 L 50 -6 L 36 -5"
    canvas.fill(place.at(cap), _PAPER, clip=clip)
    canvas.fill(place.at("M -110 42 L 110 42 L 110 110 L -110 110"), _INK, clip=clip)
    glints = ("M -62 54 L 4 54", "M -20 66 L 52 66", "M -46 78 L 14 78")
    for glint, ink in zip(glints, (_PAPER, _SUN, _PAPER), strict=True):
        canvas.stroke(place.at(glint), ink, place.radius * 0.035, clip=clip)


def _lighthouse(canvas: Canvas, place: Place, clip: Image.Image) -> None:
    for beam in ("M 0 -44 L -120 -84 L -120 -30", "M 0 -44 L 120 -84 L 120 -30"):
        canvas.fill(place.at(beam), _SAND, strength=0.85, clip=clip)
    sea = "M -110 46 C -70 36 -50 56 -10 46 C 30 36 60 56 110 46 L 110 110 L -110 110"
    canvas.fill(place.at(sea), Ink.of("#4f86a0"), clip=clip)
    rock = (
        "M -64 70 C -50 44 -34 46 -22 42 L 24 42 C 40 48 54 50 66 72 L 60 110 L -60 110"
    )
    canvas.fill(place.at(rock), _INK, clip=clip)
    tower = canvas.fill(place.at("M -13 -34 L 13 -34 L 20 46 L -20 46"), _PAPER)
    for y in (-24, 4, 30):
        stripe = f"M -30 {y} L 30 {y} L 30 {y + 13} L -30 {y + 13}"
        canvas.fill(place.at(stripe), _SUN, clip=tower)
    canvas.fill(place.at("M -19 -38 L 19 -38 L 19 -32 L -19 -32"), _INK)
    canvas.fill(place.at("M -10 -54 L 10 -54 L 10 -38 L -10 -38"), _SAND)
    canvas.fill(
        place.at("M -14 -54 L 14 -54 C 12 -64 6 -68 0 -70 C -6 -68 -12 -64 -14 -54"),
        _SUN,
    )
    foam = "M -96 64 C -82 56 -76 72 -62 64"
    canvas.stroke(place.at(foam), _PAPER, place.radius * 0.035, clip=clip)
    foam = "M 56 82 C 66 74 74 90 86 82"
    canvas.stroke(place.at(foam), _PAPER, place.radius * 0.035, clip=clip)


def _heron(canvas: Canvas, place: Place, clip: Image.Image) -> None:
    canvas.disc(place.point(-26, -26), place.radius * 0.38, _SUN, clip=clip)
    canvas.fill(
        place.at("M -110 58 L 110 58 L 110 110 L -110 110"),
        Ink.of("#7fa39a"),
        clip=clip,
    )
    for leg in ("M 14 34 L 12 84", "M 24 34 L 26 62 L 24 84"):
        canvas.stroke(place.at(leg), _INK, place.radius * 0.035, clip=clip)
    body = (
        "M -6 8 C 6 -16 36 -12 50 12 C 58 26 66 40 74 56 C 54 50 40 48 24 44"
        " C 4 40 -14 28 -6 8"
    )
    canvas.fill(place.at(body), _INK, clip=clip)
    neck = "M 0 24 C -14 0 22 -18 8 -38 C 2 -48 -6 -50 -8 -60"
    canvas.stroke(place.at(neck), _INK, place.radius * 0.12, clip=clip)
    canvas.disc(place.point(-6, -62), place.radius * 0.095, _INK, clip=clip)
    canvas.fill(place.at("M -10 -68 L -58 -56 L -10 -55"), _SAND, clip=clip)
    plume = "M 0 -66 C 12 -64 20 -58 28 -50"
    canvas.stroke(place.at(plume), _INK, place.radius * 0.035, clip=clip)
    canvas.disc(place.point(-9, -64), place.radius * 0.02, WHITE, clip=clip)
    wing = "M 8 10 C 22 4 40 18 54 42"
    canvas.stroke(place.at(wing), Ink.of("#7fa39a"), place.radius * 0.03, clip=clip)
    reeds = (
        "M -70 100 C -68 60 -64 30 -70 -4",
        "M -56 100 C -56 70 -52 50 -48 28",
        "M 72 100 C 72 72 78 50 80 20",
    )
    for reed in reeds:
        canvas.stroke(
            place.at(reed), Ink.of("#3f6a5c"), place.radius * 0.045, clip=clip
        )
    for ripple in ("M -12 86 L 44 86", "M -4 94 L 34 94"):
        canvas.stroke(place.at(ripple), _PAPER, place.radius * 0.03, clip=clip)


def _tides(canvas: Canvas, place: Place, clip: Image.Image) -> None:
    canvas.disc(place.point(0, -34), place.radius * 0.36, _PAPER, clip=clip)
    canvas.disc(place.point(16, -42), place.radius * 0.31, _SKIES["Tides"], clip=clip)
    inks = ("#7fb0bd", "#4f86a0", "#2f5d7c", "#22384a")
    for row, name in enumerate(inks):
        y = 4 + row * 22
        wave = f"M -120 {y} " + " ".join(
            f"Q {x + 15} {y - 16} {x + 30} {y} Q {x + 45} {y + 14} {x + 60} {y}"
            for x in range(-120 - row * 18, 120, 60)
        )
        canvas.fill(place.at(wave + " L 140 120 L -140 120"), Ink.of(name), clip=clip)


_SKIES = {
    "Fjord": Ink.of("#dfe6df"),
    "Lighthouse": Ink.of("#2d4a63"),
    "Heron": Ink.of("#f0dfc0"),
    "Tides": Ink.of("#1f3346"),
}
_DESIGNS = {
    "Fjord": _fjord,
    "Lighthouse": _lighthouse,
    "Heron": _heron,
    "Tides": _tides,
}
