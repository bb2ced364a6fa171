"""HTTP for the client: what goes out, what failures become, and no token in words."""

from __future__ import annotations

import asyncio
import gc
import logging
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from telegram import InputFile
from telegram.error import InvalidToken, NetworkError, TelegramError, TimedOut

from bot.telegram.client import BotApi, TelegramFatalError
from bot.telegram.redaction import TokenFilter, hide_tokens
from bot.telegram.transport import AiohttpRequest, check_address

from .doubles import TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.playground.telegram import Person, TelegramStandIn

SECRET = TOKEN.partition(":")[2]


class Server:
    """A server on loopback that answers as the test says."""

    def __init__(self) -> None:
        self.answer: Callable[[web.Request], Awaitable[web.StreamResponse]]
        self.seen: list[Any] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Note what came and answer."""
        self.seen.append((request.content_type, await request.text()))
        return await self.answer(request)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def lone(server: Server) -> AsyncIterator[BotApi]:
    """Yield a client of the small server that has no patience."""
    transport = AiohttpRequest(read_seconds=0.2)
    api = BotApi(
        token=TOKEN,
        api_url=f"{server.url}/bot",
        file_url=f"{server.url}/file/bot",
        transport=transport,
    )
    await transport.initialize()
    yield api
    await transport.shutdown()


async def _nothing_for_long(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    return web.Response()


async def _hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def _elsewhere(_: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/away")


async def _gibberish(_: web.Request) -> web.StreamResponse:
    return web.Response(text="<html>bad gateway</html>", status=502)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (_nothing_for_long, TimedOut),
        (_hang_up, NetworkError),
        (_elsewhere, NetworkError),
        (_gibberish, NetworkError),
    ],
)
async def test_failures_keep_the_token_to_themselves(
    server: Server,
    lone: BotApi,
    answer: Any,
    kind: type[TelegramError],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each failure is a known error whose whole traceback shows no secret."""
    caplog.set_level(logging.DEBUG)
    server.answer = answer

    with pytest.raises(kind) as caught:
        await lone.send_text({"chat_id": 1, "text": "hello"})

    told = "".join(traceback.format_exception(caught.value))
    assert SECRET not in told
    assert SECRET not in repr(caught.value.__context__)
    assert SECRET not in caplog.text
    assert len(server.seen) == 1, "a redirect would carry the token away"


async def test_a_refused_connection_is_a_network_error(
    standin: TelegramStandIn, server: Server, lone: BotApi
) -> None:
    """Nobody listening is told as such."""
    gone = BotApi(token=TOKEN, api_url=standin.base_url, transport=lone.transport)
    await standin.goes_away()

    with pytest.raises(NetworkError, match="cannot connect to Telegram"):
        await gone.send_text({"chat_id": 1, "text": "hello"})
    assert server.seen == []


async def test_a_closed_transport_refuses_in_words(lone: BotApi) -> None:
    """Sending after shutdown is an error of ours and no crash of the library's."""
    await lone.transport.shutdown()

    with pytest.raises(NetworkError, match="not open"):
        await lone.send_text({"chat_id": 1, "text": "hello"})


