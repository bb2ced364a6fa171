"""Everything that is not worn on the body's upper half, drawn like the garments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.playground.shop.canvas import BLACK, WHITE, Ink, mirrored, outline
from bot.playground.shop.garments import fold, lay, seam
from bot.playground.shop.prints import Place

if TYPE_CHECKING:
    from bot.playground.shop.canvas import Canvas


def mug(canvas: Canvas, ink: Ink) -> Place:
    """Draw a mug, its handle to the right."""
    canvas.disc((310, 540), (200, 22), BLACK, strength=0.28, blur=14)
    handle = outline("M 448 248 C 560 236 566 410 444 420")
    canvas.stroke(handle, ink.mix(BLACK, 0.30), 40)
    canvas.stroke(handle, ink.mix(BLACK, 0.06), 34)
    canvas.stroke([(x - 5, y - 6) for x, y in handle], WHITE, 9, strength=0.35, blur=4)
    cup = mirrored(
        outline(
            "M 300 538 C 250 538 206 530 192 514 C 176 490 162 400 158 168 L 300 168"
        ),
        axis=300,
    )
    surface = canvas.fill(cup, ink)
    for x, light in ((166, BLACK), (434, BLACK)):
        canvas.stroke(
            [(x, 150), (x + (300 - x) * 0.12, 540)],
            light,
            70,
            strength=0.34,
            blur=26,
            clip=surface,
        )
    canvas.stroke(
        [(216, 190), (232, 500)], WHITE, 22, strength=0.45, blur=11, clip=surface
    )
    canvas.disc((300, 168), (142, 30), ink.mix(WHITE, 0.22))
    inside = canvas.disc((300, 171), (130, 23), ink.mix(BLACK, 0.38))
    canvas.disc((300, 188), (120, 18), Ink.of("#5a3a26"), clip=inside)
    return Place(center=(300, 338), radius=84)


def tote(canvas: Canvas, ink: Ink) -> Place:
    """Draw a tote bag hanging by its handles."""
    for path, tone in (
        ("M 240 226 C 244 60 396 60 400 226", 0.30),
        ("M 224 230 C 226 34 414 34 416 230", 0.06),
    ):
        loop = outline(path)
        canvas.stroke(
            [(x + 4, y + 7) for x, y in loop], BLACK, 20, strength=0.22, blur=7
        )
        canvas.stroke(loop, ink.mix(BLACK, tone + 0.2), 22)
        canvas.stroke(loop, ink.mix(BLACK, tone), 18)
    bag = mirrored(
        outline(
            "M 320 212 L 168 208 C 162 320 152 440 146 560 C 146 572 150 578 160"
            " 579 C 220 584 270 585 320 585"
        )
    )
    surface = lay(canvas, bag, ink)
    seam(canvas, "M 166 240 L 320 243", ink, surface)
    fold(canvas, "M 190 262 C 206 330 204 400 186 460", surface)
    fold(canvas, "M 160 540 C 196 520 226 512 250 490", surface)
    return Place(center=(320, 374), radius=86)


def shoe(canvas: Canvas, ink: Ink) -> Place:
    """Draw a canvas shoe from the side; it carries no print."""
    canvas.disc((320, 474), (240, 20), BLACK, strength=0.30, blur=14)
    upper = outline(
        "M 104 430 C 98 370 96 300 104 252 C 108 236 126 232 146 240 C 176 256 214"
        " 256 244 234"
        " C 258 222 274 222 286 238 C 316 286 350 318 404 334 C 466 350 530 356 546 408"
        " C 550 420 550 428 548 436 L 104 440"
    )
    surface = lay(canvas, upper, ink, lift=5)
    toe = outline(
        "M 456 344 C 438 374 436 408 440 440 L 560 440 C 560 380 520 352 456 344"
    )
    canvas.fill(toe, ink.mix(WHITE, 0.75), clip=surface)
    canvas.stroke(
        outline("M 456 344 C 438 374 436 408 440 440"),
        BLACK,
        3,
        strength=0.35,
        clip=surface,
    )
    canvas.stroke(
        outline("M 214 258 C 214 320 250 380 300 438"),
        BLACK,
        2.5,
        strength=0.4,
        clip=surface,
    )
    canvas.stroke(
        outline("M 150 246 C 140 300 142 380 148 440"),
        BLACK,
        2.5,
        strength=0.4,
        clip=surface,
    )
    for step in range(5):
        x, y = 266 + step * 33, 262 + step * 25 - step * step * 1.6
        lace = outline(
            f"M {x} {y} C {x - 10} {y + 18} {x - 24} {y + 26} {x - 38} {y + 34}"
        )
        canvas.stroke(
            [(a + 1, b + 4) for a, b in lace],
            BLACK,
            8,
            strength=0.3,
            blur=2,
            clip=surface,
        )
        canvas.stroke(lace, Ink.of("#fbfaf6"), 8)
        canvas.disc((x - 40, y + 36), 5, ink.mix(BLACK, 0.45))
    sole = outline(
        "M 94 430 C 230 436 430 436 556 430 C 566 444 564 462 548 472 C 400 480 230"
        " 480 108 474 C 94 468 90 446 94 430"
    )
    rubber = lay(canvas, sole, Ink.of("#f4f1e8"), lift=4)
    canvas.stroke(
        outline("M 92 448 C 230 455 430 455 562 448"),
        ink if not ink.is_light else Ink.of("#b4553a"),
        5,
        clip=rubber,
    )
    return Place(center=(320, 320), radius=40)


def umbrella(canvas: Canvas, ink: Ink) -> Place:
    """Draw an open umbrella with a wooden handle."""
    wood = Ink.of("#a9743f")
    stick = outline("M 320 70 L 320 500 C 320 570 400 570 400 506")
    canvas.stroke([(x + 6, y + 9) for x, y in stick], BLACK, 11, strength=0.25, blur=7)
    canvas.stroke(stick[:2], Ink.of("#7b7f86"), 8)
    canvas.stroke([(320, 450), *stick[1:]], wood, 14)
    dome = mirrored(
        outline(
            "M 320 96 C 190 96 84 190 70 330 Q 112 296 154 330 Q 196 296 238 330 Q"
            " 279 296 320 330"
        )
    )
    surface = lay(canvas, dome, ink)
    for x in (154, 238, 320):
        rib = outline(f"M 320 96 C {320 - (320 - x) * 0.75} 150 {x} 240 {x} 332")
        for side in (rib, [(640 - a, b) for a, b in rib]):
            canvas.stroke(side, BLACK, 3, strength=0.35, clip=surface)
            canvas.stroke(
                [(a + 10, b) for a, b in side],
                WHITE,
                12,
                strength=0.08,
                blur=6,
                clip=surface,
            )
    return Place(center=(320, 206), radius=52)


def calendar(canvas: Canvas, ink: Ink) -> Place:
    """Draw a wall calendar: the print above, a month's grid below."""
    sheet = outline("M 150 96 L 490 96 L 490 574 L 150 574")
    lay(canvas, [(x + 6, y + 6) for x, y in sheet], ink.mix(BLACK, 0.10))
    surface = lay(canvas, sheet, ink, lift=5)
    for x in range(172, 480, 21):
        canvas.disc((x, 104), 5, ink.mix(BLACK, 0.5), clip=surface)
        canvas.stroke([(x, 82), (x, 104)], Ink.of("#5b5e66"), 4)
    for day in range(31):
        row, column = divmod(day + 2, 7)
        where = (194 + column * 42, 432 + row * 28)
        light = Ink.of("#e8794f") if column > 4 else Ink.of("#8a9299")
        canvas.disc(where, 6, light, strength=0.9)
    return Place(center=(320, 238), radius=104)
