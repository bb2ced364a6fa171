"""How what people do reaches the bot by long polling."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import ChatMigrated, Conflict, Forbidden
from telegram.ext import ExtBot

from bot.playground.telegram import ChangeKind, Person, TelegramStandIn

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


KEYBOARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Yes", callback_data="y")],
        [InlineKeyboardButton("Shop", url="https://shop.example/a")],
    ]
)


async def poll(bot: ExtBot, offset: int = 0, **options: object) -> tuple[Update, ...]:
    return await bot.get_updates(offset=offset, timeout=0, **options)


async def confirm_all(bot: ExtBot) -> int:
    """Confirms everything and returns the next offset."""
    updates = await poll(bot)
    offset = updates[-1].update_id + 1 if updates else 0
    assert await poll(bot, offset) == ()
    return offset


async def test_updates_come_again_until_confirmed(bot: ExtBot, ada: Person) -> None:
    """Only a higher offset confirms; the limit takes the oldest first."""
    ada.says("one")
    ada.says("two")
    first = await poll(bot)
    assert [u.message.text for u in first if u.message] == ["/start", "one", "two"]
    assert await poll(bot) == first
    assert await poll(bot, limit=1) == first[:1]
    assert await poll(bot, first[1].update_id) == first[1:]
    assert await poll(bot, first[2].update_id + 1) == ()
    assert await poll(bot) == ()


async def test_a_negative_offset_keeps_only_the_last(bot: ExtBot, ada: Person) -> None:
    """Offset -1 returns the last update and forgets those before it."""
    ada.says("two")
    (last,) = await poll(bot, -1)
    assert last.message is not None
    assert last.message.text == "two"
    assert await poll(bot) == (last,)


async def test_a_long_poll_ends_with_the_first_update(
    bot: ExtBot, standin: TelegramStandIn, ada: Person
) -> None:
    """A waiting poll is answered as soon as somebody writes."""
    offset = await confirm_all(bot)
    waiting = asyncio.create_task(bot.get_updates(offset=offset, timeout=50))
    await standin.changes.until(lambda: standin.is_polled)
    ada.says("hello")
    (update,) = await waiting
    assert update.message is not None
    assert update.message.text == "hello"
    assert not standin.is_polled


async def test_the_second_poller_ends_the_first(
    bot: ExtBot, standin: TelegramStandIn
) -> None:
    """Two pollers are a conflict, and the older one hears of it."""
    older = asyncio.create_task(bot.get_updates(timeout=50))
    await standin.changes.until(lambda: standin.is_polled)
    async with ExtBot(TOKEN, base_url=standin.base_url) as other:
        newer = asyncio.create_task(other.get_updates(timeout=50))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await older
        standin.person(1).starts()
        assert len(await newer) == 1


async def test_allowed_updates_are_remembered(
    bot: ExtBot, standin: TelegramStandIn, ada: Person
) -> None:
    """Kinds not asked for are not queued; an empty list asks for the default again."""
    await confirm_all(bot)
    await poll(bot, allowed_updates=["callback_query"])
    ada.says("unheard")
    await poll(bot)
    ada.says("unheard, too")
    assert standin.pending_count == 0
    await poll(bot, allowed_updates=[])
    ada.says("heard")
    assert standin.pending_count == 1


async def test_presses_expire_long_before_messages(
    bot: ExtBot, standin: TelegramStandIn, ada: Person, clock: HandClock
) -> None:
    """An undelivered press is kept 150 seconds, a message a day."""
    sent = await bot.send_message(ada.id, "?", reply_markup=KEYBOARD)
    ada.taps(sent.message_id, "Yes")
    assert standin.pending_count == 2
    clock.seconds += 150
    assert standin.pending_count == 1
    clock.seconds += 24 * 3600
    assert await poll(bot) == ()


async def test_a_tap_carries_message_person_and_data(bot: ExtBot, ada: Person) -> None:
    """A press arrives as the platform sends it, and a link button sends nothing."""
    await confirm_all(bot)
    sent = await bot.send_message(ada.id, "?", reply_markup=KEYBOARD)
    assert ada.taps(sent.message_id, "Shop") is None
    press = ada.taps(sent.message_id, "Yes")
    assert press is not None
    (update,) = await poll(bot)
    query = update.callback_query
    assert query is not None
    assert (query.id, query.data, query.from_user.id) == (press.id, "y", ada.id)
    assert query.message is not None
    assert query.message.message_id == sent.message_id
    assert query.chat_instance


async def test_buttons_that_are_gone_can_be_pressed_by_a_slow_phone(
    bot: ExtBot, ada: Person
) -> None:
    """A person sees no former button; a slow phone and a forger press it anyway."""
    sent = await bot.send_message(ada.id, "?", reply_markup=KEYBOARD)
    await bot.edit_message_text("done", ada.id, sent.message_id)
    await confirm_all(bot)
    with pytest.raises(ValueError, match="has no button 'Yes'"):
        ada.taps(sent.message_id, "Yes")
    ada.taps(sent.message_id, "Yes", stale=True)
    ada.forges_tap(sent.message_id, "anything at all")
    await bot.delete_message(ada.id, sent.message_id)
    ada.taps(sent.message_id, "y", stale=True)
    presses = [update.callback_query for update in await poll(bot)]
    assert [p.data for p in presses if p] == ["y", "anything at all", "y"]
    assert [p.message.is_accessible for p in presses if p and p.message] == [
        True,
        True,
        False,
    ]


async def test_everything_a_person_can_send_parses(bot: ExtBot, ada: Person) -> None:
    """Texts, edits, pictures, voices, contacts and the rest reach PTB's own types."""
    await confirm_all(bot)
    said = ada.says("/orders and https://x.de/a now")
    ada.edits(said.id, "/help")
    ada.sends_photo("look")
    ada.sends_voice()
    ada.shares_contact("+49170", own=True)
    ada.shares_contact("+49171", own=False)
    ada.sends({"dice": {"emoji": "🎲", "value": 3}})
    text, edit, photo, voice, own, other, dice = await poll(bot)
    assert text.message is not None
    assert [e.type for e in text.message.entities] == ["bot_command", "url"]
    assert edit.edited_message is not None
    assert edit.edited_message.text == "/help"
    assert photo.message is not None
    assert photo.message.caption == "look"
    assert voice.message is not None
    assert voice.message.voice is not None
    assert own.message is not None
    assert own.message.contact is not None
    assert own.message.contact.user_id == ada.id
    assert other.message is not None
    assert other.message.contact is not None
    assert other.message.contact.user_id is None
    assert dice.message is not None
    assert dice.message.dice is not None


