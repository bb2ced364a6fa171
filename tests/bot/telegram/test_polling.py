"""Polling: nothing is confirmed before its turn, order per chat, silence is known."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.telegram.client import BotApi
from bot.telegram.polling import LONG_POLL
from flows.events import CustomerStarted

if TYPE_CHECKING:
    from bot.playground.telegram import Person, TelegramStandIn

    from .desk import Desk
    from .doubles import HandClock, Readings, RecordingTurns

PAYLOADS = Path(__file__).parent / "payloads"


async def test_what_customers_say_becomes_turns_in_order(
    desk: Desk, ada: Person, turns: RecordingTurns, standin: TelegramStandIn
) -> None:
    """A batch and what comes during a long poll arrive in the order of the chat."""
    for number in range(20):
        ada.says(f"early {number}")
    desk.start()
    await turns.until(21)
    await standin.changes.until(lambda: standin.is_polled)
    for number in range(3):
        ada.says(f"late {number}")
    await turns.until(24)

    assert isinstance(turns.taken[0], CustomerStarted)
    expected = [f"early {n}" for n in range(20)] + [f"late {n}" for n in range(3)]
    assert turns.texts == expected


async def test_one_chats_slow_turn_does_not_hold_up_another(
    desk: Desk, ada: Person, standin: TelegramStandIn, turns: RecordingTurns
) -> None:
    """Chats of one batch run side by side, each in its own order."""
    ada.says("slow")
    ada.says("after slow")
    ole = standin.person(4712, "Ole")
    ole.starts()
    ole.says("quick")
    turns.held["slow"] = asyncio.Event()
    desk.start()
    await turns.until(3)

    assert turns.texts == ["quick"]
    turns.held["slow"].set()
    await turns.until(5)
    assert turns.texts == ["quick", "slow", "after slow"]


async def test_nothing_is_confirmed_before_its_turn(
    desk: Desk, ada: Person, standin: TelegramStandIn, turns: RecordingTurns
) -> None:
    """While a turn runs, its update is still the platform's to bring again."""
    ada.says("slow")
    turns.held["slow"] = asyncio.Event()
    desk.start()
    await turns.until_begun("slow")

    assert standin.pending_count == 2
    turns.held["slow"].set()
    await standin.changes.until(lambda: standin.pending_count == 0)


async def test_stopping_in_a_turn_confirms_only_what_was_committed(
    desk: Desk, ada: Person, standin: TelegramStandIn, turns: RecordingTurns
) -> None:
    """The running turn ends, what stands behind it is left for the next start."""
    ada.says("slow")
    ada.says("never begun")
    turns.held["slow"] = asyncio.Event()
    desk.start()
    await turns.until_begun("slow")
    desk.poller.stop()
    turns.held["slow"].set()
    await desk.stop()

    assert turns.texts == ["slow"]
    assert standin.pending_count == 3
    desk.build()
    desk.start()
    await turns.until(3)
    await standin.changes.until(lambda: standin.pending_count == 0)
    assert turns.texts == ["slow", "never begun"]


async def test_stopping_does_not_wait_for_the_long_poll(
    desk: Desk, standin: TelegramStandIn
) -> None:
    """A poll that would wait half a minute more is dropped."""
    desk.start()
    await standin.changes.until(lambda: standin.is_polled)

    await desk.stop()

    assert desk.run is not None
    assert desk.run.done()


async def test_a_failing_turn_comes_again_and_holds_back_its_own_chat_only(
    desk: Desk, ada: Person, standin: TelegramStandIn, turns: RecordingTurns
) -> None:
    """Order within the chat survives a failure, and another chat goes on."""
    ada.says("fragile")
    ada.says("after fragile")
    ole = standin.person(4712, "Ole")
    ole.starts()
    ole.says("fine")
    turns.failing["fragile"] = 2
    desk.start()
    await turns.until(5)
    await standin.changes.until(lambda: standin.pending_count == 0)

    assert turns.texts == ["fine", "fragile", "after fragile"]
    assert turns.buried == {}


async def test_a_turn_that_always_fails_is_passed_over(
    desk: Desk,
    ada: Person,
    standin: TelegramStandIn,
    turns: RecordingTurns,
) -> None:
    """The third failure is the last; what stands behind it gets its turn."""
    ada.says("poison")
    ada.says("behind")
    turns.failing["poison"] = 99
    desk.start()
    await turns.until(2)
    await standin.changes.until(lambda: standin.pending_count == 0)

    assert turns.texts == ["behind"]
    assert len(turns.buried) == 1
    assert turns.failing["poison"] == 96


