"""The faults of network and platform that tests can call for."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import NetworkError, RetryAfter
from telegram.ext import ExtBot

from bot.playground.telegram import Person, TelegramStandIn
from bot.playground.telegram.views import person_view

TOKEN = "123456:abcdefghijklmnopqrstuvwxyz-0123456"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class HandClock:
    """Machine time that moves only when it is told to."""

    seconds = 1000.0

    def __call__(self) -> float:
        """Returns the time in seconds."""
        return self.seconds


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def standin(
    clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[TelegramStandIn]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with TelegramStandIn(token=TOKEN, now=lambda: NOON, clock=clock) as standin:
        yield standin


@pytest.fixture
async def bot(standin: TelegramStandIn) -> AsyncIterator[ExtBot]:
    urls = {"base_url": standin.base_url, "base_file_url": standin.file_url}
    async with ExtBot(TOKEN, **urls) as bot:
        yield bot


@pytest.fixture
def ada(standin: TelegramStandIn) -> Person:
    ada = standin.person(4711, "Ada", "de", "ada")
    ada.starts()
    return ada


async def test_a_lost_answer_leaves_the_message_on_the_phone(
    bot: ExtBot, standin: TelegramStandIn, ada: Person
) -> None:
    """The client sees a broken connection although the message was sent."""
    standin.faults.lose_answers()
    with pytest.raises(NetworkError):
        await bot.send_message(ada.id, "x")
    assert [m.text for m in ada.heard] == ["x"]
    await bot.send_message(ada.id, "x")
    assert standin.calls["sendmessage"] == 2


async def test_a_lost_call_sends_nothing(
    bot: ExtBot, standin: TelegramStandIn, ada: Person
) -> None:
    """The client sees a broken connection, and nothing was sent."""
    standin.faults.lose_calls(method="sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(ada.id, "x")
    assert ada.heard == []


@pytest.mark.parametrize("code", [500, 502])
async def test_failing_calls(
    bot: ExtBot, standin: TelegramStandIn, ada: Person, code: int
) -> None:
    """So many calls fail with the code, then they work again."""
    standin.faults.fail(2, code=code)
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_message(ada.id, "x")
    await bot.send_message(ada.id, "x")
    assert len(ada.heard) == 1


async def test_floods(bot: ExtBot, standin: TelegramStandIn, ada: Person) -> None:
    """A flood tells how long to wait, for its method only."""
    standin.faults.flood(retry_after=7)
    assert await bot.send_chat_action(ada.id, "typing")
    with pytest.raises(RetryAfter) as refusal:
        await bot.send_message(ada.id, "x")
    assert refusal.value.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize("after", [False, True])
async def test_held_calls(
    bot: ExtBot, standin: TelegramStandIn, ada: Person, *, after: bool
) -> None:
    """A held call waits before or after it is performed, until it is let go."""
    fault = standin.faults.hold("sendMessage", after=after)
    sending = asyncio.create_task(bot.send_message(ada.id, "x"))
    await fault.reached.wait()
    if after:
        await ada.hears("x")
    assert (len(ada.heard), sending.done()) == (int(after), False)
    fault.released.set()
    assert (await sending).text == "x"


async def test_an_outage_forgets_nothing(
    bot: ExtBot, standin: TelegramStandIn, ada: Person
) -> None:
    """While away connections are refused; afterwards all is there at the same port."""
    address = standin.base_url
    await standin.goes_away()
    ada.says("are you there?")
    with pytest.raises(NetworkError):
        await bot.get_updates(timeout=0)
    await standin.comes_back()
    assert standin.base_url == address
    texts = [u.message.text for u in await bot.get_updates(timeout=0) if u.message]
    assert texts == ["/start", "are you there?"]


async def test_no_pace_for_benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a pace a hundred messages to one chat pass at once."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with TelegramStandIn(token=TOKEN, now=lambda: NOON, pace=None) as standin:
        person = standin.person(1)
        person.starts()
        async with ExtBot(TOKEN, base_url=standin.base_url) as bot:
            for _ in range(100):
                await bot.send_message(1, "x")
        assert len(person.heard) == 100


async def test_the_view_of_a_phone(
    bot: ExtBot, standin: TelegramStandIn, ada: Person
) -> None:
    """A page gets the texts as HTML, the buttons, and which of them spin."""
    row = [
        InlineKeyboardButton("Yes", callback_data="y"),
        InlineKeyboardButton("No", callback_data="n"),
    ]
    sent = await bot.send_message(
        ada.id, "<b>1 &lt; 2</b>?", "HTML", reply_markup=InlineKeyboardMarkup([row])
    )
    press = ada.taps(sent.message_id, "Yes")
    assert press is not None
    shown = person_view(ada)["messages"][-1]
    assert (shown["html"], shown["from_bot"]) == ("<b>1 &lt; 2</b>?", True)
    spinning = [(b["text"], b["spinning"]) for b in shown["rows"][0]]
    assert spinning == [("Yes", True), ("No", False)]
    await bot.answer_callback_query(press.id, "noted")
    view = person_view(standin.people[0])
    assert not any(b["spinning"] for b in view["messages"][-1]["rows"][0])
    assert view["presses"][-1]["toast"] == "noted"