async def test_start_links_have_an_alphabet(
    bot: ExtBot, standin: TelegramStandIn
) -> None:
    """A link opens with up to 64 letters, digits, _ and -; typed text is free."""
    bob = standin.person(4712, "Bob")
    for payload in ("x" * 65, "a b", "ä"):
        with pytest.raises(ValueError, match="payload"):
            bob.starts(payload)
    bob.starts("x" * 64)
    bob.says("/start " + "y" * 80)
    started, typed = await poll(bot)
    assert started.message is not None
    assert started.message.text == "/start " + "x" * 64
    assert typed.message is not None
    assert typed.message.text == "/start " + "y" * 80


async def test_blocking_is_told_once_and_start_unblocks(
    bot: ExtBot, ada: Person
) -> None:
    """The bot hears kicked and member; a blocked chat has no typing field."""
    await confirm_all(bot)
    ada.blocks_bot()
    with pytest.raises(ValueError, match="typing field"):
        ada.says("hello?")
    ada.starts("again")
    blocked, back, start = await poll(bot)
    assert blocked.my_chat_member is not None
    assert blocked.my_chat_member.new_chat_member.status == "kicked"
    assert back.my_chat_member is not None
    assert back.my_chat_member.new_chat_member.status == "member"
    assert start.message is not None
    assert start.message.text == "/start again"


