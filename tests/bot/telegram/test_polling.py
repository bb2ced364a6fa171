"""Polling: nothing is confirmed before its turn, order per chat, silence is known."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.telegram.client import BotApi, TelegramFatalError
from bot.telegram.intake import Intake
from bot.telegram.polling import LONG_POLL, Poller
from flows.events import CustomerStarted

from .doubles import TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.playground.telegram import Person, TelegramStandIn

    from .doubles import HandClock, Readings, RecordingTurns

PAYLOADS = Path(__file__).parent / "payloads"


class Desk:
    """A poller with everything around it, started and stopped by the test."""

    def __init__(
        self, api: BotApi, turns: RecordingTurns, clock: HandClock, readings: Readings
    ) -> None:
        #: Machine time of the next due instant.
        self.due_at: float | None = None
        self._parts = (api, turns, clock, readings)
        self.poller = self.build()
        self.run: asyncio.Task[None] | None = None

    def build(self, **more: Any) -> Poller:
        """Return a fresh poller, as after a restart."""
        api, turns, clock, readings = self._parts
        intake = Intake(api, turns, username="northprint_bot")
        self.poller = Poller(
            api,
            intake.take_update,
            clock=clock,
            on_read=readings,
            next_due=self.next_due,
            back_off=0.01,
            **more,
        )
        return self.poller

    def next_due(self) -> float | None:
        """Return the seconds until the instant the test has set."""
        clock = self._parts[2]
        return None if self.due_at is None else self.due_at - clock.machine()

    def start(self) -> None:
        """Begin to poll."""
        self.run = asyncio.create_task(self.poller.run())

    async def stop(self) -> None:
        """Stop, and fail if that takes long."""
        self.poller.stop()
        if self.run is not None:
            async with asyncio.timeout(5):
                await self.run


@pytest.fixture
async def desk(
    api: BotApi, turns: RecordingTurns, clock: HandClock, readings: Readings
) -> AsyncIterator[Desk]:
    desk = Desk(api, turns, clock, readings)
    yield desk
    with contextlib.suppress(TelegramFatalError):
        await desk.stop()


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
    await turns.until(1)

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
    await turns.until(1)
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
    async with asyncio.timeout(5):
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


async def test_a_webhook_left_behind_is_removed_first(
    desk: Desk, api: BotApi, ada: Person, turns: RecordingTurns
) -> None:
    """A poller takes over from a webhook without dropping what waits."""
    await api.set_webhook("http://127.0.0.1:9/hook", secret_token="s")
    ada.says("waiting")
    desk.start()
    await turns.until(2)

    assert turns.texts == ["waiting"]
    assert not (await api.get_webhook_info()).url


async def test_a_second_poller_ends_the_first_with_the_reason(
    desk: Desk, api: BotApi, standin: TelegramStandIn
) -> None:
    """Two readers of one bot are a mistake that is told and not fought out."""
    desk.start()
    await standin.changes.until(lambda: standin.is_polled)
    intruder = asyncio.create_task(api.fetch_updates(offset=None, wait_seconds=5))
    assert desk.run is not None

    with pytest.raises(TelegramFatalError, match="another program reads"):
        async with asyncio.timeout(5):
            await desk.run
    intruder.cancel()


async def test_a_webhook_set_meanwhile_ends_polling_with_the_reason(
    desk: Desk, api: BotApi, standin: TelegramStandIn
) -> None:
    """Somebody switching the bot to a webhook is named as such."""
    desk.start()
    await standin.changes.until(lambda: standin.is_polled)
    await api.set_webhook("http://127.0.0.1:9/hook", secret_token="s")
    assert desk.run is not None

    with pytest.raises(TelegramFatalError, match=r"webhook|setWebhook"):
        async with asyncio.timeout(5):
            await desk.run


async def test_an_outage_is_waited_out(
    desk: Desk, standin: TelegramStandIn, ada: Person, turns: RecordingTurns
) -> None:
    """Errors of network and platform end by themselves, nothing is lost."""
    desk.start()
    await turns.until(1)
    await standin.changes.until(lambda: standin.is_polled)
    await standin.goes_away()
    await standin.comes_back()
    standin.faults.fail(2, code=502, method="getUpdates")
    standin.faults.lose_calls(1, method="getUpdates")
    standin.faults.lose_answers(1, method="getUpdates")
    ada.says("after the storm")
    await turns.until(2)

    assert turns.texts == ["after the storm"]


async def test_the_platforms_wait_is_kept(
    desk: Desk, standin: TelegramStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 429 names its pause, and the next poll comes after exactly that."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(desk.poller, "_pause", pause)
    standin.faults.flood(1, retry_after=17, method="getUpdates")
    desk.start()
    await standin.changes.until(lambda: standin.is_polled)

    assert pauses == [17]


async def test_a_reading_that_cannot_be_noted_is_tried_again(
    api: BotApi, clock: HandClock, turns: RecordingTurns, ada: Person
) -> None:
    """A database that fails for a moment does not end the polling."""
    noted = asyncio.Event()
    tries: list[bool] = []

    async def on_read(start_of_poll: object, *, full: bool) -> None:
        assert start_of_poll is not None
        tries.append(full)
        if len(tries) == 1:
            raise OSError("disk full")
        noted.set()

    intake = Intake(api, turns)
    poller = Poller(
        api, intake.take_update, clock=clock, on_read=on_read, back_off=0.01
    )
    run = asyncio.create_task(poller.run())
    ada.says("hello")
    async with asyncio.timeout(5):
        await noted.wait()
        poller.stop()
        await run

    assert turns.texts == ["hello"]


async def test_a_clients_form_does_not_show_the_secret() -> None:
    """What a debugger prints of the client is the bot's number."""
    assert repr(BotApi(token=TOKEN)) == "BotApi[123456]"
