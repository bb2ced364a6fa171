"""Finished messages reach the phone, and every refusal becomes one of three words."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from PIL import Image
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channel import ChannelError, Parcel, Refused, TryLater, Unreachable
from bot.telegram.delivery import TelegramChannel, as_channel_error
from bot.telegram.pictures import Pictures

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.playground.telegram import Person, TelegramStandIn
    from bot.telegram.client import BotApi

    from .doubles import HandClock


@pytest.fixture
def channel(api: BotApi, tmp_path: Path) -> TelegramChannel:
    return TelegramChannel(api, Pictures(api, root=tmp_path))


def parcel(ada: Person, *, target: str | None = None, **payload: Any) -> Parcel:
    return Parcel(
        id=1,
        lane="chat:1",
        address=str(ada.id),
        key="status",
        payload=payload,
        target=target,
    )


ROWS = [
    [{"label": "Send charcoal", "data": "o:tok:a", "style": "primary"}],
    [{"label": "Shop", "url": "https://shop.example/", "data": ""}],
]


async def test_a_text_arrives_with_its_buttons(
    channel: TelegramChannel, ada: Person
) -> None:
    """HTML is read as such, rows stay rows, and the id comes back as text."""
    sent = await channel.deliver(
        parcel(ada, kind="text", text="<b>Your hoodie</b> &amp; mug", rows=ROWS)
    )

    [message] = ada.heard
    assert sent == str(message.id)
    assert message.text == "Your hoodie & mug"
    assert message.buttons == (("Send charcoal",), ("Shop",))
    press = ada.taps(message.id, "Send charcoal")
    assert press is not None
    assert press.data == "o:tok:a"


async def test_an_edit_replaces_words_and_buttons(
    channel: TelegramChannel, ada: Person
) -> None:
    """Without rows the keyboard goes, and the same edit again is no failure."""
    sent = await channel.deliver(parcel(ada, kind="text", text="Choose", rows=ROWS))
    edit = parcel(ada, kind="edit", text="Chosen: <i>charcoal</i>", target=sent)

    assert await channel.deliver(edit) == sent
    assert await channel.deliver(edit) == sent

    [message] = ada.heard
    assert (message.text, message.buttons) == ("Chosen: charcoal", ())


@pytest.mark.parametrize("target", [None, "999999"])
async def test_what_is_not_there_cannot_be_edited(
    channel: TelegramChannel, ada: Person, target: str | None
) -> None:
    """An edit of a message never sent or long gone is refused for good."""
    with pytest.raises(Refused):
        await channel.deliver(parcel(ada, kind="edit", text="x", target=target))


async def test_a_persons_own_message_cannot_be_edited(
    channel: TelegramChannel, ada: Person
) -> None:
    """The platform's "can't be edited" is a refusal as well."""
    theirs = str(ada.says("mine").id)

    with pytest.raises(Refused, match="can't be edited"):
        await channel.deliver(parcel(ada, kind="edit", text="x", target=theirs))


async def test_a_contact_is_asked_for_and_the_key_taken_away(
    channel: TelegramChannel, ada: Person
) -> None:
    """The first label becomes the key that shares the number."""
    rows = [[{"label": "Share my number", "data": ""}]]
    await channel.deliver(
        parcel(ada, kind="text", text="Is it you?", rows=rows, contact_request=True)
    )
    assert ada.keys == ["Share my number"]

    await channel.deliver(parcel(ada, kind="text", text="Thanks", remove_keyboard=True))
    assert ada.keys == []


async def test_a_long_text_comes_in_pieces_with_the_buttons_last(
    channel: TelegramChannel, ada: Person
) -> None:
    """Nothing is lost, tags stay whole, the last id is the one to edit."""
    words = " ".join(f"word{number}" for number in range(1200))

    sent = await channel.deliver(
        parcel(ada, kind="text", text=f"<i>{words}</i>", rows=ROWS)
    )

    first, *middle, last = ada.heard
    assert " ".join(message.text for message in ada.heard) == words
    assert (first.buttons, last.buttons) == ((), (("Send charcoal",), ("Shop",)))
    assert sent == str(last.id)
    assert middle == [] or all(message.buttons == () for message in middle)


