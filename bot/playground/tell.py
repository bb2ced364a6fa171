"""The whole story, unattended: every message each side sees, on a moved clock.

A step that does not come about is said so and counted; the last line is "N of N
steps" and the exit code tells the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.playground.runtime import Playground, playground
from bot.playground.shop.shelves import ShopRefused
from bot.playground.slack import CannotDoError
from bot.playground.story import STORY
from bot.playground.transcript import Transcript
from store.tables import notices

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

#: How a step says that it did not come about.
_MISSING = (
    AssertionError,
    TimeoutError,
    LookupError,
    ValueError,
    ShopRefused,
    CannotDoError,
)


async def tell_story(
    url: str, workdir: Path, console: Console, *, paced: bool = True
) -> bool:
    """Live the story and print it; return whether every step came about.

    Not ``paced``, nobody waits between messages as the platforms want it.
    """
    done = 0
    async with playground(url, workdir=workdir, paced=paced) as stage:
        transcript = Transcript(stage, console, lambda seen: _letters(stage, seen))
        with transcript.listening():
            await stage.settle()
            for number, (title, step) in enumerate(STORY, start=1):
                transcript.heading(number, title)
                try:
                    await step(stage)
                    await stage.settle()
                except _MISSING as why:
                    transcript.missing(why)
                else:
                    done += 1
    console.print(f"\n{done} of {len(STORY)} steps")
    return done == len(STORY)


def _letters(stage: Playground, seen: int) -> Sequence[Any]:
    with stage.bot.store.read() as connection:
        newer = select(notices).where(notices.c.id > seen)
        return connection.execute(newer.order_by(notices.c.id)).all()
