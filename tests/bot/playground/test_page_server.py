"""Who gets to the page, what it is shown, and what one can do on it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import aiohttp
import pytest

from bot.playground import sight
from bot.playground.gate import PROTOCOL, TOKEN_HEADER
from bot.playground.server import PageServer
from flows.setting import Mode

from .page_stage import NOW, Stage

TOKEN = "open-sesame"
HOODIE = "o1042-2"
SUPPLY = "supply-hoodie-black-l"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Stage() as stage:
        yield stage


@pytest.fixture
async def server(stage: Stage) -> AsyncIterator[PageServer]:
    async with PageServer(stage, token=TOKEN) as server:
        stage.open_shop(server.picture_base)
        yield server


@pytest.fixture
async def http(server: PageServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(server.origin) as session:
        yield session


async def act(http: aiohttp.ClientSession, kind: str, **more: Any) -> dict[str, Any]:
    body = {"kind": kind, **more}
    headers = {TOKEN_HEADER: TOKEN}
    async with http.post("/act", json=body, headers=headers) as answer:
        assert answer.status == 200
        done: dict[str, Any] = await answer.json()
        return done


async def does(http: aiohttp.ClientSession, kind: str, **more: Any) -> None:
    assert await act(http, kind, **more) == {"ok": True}


async def is_refused(http: aiohttp.ClientSession, kind: str, **more: Any) -> str:
    done = await act(http, kind, **more)
    assert done["ok"] is False
    return str(done["error"])


class Screen:
    """What one open page was sent last, part by part."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.parts: dict[str, Any] = {}
        self.count = 0

    async def shows(self, part: str, holds: Any = bool) -> Any:
        """Return a part once what it shows holds."""
        async with asyncio.timeout(15):
            while part not in self.parts or not holds(self.parts[part]):
                await self.next()
        return self.parts[part]

    async def next(self) -> str:
        """Take in the next part and return its name."""
        message = json.loads(await self.socket.receive_str())
        self.count += 1
        self.parts[message["part"]] = message["value"]
        return str(message["part"])


@asynccontextmanager
async def opened(http: aiohttp.ClientSession) -> AsyncIterator[Screen]:
    async with http.ws_connect("/sight", protocols=(PROTOCOL, TOKEN)) as socket:
        yield Screen(socket)


@pytest.fixture
async def screen(http: aiohttp.ClientSession) -> AsyncIterator[Screen]:
    async with opened(http) as screen:
        yield screen


# --- who gets in ------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/page/main.js", "/pictures/X.png", "/sight"])
@pytest.mark.parametrize(
    "header",
    [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}],
)
async def test_other_sites_get_nothing(
    http: aiohttp.ClientSession, path: str, header: dict[str, str]
) -> None:
    """A request that names a foreign host or comes from a foreign page gets 403."""
    async with http.get(path, headers=header) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("headers", [{}, {TOKEN_HEADER: "wrong"}, {TOKEN_HEADER: "ä"}])
async def test_nothing_is_done_without_the_token(
    http: aiohttp.ClientSession, stage: Stage, headers: dict[str, str]
) -> None:
    """An act without the right token is turned away before it is read."""
    body = {"kind": "mode", "mode": "watch"}
    async with http.post("/act", json=body, headers=headers) as answer:
        assert answer.status == 401
    assert stage.mode is Mode.ACT


async def test_nothing_is_shown_without_the_token(http: aiohttp.ClientSession) -> None:
    """The socket with all the words opens only with the token beside its protocol."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await http.ws_connect("/sight", protocols=(PROTOCOL, "wrong"))
    assert caught.value.status == 401


async def test_the_page_comes_with_safe_headers(
    http: aiohttp.ClientSession, server: PageServer
) -> None:
    """Only the page's own files run, nobody frames it, and the token stays in it."""
    async with http.get("/") as answer:
        page = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert TOKEN not in page
    assert server.url == f"{server.origin}/#{TOKEN}"


async def test_pictures_need_no_token(http: aiohttp.ClientSession) -> None:
    """The messenger fetches a product's picture by its address, as anybody may."""
    async with http.get("/pictures/MUG-FJORD-WHITE.png") as answer:
        assert answer.content_type == "image/png"
        assert (await answer.read()).startswith(b"\x89PNG")
    async with http.get("/pictures/NOTHING.png") as answer:
        assert answer.status == 404
    async with http.get("/photos/photos/none.png") as answer:
        assert answer.status == 404


# --- what it is shown -------------------------------------------------------


