"""What is no longer true is sent by nobody: not by a colleague, not by the mailer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.playground.runtime import CHANNEL
from bot.playground.story import phone, short
from flows.events import Staff, StaffReleased
from flows.setting import Mode
from store.tables import audit, outbox

if TYPE_CHECKING:
    from bot.playground.runtime import Playground

SEND = "Send this to Jonas"


async def slips(stage: Playground, days: int) -> None:
    """Let the T-shirt's supply come later than was said."""
    line = stage.demo.in_eu
    supplies = (await stage.overview())["supplies"]
    supply = next(one for one in supplies if one["id"] == line.supply_id)
    later = date.fromisoformat(supply["expected_on"]) + timedelta(days=days)
    await stage.shop(
        "slip_supply", supply=line.supply_id, new_date=later, reason="a strike"
    )
    await stage.settle()


async def letters(stage: Playground) -> list[dict[str, Any]]:
    """Return what the shop's mailer has for Jonas."""
    found = (await stage.overview())["notices"]
    return [one for one in found if one["customer_id"] == stage.demo.in_eu.customer_id]


async def first_release(stage: Playground) -> StaffReleased:
    """Return the press of a colleague whose Slack still shows the first card."""
    with stage.bot.store.read() as connection:
        held = select(outbox.c.case_id, outbox.c.batch).where(
            outbox.c.batch.is_not(None)
        )
        row = connection.execute(held.order_by(outbox.c.id)).first()
    assert row is not None
    mia = Staff(id="U7", name="Mia")
    return StaffReleased(staff=mia, case_id=row.case_id, batch=row.batch, send=True)


async def test_an_old_card_sends_nothing(stage: Playground) -> None:
    """In mode ask the date slips before anybody pressed: only the newer card sends."""
    line, mia = stage.demo.in_eu, stage.staff[0]
    jonas = phone(stage, line.customer_id)
    jonas.starts(await stage.link(line.order_id))
    await jonas.hears("ist mit Bestellung")
    await stage.set_mode(Mode.ASK)
    await short(stage, line)
    old = await stage.channel.hears(SEND)
    await slips(stage, 12)
    newer = await stage.channel.hears(SEND)
    assert newer.ts != old.ts

    over = await stage.channel.hears("this is out of date")
    assert over.ts == old.ts
    heard = len(jonas.heard)
    pressed = await stage.bot.turns.take(await first_release(stage))
    assert pressed.whisper
    assert "Nothing was sent" in pressed.whisper
    await stage.set_mode(Mode.ACT)
    await mia.clicks(CHANNEL, newer.ts, "Send it")
    await stage.settle()
    proposals = [m for m in jonas.heard[heard:] if "Bitte wählen Sie bis" in m.text]
    assert len(proposals) == 1


async def test_only_the_newest_letter_is_there_to_send(stage: Playground) -> None:
    """The date slips before the mailer ran: the first letter is gone, and noted."""
    await short(stage, stage.demo.in_eu)
    (first,) = await letters(stage)
    await slips(stage, 12)

    (newer,) = await letters(stage)
    assert newer["id"] != first["id"]
    with stage.bot.store.read() as connection:
        noted = connection.scalars(
            select(audit.c.detail).where(audit.c.action == "dropped a letter")
        ).all()
    assert noted == [first["about"]]