async def test_groups_tell_the_bot_only_what_is_meant_for_it(
    bot: ExtBot, standin: TelegramStandIn, ada: Person
) -> None:
    """Privacy mode passes commands, mentions and replies, until the bot is removed."""
    await confirm_all(bot)
    group = standin.group("Club", ada)
    sent = await bot.send_message(group.id, "hello, all")
    group.says(ada, "among ourselves")
    group.says(ada, "/orders")
    group.says(ada, "dear @backorder_bot")
    group.says(ada, "thanks", reply_to=sent.message_id)
    group.removes_bot()
    group.says(ada, "/orders")
    added, *said, removed = await poll(bot)
    assert added.my_chat_member is not None
    assert [u.message.text for u in said if u.message] == [
        "/orders",
        "dear @backorder_bot",
        "thanks",
    ]
    assert removed.my_chat_member is not None
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(group.id, "hello?")


async def test_an_upgraded_group_has_a_new_id(
    bot: ExtBot, standin: TelegramStandIn, ada: Person
) -> None:
    """Writing to the old id is refused with the new one."""
    group = standin.group("Club", ada)
    upgraded = group.upgrades()
    with pytest.raises(ChatMigrated) as refusal:
        await bot.send_message(group.id, "x")
    assert refusal.value.new_chat_id == upgraded.id
    assert await bot.send_message(upgraded.id, "x")


async def test_a_delivered_update_can_come_twice(
    bot: ExtBot, standin: TelegramStandIn, ada: Person
) -> None:
    """A repeat has the same id, even after it was confirmed, and comes once."""
    offset = await confirm_all(bot)
    standin.repeat_last_update()
    (again,) = await poll(bot, offset)
    assert again.update_id == offset - 1
    assert again.message is not None
    assert again.message.message_id == ada.chat[0].id
    assert await poll(bot, offset) == ()


async def test_poison_updates_are_delivered_raw(
    bot: ExtBot, standin: TelegramStandIn
) -> None:
    """Any JSON can be put into the queue, and comes out as it went in."""
    update_id = standin.inject({"update_id": 5, "something_new": {"x": [1]}})
    (update,) = await poll(bot)
    assert update.update_id == update_id != 5
    assert update.api_kwargs == {"something_new": {"x": [1]}}


async def test_waiting_for_the_phone(bot: ExtBot, ada: Person) -> None:
    """Waiting ends with the message, and in time with what the phone shows instead."""
    waiting = asyncio.create_task(ada.hears("second"))
    await bot.send_message(ada.id, "the first")
    await bot.send_message(ada.id, "the second")
    assert (await waiting).text == "the second"
    assert len(await ada.hears_count(2)) == 2
    with pytest.raises(TimeoutError, match="Backorder bot: the second"):
        await ada.hears("third", within=timedelta(milliseconds=1))


async def test_changes_are_told_in_order(
    bot: ExtBot, standin: TelegramStandIn, ada: Person
) -> None:
    """A page that listens hears of each thing on a phone."""
    heard: list[ChangeKind] = []
    with standin.changes.heard_by(lambda change: heard.append(change.kind)):
        sent = await bot.send_message(ada.id, "?", reply_markup=KEYBOARD)
        press = ada.taps(sent.message_id, "Yes")
        assert press is not None
        await bot.answer_callback_query(press.id)
        await bot.edit_message_text("!", ada.id, sent.message_id)
        await bot.send_chat_action(ada.id, "typing")
    assert [kind for kind in heard if kind is not ChangeKind.CALLED] == [
        ChangeKind.MESSAGE,
        ChangeKind.PRESSED,
        ChangeKind.ANSWERED,
        ChangeKind.EDITED,
        ChangeKind.TYPING,
    ]


async def test_changes_can_be_followed(standin: TelegramStandIn, ada: Person) -> None:
    """A follower gets each change in turn, with the message it is about."""
    with standin.changes.followed() as changes:
        said = ada.says("hello")
        change = await changes.get()
    assert (change.kind, change.message_id) == (ChangeKind.MESSAGE, said.id)
    ada.says("unheard")
    assert changes.empty()