async def test_a_long_text_goes_on_where_it_was_held_up(
    channel: TelegramChannel, ada: Person, clock: HandClock
) -> None:
    """After a 429 in the middle the pieces already sent are not sent again."""
    words = " ".join(f"word{number}" for number in range(4000))
    whole = parcel(ada, kind="text", text=words)

    with pytest.raises(TryLater) as caught:
        await channel.deliver(whole)
    while await _held_up(channel, whole):
        clock.pass_seconds(1)

    assert caught.value.after is not None
    assert len(ada.heard) > 4
    assert " ".join(message.text for message in ada.heard) == words


async def test_a_429_tells_how_long_to_wait(
    channel: TelegramChannel, ada: Person, standin: TelegramStandIn
) -> None:
    """The platform's own number comes through, in seconds."""
    standin.faults.flood(retry_after=13)

    with pytest.raises(TryLater) as caught:
        await channel.deliver(parcel(ada, kind="text", text="hello"))

    assert caught.value.after == 13.0


async def _held_up(channel: TelegramChannel, parcel: Parcel) -> bool:
    try:
        await channel.deliver(parcel)
    except TryLater:
        return True
    return False


@pytest.mark.parametrize("fault", ["lose_calls", "lose_answers", "fail"])
async def test_trouble_on_the_way_means_later(
    channel: TelegramChannel, ada: Person, standin: TelegramStandIn, fault: str
) -> None:
    """Lost calls, lost answers and server errors are tried again."""
    getattr(standin.faults, fault)(method="sendMessage")

    with pytest.raises(TryLater) as caught:
        await channel.deliver(parcel(ada, kind="text", text="hello"))

    assert caught.value.after is None


async def test_a_blocked_chat_is_unreachable(
    channel: TelegramChannel, ada: Person
) -> None:
    """403 closes the chat until the person returns."""
    ada.blocks_bot()

    with pytest.raises(Unreachable, match="blocked"):
        await channel.deliver(parcel(ada, kind="text", text="hello"))


async def test_an_unknown_chat_is_unreachable(
    channel: TelegramChannel, standin: TelegramStandIn
) -> None:
    """Who never opened the chat cannot be written to."""
    with pytest.raises(Unreachable):
        await channel.deliver(parcel(standin.person(99), kind="text", text="hello"))


@pytest.mark.parametrize(
    "payload",
    [
        {"kind": "text", "text": ""},
        {"kind": "text", "text": "<b>unclosed"},
        {"kind": "text", "text": "x", "rows": [[{"label": "a", "data": "x" * 65}]]},
        {"kind": "card", "text": "for Slack"},
        {"text": "no kind"},
        {"kind": "photo", "url": ""},
    ],
)
async def test_what_the_platform_never_takes_is_refused(
    channel: TelegramChannel, ada: Person, payload: dict[str, Any]
) -> None:
    """A mistake of ours is buried and not repeated for ever."""
    with pytest.raises(Refused):
        await channel.deliver(parcel(ada, **payload))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RetryAfter(5), TryLater),
        (TimedOut(), TryLater),
        (NetworkError("Bad Gateway"), TryLater),
        (InvalidToken("Unauthorized"), TryLater),
        (Conflict("Conflict"), TryLater),
        (TelegramError("something new"), TryLater),
        (Forbidden("bot was blocked by the user"), Unreachable),
        (Forbidden("user is deactivated"), Unreachable),
        (BadRequest("Chat not found"), Unreachable),
        (ChatMigrated(-100), Unreachable),
        (BadRequest("Can't parse entities"), Refused),
    ],
)
def test_every_error_of_the_library_has_its_word(
    error: TelegramError, kind: type[ChannelError]
) -> None:
    """The relay hears later, never, or closed."""
    assert type(as_channel_error(error)) is kind


# --- pictures ----------------------------------------------------------------


@dataclass
class Gallery:
    """A web server with one picture, that counts who asks."""

    body: bytes
    kind: str = "image/png"
    asked: int = 0
    url: str = ""

    async def handle(self, _: web.Request) -> web.Response:
        """Count who asks and show the picture."""
        self.asked += 1
        return web.Response(body=self.body, content_type=self.kind)


