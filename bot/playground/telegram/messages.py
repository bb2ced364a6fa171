"""Messages as the platform keeps them, and who wrote them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.playground.telegram.files import Photo
from bot.playground.telegram.formatting import FormattedText
from bot.playground.telegram.keyboards import InlineKeyboard


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user is a person, or the bot itself."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False

    def to_json(self) -> dict[str, Any]:
        """Returns the user as the platform sends it, unset fields left out."""
        body: dict[str, Any] = {
            "id": self.id,
            "is_bot": self.is_bot,
            "first_name": self.first_name,
        }
        for name in ("last_name", "username", "language_code"):
            if getattr(self, name) is not None:
                body[name] = getattr(self, name)
        return body


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message is one snapshot; an edit makes a new one under the same id.

    `written` is the text, or the caption of a photo. `other` holds the raw fields of
    contents we only pass on (contact, voice). `sent_at` is machine time in seconds.
    """

    id: int
    chat_id: int
    sender: User
    date: datetime
    sent_at: float
    written: FormattedText = field(default_factory=FormattedText)
    photo: Photo | None = None
    keyboard: InlineKeyboard | None = None
    reply_to: int | None = None
    edited: datetime | None = None
    other: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The plain text or caption."""
        return self.written.text

    @property
    def html(self) -> str:
        """The text or caption as HTML that a page may show as it is."""
        return self.written.html()

    @property
    def from_bot(self) -> bool:
        """Tells whether the bot wrote it."""
        return self.sender.is_bot

    @property
    def buttons(self) -> tuple[tuple[str, ...], ...]:
        """The texts of the buttons under it, row by row."""
        if self.keyboard is None:
            return ()
        return tuple(tuple(b.text for b in row) for row in self.keyboard.rows)

    def to_json(self, chat: dict[str, Any]) -> dict[str, Any]:
        """Returns the message as the platform sends it to a bot."""
        body: dict[str, Any] = {
            "message_id": self.id,
            "from": self.sender.to_json(),
            "chat": chat,
            "date": int(self.date.timestamp()),
        }
        if self.edited is not None:
            body["edit_date"] = int(self.edited.timestamp())
        text, entities = ("text", "entities")
        if self.photo is not None:
            body["photo"] = [self.photo.to_json()]
            text, entities = ("caption", "caption_entities")
        if self.written.text:
            body[text] = self.written.text
        if self.written.entities:
            body[entities] = [entity.to_json() for entity in self.written.entities]
        if self.keyboard is not None:
            body["reply_markup"] = self.keyboard.to_json()
        return body | dict(self.other)
