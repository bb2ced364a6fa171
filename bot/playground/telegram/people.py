"""People: what somebody with a phone does.

Everything a person does happens at once; only waiting is asynchronous. What a phone
would not let a person do raises ValueError.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.playground.telegram import limits
from bot.playground.telegram.chats import Access
from bot.playground.telegram.entities import utf16_length
from bot.playground.telegram.formatting import FormattedText, read_typed
from bot.playground.telegram.keyboards import Button, Key
from bot.playground.telegram.messages import Message
from bot.playground.telegram.phones import Phone
from bot.playground.telegram.presses import Press

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]+")


class Person(Phone):
    """A person uses a phone with one private chat with the bot."""

    def says(self, text: str, *, reply_to: int | None = None) -> Message:
        """Types a text; anything goes, also what looks like a command."""
        if not text.strip() or utf16_length(text) > limits.TEXT_UNITS:
            raise ValueError("a phone sends between 1 and 4096 UTF-16 units")
        return self._send(read_typed(text), reply_to=reply_to)

    def starts(self, payload: str = "") -> Message:
        """Opens the bot by its link, or presses Start; this also unblocks it."""
        if payload and (
            not _PAYLOAD.fullmatch(payload)
            or len(payload) > limits.START_PAYLOAD_CHARACTERS
        ):
            raise ValueError("no phone opens a link with such a payload")
        if self.room.access is Access.BLOCKED:
            self.unblocks_bot()
        return self.says(f"/start {payload}".strip())

    def taps(
        self, message_id: int, button: str, *, stale: bool = False
    ) -> Press | None:
        """Taps a button, named by its text or data; None when it opened a link.

        With `stale` the phone still shows a keyboard that the bot has replaced.
        """
        found = self._button(message_id, button, stale=stale)
        if found.data is None:
            return None
        return self.forges_tap(message_id, found.data)

    def forges_tap(self, message_id: int, data: str) -> Press:
        """Sends any data as if a button had it, which a changed client can do."""
        stage, chat = self._backstage, self.room
        press = stage.presses.add(
            chat_id=chat.id, message_id=message_id, user_id=self.id, data=data
        )
        message = chat.messages.get(message_id)
        shown = (
            {"chat": chat.to_json(), "message_id": message_id, "date": 0}
            if message is None
            else chat.message_json(message)
        )
        stage.queue.add(
            "callback_query",
            {
                "id": press.id,
                "from": self.user.to_json(),
                "message": shown,
                "chat_instance": str(-7_000_000_000_000 - chat.id),
                "data": data,
            },
            lane=f"press:{self.id}",
            lives=limits.PRESS_LIVES,
        )
        return press

    def presses_key(self, text: str) -> Message:
        """Presses a key of the bot's reply keyboard."""
        rows = self.room.keys.rows if self.room.keys else ()
        key = _key_named(text, [key for row in rows for key in row])
        if self.room.keys is not None and self.room.keys.one_time:
            self.room.keys = None
        if key.request_contact:
            return self.shares_contact("+491700000000")
        return self.says(key.text)

    def edits(self, message_id: int, text: str) -> Message:
        """Changes one of their own texts."""
        message = self.room.messages[message_id]
        if message.from_bot:
            raise ValueError("nobody edits what somebody else wrote")
        chats = self._backstage.chats
        edited = chats.edit(self.room, message, read_typed(text), None)
        return self._backstage.send(self.room, edited, kind="edited_message")

    def sends_photo(self, caption: str = "", body: bytes | None = None) -> Message:
        """Sends a picture, a small grey one unless given."""
        photo = self._backstage.album.keep(body or self._backstage.album.blank())
        return self._send(read_typed(caption), photo=photo)

    def sends_voice(self, duration: timedelta = timedelta(seconds=3)) -> Message:
        """Sends a voice message."""
        voice = {
            "file_id": "AwACAgIAAxkDAAI_voice",
            "file_unique_id": "AgAD_voice",
            "duration": int(duration.total_seconds()),
            "mime_type": "audio/ogg",
        }
        return self.sends({"voice": voice})

    def shares_contact(self, phone: str, *, own: bool = True) -> Message:
        """Sends a contact card: their own, or somebody's from the address book."""
        card: dict[str, Any] = {"phone_number": phone, "first_name": "Somebody"}
        if own:
            card["first_name"] = self.user.first_name
            card["user_id"] = self.id
        return self.sends({"contact": card})

    def sends(self, content: Mapping[str, Any]) -> Message:
        """Sends any other content, given as the platform's own JSON fields."""
        return self._send(FormattedText(), other=content)

    def blocks_bot(self) -> None:
        """Stops the bot; it hears of that once."""
        self._backstage.set_access(self.room, self.user, Access.BLOCKED)

    def unblocks_bot(self) -> None:
        """Lets the bot write again."""
        self._backstage.set_access(self.room, self.user, Access.OPEN)

    def _send(self, written: FormattedText, **content: Any) -> Message:
        if self.room.access is Access.BLOCKED:
            raise ValueError("a phone shows no typing field to who blocked the bot")
        if self.room.access is Access.NEVER_STARTED:
            self._backstage.set_access(self.room, self.user, Access.OPEN)
        message = self._backstage.chats.post(self.room, self.user, written, **content)
        return self._backstage.send(self.room, message)

    def _button(self, message_id: int, name: str, *, stale: bool) -> Button:
        message = self.room.messages.get(message_id)
        keyboards = self.room.former.get(message_id, []) if stale else []
        if message is not None and message.keyboard is not None:
            keyboards = [*keyboards, message.keyboard]
        buttons = [b for keyboard in keyboards for b in keyboard.buttons]
        for button in reversed(buttons):
            if name in {button.text, button.data}:
                return button
        shown = [button.text for button in buttons]
        raise ValueError(f"message {message_id} has no button {name!r}, only {shown}")


def _key_named(text: str, keys: list[Key]) -> Key:
    for key in keys:
        if key.text == text:
            return key
    raise ValueError(f"there is no key {text!r}, only {[key.text for key in keys]}")