@pytest.fixture
async def gallery(standin: TelegramStandIn) -> AsyncIterator[Gallery]:
    gallery = Gallery(standin._backstage.album.blank())
    app = web.Application()
    app.router.add_get("/hoodie.png", gallery.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gallery.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hoodie.png"
    yield gallery
    await runner.cleanup()


async def test_a_picture_is_fetched_once_for_all_customers(
    channel: TelegramChannel, gallery: Gallery, ada: Person, standin: TelegramStandIn
) -> None:
    """The second customer gets the platform's own copy."""
    ole = standin.person(4712, "Ole")
    ole.starts()

    await channel.deliver(parcel(ada, kind="photo", url=gallery.url))
    sent = await channel.deliver(parcel(ole, kind="photo", url=gallery.url))

    assert gallery.asked == 1
    assert sent == str(ole.heard[0].id)
    assert ole.heard[0].photo is not None


async def test_a_picture_the_platform_cannot_fetch_is_uploaded(
    channel: TelegramChannel, gallery: Gallery, ada: Person
) -> None:
    """A shop that serves pictures under a wrong type still has pictures."""
    gallery.kind = "application/octet-stream"

    await channel.deliver(parcel(ada, kind="photo", url=gallery.url))

    assert gallery.asked == 2
    assert ada.heard[0].photo is not None


async def test_a_copy_the_platform_forgot_is_sent_anew(
    api: BotApi, gallery: Gallery, ada: Person
) -> None:
    """An unknown file id is dropped, replaced and remembered."""
    kept: dict[str, str] = {}
    pictures = Pictures(
        api, known={gallery.url: "forgotten"}, remember=kept.__setitem__
    )

    await pictures.send(str(ada.id), gallery.url)
    await pictures.send(str(ada.id), gallery.url)

    assert gallery.asked == 1
    assert kept[gallery.url] not in {"", "forgotten"}


async def test_a_file_of_the_picture_folder_is_uploaded(
    channel: TelegramChannel, gallery: Gallery, ada: Person, tmp_path: Path
) -> None:
    """Pictures drawn locally need no web server."""
    (tmp_path / "mug.png").write_bytes(gallery.body)

    await channel.deliver(parcel(ada, kind="photo", url="mug.png"))
    await channel.deliver(parcel(ada, kind="photo", url=f"file://{tmp_path}/mug.png"))

    assert [message.photo is not None for message in ada.heard] == [True, True]


@pytest.mark.parametrize("url", ["../secret.png", "/etc/hostname", "missing.png"])
async def test_no_other_file_ever_leaves_the_machine(
    channel: TelegramChannel, ada: Person, tmp_path: Path, url: str
) -> None:
    """A product row naming a path elsewhere is refused."""
    (tmp_path.parent / "secret.png").write_bytes(b"secret")

    with pytest.raises(Refused):
        await channel.deliver(parcel(ada, kind="photo", url=url))
    assert ada.heard == []


async def test_without_a_folder_there_are_no_local_pictures(
    api: BotApi, ada: Person
) -> None:
    """A path means nothing when no folder is set up."""
    with pytest.raises(Refused, match="no picture folder"):
        await Pictures(api).send(str(ada.id), "mug.png")


@pytest.mark.parametrize("body", [b"no picture", b""])
async def test_what_is_no_picture_is_refused(
    channel: TelegramChannel, gallery: Gallery, ada: Person, body: bytes
) -> None:
    """Words follow anyway; the relay swallows a picture's refusal."""
    gallery.body = body

    with pytest.raises(Refused, match=r"(?i)image_process_failed|non-empty|empty"):
        await channel.deliver(parcel(ada, kind="photo", url=gallery.url))


async def test_a_picture_to_a_closed_chat_is_not_fetched(
    channel: TelegramChannel, gallery: Gallery, standin: TelegramStandIn
) -> None:
    """A refusal about the chat is told as such and costs no upload."""
    with pytest.raises(Unreachable):
        await channel.deliver(parcel(standin.person(99), kind="photo", url=gallery.url))
    assert gallery.asked == 0


async def test_a_picture_of_more_than_a_megabyte_goes_up(
    api: BotApi, ada: Person, tmp_path: Path
) -> None:
    """A large file travels as a stream, without a word of warning."""
    (tmp_path / "large.png").write_bytes(_png(900, 900))
    assert (tmp_path / "large.png").stat().st_size > 1_048_576

    await Pictures(api, root=tmp_path).send(str(ada.id), "large.png")

    assert ada.heard[0].photo is not None


def _png(width: int, height: int) -> bytes:
    picture = io.BytesIO()
    noise = random.Random(7).randbytes(width * height * 3)
    Image.frombytes("RGB", (width, height), noise).save(picture, "PNG")
    return picture.getvalue()