async def test_an_unknown_token_is_told_without_it(
    standin: TelegramStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """The library would quote the token; we name the bot instead."""
    caplog.set_level(logging.DEBUG)
    api = BotApi(
        token="123456:wrong-secret-wrong-secret-wrong-secret",
        api_url=standin.base_url,
        file_url=standin.file_url,
    )

    with pytest.raises(TelegramFatalError, match="bot 123456") as caught:
        await api.connect()
    await api.transport.shutdown()

    assert "wrong-secret" not in "".join(traceback.format_exception(caught.value))
    assert not isinstance(caught.value.__context__, InvalidToken)
    assert "wrong-secret" not in caplog.text
    assert "wrong-secret" not in f"{api!r} {api}"


async def test_nested_arguments_arrive_as_json(server: Server, lone: BotApi) -> None:
    """A call's markup is nested JSON, not text in text."""

    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": {"message_id": 9}})

    server.answer = answer
    rows = {"inline_keyboard": [[{"text": "Ja ✓", "callback_data": "m:x"}]]}

    sent = await lone.send_text({"chat_id": 1, "text": "é", "reply_markup": rows})

    assert sent == 9
    [(kind, body)] = server.seen
    assert kind == "application/json"
    assert '"reply_markup": {"inline_keyboard"' in body


async def test_files_go_up_beside_other_arguments(
    standin: TelegramStandIn, api: BotApi, ada: Person
) -> None:
    """A picture of ours arrives on the phone and gets an id for reuse."""
    body = standin._backstage.album.blank()

    message_id, file_id = await api.send_picture(
        str(ada.id), InputFile(body, filename="a.png")
    )
    again, same = await api.send_picture(str(ada.id), file_id or "")

    assert [message.id for message in ada.heard] == [message_id, again]
    assert same == file_id


async def test_the_session_is_shared_and_opened_once(api: BotApi) -> None:
    """Connecting twice changes nothing, nor does closing twice."""
    session = api.transport.session

    await api.connect()
    assert api.transport.session is session
    await api.transport.shutdown()
    await api.transport.shutdown()
    gc.collect()

    assert session.closed


@pytest.mark.parametrize(
    "url",
    [
        "http://api.telegram.org/bot",
        "ftp://api.telegram.org/bot",
        "api.telegram.org/bot",
        "",
        "http://10.0.0.7:8081/bot",
    ],
)
def test_a_token_does_not_cross_a_network_unencrypted(url: str) -> None:
    """Anything but https is refused, except on this machine."""
    with pytest.raises(ValueError, match="https"):
        check_address(url)


@pytest.mark.parametrize(
    ("url", "allow"),
    [
        ("https://api.telegram.org/bot", False),
        ("http://127.0.0.1:8081/bot", False),
        ("http://localhost/bot", False),
        ("http://[::1]:8081/bot", False),
        ("http://10.0.0.7:8081/bot", True),
    ],
)
def test_loopback_and_a_network_of_ones_own_may_be_plain(
    url: str, *, allow: bool
) -> None:
    """Local servers need no certificate."""
    check_address(url, allow_http=allow)


@pytest.mark.parametrize("token", ["", "abc", "123456", "123456:", "x:y", "²:abc"])
def test_what_cannot_be_a_token_is_refused_before_any_call(token: str) -> None:
    """A mistyped token is named at once, without being quoted."""
    with pytest.raises(ValueError, match="BotFather"):
        BotApi(token=token)


@given(
    number=st.integers(10_000, 10**12),
    secret=st.from_regex(r"[A-Za-z0-9_-]{35}", fullmatch=True),
    around=st.sampled_from(
        ["{}", "https://api.telegram.org/bot{}/getMe", "URL('/file/bot{}/p.jpg')"]
    ),
)
def test_no_token_survives_in_words(number: int, secret: str, around: str) -> None:
    """Wherever a token stands, only the bot's number is left."""
    told = hide_tokens(around.format(f"{number}:{secret}"))

    assert secret not in told
    assert str(number) in told


def test_other_words_stay_as_they_are() -> None:
    """Times, ids and prose are no tokens."""
    words = "order 1042 at 12:30:45, update telegram:123456:99, bot 7: hello"

    assert hide_tokens(words) == words


def test_a_log_record_is_made_safe_in_place() -> None:
    """Message, arguments and a formatted traceback lose the token."""
    record = logging.LogRecord("x", 10, "f", 1, "url %s", (f"/bot{TOKEN}/x",), None)
    record.exc_text = f"GET /bot{TOKEN}/x"

    assert TokenFilter().filter(record)
    assert SECRET not in record.getMessage() + str(record.exc_text)
