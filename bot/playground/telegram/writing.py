"""Writing: the calls that put something on a phone, and what they refuse."""

from typing import Any

from bot.playground.telegram import limits
from bot.playground.telegram.arguments import Arguments
from bot.playground.telegram.changes import ChangeKind, Changes
from bot.playground.telegram.chats import Chat, ChatBook
from bot.playground.telegram.files import Album, Http
from bot.playground.telegram.formatting import FormattedText, read_formatted
from bot.playground.telegram.keyboards import InlineKeyboard, Markup, read_markup
from bot.playground.telegram.messages import Message
from bot.playground.telegram.refusals import bad_request

_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)


def read_text(arguments: Arguments) -> FormattedText:
    """Returns the text of a call.

    Raises:
        RefusalError: 400, when it is empty, too long or badly marked up.
    """
    raw = arguments.text("text")
    if not raw:
        raise bad_request("message text is empty")
    written = read_formatted(
        raw, arguments.text("parse_mode"), arguments.json("entities")
    )
    if not written.text:
        raise bad_request("text must be non-empty")
    if written.units > limits.TEXT_UNITS:
        raise bad_request("message is too long")
    return written


def read_caption(arguments: Arguments) -> FormattedText:
    """Returns the caption of a call, which may be empty.

    Raises:
        RefusalError: 400, when it is too long or badly marked up.
    """
    written = read_formatted(
        arguments.text("caption"),
        arguments.text("parse_mode"),
        arguments.json("caption_entities"),
    )
    if written.units > limits.CAPTION_UNITS:
        raise bad_request("message caption is too long")
    return written


class Writing:
    """The calls that send, edit and delete."""

    def __init__(
        self,
        *,
        chats: ChatBook,
        album: Album,
        gate: limits.Gate,
        changes: Changes,
        http: Http,
    ) -> None:
        self._chats = chats
        self._album = album
        self._gate = gate
        self._changes = changes
        self._http = http

    async def send_message(self, arguments: Arguments) -> dict[str, Any]:
        """Sends a text."""
        written, markup = read_text(arguments), read_markup(arguments)
        chat = self._chats.for_bot(arguments.text("chat_id"))
        reply_to = _reply_to(chat, arguments)
        self._gate.admit(chat.id)
        message = self._chats.post(
            chat, self._chats.bot, written, markup=markup, reply_to=reply_to
        )
        return chat.message_json(message)

    async def send_photo(self, arguments: Arguments) -> dict[str, Any]:
        """Sends a picture: uploaded, by its id, or by a link to this machine."""
        caption, markup = read_caption(arguments), read_markup(arguments)
        chat = self._chats.for_bot(arguments.text("chat_id"))
        reply_to = _reply_to(chat, arguments)
        photo = await self._album.read(arguments, self._http)
        self._gate.admit(chat.id)
        message = self._chats.post(
            chat,
            self._chats.bot,
            caption,
            photo=photo,
            markup=markup,
            reply_to=reply_to,
        )
        return chat.message_json(message)

    async def edit_text(self, arguments: Arguments) -> dict[str, Any]:
        """Replaces the text of a message; its keyboard goes unless given again."""
        written, keyboard = read_text(arguments), _inline(read_markup(arguments))
        chat, message = self._own_message(arguments)
        if message.photo is not None:
            raise bad_request("there is no text in the message to edit")
        return self._edit(chat, message, written, keyboard)

    async def edit_caption(self, arguments: Arguments) -> dict[str, Any]:
        """Replaces the caption of a picture."""
        caption, keyboard = read_caption(arguments), _inline(read_markup(arguments))
        chat, message = self._own_message(arguments)
        if message.photo is None:
            raise bad_request("there is no caption in the message to edit")
        return self._edit(chat, message, caption, keyboard)

    async def edit_markup(self, arguments: Arguments) -> dict[str, Any]:
        """Replaces the keyboard of a message, or takes it away."""
        keyboard = _inline(read_markup(arguments))
        chat, message = self._own_message(arguments)
        return self._edit(chat, message, message.written, keyboard)

    async def delete(self, arguments: Arguments) -> bool:
        """Takes a message away, the bot's own or a person's, for 48 hours."""
        chat = self._chats.for_bot(arguments.text("chat_id"))
        message = chat.messages.get(arguments.integer("message_id", 0))
        if message is None:
            raise bad_request("message to delete not found")
        age = self._chats.age(message)
        if age > limits.DELETE_WINDOW.total_seconds():
            raise bad_request("message can't be deleted for everyone")
        self._chats.delete(chat, message)
        return True

    async def chat_action(self, arguments: Arguments) -> bool:
        """Shows what the bot is doing; not paced."""
        action = arguments.text("action").strip().lower()
        if action not in _ACTIONS:
            raise bad_request("wrong parameter action in request")
        chat = self._chats.for_bot(arguments.text("chat_id"))
        self._changes.tell(ChangeKind.TYPING, chat_id=chat.id, detail=action)
        return True

    def _own_message(self, arguments: Arguments) -> tuple[Chat, Message]:
        if not arguments.has("chat_id") and not arguments.has("message_id"):
            raise bad_request("message identifier is not specified")
        chat = self._chats.for_bot(arguments.text("chat_id"))
        message = chat.messages.get(arguments.integer("message_id", 0))
        if message is None:
            raise bad_request("message to edit not found")
        if not message.from_bot:
            raise bad_request("message can't be edited")
        return chat, message

    def _edit(
        self,
        chat: Chat,
        message: Message,
        written: FormattedText,
        keyboard: InlineKeyboard | None,
    ) -> dict[str, Any]:
        if (written, keyboard) == (message.written, message.keyboard):
            raise bad_request(_NOT_MODIFIED)
        self._gate.admit(chat.id)
        return chat.message_json(self._chats.edit(chat, message, written, keyboard))


def _inline(markup: Markup | None) -> InlineKeyboard | None:
    if markup is None or isinstance(markup, InlineKeyboard):
        return markup
    raise bad_request("inline keyboard expected")


def _reply_to(chat: Chat, arguments: Arguments) -> int | None:
    given = arguments.json("reply_parameters")
    if not isinstance(given, dict) or not given.get("message_id"):
        return None
    message_id = int(given["message_id"])
    if message_id in chat.messages:
        return message_id
    if given.get("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")
