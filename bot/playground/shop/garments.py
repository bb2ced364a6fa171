"""Garments lying flat: each draws itself in its colour and says where print goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.playground.shop.canvas import BLACK, WHITE, Ink, mirrored, outline
from bot.playground.shop.prints import Place

if TYPE_CHECKING:
    from PIL import Image

    from bot.playground.shop.canvas import Canvas, Point


def lay(
    canvas: Canvas, points: list[Point], ink: Ink, *, lift: float = 12
) -> Image.Image:
    """Paint a solid thing with its shadow and rounded edges; return its surface."""
    shadow = [(x + lift * 0.4, y + lift) for x, y in points]
    canvas.fill(shadow, BLACK, strength=0.26, blur=lift * 1.1)
    surface = canvas.fill(points, ink)
    rim = [*points, points[0]]
    canvas.stroke(rim, BLACK, 26, strength=0.30, blur=11, clip=surface)
    canvas.stroke(rim, ink.mix(BLACK, 0.45), 2.2, strength=0.7, clip=surface)
    return surface


def fold(canvas: Canvas, path: str, clip: Image.Image, *, width: float = 9) -> None:
    """Put a soft crease into cloth: a dark side and a light side, both halves."""
    points = outline(path)
    for side in (points, [(640 - x, y) for x, y in points]):
        canvas.stroke(side, BLACK, width, strength=0.24, blur=5, clip=clip)
        lit = [(x + 6, y - 5) for x, y in side]
        canvas.stroke(lit, WHITE, width * 0.7, strength=0.13, blur=5, clip=clip)


def seam(canvas: Canvas, path: str, ink: Ink, clip: Image.Image) -> None:
    """Sew a thin line on both halves."""
    thread = ink.mix(BLACK, 0.42) if ink.is_light else ink.mix(WHITE, 0.20)
    points = outline(path)
    for side in (points, [(640 - x, y) for x, y in points]):
        canvas.stroke(side, thread, 2, strength=0.75, clip=clip)


def hoodie(canvas: Canvas, ink: Ink) -> Place:
    """Draw a hoodie from the front, hood up."""
    sleeve = mirrored(
        outline(
            "M 320 180 L 226 178 C 172 196 150 232 138 288 C 118 374 104 440 96 506"
            " C 94 520 98 526 108 529 L 140 536 C 150 538 156 534 158 524"
            " C 170 456 188 396 210 336 L 320 330"
        )
    )
    surface = lay(canvas, sleeve, ink)
    seam(canvas, "M 96 496 C 116 506 138 510 160 511", ink, surface)
    fold(canvas, "M 150 300 C 158 340 152 372 140 400", surface)
    fold(canvas, "M 128 400 C 138 424 138 440 130 462", surface)
    body = mirrored(
        outline(
            "M 320 176 C 280 178 254 176 238 172 C 214 186 198 220 196 270"
            " C 198 360 190 450 184 548 C 183 562 188 570 200 572 C 240 580 280 582"
            " 320 582"
        )
    )
    surface = lay(canvas, body, ink, lift=7)
    seam(canvas, "M 184 540 C 230 549 280 551 320 551", ink, surface)
    fold(canvas, "M 206 300 C 222 340 222 380 212 420", surface)
    fold(canvas, "M 214 220 C 236 250 246 276 246 300", surface)
    pocket = mirrored(
        outline("M 320 446 L 262 446 C 252 478 236 500 224 512 L 224 548 L 320 550")
    )
    canvas.fill(pocket, BLACK, strength=0.25, blur=5, clip=surface)
    pouch = canvas.fill(pocket, ink.mix(WHITE, 0.03))
    seam(canvas, "M 320 447 L 262 447 C 252 478 236 500 224 513 L 224 548", ink, pouch)
    hood = mirrored(
        outline(
            "M 320 58 C 262 58 226 96 222 146 C 220 172 234 196 262 212 C 282 222"
            " 304 228 320 230"
        )
    )
    surface = lay(canvas, hood, ink, lift=6)
    mouth = mirrored(
        outline("M 320 92 C 278 92 258 122 262 158 C 266 190 296 214 320 220")
    )
    inside = canvas.fill(mouth, ink.mix(BLACK, 0.50))
    canvas.stroke([*mouth, mouth[0]], BLACK, 24, strength=0.45, blur=9, clip=inside)
    seam(
        canvas,
        "M 320 84 C 270 84 250 120 254 160 C 258 192 286 216 312 224",
        ink,
        surface,
    )
    cord = ink.mix(WHITE, 0.75) if not ink.is_light else ink.mix(BLACK, 0.12)
    for side in (1, -1):
        string = outline("M 286 204 C 282 230 290 250 286 286")
        string = [(320 + side * (x - 320), y) for x, y in string]
        canvas.stroke(
            [(x + 3, y + 4) for x, y in string], BLACK, 5, strength=0.4, blur=2
        )
        canvas.stroke(string, cord, 5)
        canvas.stroke(string[-4:], ink.mix(BLACK, 0.5), 6)
    return Place(center=(320, 338), radius=62)


def tshirt(canvas: Canvas, ink: Ink) -> Place:
    """Draw a T-shirt from the front."""
    shirt = mirrored(
        outline(
            "M 320 138 C 296 138 274 126 262 104 C 230 112 196 124 176 138"
            " C 142 164 112 218 84 270 C 80 278 82 284 90 288 L 156 322"
            " C 164 326 170 324 174 316 L 198 268 C 204 350 200 460 192 552"
            " C 191 562 196 568 206 569 C 244 573 284 575 320 575"
        )
    )
    surface = lay(canvas, shirt, ink)
    seam(canvas, "M 192 556 C 240 561 284 563 320 563", ink, surface)
    seam(canvas, "M 92 266 C 118 282 146 296 176 304", ink, surface)
    seam(canvas, "M 198 270 C 196 220 204 170 226 120", ink, surface)
    fold(canvas, "M 206 290 C 226 330 228 380 214 436", surface)
    fold(canvas, "M 212 196 C 230 232 246 250 250 276", surface)
    fold(canvas, "M 142 220 C 154 240 160 258 160 280", surface)
    collar = mirrored(
        outline(
            "M 320 152 C 288 152 262 134 250 108 L 264 103 C 276 124 296 136 320 136"
        )
    )
    back = mirrored(
        outline("M 320 112 C 298 112 278 108 264 103 C 276 124 296 138 320 138")
    )
    canvas.fill(back, ink.mix(BLACK, 0.42))
    ring = canvas.fill(collar, ink.mix(BLACK, 0.10))
    seam(canvas, "M 252 108 C 264 134 290 151 320 151", ink, ring)
    return Place(center=(320, 282), radius=78)


def beanie(canvas: Canvas, ink: Ink) -> Place:
    """Draw a knitted cap with its turned-up brim."""
    cap = mirrored(outline("M 320 140 C 220 142 158 222 152 330 L 150 440 L 320 446"))
    for ring, tone in ((46, 0.10), (32, 0.22)):
        canvas.disc((320, 132), ring, ink.mix(WHITE, tone), blur=2)
    surface = lay(canvas, cap, ink)
    for step in range(-9, 10):
        rib = outline(
            f"M {320 + step * 8} 142 C {320 + step * 15} 200 {320 + step * 18} 300"
            f" {320 + step * 18} 450"
        )
        canvas.stroke(rib, BLACK, 4, strength=0.22, blur=2, clip=surface)
    brim = mirrored(
        outline(
            "M 320 378 C 250 378 190 372 144 362 C 134 400 134 450 142 486 C 200"
            " 500 260 504 320 504"
        )
    )
    surface = lay(canvas, brim, ink.mix(WHITE, 0.05), lift=6)
    for step in range(-18, 19):
        rib = outline(f"M {320 + step * 10} 350 L {320 + step * 10} 510")
        canvas.stroke(rib, BLACK, 3, strength=0.22, blur=1.5, clip=surface)
    return Place(center=(320, 278), radius=46)


def blanket(canvas: Canvas, ink: Ink) -> Place:
    """Draw a folded woollen blanket with fringes."""
    for x in range(126, 520, 13):
        fringe = outline(f"M {x} 520 C {x - 3} 540 {x + 4} 548 {x} 566")
        canvas.stroke(fringe, ink.mix(BLACK, 0.12), 5)
    under = outline(
        "M 132 150 L 540 150 C 552 150 556 160 554 172 L 546 524 L 112 524 L 118"
        " 166 C 118 156 122 150 132 150"
    )
    lay(canvas, under, ink.mix(BLACK, 0.10))
    over = outline(
        "M 120 110 L 508 110 C 522 110 528 120 527 132 L 522 520 L 108 520 L 106"
        " 126 C 106 116 112 110 120 110"
    )
    surface = lay(canvas, over, ink, lift=6)
    band = ink.mix(WHITE, 0.5)
    for y in (146, 158, 470, 482):
        canvas.stroke([(100, y), (530, y)], band, 5, strength=0.8, clip=surface)
    for y in range(112, 522, 7):
        canvas.stroke([(100, y), (530, y)], BLACK, 1.5, strength=0.10, clip=surface)
    return Place(center=(315, 292), radius=92)