async def test_an_opened_page_is_shown_everything(screen: Screen, stage: Stage) -> None:
    """A new page gets the books, the clock, Slack and every customer's phone."""
    await screen.shows(f"phone:{stage.people[-1].id}")
    assert {"shop", "clock", "slack", "phone:anna"} <= screen.parts.keys()
    assert len(screen.parts["shop"]["orders"]) == 25
    assert screen.parts["clock"]["now"] == NOW.isoformat()
    assert screen.parts["slack"]["me"] == stage.mia.id


async def test_only_the_phone_that_changed_is_shown_again(
    screen: Screen, stage: Stage
) -> None:
    """A message to one customer sends that customer's phone and no other part."""
    await screen.shows(f"phone:{stage.people[-1].id}")
    stage.phone("anna").says("hello")
    assert await screen.next() == "phone:anna"
    assert screen.parts["phone:anna"]["messages"][0]["html"] == "hello"


async def test_the_page_sits_with_a_colleague(screen: Screen, stage: Stage) -> None:
    """A page that names a colleague sees that one's screen from then on."""
    await screen.shows("slack")
    await screen.socket.send_str(stage.noah.id)
    await screen.shows("slack", lambda desk: desk["me"] == stage.noah.id)


async def test_a_part_that_fails_keeps_no_other_from_being_shown(
    stage: Stage, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the books cannot be read the phones still come."""

    async def broken() -> dict[str, Any]:
        raise OSError("no such file")

    monkeypatch.setattr(stage, "overview", broken)
    async with opened(http) as screen:
        await screen.shows(f"phone:{stage.people[-1].id}")
    assert "shop" not in screen.parts


async def test_what_another_process_writes_is_shown_too(
    http: aiohttp.ClientSession, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that nobody rang the bell for is on the page a moment later."""
    monkeypatch.setattr(sight, "_GLANCE", 0.05)
    monkeypatch.setattr(stage.changes, "ring", lambda: None)
    async with opened(http) as screen:
        await screen.shows(f"phone:{stage.people[-1].id}")
        stage.add_decision(line_id=HOODIE)
        await screen.shows("shop", lambda books: books["decisions"])


# --- what one can do --------------------------------------------------------


async def test_a_customer_writes_and_opens_the_mails_link(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    """What a customer types, sends or opens on the page happens on their phone."""
    await does(http, "start", person="anna", order="o1042")
    await does(http, "say", person="anna", text="where is it?")
    await does(http, "send_photo", person="anna")
    await does(http, "send_voice", person="anna")
    await does(http, "block", person="anna")
    phone = stage.phone("anna")
    assert [m.text for m in phone.chat[:2]] == ["/start link-o1042", "where is it?"]
    assert phone.chat[2].photo is not None
    assert "blocked" in await is_refused(http, "say", person="anna", text="hm")
    await does(http, "unblock", person="anna")
    await does(http, "say", person="anna", text="back")


async def test_a_colleague_talks_in_a_thread(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    """What a colleague types stands in the channel, or below the message meant."""
    await does(http, "post", colleague="U1", channel="C1", text="Who has 1042?")
    root = stage.desk.messages[0]
    await does(
        http, "post", colleague="U2", channel="C1", text="I & Mia", thread=root.ts
    )
    assert [m.says for m in stage.desk.thread(root.ts)] == ["I & Mia"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"text": "/lunch now"}, "/lunch is not a valid command"),
        ({"text": "/backorder", "thread": "1.0"}, "not supported in threads"),
    ],
)
async def test_a_command_slack_would_not_take_is_refused(
    http: aiohttp.ClientSession, stage: Stage, more: dict[str, str], words: str
) -> None:
    """Foreign commands, and those in threads, reach neither channel nor bot."""
    where = {"colleague": "U1", "channel": "C1"}
    assert words in await is_refused(http, "slash", **where, **more)
    assert stage.desk.everything == []


async def test_a_decision_names_the_product_it_sends(
    stage: Stage, screen: Screen
) -> None:
    """The page is told title, colour and size beside the number on the label."""
    stage.add_decision(
        kind="substitute", line_id=HOODIE, substitute_sku="HOODIE-FJORD-CHARCOAL-L"
    )
    stage.add_decision(line_id=HOODIE)
    books = await screen.shows("shop", lambda books: len(books["decisions"]) == 2)
    waiting, sending = books["decisions"]
    assert waiting["substitute"] is None
    assert sending["substitute"] == {
        "sku": "HOODIE-FJORD-CHARCOAL-L",
        "title": "Hoodie Fjord",
        "color": "charcoal",
        "size": "L",
    }


