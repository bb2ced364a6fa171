"""What the stand-in takes and refuses when the real client sends."""

import io
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from PIL import Image
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, ReplyKeyboardMarkup
from telegram.error import BadRequest, Forbidden, RetryAfter
from telegram.ext import ExtBot

from bot.playground.telegram import Person, TelegramStandIn

TOKEN = "123456:abcdefghijklmnopqrstuvwxyz-0123456"


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
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    async with TelegramStandIn(token=TOKEN, now=lambda: noon, clock=clock) as standin:
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


def keyboard(*rows: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(rows)


def refused(reason: str) -> "pytest.RaisesExc[BadRequest]":
    """Expects a 400 with these words; the client changes their case."""
    return pytest.raises(BadRequest, match=f"(?i){re.escape(reason)}")


def picture(width: int = 40, height: int = 30) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, "PNG")
    return out.getvalue()


async def test_a_text_reaches_the_phone_with_its_entities(
    bot: ExtBot, ada: Person
) -> None:
    """The phone shows the text without tags, and the client gets its entities."""
    text = (
        'Hi &amp; <b>welcome <i>🙂 Ada</i></b>, see <a href="https://x.de/a">this</a>'
    )
    sent = await bot.send_message(ada.id, text, parse_mode="HTML")
    assert sent.text == "Hi & welcome 🙂 Ada, see this"
    assert ada.heard[-1].id == sent.message_id
    assert [(e.type, sent.parse_entity(e)) for e in sent.entities] == [
        ("bold", "welcome 🙂 Ada"),
        ("italic", "🙂 Ada"),
        ("text_link", "this"),
    ]
    assert ada.heard[-1].html == text


async def test_code_in_pre_keeps_its_language(bot: ExtBot, ada: Person) -> None:
    """A code block inside pre becomes one entity with a language."""
    text = '<pre><code class="language-sql">select 1</code></pre>'
    sent = await bot.send_message(ada.id, text, parse_mode="HTML")
    assert [(e.type, e.language) for e in sent.entities] == [("pre", "sql")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("ä<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        (
            "<b>x</i>",
            'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
        ),
        ("1 < 2 > 3", 'Unsupported start tag "" at byte offset 2'),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("<a href>x</a>", "Expected equal sign in declaration of an attribute of the"),
        ('<span class="x">x</span>', 'Tag "span" must have class "tg-spoiler"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("&#xD800;", "Text contains invalid Unicode characters after decoding"),
    ],
)
async def test_html_the_platform_cannot_parse_is_refused(
    bot: ExtBot, ada: Person, text: str, reason: str
) -> None:
    """Mark-up faults are named in the platform's words, with their byte."""
    with refused(f"can't parse entities: {reason}"):
        await bot.send_message(ada.id, text, parse_mode="HTML")
    assert ada.heard == []


async def test_what_html_leaves_alone(bot: ExtBot, ada: Person) -> None:
    """Unknown literal entities stay as typed and useless links lose their tag."""
    text = 'a &nbsp; &#9749; <a href="nowhere">b</a> <tg-spoiler>c</tg-spoiler>'
    sent = await bot.send_message(ada.id, text, parse_mode="HTML")
    assert sent.text == "a &nbsp; ☕ b c"
    assert [e.type for e in sent.entities] == ["spoiler"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Message text is empty"),
        ("<b> </b>", "Text must be non-empty"),
        ("x" * 4097, "Message is too long"),
        ("🙂" * 2048 + "x", "Message is too long"),
    ],
)
async def test_texts_of_a_wrong_length_are_refused(
    bot: ExtBot, ada: Person, text: str, reason: str
) -> None:
    """A text has between 1 and 4096 UTF-16 units once its tags are gone."""
    with refused(reason):
        await bot.send_message(ada.id, text, parse_mode="HTML")


async def test_tags_do_not_count(bot: ExtBot, ada: Person) -> None:
    """4096 units between tags are not too long."""
    text = "<b>" + "🙂" * 2048 + "</b>"
    assert (await bot.send_message(ada.id, text, parse_mode="HTML")).text


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        (InlineKeyboardButton("ok", callback_data="ä" * 33), "Button_data_invalid"),
        (InlineKeyboardButton(" ", callback_data="x"), "Button_text_invalid"),
        (InlineKeyboardButton("ok"), "Text buttons are unallowed in the inline"),
        (InlineKeyboardButton("x", url="http://localhost:80/a"), "Wrong HTTP URL"),
        (InlineKeyboardButton("x", url="ftp://x.de/a"), "Unsupported URL protocol"),
    ],
)
async def test_buttons_the_platform_refuses(
    bot: ExtBot, ada: Person, button: InlineKeyboardButton, reason: str
) -> None:
    """Data is counted in bytes, texts are not empty, links lead somewhere."""
    with refused(reason):
        await bot.send_message(ada.id, "x", reply_markup=keyboard([button]))
    assert ada.heard == []


@pytest.mark.parametrize(("rows", "columns"), [(101, 1), (1, 9)])
async def test_large_keyboards_are_refused(
    bot: ExtBot, ada: Person, rows: int, columns: int
) -> None:
    """A keyboard has at most 100 buttons, a row at most 8."""
    row = [InlineKeyboardButton("x", callback_data="x" * 64)] * columns
    with refused("Reply markup is too long"):
        await bot.send_message(ada.id, "x", reply_markup=keyboard(*[row] * rows))


async def test_reply_keyboards_stay_until_removed(bot: ExtBot, ada: Person) -> None:
    """A reply keyboard is shown over the typing field and its keys type their text."""
    await bot.send_message(ada.id, "x", reply_markup=ReplyKeyboardMarkup([["Orders"]]))
    assert ada.keys == ["Orders"]
    assert ada.presses_key("Orders").text == "Orders"


