"""How updates are pushed to a webhook, and repeated until it says 200."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict
from telegram.ext import ExtBot

from bot.playground.telegram import Change, ChangeKind, Person, TelegramStandIn

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


class Receiver:
    """A bot's web server that notes what it gets and answers as it is told."""

    def __init__(self) -> None:
        self.got: asyncio.Queue[tuple[dict[str, Any], str | None]] = asyncio.Queue()
        self.answers: deque[web.Response] = deque()
        self.held: asyncio.Event | None = None
        self.url = ""

    async def post(self, request: web.Request) -> web.Response:
        """Takes one update."""
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        self.got.put_nowait((await request.json(), secret))
        if self.held is not None:
            await self.held.wait()
        return self.answers.popleft() if self.answers else web.Response()

    async def text(self) -> str:
        """Waits for the next update and returns its text or its kind."""
        update, _ = await asyncio.wait_for(self.got.get(), 15)
        if "message" in update:
            return str(update["message"].get("text"))
        return next(kind for kind in update if kind != "update_id")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    application = web.Application()
    application.router.add_post("/hook", receiver.post)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


@pytest.fixture
def failures(standin: TelegramStandIn) -> Iterator[list[str]]:
    """Collects the failures of deliveries once the stand-in has noted them."""
    noted: list[str] = []

    def listen(change: Change) -> None:
        if change.kind is ChangeKind.RECEIVING and "rong" in change.detail:
            noted.append(change.detail)

    with standin.changes.heard_by(listen):
        yield noted


async def test_updates_are_pushed_with_the_secret(
    bot: ExtBot, standin: TelegramStandIn, ada: Person, receiver: Receiver
) -> None:
    """What waits and what comes is posted with the secret, and confirmed by 200."""
    await bot.set_webhook(receiver.url, secret_token="s3cret-_", max_connections=7)
    update, secret = await receiver.got.get()
    assert (update["message"]["text"], secret) == ("/start", "s3cret-_")
    ada.says("hello")
    assert await receiver.text() == "hello"
    await standin.changes.until(lambda: standin.pending_count == 0)
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections) == (receiver.url, 7)
    assert (info.pending_update_count, info.last_error_message) == (0, None)


