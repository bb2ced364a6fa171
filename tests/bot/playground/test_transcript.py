"""The transcript: every message as it was sent, also where it is edited at once."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console
from slack_sdk.web.async_client import AsyncWebClient
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import ExtBot

from bot.playground.transcript import Transcript

from .page_stage import TOKEN, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

YES = InlineKeyboardMarkup.from_button(InlineKeyboardButton("Yes", callback_data="y"))


@pytest.fixture
async def stage(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with Stage() as stage:
        stage.open_shop("http://127.0.0.1/pictures")
        yield stage


@pytest.fixture
async def bot(stage: Stage) -> AsyncIterator[ExtBot[None]]:
    base = stage.telegram.base_url
    async with ExtBot(TOKEN, base, stage.telegram.file_url) as bot:
        yield bot


@pytest.fixture
def slack(stage: Stage) -> AsyncWebClient:
    token = stage.slack.identity.bot_token
    return AsyncWebClient(base_url=stage.slack.api_url, token=token)


class Paper:
    """A transcript and what it has printed so far."""

    def __init__(self, stage: Stage) -> None:
        self._file = StringIO()
        self.letters: list[Any] = []
        self.transcript = Transcript(
            stage,
            Console(file=self._file, width=200),
            lambda seen: [each for each in self.letters if each.id > seen],
        )

    @property
    def lines(self) -> list[str]:
        """Return the printed lines without their indents."""
        printed = self._file.getvalue().splitlines()
        return [line.strip() for line in printed if line.strip()]


async def test_a_message_edited_at_once_is_told_as_it_was_and_as_it_is(
    stage: Stage, bot: ExtBot[None]
) -> None:
    """Words and buttons that stood on a phone for a moment are in the transcript."""
    anna, paper = stage.phone("anna"), Paper(stage)
    with paper.transcript.listening():
        anna.starts()
        asked = await bot.send_message(anna.id, "Charcoal?", reply_markup=YES)
        press = anna.taps(asked.message_id, "Yes")
        await bot.edit_message_text("Charcoal it is.", anna.id, asked.message_id)
        await bot.answer_callback_query(press.id, "Noted")
    assert paper.lines == [
        "Anna Brandt",
        "/start",
        "Bot to Anna Brandt",
        "Charcoal?",
        "[ Yes ]",
        "Anna Brandt taps",
        "[ Yes ]",
        "Bot to Anna Brandt (edited)",
        "Charcoal it is.",
        "Anna Brandt's phone shows",
        "(Noted)",
    ]


async def test_a_card_is_told_each_time_it_reads_otherwise(
    stage: Stage, slack: AsyncWebClient
) -> None:
    """A card, its new words, a thread, and a whisper: each where it was seen."""
    paper = Paper(stage)
    with paper.transcript.listening():
        card = await slack.chat_postMessage(channel="C1", text="Anna asks")
        for text in ("With Mia", "With Mia"):
            await slack.chat_update(channel="C1", ts=card["ts"], text=text)
        await stage.mia.posts("C1", "Mine", thread_ts=card["ts"])
        await slack.chat_postEphemeral(channel="C1", user="U1", text="Only you")
    assert paper.lines == [
        "#backorders, in Slack",
        "Anna asks",
        "#backorders, in Slack (edited)",
        "With Mia",
        "Mia Lindqvist, #backorders, in the thread",
        "Mine",
        "Only Mia Lindqvist sees",
        "Only you",
    ]


async def test_what_was_there_before_is_told_first(
    stage: Stage, slack: AsyncWebClient
) -> None:
    """A card of the bot's start is not lost to who begins to listen after it."""
    await slack.chat_postMessage(channel="C1", text="Hello team")
    paper = Paper(stage)
    with paper.transcript.listening():
        assert paper.lines == ["#backorders, in Slack", "Hello team"]


async def test_letters_and_gaps_of_time_are_told(stage: Stage) -> None:
    """A letter for the mailer is told once, and a jump of the clock before it."""
    letter = SimpleNamespace(id=7, email="i@example.com", subject="Late", text="Sorry")
    paper = Paper(stage)
    with paper.transcript.listening():
        paper.transcript.heading(1, "A letter")
        stage.offset += timedelta(hours=20)
        paper.letters.append(letter)
        stage.changes.ring()
        stage.changes.ring()
    assert paper.lines == [
        "1. A letter  Mon 09 Jun, 14:05",
        "Tue 10 Jun, 10:05",
        "For the shop's mailer, to i@example.com",
        "Late",
        "Sorry",
    ]


async def test_nothing_is_told_after_listening(stage: Stage) -> None:
    """Who stopped listening prints no more."""
    paper = Paper(stage)
    with paper.transcript.listening():
        pass
    stage.phone("anna").starts()
    assert paper.lines == []
