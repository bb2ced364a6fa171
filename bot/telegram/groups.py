"""When a group speaks to us: by name, by command, by reply, or by adding us.

Everything else said in a group is none of our business.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram.constants import ChatMemberStatus

from flows.events import ChatKey, GroupSpoke, Sender

if TYPE_CHECKING:
    from telegram import Message

_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,32}(?:@(\w+))?(?:\s|$)")
_OUTSIDE = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
_INSIDE = (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR)


def addressed(
    message: Message, chat: ChatKey, sender: Sender, username: str
) -> GroupSpoke | None:
    """Return the event if a message in a group is meant for the bot."""
    text = message.text or message.caption or ""
    if command := _COMMAND.match(text):
        named = command[1]
        meant = named is None or named.casefold() == username.casefold()
    else:
        meant = _mentions(text, username) or _answers(message, chat)
    return GroupSpoke(chat=chat, sender=sender) if meant else None


def joined(before: str, after: str, chat: ChatKey, sender: Sender) -> GroupSpoke | None:
    """Return the event if somebody just added the bot to a group."""
    if before in _OUTSIDE and after in _INSIDE:
        return GroupSpoke(chat=chat, sender=sender)
    return None


def _mentions(text: str, username: str) -> bool:
    # Not by entity: their offsets count UTF-16 units and cannot be trusted to fit.
    name = re.escape(username)
    return bool(
        username and re.search(rf"(?<![\w@])@{name}(?!\w)", text, re.IGNORECASE)
    )


def _answers(message: Message, chat: ChatKey) -> bool:
    asked = message.reply_to_message
    return (
        (message.text is not None or message.caption is not None)
        and asked is not None
        and asked.from_user is not None
        and f"telegram:{asked.from_user.id}" == chat.channel
    )
