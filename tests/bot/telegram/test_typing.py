"""Who waits long for an answer sees that one is being written."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.playground.telegram.changes import ChangeKind
from bot.telegram.intake import Intake

from .test_intake import raw_update

if TYPE_CHECKING:
    from bot.playground.telegram import Person, TelegramStandIn
    from bot.telegram.client import BotApi

    from .doubles import RecordingTurns

TEXT = "Where is order 1042?"


def _from(person: Person) -> dict[str, object]:
    raw = raw_update("text")
    raw["message"]["chat"]["id"] = raw["message"]["from"]["id"] = person.id
    return raw


async def test_a_slow_answer_is_announced(
    api: BotApi, turns: RecordingTurns, standin: TelegramStandIn, ada: Person
) -> None:
    """A turn that takes longer than a person waits shows the chat as typing."""
    intake = Intake(api, turns)
    intake.patience = 0.0
    turns.held[TEXT] = asyncio.Event()

    with standin.changes.followed() as changes:
        taking = asyncio.create_task(intake.take_update(_from(ada)))
        while (change := await changes.get()).kind is not ChangeKind.TYPING:
            pass
        turns.held[TEXT].set()
        await taking

    assert (change.chat_id, change.detail) == (ada.id, "typing")
    assert turns.texts == [TEXT]


async def test_a_quick_answer_shows_nothing(
    api: BotApi, turns: RecordingTurns, standin: TelegramStandIn, ada: Person
) -> None:
    """Within a second nobody needs a sign."""
    intake = Intake(api, turns)

    with standin.changes.followed() as changes:
        await intake.take_update(_from(ada))

    kinds = {changes.get_nowait().kind for _ in range(changes.qsize())}
    assert ChangeKind.TYPING not in kinds


async def test_a_sign_that_hangs_costs_nothing(
    api: BotApi, turns: RecordingTurns, standin: TelegramStandIn, ada: Person
) -> None:
    """The turn does not wait for a platform that is silent about the sign."""
    intake = Intake(api, turns)
    intake.patience = 0.0
    turns.held[TEXT] = asyncio.Event()
    fault = standin.faults.hold("sendChatAction")
    taking = asyncio.create_task(intake.take_update(_from(ada)))

    await fault.reached.wait()
    turns.held[TEXT].set()
    await taking

    assert turns.texts == [TEXT]
    fault.released.set()