async def test_an_unreadable_update_blocks_nothing_behind_it(
    desk: Desk, ada: Person, standin: TelegramStandIn, turns: RecordingTurns
) -> None:
    """Broken updates of every kind are confirmed, and the good one arrives."""
    for path in sorted(PAYLOADS.glob("broken_*.json")):
        raw = json.loads(path.read_text())
        del raw["update_id"]
        standin.inject(raw)
    ada.says("good")
    desk.start()
    await turns.until(2)
    await standin.changes.until(lambda: standin.pending_count == 0)

    assert turns.texts == ["good"]


async def test_an_update_delivered_twice_is_taken_once(
    desk: Desk, ada: Person, standin: TelegramStandIn, turns: RecordingTurns
) -> None:
    """A repeat after confirmation carries the same key."""
    ada.says("once")
    desk.start()
    await turns.until(2)
    await standin.changes.until(lambda: standin.pending_count == 0)
    standin.repeat_last_update()
    ada.says("next")
    await turns.until(3)

    assert turns.texts == ["once", "next"]


async def test_readings_tell_how_far_silence_is_known(
    desk: Desk,
    ada: Person,
    standin: TelegramStandIn,
    readings: Readings,
    clock: HandClock,
) -> None:
    """A full batch is told as full; the reading bears the time the poll began."""
    for number in range(120):
        ada.says(f"message {number}")
    desk.start()
    await readings.until(2)
    await standin.changes.until(lambda: standin.is_polled)
    clock.pass_seconds(60)
    ada.says("later")
    await readings.until(3)

    assert readings.seen[:2] == [(clock.noon, True), (clock.noon, False)]
    assert readings.seen[2] == (clock.noon, False), "the poll began before the minute"


async def test_a_reading_waits_for_the_whole_batch(
    desk: Desk, ada: Person, turns: RecordingTurns, readings: Readings
) -> None:
    """While one turn of the batch runs, nothing is known to have been read."""
    ada.says("slow")
    turns.held["slow"] = asyncio.Event()
    desk.start()
    await turns.until(1)

    assert readings.seen == []
    turns.held["slow"].set()
    await readings.until(1)


async def test_a_poll_never_waits_beyond_the_next_due_instant(
    desk: Desk,
    clock: HandClock,
    readings: Readings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The wait is cut to the instant, and one more poll begins after it."""
    due_at = clock.machine() + 7.4
    desk.due_at = due_at
    waits: list[int] = []
    enough = asyncio.Event()

    async def fetch(*, offset: int | None, wait_seconds: int) -> list[Any]:
        assert offset is None
        waits.append(wait_seconds)
        if len(waits) > 2:
            enough.set()
            await asyncio.Event().wait()
        clock.pass_seconds(wait_seconds)
        return []

    monkeypatch.setattr(BotApi, "fetch_updates", staticmethod(fetch))
    poller = desk.build()
    monkeypatch.setattr(poller, "_drop_webhook", _nothing)
    monkeypatch.setattr("bot.telegram.polling._BREATH", 0)
    desk.start()
    async with asyncio.timeout(15):
        await enough.wait()

    assert waits == [8, 0, LONG_POLL]
    assert [start for start, _ in readings.seen][1].timestamp() >= due_at


async def _nothing() -> None:
    return


@pytest.mark.usefixtures("ada")
async def test_a_moved_clock_cuts_a_waiting_poll_short(
    desk: Desk,
    standin: TelegramStandIn,
    clock: HandClock,
    readings: Readings,
) -> None:
    """Asked to look again, the poller reads past the instant at once."""
    due_at = clock.machine() + 3600
    desk.due_at = due_at
    desk.start()
    await readings.until(1)
    await standin.changes.until(lambda: standin.is_polled)
    clock.pass_seconds(3601)
    desk.poller.look_again()
    await readings.until(2)

    assert readings.seen[-1][0].timestamp() > due_at


async def test_a_pause_between_empty_polls_replaces_the_long_poll(
    desk: Desk, standin: TelegramStandIn, ada: Person, turns: RecordingTurns
) -> None:
    """With an interval no poll waits at the platform, and words still arrive."""
    desk.build(interval=0.01)
    desk.start()
    await turns.until(1)
    ada.says("between")
    await turns.until(2)

    assert not standin.is_polled
    assert turns.texts == ["between"]
