"""A day to answer: when it begins, what wins at its end, what a late answer is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.playground.runtime import POLICY
from bot.playground.story import decided, phone, short, tap
from store.tables import offers

if TYPE_CHECKING:
    from bot.playground.runtime import Playground
    from bot.playground.telegram import Person

MINUTE = timedelta(minutes=1)
SILENT = "[terms]\nsilent_substitute = true\n"


async def anna_is_asked(stage: Playground) -> Person:
    """Ask Anna about her hoodie, where silence may send her charcoal."""
    await stage.set_policy(POLICY + SILENT)
    anna = phone(stage, "anna")
    anna.starts(await stage.link(stage.demo.story.order_id))
    await anna.hears("linked to order 1042")
    await short(stage, stage.demo.story)
    await stage.settle()
    return anna


def ends_at(stage: Playground) -> datetime:
    """Return when the newest window ends."""
    newest = select(offers.c.deadline_at).order_by(offers.c.proposed_at.desc())
    with stage.bot.store.read() as connection:
        ends: datetime = connection.execute(newest.limit(1)).scalar_one()
    return ends


async def test_after_a_day_of_silence_the_recommended_one_is_taken(
    stage: Playground,
) -> None:
    """The end is told in the message; a minute before nothing is decided yet."""
    anna = await anna_is_asked(stage)
    await anna.hears("Please choose by")
    end = ends_at(stage)
    assert timedelta(hours=24) <= end - stage.now() < timedelta(hours=24, minutes=5)

    await stage.move(end - stage.now() - MINUTE)
    assert await decided(stage, stage.demo.story) == []
    await stage.move(MINUTE)

    await anna.hears("We didn't hear from you")
    (row,) = await decided(stage, stage.demo.story)
    assert (row["kind"], row["decided_by"]) == ("substitute", "silence")
    assert row["substitute_sku"] == stage.demo.closest_sku


async def test_an_answer_a_minute_before_the_end_wins(stage: Playground) -> None:
    """What Anna chose in time stays, also when the end has passed."""
    anna = await anna_is_asked(stage)
    await stage.move(ends_at(stage) - stage.now() - MINUTE)

    await tap(stage, anna, "Closest we have", "Wait for")
    await stage.move(2 * MINUTE)

    (row,) = await decided(stage, stage.demo.story)
    assert (row["kind"], row["decided_by"]) == ("wait", "customer")


async def test_an_answer_after_the_end_hears_what_was_decided(
    stage: Playground,
) -> None:
    """Once the shop has begun it changes nothing, and the truth is told."""
    anna = await anna_is_asked(stage)
    asked = await anna.hears("Closest we have")
    buttons = asked.keyboard.rows if asked.keyboard else ()
    wait = next(b.data for row in buttons for b in row if b.text.startswith("Wait"))
    await stage.move(ends_at(stage) - stage.now() + timedelta(hours=1))
    last = await anna.hears("We didn't hear from you")
    (row,) = await decided(stage, stage.demo.story)
    await stage.decision("claim", row["id"])

    anna.forges_tap(asked.id, wait or "")
    await stage.settle()

    told = await anna.hears("That was decided on", after=last.id)
    assert "we'll send the same in charcoal" in told.text
    assert "so I can't change it here" in told.text
    (still,) = await decided(stage, stage.demo.story)
    assert (still["id"], still["withdrawn_at"]) == (row["id"], None)


async def test_who_blocks_the_bot_has_a_whole_window_by_mail(stage: Playground) -> None:
    """No clock runs against a closed chat: the letter counts from when it was sent."""
    anna = phone(stage, "anna")
    await stage.set_policy(POLICY + SILENT)
    anna.starts(await stage.link(stage.demo.story.order_id))
    await anna.hears("linked to order 1042")
    anna.blocks_bot()
    await stage.settle()
    await short(stage, stage.demo.story)

    await stage.move(timedelta(days=3))
    assert await decided(stage, stage.demo.story) == []
    letters = (await stage.overview())["notices"]
    (letter,) = [one for one in letters if one["customer_id"] == "anna"]
    await stage.notice_sent(letter["id"])
    await stage.settle()
    assert ends_at(stage) - stage.now() >= timedelta(hours=24)

    await stage.move(ends_at(stage) - stage.now())
    (row,) = await decided(stage, stage.demo.story)
    assert row["decided_by"] == "silence"
