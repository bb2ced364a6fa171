"""Keyboards: the buttons under a message and the keys over the typing field."""

import json
from dataclasses import dataclass
from typing import Any

from bot.playground.telegram import limits
from bot.playground.telegram.arguments import Arguments
from bot.playground.telegram.links import check_button_link
from bot.playground.telegram.refusals import bad_request


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button under a message opens a link or sends its data to the bot."""

    text: str
    data: str | None = None
    url: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Returns the button as the platform sends it."""
        if self.url is not None:
            return {"text": self.text, "url": self.url}
        return {"text": self.text, "callback_data": self.data}


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineKeyboard:
    """An inline keyboard hangs under one message and goes with it."""

    rows: tuple[tuple[Button, ...], ...]

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All buttons, row by row."""
        return tuple(button for row in self.rows for button in row)

    def to_json(self) -> dict[str, Any]:
        """Returns the keyboard as the platform sends it."""
        rows = [[button.to_json() for button in row] for row in self.rows]
        return {"inline_keyboard": rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of a reply keyboard types its text, or offers the phone number."""

    text: str
    request_contact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyKeyboard:
    """A reply keyboard replaces the phone's own keyboard until it is removed."""

    rows: tuple[tuple[Key, ...], ...]
    one_time: bool = False
    placeholder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyboardRemoved:
    """The bot takes its reply keyboard away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForcedReply:
    """The bot asks the phone to open an answer to its message."""

    placeholder: str = ""


Markup = InlineKeyboard | ReplyKeyboard | KeyboardRemoved | ForcedReply


def read_markup(arguments: Arguments) -> Markup | None:
    """Returns the call's reply markup, None when there is none.

    Raises:
        RefusalError: 400, when the platform would refuse the keyboard.
    """
    raw = arguments.text("reply_markup")
    if not raw:
        return None
    try:
        body = json.loads(raw)
    except ValueError:
        raise bad_request("can't parse reply keyboard markup JSON object") from None
    if not isinstance(body, dict):
        raise bad_request("object expected as reply markup")
    placeholder = str(body.get("input_field_placeholder") or "")
    if body.get("keyboard"):
        rows = _rows(body["keyboard"], "keyboard", "ReplyKeyboardMarkup")
        return ReplyKeyboard(
            rows=tuple(tuple(_key(key) for key in row) for row in rows),
            one_time=bool(body.get("one_time_keyboard")),
            placeholder=placeholder,
        )
    if "inline_keyboard" in body:
        rows = _rows(body["inline_keyboard"], "inline_keyboard", "InlineKeyboardMarkup")
        keyboard = InlineKeyboard(
            rows=tuple(tuple(_button(button) for button in row) for row in rows)
        )
        return keyboard if keyboard.rows else None
    if body.get("remove_keyboard") is True:
        return KeyboardRemoved()
    if body.get("force_reply") is True:
        return ForcedReply(placeholder=placeholder)
    return None


def _rows(body: Any, field: str, owner: str) -> list[list[Any]]:
    if not isinstance(body, list):
        raise bad_request(f'field "{field}" of the {owner} must be an Array')
    if not all(isinstance(row, list) for row in body):
        raise bad_request(f'field "{field}" of the {owner} must be an Array of Arrays')
    rows = [row for row in body if row]
    if sum(len(row) for row in rows) > limits.KEYBOARD_BUTTONS or any(
        len(row) > limits.ROW_BUTTONS for row in rows
    ):
        raise bad_request("reply markup is too long")
    return rows


def _key(body: Any) -> Key:
    if isinstance(body, str):
        body = {"text": body}
    fault = "can't parse keyboard button: "
    if not isinstance(body, dict):
        raise bad_request(f"{fault}KeyboardButton must be a String or an Object")
    if not isinstance(body.get("text"), str):
        raise bad_request(f'{fault}Can\'t find field "text"')
    if not body["text"].strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    return Key(text=body["text"], request_contact=bool(body.get("request_contact")))


def _button(body: Any) -> Button:
    fault = "can't parse inline keyboard button: "
    if not isinstance(body, dict):
        raise bad_request(f"{fault}InlineKeyboardButton must be an Object")
    if not isinstance(body.get("text"), str):
        raise bad_request(f'{fault}Can\'t find field "text"')
    url, data = body.get("url") or "", body.get("callback_data") or ""
    if not isinstance(url, str) or not isinstance(data, str):
        raise bad_request(f"{fault}Field must be of type String")
    if not url and not data:
        raise bad_request(f"{fault}Text buttons are unallowed in the inline keyboard")
    if not body["text"].strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    if url:
        check_button_link(url)
        return Button(text=body["text"], url=url)
    if len(data.encode()) > limits.CALLBACK_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return Button(text=body["text"], data=data)
