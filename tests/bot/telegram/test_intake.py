"""One update: confirmed after its turn, sent back when it failed, buried at last."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.client import BotApi
from bot.telegram.intake import Intake

from .doubles import CHANNEL, TOKEN, RecordingTurns

if TYPE_CHECKING:
    from bot.playground.telegram import Person, TelegramStandIn

PAYLOADS = Path(__file__).parent / "payloads"


@pytest.fixture
def intake(api: BotApi, turns: RecordingTurns) -> Intake:
    return Intake(api, turns, username="northprint_bot")


def _all_in(folder: Path) -> list[dict[str, Any]]:
    paths = sorted(folder.glob("*.json"))
    assert paths
    return [json.loads(path.read_text()) for path in paths]


def raw_update(name: str) -> dict[str, Any]:
    raw: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return raw


async def test_an_update_is_one_turn_under_its_own_key(
    intake: Intake, turns: RecordingTurns
) -> None:
    """The inbox key names the channel, the bot and the update."""
    raw = raw_update("text")

    await intake.take_update(raw)
    await intake.take_update(raw)

    assert turns.keys == [f"{CHANNEL}:{raw['update_id']}"]


async def test_a_failing_turn_is_sent_back_twice_then_passed_over(
    intake: Intake, turns: RecordingTurns
) -> None:
    """Two failures raise so that the update comes again; the third is buried."""
    raw = raw_update("text")
    turns.failing["Where is order 1042?"] = 3

    for _ in range(2):
        with pytest.raises(RuntimeError):
            await intake.take_update(raw)
    await intake.take_update(raw)

    assert turns.taken == []
    assert json.loads(turns.buried[f"{CHANNEL}:{raw['update_id']}"]) == raw


async def test_a_turn_that_recovers_is_taken(
    intake: Intake, turns: RecordingTurns
) -> None:
    """One failure loses nothing."""
    turns.failing["Where is order 1042?"] = 1

    with pytest.raises(RuntimeError):
        await intake.take_update(raw_update("text"))
    await intake.take_update(raw_update("text"))

    assert turns.texts == ["Where is order 1042?"]
    assert turns.buried == {}


@pytest.mark.parametrize(
    "name",
    [
        "broken_private_kicked_without_until",
        "broken_sender_without_is_bot",
        "broken_tap_without_chat_instance",
        "broken_text_is_a_number",
    ],
)
async def test_an_unreadable_update_is_buried_at_once(
    intake: Intake, turns: RecordingTurns, name: str
) -> None:
    """What the library cannot parse is kept aside whole, and may be confirmed."""
    raw = raw_update(name)

    await intake.take_update(raw)

    assert turns.taken == []
    assert [json.loads(kept) for kept in turns.buried.values()] == [raw]


async def test_an_unreadable_update_of_a_group_is_no_dead_letter(
    intake: Intake, turns: RecordingTurns
) -> None:
    """What would be nothing for us needs no colleague."""
    await intake.take_update(raw_update("broken_group_restricted"))

    assert (turns.taken, turns.buried) == ([], {})


@pytest.mark.parametrize("raw", [{}, {"update_id": "7"}, {"update_id": None}])
async def test_what_is_no_update_at_all_is_passed_over(
    intake: Intake, turns: RecordingTurns, raw: dict[str, Any]
) -> None:
    """Without a number there is nothing to confirm or to keep."""
    await intake.take_update(raw)

    assert (turns.taken, turns.attempts) == ([], {})


async def test_the_raw_text_of_a_dead_letter_can_be_stored(
    intake: Intake, turns: RecordingTurns
) -> None:
    """NUL and lone surrogates stay escaped in what is kept aside."""
    turns.failing["broken � here � end"] = 3
    raw = raw_update("text_lone_surrogate_and_nul")
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await intake.take_update(raw)
    await intake.take_update(raw)

    [kept] = turns.buried.values()
    assert kept.isascii()
    assert "\x00" not in kept


async def _tapped(api: BotApi, ada: Person) -> dict[str, Any]:
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "m:yes"}]]}
    message_id = await api.send_text(
        {"chat_id": ada.id, "text": "?", "reply_markup": keyboard}
    )
    ada.taps(message_id, "Yes")
    return (await api.fetch_updates(offset=None, wait_seconds=0))[-1]


async def test_a_tap_is_answered_with_the_turns_words(
    intake: Intake,
    turns: RecordingTurns,
    api: BotApi,
    ada: Person,
) -> None:
    """The toast of the turn appears on the phone, cut to what is allowed."""
    turns.toast = "Done. " * 100

    await intake.take_update(await _tapped(api, ada))
    await intake.settle()

    assert ada.toasts == [turns.toast[:200].strip()]


async def test_a_tap_that_failed_for_good_ends_its_progress_bar(
    intake: Intake,
    turns: RecordingTurns,
    api: BotApi,
    ada: Person,
) -> None:
    """A buried press is answered too, without words."""
    raw = await _tapped(api, ada)
    turns.failing[""] = 3

    for _ in range(2):
        with pytest.raises(RuntimeError):
            await intake.take_update(raw)
    await intake.settle()
    assert ada.presses[0].answered_at is None
    await intake.take_update(raw)
    await intake.settle()

    assert ada.presses[0].answered_at is not None


async def test_a_tap_too_old_to_answer_is_still_a_turn(
    intake: Intake, turns: RecordingTurns, standin: TelegramStandIn
) -> None:
    """The platform's refusal of a late answer is swallowed."""
    await intake.take_update(raw_update("tap"))
    await intake.settle()

    assert standin.calls["answercallbackquery"] == 1
    assert len(turns.taken) == 1


async def test_every_recorded_update_goes_through(
    intake: Intake, turns: RecordingTurns
) -> None:
    """None raises, and only customers' words and taps become turns."""
    folder = os.environ.get("BACKORDER_SAMPLES")
    if folder is None:
        pytest.skip("BACKORDER_SAMPLES names no folder with recorded payloads")

    for raw in _all_in(Path(folder, "payloads", "telegram")):
        await intake.take_update(raw)
    await intake.settle()

    assert turns.buried == {}
    assert {event.chat.address[0] for event in turns.taken} == {"7"}
    assert len(turns.taken) > 15


async def test_every_shape_of_ours_goes_through(intake: Intake) -> None:
    """The invented shapes go through as well, the broken ones included."""
    for raw in _all_in(PAYLOADS):
        await intake.take_update(raw)
    await intake.settle()


def _holes(raw: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = list(raw) if isinstance(raw, dict) else []
    return [
        hole for key in steps for hole in ((*at, key), *_holes(raw[key], (*at, key)))
    ]


@given(
    name=st.sampled_from(sorted(path.stem for path in PAYLOADS.glob("*.json"))),
    instead=st.sampled_from([None, "gone", 7, "text", [], {}]),
    data=st.data(),
)
def test_whatever_a_field_holds_an_update_never_blocks(
    name: str, instead: object, data: st.DataObject
) -> None:
    """An update with a hole or a foreign value is taken, ignored or kept aside."""
    raw = raw_update(name)
    *way, last = data.draw(st.sampled_from(_holes(raw)))
    inner = raw
    for step in way:
        inner = inner[step]
    if instead == "gone":
        del inner[last]
    else:
        inner[last] = instead
    turns = RecordingTurns()

    async def take() -> None:
        intake = Intake(BotApi(token=TOKEN), turns, username="northprint_bot")
        await intake.take_update(raw)
        await intake.settle()

    asyncio.run(take())

    assert len(turns.taken) + len(turns.buried) <= 1