async def test_unknown_and_closed_chats(
    bot: ExtBot, standin: TelegramStandIn, ada: Person
) -> None:
    """A bot cannot write to nobody, first, or to somebody who blocked it."""
    bob = standin.person(4712, "Bob")
    with refused("Chat not found"):
        await bot.send_message(99, "x")
    with pytest.raises(Forbidden, match="can't initiate conversation with a user"):
        await bot.send_message(bob.id, "x")
    ada.blocks_bot()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(ada.id, "x")
    ada.unblocks_bot()
    assert await bot.send_message(ada.id, "x")


async def test_three_messages_at_once_then_one_a_second(
    bot: ExtBot, ada: Person, clock: HandClock
) -> None:
    """A burst ends in 429, and writing before retry_after has passed is refused."""
    for text in "abc":
        await bot.send_message(ada.id, text)
    with pytest.raises(RetryAfter) as refusal:
        await bot.send_message(ada.id, "d")
    assert refusal.value.retry_after == timedelta(seconds=1)
    clock.seconds += 0.9
    with pytest.raises(RetryAfter):
        await bot.send_message(ada.id, "d")
    clock.seconds += 0.2
    await bot.send_message(ada.id, "d")
    assert [m.text for m in ada.heard] == list("abcd")


async def test_thirty_a_second_over_all_chats(
    bot: ExtBot, standin: TelegramStandIn, clock: HandClock
) -> None:
    """The thirty-first message in one second is refused, whatever its chat."""
    people = [standin.person(1000 + n) for n in range(31)]
    for person in people:
        person.starts()
    for person in people[:30]:
        await bot.send_message(person.id, "x")
    with pytest.raises(RetryAfter):
        await bot.send_message(people[30].id, "x")
    clock.seconds += 1.0
    assert await bot.send_message(people[30].id, "x")


async def test_pictures_by_upload_then_by_id_then_download(
    bot: ExtBot, ada: Person
) -> None:
    """An uploaded picture can be sent again by its id and fetched back."""
    sent = await bot.send_photo(
        ada.id, picture(), caption="<b>red</b>", parse_mode="HTML"
    )
    assert (sent.photo[-1].width, sent.photo[-1].height) == (40, 30)
    assert (sent.caption, sent.caption_entities[0].type) == ("red", "bold")
    again = await bot.send_photo(ada.id, sent.photo[-1].file_id)
    assert again.photo == sent.photo
    file = await bot.get_file(sent.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == picture()
    assert ada.heard[-1].photo is not None


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        (b"no picture", "Image_process_failed"),
        (picture(2100, 100), "Photo_invalid_dimensions"),
        ("AgACunknown", "Wrong file identifier/HTTP URL specified"),
        ("https://example.com/a.png", "Wrong type of the web page content"),
        ("http://127.0.0.1:9/a.png", "Failed to get HTTP URL content"),
    ],
)
async def test_pictures_the_platform_refuses(
    bot: ExtBot, ada: Person, photo: bytes | str, reason: str
) -> None:
    """No picture, an absurd one, an unknown id and a useless link are refused."""
    with refused(reason):
        await bot.send_photo(ada.id, photo)


async def test_a_caption_is_shorter_than_a_text(bot: ExtBot, ada: Person) -> None:
    """1024 units are a caption, 1025 are not."""
    assert await bot.send_photo(ada.id, picture(), caption="x" * 1024)
    with refused("Message caption is too long"):
        await bot.send_photo(ada.id, picture(), caption="x" * 1025)


async def test_pictures_by_link_to_this_machine(bot: ExtBot, ada: Person) -> None:
    """A link is fetched from loopback, and refused when no picture lies there."""

    async def shop(request: web.Request) -> web.Response:
        if request.path == "/a.png":
            return web.Response(body=picture(), content_type="image/png")
        return web.Response(text="a page")

    application = web.Application()
    application.router.add_get("/{name}", shop)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        assert (await bot.send_photo(ada.id, f"{url}/a.png")).photo
        with refused("Wrong type of the web page content"):
            await bot.send_photo(ada.id, f"{url}/a.html")
    finally:
        await runner.cleanup()


async def test_chat_actions(bot: ExtBot, ada: Person) -> None:
    """A known action is shown, an unknown one refused."""
    assert await bot.send_chat_action(ada.id, "typing")
    with refused("Wrong parameter action in request"):
        await bot.send_chat_action(ada.id, "pondering")


@pytest.mark.parametrize(
    ("token", "method", "code", "reason"),
    [
        (TOKEN[:-1] + "7", "getMe", 401, "Unauthorized"),
        ("1:x", "getMe", 404, "Not Found"),
        (TOKEN, "sendNonsense", 404, "Not Found: method not found"),
    ],
)
async def test_wrong_tokens_and_methods(
    standin: TelegramStandIn, token: str, method: str, code: int, reason: str
) -> None:
    """A token of somebody else is 401, what is no token or no method is 404."""
    url = f"{standin.base_url}{token}/{method}"
    async with aiohttp.ClientSession() as http, http.post(url) as response:
        assert (response.status, await response.json()) == (
            code,
            {"ok": False, "error_code": code, "description": reason},
        )


async def test_replies(bot: ExtBot, ada: Person) -> None:
    """A reply names a message that is there."""
    sent = await bot.send_message(ada.id, "x", reply_to_message_id=ada.chat[0].id)
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "/start"
    with refused("Message to be replied not found"):
        await bot.send_message(ada.id, "x", reply_to_message_id=999)
