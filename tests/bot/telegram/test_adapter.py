"""The whole channel: start it, live with it, look at its set-up, stop it."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import telegram
from aiohttp import web
from structlog.testing import capture_logs

from bot.channel import Parcel
from bot.telegram import check
from bot.telegram.adapter import TelegramAdapter
from bot.telegram.check import Finding, check_telegram
from bot.telegram.client import BotApi, TelegramFatalError
from bot.telegram.commands import Profile, publish

from .doubles import TOKEN

if TYPE_CHECKING:
    from bot.playground.telegram import Person, TelegramStandIn

    from .doubles import HandClock, Readings, RecordingTurns

ENGLISH = Profile(
    language="",
    commands=(("orders", "Where is my order?"), ("help", "What I can do")),
    description="I tell you where your order is.",
    short_description="Order assistant",
)
GERMAN = Profile(language="de", commands=(("orders", "Wo ist meine Bestellung?"),))


class Shop:
    """An adapter with everything it needs, built the same way each time."""

    def __init__(
        self,
        standin: TelegramStandIn,
        turns: RecordingTurns,
        clock: HandClock,
        readings: Readings,
    ) -> None:
        self._parts: dict[str, Any] = {
            "token": TOKEN,
            "api_url": standin.base_url,
            "file_url": standin.file_url,
            "turns": turns,
            "clock": clock,
            "on_read": readings,
        }

    def adapter(self, **more: Any) -> TelegramAdapter:
        """Return an adapter, with other arguments where given."""
        return TelegramAdapter(**(self._parts | more))


@pytest.fixture
def shop(
    standin: TelegramStandIn,
    turns: RecordingTurns,
    clock: HandClock,
    readings: Readings,
) -> Shop:
    return Shop(standin, turns, clock, readings)


async def test_a_polling_adapter_listens_and_speaks(
    shop: Shop, ada: Person, turns: RecordingTurns
) -> None:
    """Words come in, a message goes out, and stopping leaves nothing open."""
    adapter = shop.adapter(profiles=[ENGLISH, GERMAN])
    assert adapter.channel == "telegram:123456"
    await adapter.start()
    ada.says("where is my order?")
    await turns.until(2)
    parcel = Parcel(
        id=1,
        lane="chat:1",
        address=str(ada.id),
        key="status",
        payload={"kind": "text", "text": "On its way"},
    )
    await adapter.outgoing.deliver(parcel)
    await ada.hears("On its way")
    ended = asyncio.create_task(adapter.ended())
    await adapter.stop()
    await ended
    await adapter.stop()
    gc.collect()

    assert adapter.bot_username == "northprint_bot"
    assert adapter.webhook is None
    assert [command["command"] for command in ada.commands] == ["orders"]


async def test_a_tap_taken_while_stopping_is_still_answered(
    shop: Shop, ada: Person, turns: RecordingTurns, standin: TelegramStandIn
) -> None:
    """Stopping waits for the answers under way."""
    adapter = shop.adapter()
    await adapter.start()
    rows = [[{"label": "Yes", "data": "m:yes"}]]
    parcel = Parcel(
        id=1,
        lane="chat:1",
        address=str(ada.id),
        key="offer",
        payload={"kind": "text", "text": "?", "rows": rows},
    )
    message_id = await adapter.outgoing.deliver(parcel)
    hold = standin.faults.hold("answerCallbackQuery")
    turns.toast = "Noted"
    ada.taps(int(message_id or 0), "Yes")
    async with asyncio.timeout(15):
        await hold.reached.wait()
    stopping = asyncio.create_task(adapter.stop())
    hold.released.set()
    await stopping

    assert ada.toasts == ["Noted"]


async def test_a_webhook_adapter_registers_and_listens(
    shop: Shop, ada: Person, turns: RecordingTurns
) -> None:
    """The handler mounted on a server of the app's gets what people say."""
    app = web.Application()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    heard: dict[str, Any] = {}

    async def handle(request: web.Request) -> web.StreamResponse:
        response: web.StreamResponse = await heard["handle"](request)
        return response

    app.router.add_post("/hook", handle)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    adapter = shop.adapter(mode="webhook", webhook_url=url, webhook_secret="s3cret")
    assert adapter.webhook is not None
    heard["handle"] = adapter.webhook.handle
    await adapter.start()
    ada.says("by webhook")
    await turns.until(2)
    async with aiohttp.ClientSession() as stranger, stranger.post(url, json={}) as no:
        status = no.status
    await adapter.stop()
    await runner.cleanup()

    assert turns.texts == ["by webhook"]
    assert status == 403


@pytest.mark.parametrize(
    "more",
    [
        {"mode": "webhook", "webhook_url": "https://shop.example/hook"},
        {"mode": "webhook", "webhook_secret": "s3cret"},
    ],
)
def test_a_webhook_half_set_up_refuses_to_start(
    shop: Shop, more: dict[str, Any]
) -> None:
    """Without secret or address nothing is built."""
    with pytest.raises(TelegramFatalError):
        shop.adapter(**more)


