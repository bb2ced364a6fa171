"""What the stand-in takes and refuses when messages and presses are answered."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from telegram import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.playground.telegram import Person, TelegramStandIn

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


def refused(reason: str) -> "pytest.RaisesExc[BadRequest]":
    """Expects a 400 with these words; the client changes their case."""
    return pytest.raises(BadRequest, match=f"(?i){re.escape(reason)}")


def keyboard(**buttons: str) -> InlineKeyboardMarkup:
    row = [InlineKeyboardButton(text, callback_data=d) for d, text in buttons.items()]
    return InlineKeyboardMarkup([row])


async def test_an_edit_changes_text_and_takes_the_keyboard(
    bot: ExtBot, ada: Person
) -> None:
    """An edited text loses its buttons unless they are given again."""
    sent = await bot.send_message(ada.id, "which?", reply_markup=keyboard(a="A"))
    assert ada.heard[-1].buttons == (("A",),)
    edited = await bot.edit_message_text("chosen", ada.id, sent.message_id)
    assert (edited.text, edited.edit_date) == ("chosen", NOON)
    assert (ada.heard[-1].text, ada.heard[-1].buttons) == ("chosen", ())


async def test_an_edit_that_changes_nothing_is_refused(
    bot: ExtBot, ada: Person
) -> None:
    """Same text and same keyboard are "not modified"; one of them new is an edit."""
    sent = await bot.send_message(ada.id, "x", reply_markup=keyboard(a="A"))
    where = {"chat_id": ada.id, "message_id": sent.message_id}
    with refused("message is not modified: specified new message content and reply"):
        await bot.edit_message_text("x", **where, reply_markup=keyboard(a="A"))
    assert await bot.edit_message_reply_markup(**where, reply_markup=keyboard(b="A"))
    with refused("message is not modified"):
        await bot.edit_message_reply_markup(**where, reply_markup=keyboard(b="A"))


async def test_edits_of_what_cannot_be_edited(bot: ExtBot, ada: Person) -> None:
    """Messages that are gone, of others, or of another kind are not edited."""
    sent = await bot.send_message(ada.id, "x")
    with refused("message to edit not found"):
        await bot.edit_message_text("y", ada.id, 999)
    with refused("message can't be edited"):
        await bot.edit_message_text("y", ada.id, ada.chat[0].id)
    with refused("there is no caption in the message to edit"):
        await bot.edit_message_caption(ada.id, sent.message_id, caption="y")
    with refused("inline keyboard expected"):
        await bot.edit_message_reply_markup(
            ada.id, sent.message_id, reply_markup=ReplyKeyboardMarkup([["x"]])
        )
    with refused("message identifier is not specified"):
        await bot.edit_message_text("y", inline_message_id="7")


async def test_captions_are_edited_apart_from_texts(
    bot: ExtBot, standin: TelegramStandIn, ada: Person
) -> None:
    """A picture has a caption and no text."""
    photo = ada.sends_photo().photo
    assert photo is not None
    sent = await bot.send_photo(ada.id, photo.file_id, caption="x")
    with refused("there is no text in the message to edit"):
        await bot.edit_message_text("y", ada.id, sent.message_id)
    edited = await bot.edit_message_caption(ada.id, sent.message_id, caption="y")
    assert edited.caption == "y"
    assert standin.picture(photo.path) is photo


async def test_messages_are_deleted_for_two_days(
    bot: ExtBot, ada: Person, clock: HandClock
) -> None:
    """A message goes once, and not when it is older than 48 hours."""
    first = await bot.send_message(ada.id, "x")
    second = await bot.send_message(ada.id, "y")
    assert await bot.delete_message(ada.id, first.message_id)
    assert [m.text for m in ada.heard] == ["y"]
    with refused("message to delete not found"):
        await bot.delete_message(ada.id, first.message_id)
    clock.seconds += 48 * 3600 + 1
    with refused("message can't be deleted for everyone"):
        await bot.delete_message(ada.id, second.message_id)


async def test_a_press_is_answered_once_and_shows_a_toast(
    bot: ExtBot, ada: Person
) -> None:
    """The progress bar turns until the answer; a second answer is refused."""
    sent = await bot.send_message(ada.id, "which?", reply_markup=keyboard(a="A"))
    press = ada.taps(sent.message_id, "A")
    assert press is not None
    assert ada.presses[-1].answered_at is None
    assert await bot.answer_callback_query(press.id, "noted", show_alert=True)
    answered = await ada.gets_answer(press)
    assert (answered.toast, answered.alert, ada.toasts) == ("noted", True, ["noted"])
    with refused("query is too old and response timeout expired or query ID"):
        await bot.answer_callback_query(press.id)


async def test_a_press_is_answered_within_fifteen_seconds(
    bot: ExtBot, ada: Person, clock: HandClock
) -> None:
    """After fifteen seconds of machine time, or for no press at all, it is too late."""
    sent = await bot.send_message(ada.id, "?", reply_markup=keyboard(a="A", b="B"))
    first, second = ada.taps(sent.message_id, "a"), ada.taps(sent.message_id, "b")
    assert first is not None
    assert second is not None
    clock.seconds += 15
    with refused("MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(first.id, "x" * 201)
    assert await bot.answer_callback_query(first.id, "x" * 200)
    clock.seconds += 0.1
    for late in (second.id, "12345"):
        with refused("query is too old"):
            await bot.answer_callback_query(late)


async def test_commands_by_scope_and_language(
    bot: ExtBot, standin: TelegramStandIn, ada: Person
) -> None:
    """The narrowest scope wins, in it the language, else the one without."""
    bob = standin.person(4712, "Bob", "fr-CA")
    private = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand("orders", "Orders")], private)
    await bot.set_my_commands([BotCommand("orders", "Auf")], private, "de")
    assert [c["description"] for c in ada.commands] == ["Auf"]
    assert [c["description"] for c in bob.commands] == ["Orders"]
    await bot.set_my_commands([("stop", "Stop")], BotCommandScopeChat(bob.id))
    assert [c["command"] for c in bob.commands] == ["stop"]
    assert (await bot.get_my_commands(private, "de"))[0].description == "Auf"
    await bot.delete_my_commands(private, "de")
    assert [c["description"] for c in ada.commands] == ["Orders"]


@pytest.mark.parametrize(
    ("command", "language", "reason"),
    [
        (("Orders", "x"), "", "BOT_COMMAND_INVALID"),
        (("x" * 33, "x"), "", "BOT_COMMAND_INVALID"),
        (("x", "y" * 257), "", "BOT_COMMAND_DESCRIPTION_INVALID"),
        (("x", "y"), "deu", "invalid language code specified"),
    ],
)
async def test_commands_the_platform_refuses(
    bot: ExtBot, command: tuple[str, str], language: str, reason: str
) -> None:
    """Names are short and lower case, descriptions short, languages two letters."""
    with refused(reason):
        await bot.set_my_commands([command], language_code=language)


async def test_too_many_commands(bot: ExtBot) -> None:
    """A list has at most a hundred commands."""
    commands = [(f"c{n}", "x") for n in range(101)]
    assert await bot.set_my_commands(commands[:100])
    with refused("BOT_COMMANDS_TOO_MUCH"):
        await bot.set_my_commands(commands)


async def test_descriptions_and_menu_button(bot: ExtBot) -> None:
    """Descriptions have their lengths and languages, the menu button its kinds."""
    assert await bot.set_my_description("x" * 512)
    assert await bot.set_my_short_description("kurz", "de")
    assert (await bot.get_my_description("de")).description == "x" * 512
    assert (await bot.get_my_short_description()).short_description == ""
    with refused("description is too long"):
        await bot.set_my_description("x" * 513)
    with refused("short description is too long"):
        await bot.set_my_short_description("x" * 121)
    assert await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert (await bot.get_chat_menu_button()).type == "commands"
