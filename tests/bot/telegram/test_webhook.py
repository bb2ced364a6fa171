"""The webhook: secret first, 200 only after the commit, anything else repeats."""

from __future__ import annotations

import asyncio
import io
import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from bot.telegram.client import TelegramFatalError
from bot.telegram.intake import Intake
from bot.telegram.webhook import BODY_BYTES, SECRET_HEADER, Webhook, check_webhook_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.playground.telegram import Person, TelegramStandIn
    from bot.telegram.client import BotApi

    from .doubles import HandClock, RecordingTurns

SECRET = "Ab3_-secret"
UPDATE = {
    "update_id": 55,
    "message": {
        "message_id": 1,
        "date": 1780000000,
        "chat": {"id": 5200000001, "type": "private", "first_name": "Anna"},
        "from": {"id": 5200000001, "is_bot": False, "first_name": "Anna"},
        "text": "hello",
    },
}


class Door:
    """Our webhook on a web server of its own, and its address."""

    def __init__(self, webhook: Webhook) -> None:
        self.webhook = webhook
        self.url = ""

    async def post(self, body: Any, secret: str | None = SECRET) -> int:
        """Post like the platform and return the status."""
        headers = {} if secret is None else {SECRET_HEADER: secret}
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, data=data, headers=headers) as answer,
        ):
            return answer.status


@pytest.fixture
async def door(
    api: BotApi, turns: RecordingTurns, clock: HandClock
) -> AsyncIterator[Door]:
    intake = Intake(api, turns)
    door = Door(Webhook(api, intake.take_update, secret=SECRET, clock=clock))
    app = web.Application()
    app.router.add_post("/telegram", door.webhook.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    door.url = f"http://127.0.0.1:{runner.addresses[0][1]}/telegram"
    yield door
    await runner.cleanup()


@pytest.mark.parametrize("secret", [None, "", "Ab3_-secre", "ab3_-secret", "é"])
async def test_without_the_secret_nobody_speaks_for_a_customer(
    door: Door, turns: RecordingTurns, secret: str | None
) -> None:
    """A missing or wrong secret is refused and nothing is taken."""
    assert await door.post(UPDATE, secret) == 403
    assert turns.taken == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[]", b"7", b'{"update_id": "55"}', b"{}"]
)
async def test_what_is_no_update_is_a_bad_request(
    door: Door, turns: RecordingTurns, body: bytes
) -> None:
    """A body that does not parse is refused, not swallowed."""
    assert await door.post(body) == 400
    assert turns.taken == []


async def test_a_body_beyond_any_update_is_refused(door: Door) -> None:
    """Nobody fills our memory, with or without a length told beforehand."""

    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(BODY_BYTES // 65536 + 1):
            yield b" " * 65536

    assert await door.post(io.BytesIO(b" " * (BODY_BYTES + 1))) == 413
    assert await door.post(in_pieces()) == 413


async def test_the_answer_comes_after_the_commit(
    door: Door, turns: RecordingTurns
) -> None:
    """While the turn runs, the platform has no 200 yet."""
    turns.held["hello"] = asyncio.Event()
    posting = asyncio.create_task(door.post(UPDATE))
    async with asyncio.timeout(15), turns.arrived:
        await turns.arrived.wait()

    assert not posting.done()
    turns.held["hello"].set()
    assert await posting == 200
    assert turns.texts == ["hello"]


async def test_a_failing_turn_asks_for_a_repeat_until_it_is_buried(
    door: Door, turns: RecordingTurns
) -> None:
    """500 twice, then the update is kept aside and passed over."""
    turns.failing["hello"] = 3

    assert [await door.post(UPDATE) for _ in range(3)] == [500, 500, 200]
    assert list(turns.buried) == ["telegram:123456:55"]


async def test_the_platform_brings_what_people_say(
    door: Door,
    turns: RecordingTurns,
    standin: TelegramStandIn,
    ada: Person,
) -> None:
    """Registered with its secret, the webhook hears a chat, and a failure again."""
    turns.failing["fragile"] = 1
    await door.webhook.register(door.url)
    ada.says("fragile")
    ada.says("behind it")
    await turns.until(3)
    await standin.changes.until(lambda: standin.pending_count == 0)

    assert turns.texts == ["fragile", "behind it"]
    assert sum(turns.attempts.values()) == 1


async def test_caught_up_means_nothing_waits_and_nothing_went_wrong_lately(
    door: Door,
    turns: RecordingTurns,
    standin: TelegramStandIn,
    ada: Person,
) -> None:
    """Silence is only known when the platform holds nothing back."""
    assert not await door.webhook.caught_up(), "no webhook is set yet"
    await door.webhook.register(door.url)
    await standin.changes.until(lambda: standin.pending_count == 0)
    assert await door.webhook.caught_up()

    turns.held["slow"] = asyncio.Event()
    ada.says("slow")
    async with asyncio.timeout(15), turns.arrived:
        await turns.arrived.wait()
    assert not await door.webhook.caught_up(), "one is being taken"

    turns.held["slow"].set()
    await standin.changes.until(lambda: standin.pending_count == 0)
    assert await door.webhook.caught_up()


async def test_an_error_counts_until_an_update_came_through(
    door: Door,
    turns: RecordingTurns,
    standin: TelegramStandIn,
    ada: Person,
    clock: HandClock,
) -> None:
    """A press may have expired while we failed, so a fresh error means not known."""
    await door.webhook.register(door.url)
    await standin.changes.until(lambda: standin.pending_count == 0)
    clock.pass_seconds(60)
    turns.failing["fragile"] = 2
    ada.says("fragile")
    async with asyncio.timeout(15), turns.arrived:
        await turns.arrived.wait_for(lambda: sum(turns.attempts.values()) == 2)
    standin.drop_updates()
    assert not await door.webhook.caught_up()

    clock.pass_seconds(3600)
    assert await door.webhook.caught_up()


@pytest.mark.parametrize("secret", ["", "with space", "x" * 257, "ü"])
def test_no_secret_no_webhook(api: BotApi, clock: HandClock, secret: str) -> None:
    """Without a secret the platform would take, the webhook refuses to start."""

    async def take(_: dict[str, Any]) -> None:
        raise AssertionError

    with pytest.raises(TelegramFatalError, match="TELEGRAM_WEBHOOK_SECRET"):
        Webhook(api, take, secret=secret, clock=clock)


@pytest.mark.parametrize(
    "url", ["", "http://shop.example/hook", "https://shop.example:9000/hook", "shop"]
)
def test_an_address_nobody_would_call_is_told(url: str) -> None:
    """Telegram wants https on one of four ports."""
    with pytest.raises(TelegramFatalError, match="TELEGRAM_WEBHOOK_URL"):
        check_webhook_url(url)


@pytest.mark.parametrize(
    "url",
    ["https://shop.example/hook", "https://shop.example:8443/", "http://127.0.0.1:1/"],
)
def test_a_good_address_is_accepted(url: str) -> None:
    """Public https, or this machine for the stand-in."""
    check_webhook_url(url)
