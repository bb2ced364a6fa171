"""Backstage: how what people do reaches the bot, under the platform's rules."""

from dataclasses import dataclass
from typing import Any

from bot.playground.telegram.changes import Changes
from bot.playground.telegram.chats import Access, Chat, ChatBook
from bot.playground.telegram.files import Album
from bot.playground.telegram.messages import Message, User
from bot.playground.telegram.presses import Presses
from bot.playground.telegram.profile import Profile
from bot.playground.telegram.updates import UpdateQueue

_STANDING = {
    Access.OPEN: "member",
    Access.BLOCKED: "kicked",
    Access.KICKED: "kicked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Backstage:
    """What people and groups need of the stand-in."""

    bot: User
    chats: ChatBook
    queue: UpdateQueue
    presses: Presses
    album: Album
    profile: Profile
    changes: Changes

    def send(self, chat: Chat, message: Message, *, kind: str = "message") -> Message:
        """Puts a person's message into the bot's queue, when the bot may read it."""
        if self._reads(chat, message):
            self.queue.add(kind, chat.message_json(message), lane=f"chat:{chat.id}")
        return message

    def set_access(self, chat: Chat, who: User, access: Access) -> None:
        """Opens or closes a chat and tells the bot of its new standing."""
        before = _STANDING.get(chat.access, "left")
        if chat.kind == "private" and chat.access is Access.NEVER_STARTED:
            self.chats.admit(chat, access)
            return  # the first message opens a chat without a further word
        self.chats.admit(chat, access)
        after = _STANDING.get(access, "left")
        self.queue.add(
            "my_chat_member",
            {
                "chat": chat.to_json(),
                "from": who.to_json(),
                "date": int(self.chats.now().timestamp()),
                "old_chat_member": self._member(before),
                "new_chat_member": self._member(after),
            },
            lane=f"chat:{chat.id}",
        )

    def _member(self, status: str) -> dict[str, Any]:
        member: dict[str, Any] = {"user": self.bot.to_json(), "status": status}
        return member | ({"until_date": 0} if status == "kicked" else {})

    def _reads(self, chat: Chat, message: Message) -> bool:
        """Applies privacy mode: in a group a bot reads what is meant for it."""
        if chat.kind == "private":
            return True
        if chat.access is not Access.OPEN:
            return False
        replied = chat.messages.get(message.reply_to or 0)
        return (
            message.text.startswith("/")
            or f"@{self.bot.username}" in message.text
            or (replied is not None and replied.from_bot)
        )
