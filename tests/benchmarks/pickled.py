"""The other floor: python-telegram-bot's own way to keep a conversation.

A ``ConversationHandler`` with ``PicklePersistence``, written out after every turn as
our turns are. It is measured at its best: one dump a turn instead of one per kind of
data, no flush to the disk (a power cut loses it), no message sent, nothing looked up.
"""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import telegram
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ConversationHandler,
    ExtBot,
    MessageHandler,
    PicklePersistence,
    filters,
)
from telegram.request import BaseRequest

if TYPE_CHECKING:
    from pathlib import Path

_TOKEN = "100200300:benchmark"
_NAME = "backorder"
_CHOOSING = 1
_NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
_ME = (
    b'{"ok":true,"result":{"id":100200300,"is_bot":true,"first_name":"Bot",'
    b'"username":"northprint_bot"}}'
)


class Pickled:
    """A running application whose chats are all in the middle of a conversation."""

    def __init__(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        self._application = application
        self._updates = 0

    @classmethod
    async def opened(cls, file: Path, chats: int) -> Pickled:
        """Fill the file with the conversations of that many chats and start on it."""
        await _fill(file, chats)
        application = (
            ApplicationBuilder()
            .token(_TOKEN)
            .request(_Offline())
            .get_updates_request(_Offline())
            .updater(None)
            .persistence(_persistence(file))
            .build()
        )
        with warnings.catch_warnings():
            # It warns that a button of an older message counts too: as it should.
            warnings.simplefilter("ignore")
            application.add_handler(_conversation())
        await application.initialize()
        return cls(application)

    async def turn(self, chat: int) -> None:
        """Let a customer ask or tap, by turns, and write everything out."""
        self._updates += 1
        update = _tap(chat, self._updates) if chat % 2 else _ask(chat, self._updates)
        parsed = telegram.Update.de_json(update, self._application.bot)
        await self._application.process_update(parsed)
        await self._application.update_persistence()
        persistence = self._application.persistence
        if persistence is not None:
            await persistence.flush()

    async def close(self) -> None:
        """Stop the application."""
        await self._application.shutdown()


class _Offline(BaseRequest):
    """Knows who the bot is, and nothing else."""

    @property
    def read_timeout(self) -> float | None:
        """No timeout: nothing is ever read."""
        return None

    async def initialize(self) -> None:
        """Need nothing."""

    async def shutdown(self) -> None:
        """Leave nothing."""

    async def do_request(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        """Answer everything with the bot's own name."""
        return 200, _ME


def _persistence(file: Path) -> PicklePersistence[Any, Any, Any]:
    return PicklePersistence(file, single_file=True, on_flush=True)


async def _fill(file: Path, chats: int) -> None:
    filled = _persistence(file)
    filled.set_bot(ExtBot(_TOKEN, request=_Offline()))
    await filled.get_chat_data()  # where there is no file it begins empty
    for chat in range(chats):
        await filled.update_user_data(_person(chat), _remembered(chat))
        key = (_person(chat), _person(chat))
        await filled.update_conversation(_NAME, key, _CHOOSING)
    await filled.flush()


def _conversation() -> ConversationHandler[Any]:
    ask = MessageHandler(filters.TEXT, _on_ask)
    return ConversationHandler(
        entry_points=[ask],
        states={_CHOOSING: [ask, CallbackQueryHandler(_on_tap)]},
        fallbacks=[],
        name=_NAME,
        persistent=True,
    )


async def _on_ask(update: Any, context: Any) -> int:
    context.user_data["asked_at"] = update.message.date
    return _CHOOSING


async def _on_tap(update: Any, context: Any) -> int:
    context.user_data["chosen"] = update.callback_query.data
    context.user_data["chosen_at"] = _NOW
    return _CHOOSING


def _remembered(chat: int) -> dict[str, Any]:
    """Return what such a bot must know of one customer: an order and a proposal."""
    return {
        "customer": f"customer-{chat}",
        "order": {
            "number": str(1000 + chat),
            "lines": [
                {"sku": "HOODIE-BLACK-L", "title": "Hoodie", "waits": 1},
                {"sku": "TEE-NAVY-M", "title": "Tee", "waits": 0},
            ],
        },
        "offer": {
            "options": ["HOODIE-CHARCOAL-L", "HOODIE-BLACK-M", "wait", "cancel"],
            "recommended": "HOODIE-CHARCOAL-L",
            "deadline": _NOW + timedelta(hours=24),
        },
    }


def _person(chat: int) -> int:
    return 7_000_000_000 + chat


def _user(chat: int) -> dict[str, Any]:
    return {"id": _person(chat), "is_bot": False, "first_name": f"Customer {chat}"}


def _message(chat: int, number: int) -> dict[str, Any]:
    return {
        "message_id": number,
        "date": int(_NOW.timestamp()),
        "chat": {"id": _person(chat), "type": "private"},
        "from": _user(chat),
        "text": "where is my order?",
    }


def _ask(chat: int, number: int) -> dict[str, Any]:
    return {"update_id": number, "message": _message(chat, number)}


def _tap(chat: int, number: int) -> dict[str, Any]:
    return {
        "update_id": number,
        "callback_query": {
            "id": str(number),
            "from": _user(chat),
            "chat_instance": "1",
            "message": _message(chat, number),
            "data": f"choose:{number}",
        },
    }
