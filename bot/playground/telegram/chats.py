"""Chats: what each phone shows, and whether the bot may write there."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

from bot.playground.telegram.changes import ChangeKind, Changes
from bot.playground.telegram.files import Photo
from bot.playground.telegram.formatting import FormattedText
from bot.playground.telegram.keyboards import (
    InlineKeyboard,
    KeyboardRemoved,
    Markup,
    ReplyKeyboard,
)
from bot.playground.telegram.messages import Message, User
from bot.playground.telegram.refusals import RefusalError, bad_request, forbidden


class Access(Enum):
    """Whether the bot may write to a chat, and why not."""

    NEVER_STARTED = "never started"
    OPEN = "open"
    BLOCKED = "blocked"
    KICKED = "kicked"
    UPGRADED = "upgraded"


@dataclass(slots=True, kw_only=True)
class Chat:
    """A chat is what a phone shows: messages, keyboards, and who may write.

    `former` keeps the keyboards a message once carried: a phone that has not heard
    of an edit yet can still press them.
    """

    id: int
    kind: str
    title: str = ""
    person: User | None = None
    access: Access = Access.NEVER_STARTED
    upgraded_to: int | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    former: dict[int, list[InlineKeyboard]] = field(default_factory=dict)
    keys: ReplyKeyboard | None = None

    def to_json(self) -> dict[str, Any]:
        """Returns the chat as the platform sends it."""
        body: dict[str, Any] = {"id": self.id, "type": self.kind}
        if self.person is None:
            return body | {"title": self.title}
        who = self.person.to_json()
        names = ("first_name", "last_name", "username")
        return body | {name: who[name] for name in names if name in who}

    def message_json(self, message: Message) -> dict[str, Any]:
        """Returns one of its messages as the platform sends it to a bot."""
        body = message.to_json(self.to_json())
        replied = self.messages.get(message.reply_to or 0)
        if replied is not None:
            body["reply_to_message"] = replied.to_json(self.to_json())
        return body


class ChatBook:
    """The book of all chats gives out message ids and refuses unwelcome writes."""

    def __init__(
        self,
        *,
        bot: User,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        changes: Changes,
    ) -> None:
        self.bot = bot
        self._clock = clock
        self.now = now
        self._changes = changes
        self._chats: dict[int, Chat] = {}
        # One counter for all chats: a message id alone names a message.
        self._message_ids = itertools.count(1)

    def open(self, chat: Chat) -> Chat:
        """Adds a chat, or returns the one already there under its id."""
        return self._chats.setdefault(chat.id, chat)

    def find(self, chat_id: int) -> Chat | None:
        """Returns a chat, None when nobody has this id."""
        return self._chats.get(chat_id)

    def all(self) -> tuple[Chat, ...]:
        """Returns all chats in the order they were made."""
        return tuple(self._chats.values())

    def for_bot(self, chat_id: str, *, to_write: bool = True) -> Chat:
        """Returns the chat a call names.

        Raises:
            RefusalError: 400 or 403, when it is unknown or closed to the bot.
        """
        if not chat_id.strip():
            raise bad_request("chat_id is empty")
        chat = self.find(int(chat_id)) if _is_number(chat_id) else None
        if chat is None:
            raise bad_request("chat not found")
        if to_write:
            _check_access(chat)
        return chat

    def post(
        self,
        chat: Chat,
        sender: User,
        written: FormattedText | None = None,
        *,
        photo: Photo | None = None,
        markup: Markup | None = None,
        reply_to: int | None = None,
        other: Mapping[str, Any] | None = None,
    ) -> Message:
        """Adds a message to a chat."""
        keyboard = markup if isinstance(markup, InlineKeyboard) else None
        message = Message(
            id=next(self._message_ids),
            chat_id=chat.id,
            sender=sender,
            date=self.now(),
            sent_at=self._clock(),
            written=written or FormattedText(),
            photo=photo,
            keyboard=keyboard,
            reply_to=reply_to,
            other=other or {},
        )
        if isinstance(markup, ReplyKeyboard):
            chat.keys = markup
        elif isinstance(markup, KeyboardRemoved):
            chat.keys = None
        if keyboard is not None:
            chat.former[message.id] = [keyboard]
        chat.messages[message.id] = message
        self._tell(ChangeKind.MESSAGE, message)
        return message

    def edit(
        self,
        chat: Chat,
        message: Message,
        written: FormattedText,
        keyboard: InlineKeyboard | None,
    ) -> Message:
        """Replaces a message's text and keyboard."""
        edited = replace(message, written=written, keyboard=keyboard, edited=self.now())
        if keyboard is not None:
            chat.former.setdefault(message.id, []).append(keyboard)
        chat.messages[message.id] = edited
        self._tell(ChangeKind.EDITED, edited)
        return edited

    def delete(self, chat: Chat, message: Message) -> None:
        """Takes a message away."""
        del chat.messages[message.id]
        self._tell(ChangeKind.DELETED, message)

    def age(self, message: Message) -> float:
        """Returns how old a message is, in seconds of machine time."""
        return self._clock() - message.sent_at

    def admit(self, chat: Chat, access: Access) -> None:
        """Opens or closes a chat for the bot."""
        chat.access = access
        self._changes.tell(ChangeKind.ACCESS, chat_id=chat.id)

    def _tell(self, kind: ChangeKind, message: Message) -> None:
        self._changes.tell(kind, chat_id=message.chat_id, message_id=message.id)


def _is_number(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True


def _check_access(chat: Chat) -> None:
    match chat.access:
        case Access.OPEN:
            return
        case Access.NEVER_STARTED:
            raise forbidden("bot can't initiate conversation with a user")
        case Access.BLOCKED:
            raise forbidden("bot was blocked by the user")
        case Access.KICKED:
            raise forbidden(f"bot was kicked from the {chat.kind} chat")
        case Access.UPGRADED:
            raise RefusalError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.upgraded_to,
            )