async def test_the_shops_hand_moves(http: aiohttp.ClientSession, stage: Stage) -> None:
    """Each move in the back office reaches the books with its own arguments."""
    await does(http, "shop", move="mark_backordered", line=HOODIE, quantity=1)
    assert stage.line(HOODIE).backordered == 1
    await does(http, "shop", move="slip_supply", supply=SUPPLY, day="2025-07-09")
    assert stage.supply_date(SUPPLY) == date(2025, 7, 9)
    await does(http, "shop", move="slip_supply", supply=SUPPLY, day="")
    assert stage.supply_date(SUPPLY) is None
    await does(http, "shop", move="receive", supply=SUPPLY, quantity=4)
    await does(http, "shop", move="start_work", line=HOODIE)
    assert stage.line(HOODIE).work_started_at == NOW
    await does(http, "shop", move="ship", order="o1042")
    assert stage.line(HOODIE).shipped == 1


async def test_decisions_and_letters_are_worked_off(
    http: aiohttp.ClientSession, stage: Stage, screen: Screen
) -> None:
    """The page lists both and what one does with them is noted in their rows."""
    stage.add_decision(line_id=HOODIE)
    stage.add_notice()
    await does(http, "decision", move="claim", id=1)
    assert "why" in await is_refused(http, "decision", move="reject", id=1, reason=" ")
    await does(http, "decision", move="reject", id=1, reason="printed")
    await does(http, "notice_sent", id=1)
    books = await screen.shows("shop", lambda books: books["notices"][0]["sent_at"])
    assert books["decisions"][0]["rejection"] == "printed"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"kind": "fly"}, "kind has to be one of"),
        ({"kind": "say", "person": "nobody", "text": "x"}, "nobody"),
        ({"kind": "say", "person": "anna"}, "text has to be a text"),
        ({"kind": "tap", "person": "anna", "message": "1"}, "whole number"),
        ({"kind": "shop", "move": "burn"}, "move has to be one of"),
        (
            {"kind": "shop", "move": "slip_supply", "supply": SUPPLY, "day": "soon"},
            "date",
        ),
        ({"kind": "shop", "move": "ship", "order": "o1022"}, "nothing of order"),
        ({"kind": "decision", "move": "claim", "id": 99}, "no row 99"),
        ({"kind": "click", "colleague": "U9", "channel": "C1"}, "no colleague"),
        ({"kind": "close", "colleague": "U1", "view": "V1"}, "closed by now"),
        ({"kind": "move", "hours": 0}, "one hour to one month"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(
    http: aiohttp.ClientSession, body: dict[str, Any], words: str
) -> None:
    """A refusal says what is wrong, so that the page can show it."""
    assert words in await is_refused(http, **body)


async def test_what_is_no_json_is_refused(http: aiohttp.ClientSession) -> None:
    """A body that cannot be read is answered like any other refusal."""
    headers = {TOKEN_HEADER: TOKEN}
    async with http.post("/act", data=b"{", headers=headers) as answer:
        assert (await answer.json())["ok"] is False


async def test_a_fault_of_ours_is_named_as_one(
    http: aiohttp.ClientSession, stage: Stage
) -> None:
    """An unexpected error reaches the page without its inner words."""
    stage.fault = RuntimeError("secret detail")
    said = await is_refused(http, "shop", move="ship", order="o1042")
    assert "Something went wrong" in said
    assert "secret" not in said


# --- the clock --------------------------------------------------------------


async def test_the_clock_moves(http: aiohttp.ClientSession, stage: Stage) -> None:
    """It moves by hours or to the next deadline, and not where nothing is due."""
    await does(http, "move", hours=4)
    assert stage.offset == timedelta(hours=4)
    await does(http, "move", to="next")
    assert stage.offset == timedelta(hours=24)
    stage.due = None
    assert await is_refused(http, "move", to="next") == "nothing is due"


async def test_the_clock_is_moved_by_one_at_a_time(
    http: aiohttp.ClientSession,
    stage: Stage,
    screen: Screen,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While it is on its way the page says so and a second move is refused."""
    arrived = asyncio.Event()

    async def slow(_: timedelta) -> None:
        await arrived.wait()

    monkeypatch.setattr(stage, "move", slow)
    first = asyncio.create_task(act(http, "move", hours=1))
    await screen.shows("clock", lambda clock: clock["moving"])
    assert "on its way" in await is_refused(http, "move", hours=1)
    arrived.set()
    assert (await first)["ok"]
    await screen.shows("clock", lambda clock: not clock["moving"])


async def test_the_mode_is_switched(
    http: aiohttp.ClientSession, stage: Stage, screen: Screen
) -> None:
    """The switch reaches the playground, and every page shows it."""
    await does(http, "mode", mode="ask")
    assert stage.mode is Mode.ASK
    await screen.shows("clock", lambda clock: clock["mode"] == "ask")
