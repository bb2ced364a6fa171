"""Views: what a page needs to draw one phone, as plain JSON."""

from typing import Any

from bot.playground.telegram.chats import Chat
from bot.playground.telegram.keyboards import InlineKeyboard
from bot.playground.telegram.messages import Message
from bot.playground.telegram.people import Person
from bot.playground.telegram.presses import Press


def _rows(
    keyboard: InlineKeyboard | None, spinning: set[str | None]
) -> list[list[dict[str, Any]]]:
    if keyboard is None:
        return []
    return [
        [
            {
                "text": button.text,
                "data": button.data,
                "url": button.url,
                "spinning": button.data is not None and button.data in spinning,
            }
            for button in row
        ]
        for row in keyboard.rows
    ]


def message_view(message: Message, presses: tuple[Press, ...] = ()) -> dict[str, Any]:
    """Returns a message as a phone draws it; `spinning` marks unanswered taps."""
    spinning: set[str | None] = {
        press.data
        for press in presses
        if press.message_id == message.id and press.answered_at is None
    }
    return {
        "id": message.id,
        "from_bot": message.from_bot,
        "sender": message.sender.first_name,
        "date": message.date.isoformat(),
        "edited": message.edited.isoformat() if message.edited else None,
        "html": message.html,
        "photo": message.photo.path if message.photo else None,
        "kinds": sorted(message.other),
        "reply_to": message.reply_to,
        "rows": _rows(message.keyboard, spinning),
    }


def chat_view(chat: Chat, presses: tuple[Press, ...] = ()) -> dict[str, Any]:
    """Returns a chat with its messages, oldest first."""
    keys = chat.keys.rows if chat.keys else ()
    return {
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title or (chat.person.first_name if chat.person else ""),
        "access": chat.access.value,
        "keys": [[key.text for key in row] for row in keys],
        "messages": [
            message_view(message, presses) for message in chat.messages.values()
        ],
    }


def person_view(person: Person) -> dict[str, Any]:
    """Returns everything one phone shows, with the taps and their toasts."""
    return chat_view(person.room, person.presses) | {
        "name": person.user.first_name,
        "language": person.user.language_code,
        "commands": person.commands,
        "presses": [
            {
                "id": press.id,
                "message_id": press.message_id,
                "data": press.data,
                "answered": press.answered_at is not None,
                "toast": press.toast,
                "alert": press.alert,
            }
            for press in person.presses
        ],
    }