async def test_polling_and_webhook_exclude_each_other(
    bot: ExtBot, standin: TelegramStandIn, receiver: Receiver
) -> None:
    """Setting a webhook ends a waiting poll; polling works again after deleting it."""
    polling = asyncio.create_task(bot.get_updates(timeout=50))
    await standin.changes.until(lambda: standin.is_polled)
    await bot.set_webhook(receiver.url)
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await polling
    with pytest.raises(Conflict, match="while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates(timeout=0) == ()
    assert (await bot.get_webhook_info()).url == ""


async def test_a_failing_webhook_is_tried_again_with_growing_pauses(
    bot: ExtBot,
    standin: TelegramStandIn,
    receiver: Receiver,
    failures: list[str],
    clock: HandClock,
) -> None:
    """The first repeat comes at once, then after 2 and 4 seconds; later ones wait."""
    ada = standin.person(4711)
    ada.starts()
    receiver.answers.extend(web.Response(status=500) for _ in range(3))
    await bot.set_webhook(receiver.url)
    ada.says("behind")
    assert [await receiver.text() for _ in range(2)] == ["/start", "/start"]
    await standin.changes.until(lambda: len(failures) == 2)
    clock.seconds += 1.9
    standin.wake()
    info = await bot.get_webhook_info()
    assert info.pending_update_count == 2
    assert info.last_error_date == NOON
    expected = "Wrong response from the webhook: 500 Internal Server Error"
    assert info.last_error_message == expected
    assert receiver.got.empty()
    clock.seconds += 0.2
    standin.wake()
    assert await receiver.text() == "/start"
    await standin.changes.until(lambda: len(failures) == 3)
    assert receiver.got.empty()
    clock.seconds += 4
    standin.wake()
    assert [await receiver.text() for _ in range(2)] == ["/start", "behind"]


async def test_retry_after_is_obeyed(
    bot: ExtBot,
    standin: TelegramStandIn,
    receiver: Receiver,
    failures: list[str],
    clock: HandClock,
) -> None:
    """A Retry-After header sets the pause, even before the first repeat."""
    ada = standin.person(4711)
    ada.starts()
    receiver.answers.append(web.Response(status=503, headers={"Retry-After": "90"}))
    await bot.set_webhook(receiver.url)
    assert await receiver.text() == "/start"
    await standin.changes.until(lambda: len(failures) == 1)
    clock.seconds += 89
    standin.wake()
    assert (await bot.get_webhook_info()).pending_update_count == 1
    assert receiver.got.empty()
    clock.seconds += 2
    standin.wake()
    assert await receiver.text() == "/start"
    assert ada.chat


async def test_a_dead_address_is_noted(
    bot: ExtBot, standin: TelegramStandIn, ada: Person
) -> None:
    """When nobody listens, updates wait and the error is told."""
    await bot.set_webhook("http://127.0.0.1:9/hook")
    heard: list[str] = []
    with standin.changes.heard_by(lambda change: heard.append(change.detail)):
        await standin.changes.until(lambda: "Connection refused" in heard)
    info = await bot.get_webhook_info()
    assert (info.pending_update_count, len(ada.chat)) == (1, 1)
    assert info.last_error_message == "Connection refused"


async def test_order_holds_per_chat_and_not_between_texts_and_presses(
    bot: ExtBot, standin: TelegramStandIn, ada: Person, receiver: Receiver
) -> None:
    """A slow answer keeps back the chat's next text, but not presses or others."""
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])
    sent = await bot.send_message(ada.id, "?", reply_markup=keyboard)
    receiver.held = asyncio.Event()
    await bot.set_webhook(receiver.url)
    assert await receiver.text() == "/start"
    ada.says("later")
    ada.taps(sent.message_id, "Yes")
    standin.person(4712, "Bob").starts("bob")
    assert {await receiver.text() for _ in range(2)} == {"callback_query", "/start bob"}
    assert receiver.got.empty()
    receiver.held.set()
    assert await receiver.text() == "later"


async def test_a_pushed_update_can_come_twice(
    bot: ExtBot, standin: TelegramStandIn, ada: Person, receiver: Receiver
) -> None:
    """A repeat is pushed under the id it had."""
    await bot.set_webhook(receiver.url)
    first, _ = await receiver.got.get()
    await standin.changes.until(lambda: standin.pending_count == 0)
    standin.repeat_last_update()
    assert (await receiver.got.get())[0] == first
    assert ada.chat


@pytest.mark.parametrize(
    ("url", "secret", "reason"),
    [
        ("http://bot.example/hook", None, "An HTTPS URL must be provided for webhook"),
        ("https://bot.example:8080/hook", None, "only on ports 80, 88, 443 or 8443"),
        ("https://bot.example/hook", None, "Failed to resolve host"),
        ("not a url", None, "invalid webhook URL specified"),
        ("http://127.0.0.1:1/hook", "sp ace", "secret token contains unallowed"),
        ("http://127.0.0.1:1/hook", "x" * 257, "secret token is too long"),
    ],
)
async def test_webhooks_the_platform_refuses(
    bot: ExtBot, url: str, secret: str | None, reason: str
) -> None:
    """Outside this machine only https on four ports would do, and nobody is called."""
    with pytest.raises(BadRequest, match=f"(?i){reason}"):
        await bot.set_webhook(url, secret_token=secret)
    assert (await bot.get_webhook_info()).url == ""


async def test_pending_updates_are_dropped_on_request(
    bot: ExtBot, standin: TelegramStandIn, ada: Person, receiver: Receiver
) -> None:
    """drop_pending_updates forgets what waits, both when setting and deleting."""
    await bot.set_webhook(receiver.url, drop_pending_updates=True)
    ada.says("new")
    assert await receiver.text() == "new"
    await standin.goes_away()
    ada.says("lost")
    await standin.comes_back()
    await bot.delete_webhook(drop_pending_updates=True)
    assert standin.pending_count == 0
