"""Updates to events: pure, no queries; what is nothing for us becomes None.

Ignored on purpose: channels, business chats, service messages, reactions,
inline queries, payments, other bots, and text nobody can see.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram.constants import ChatMemberStatus, ChatType

from bot.telegram.groups import addressed, joined
from bot.telegram.phone import e164
from bot.telegram.readable import clean, is_blank
from flows.events import (
    ChatBlocked,
    ChatKey,
    ChatReturned,
    ContactShared,
    CustomerSaid,
    CustomerSent,
    CustomerStarted,
    CustomerTapped,
    MediaKind,
    Sender,
)

if TYPE_CHECKING:
    from telegram import (
        CallbackQuery,
        ChatMemberUpdated,
        Contact,
        Message,
        Update,
        User,
    )

    from flows.events import ChatEvent

_NAME_CHARACTERS = 128
_ALBUM_CHARACTERS = 64
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
#: What a deep link can carry; anything else was typed by hand.
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: In this order: an animation also fills ``document``, a venue also ``location``.
_MEDIA = (
    ("photo", MediaKind.PHOTO),
    ("voice", MediaKind.VOICE),
    ("animation", MediaKind.VIDEO),
    ("video", MediaKind.VIDEO),
    ("video_note", MediaKind.VIDEO),
    ("document", MediaKind.DOCUMENT),
    ("sticker", MediaKind.STICKER),
    ("location", MediaKind.LOCATION),
    ("audio", MediaKind.OTHER),
    ("poll", MediaKind.OTHER),
    ("dice", MediaKind.OTHER),
    ("story", MediaKind.OTHER),
    ("game", MediaKind.OTHER),
    ("paid_media", MediaKind.OTHER),
    ("checklist", MediaKind.OTHER),
)
_GONE = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)


def to_event(update: Update, channel: str, username: str = "") -> ChatEvent | None:
    """Return what happened, in the core's words.

    ``username`` is the bot's own, without the at sign; without it nobody can
    mention the bot in a group. Total over updates as the platform sends them;
    the library also builds ones that lack a chat or a sender, and those raise.
    """
    if update.message is not None:
        return _message(update.message, channel, username)
    if update.edited_message is not None:
        return _edited(update.edited_message, channel)
    if update.callback_query is not None:
        return _tapped(update.callback_query, channel)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, channel)
    return None


def sender_of(user: User) -> Sender:
    """Return the person behind an update, as far as the platform tells."""
    return Sender(
        id=str(user.id),
        name=clean(user.full_name)[:_NAME_CHARACTERS],
        language=user.language_code,
    )


def _message(message: Message, channel: str, username: str) -> ChatEvent | None:
    user = message.from_user
    if user is None or user.is_bot:
        return None
    chat = ChatKey(channel=channel, address=str(message.chat.id))
    sender = sender_of(user)
    if message.chat.type in {ChatType.GROUP, ChatType.SUPERGROUP}:
        return addressed(message, chat, sender, username)
    if message.chat.type != ChatType.PRIVATE:
        return None
    if message.contact is not None:
        return _contact(message, message.contact, chat, sender)
    if message.text is not None:
        return _text(message, clean(message.text), chat, sender)
    for field, kind in _MEDIA:
        if getattr(message, field):
            return CustomerSent(
                chat=chat,
                sender=sender,
                media=kind,
                message_id=str(message.message_id),
                caption=clean(message.caption or ""),
                album=clean(message.media_group_id or "")[:_ALBUM_CHARACTERS],
            )
    return None


def _text(
    message: Message, text: str, chat: ChatKey, sender: Sender
) -> ChatEvent | None:
    if is_blank(text):
        return None
    command = _COMMAND.fullmatch(text)
    if command and _is_secondhand(message):
        text = _disarmed(text)
    elif command:
        name, rest = command[1].lower(), (command[2] or "").strip()
        if name == "start":
            payload = rest if _PAYLOAD.fullmatch(rest) else ""
            return CustomerStarted(chat=chat, sender=sender, payload=payload)
        text = f"/{name} {rest}" if rest else f"/{name}"
    return CustomerSaid(
        chat=chat, sender=sender, text=text, message_id=str(message.message_id)
    )


def _is_secondhand(message: Message) -> bool:
    """Tell whether somebody else's words were passed on: they carry no rights."""
    return (
        message.forward_origin is not None
        # Bot API servers before 7.0; PTB no longer knows the field.
        or "forward_date" in message.api_kwargs
        or message.via_bot is not None
    )


def _disarmed(text: str) -> str:
    """Return a command as plain words, so that nothing later takes it for one."""
    return text.lstrip("/") or text


def _edited(message: Message, channel: str) -> CustomerSaid | None:
    user = message.from_user
    if user is None or user.is_bot or message.chat.type != ChatType.PRIVATE:
        return None
    text = clean(message.text or message.caption or "")
    if is_blank(text):
        return None
    return CustomerSaid(
        chat=ChatKey(channel=channel, address=str(message.chat.id)),
        sender=sender_of(user),
        text=_disarmed(text) if _COMMAND.fullmatch(text) else text,
        message_id=str(message.message_id),
        edited=True,
    )


def _contact(
    message: Message, contact: Contact, chat: ChatKey, sender: Sender
) -> ContactShared:
    own = contact.user_id is not None and str(contact.user_id) == sender.id
    return ContactShared(
        chat=chat,
        sender=sender,
        phone=e164(clean(contact.phone_number)),
        own=own and not _is_secondhand(message),
    )


def _tapped(query: CallbackQuery, channel: str) -> CustomerTapped | None:
    if query.data is None or query.from_user.is_bot:
        return None
    if query.message is None:
        # A private chat has its person's id, so the way back is known all the same.
        address, message_id = query.from_user.id, None
    elif query.message.chat.type == ChatType.PRIVATE:
        address, message_id = query.message.chat.id, str(query.message.message_id)
    else:
        return None
    return CustomerTapped(
        chat=ChatKey(channel=channel, address=str(address)),
        sender=sender_of(query.from_user),
        data=clean(query.data),
        message_id=message_id,
    )


def _membership(change: ChatMemberUpdated, channel: str) -> ChatEvent | None:
    chat = ChatKey(channel=channel, address=str(change.chat.id))
    before, after = change.old_chat_member.status, change.new_chat_member.status
    if change.chat.type in {ChatType.GROUP, ChatType.SUPERGROUP}:
        if change.from_user.is_bot:
            return None
        return joined(before, after, chat, sender_of(change.from_user))
    if change.chat.type != ChatType.PRIVATE:
        return None
    if after in _GONE:
        return ChatBlocked(chat=chat)
    if before in _GONE and after == ChatMemberStatus.MEMBER:
        return ChatReturned(chat=chat)
    return None