async def test_what_ends_polling_is_told_to_who_waits(
    shop: Shop, api: BotApi, standin: TelegramStandIn
) -> None:
    """A conflict reaches the app with its reason."""
    adapter = shop.adapter()
    await adapter.start()
    await standin.changes.until(lambda: standin.is_polled)
    await api.set_webhook("http://127.0.0.1:9/hook")

    with pytest.raises(TelegramFatalError, match="webhook"):
        async with asyncio.timeout(15):
            await adapter.ended()
    await adapter.stop()


async def test_a_menu_that_fails_stops_nobody(
    shop: Shop, standin: TelegramStandIn, ada: Person, turns: RecordingTurns
) -> None:
    """Customers are answered even when the commands cannot be set."""
    standin.faults.fail(code=500, method="setMyCommands")
    ada.says("hello")
    adapter = shop.adapter(profiles=[ENGLISH])
    with capture_logs() as logs:
        await adapter.start()
    await turns.until(2)
    await adapter.stop()

    assert turns.texts == ["hello"]
    assert "telegram.profile_not_published" in [line["event"] for line in logs]


async def test_a_profile_is_published_once(
    api: BotApi, standin: TelegramStandIn
) -> None:
    """What stands already is not sent again; a change is."""
    assert await publish(api, [ENGLISH, GERMAN]) > 0
    assert await publish(api, [ENGLISH, GERMAN]) == 0
    changed = Profile(language="de", commands=(("orders", "Meine Bestellungen"),))
    assert await publish(api, [ENGLISH, changed]) == 1
    assert standin.calls["setmydescription"] >= 1


# --- check -------------------------------------------------------------------


async def findings(
    standin: TelegramStandIn, clock: HandClock, **more: Any
) -> dict[str, Finding]:
    asked: dict[str, Any] = {
        "token": TOKEN,
        "api_url": standin.base_url,
        "file_url": standin.file_url,
        "mode": "polling",
        "clock": clock,
    }
    found = await check_telegram(**(asked | more))
    assert all(one.mend for one in found if not one.ok)
    assert TOKEN not in repr(found)
    return {one.item: one for one in found}


async def test_a_good_set_up_is_found_good(
    standin: TelegramStandIn, clock: HandClock, ada: Person
) -> None:
    """Token, way in and a test message are each told."""
    found = await findings(
        standin, clock, send_test_to=str(ada.id), test_text="A test."
    )

    assert found["Telegram token"].ok
    assert found["Telegram updates"].ok
    assert found["Telegram test message"].ok
    assert ada.heard[-1].text == "A test."


async def test_each_mistake_is_found_with_what_to_mend(
    standin: TelegramStandIn, clock: HandClock, api: BotApi
) -> None:
    """Wrong token, malformed token, closed chat, wrong way in, no connection."""
    wrong = await findings(standin, clock, token="123456:" + "w" * 35)
    assert not wrong["Telegram token"].ok
    malformed = await findings(standin, clock, token="nonsense")
    assert not malformed["Telegram settings"].ok
    closed = await findings(standin, clock, send_test_to="99", test_text="x")
    assert not closed["Telegram test message"].ok
    unset = await findings(
        standin, clock, mode="webhook", webhook_url="http://127.0.0.1:9/hook"
    )
    assert "no webhook" in unset["Telegram updates"].told
    address = await findings(standin, clock, mode="webhook", webhook_url="")
    assert "TELEGRAM_WEBHOOK_URL" in address["Telegram updates"].mend
    await api.set_webhook("http://127.0.0.1:9/hook")
    beside = await findings(standin, clock)
    assert "webhook is set" in beside["Telegram updates"].told
    await standin.goes_away()
    away = await findings(standin, clock)
    assert not away["Telegram connection"].ok


@pytest.mark.parametrize("open_to_groups", [True, False])
async def test_a_bot_open_to_groups_is_a_finding(*, open_to_groups: bool) -> None:
    """Groups and their talk are switched off at BotFather, and we say how."""
    me = telegram.User(
        id=123456,
        is_bot=True,
        first_name="Northprint",
        username="northprint_bot",
        can_join_groups=open_to_groups,
        can_read_all_group_messages=open_to_groups,
    )

    found = {one.item: one for one in check._identity(me)}

    assert found["Telegram groups"].ok is not open_to_groups
    assert ("Telegram privacy mode" in found) is open_to_groups


async def test_a_webhook_that_fails_is_found(
    standin: TelegramStandIn, clock: HandClock, api: BotApi, ada: Person
) -> None:
    """Telegram's own complaint about our address is passed on."""
    url = "http://127.0.0.1:9/hook"
    await api.set_webhook(url)
    ada.says("anybody there?")
    async with asyncio.timeout(15):
        while (await api.get_webhook_info()).last_error_date is None:
            pass

    found = await findings(standin, clock, mode="webhook", webhook_url=url)

    assert "Connection refused" in found["Telegram updates"].told
