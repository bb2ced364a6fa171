"""Finished messages to Bot API calls, and the platform's refusals to three words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import structlog
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channel import ChannelError, Refused, TryLater, Unreachable
from bot.telegram.keyboards import markup
from bot.telegram.redaction import hide_tokens
from bot.telegram.splitting import split_html

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.channel import Parcel
    from bot.telegram.client import BotApi
    from bot.telegram.pictures import Pictures

log = structlog.get_logger(__name__)

_NO_PREVIEW = {"is_disabled": True}
_HALF_SENT_AT_MOST = 1024
_CHAT_GONE = ("chat not found", "user not found", "peer_id_invalid")


class TelegramChannel:
    """The way out to customers' chats."""

    def __init__(self, api: BotApi, pictures: Pictures) -> None:
        self._api = api
        self._pictures = pictures
        #: Parts of a long text that went out before a later part failed, by row.
        self._parts_sent: dict[int, int] = {}

    async def deliver(self, parcel: Parcel) -> str | None:
        """Send one parcel and return the platform's id of the message.

        Of a text in several messages that is the last one's, with the buttons.

        Raises:
            TryLater: The network or the platform is not ready.
            Refused: This message will never be taken.
            Unreachable: The person closed the chat.
        """
        try:
            return await self._send(parcel)
        except TelegramError as error:
            failure = as_channel_error(error)
        if not isinstance(failure, TryLater):
            self._parts_sent.pop(parcel.id, None)
        raise failure

    async def _send(self, parcel: Parcel) -> str:
        match parcel.payload.get("kind"):
            case "text":
                return await self._text(parcel)
            case "edit":
                return await self._edit(parcel)
            case "photo":
                url = cast("str", parcel.payload["url"])
                return str(await self._pictures.send(parcel.address, url))
            case kind:
                raise Refused(f"Telegram has no message of kind {kind!r}")

    async def _text(self, parcel: Parcel) -> str:
        parts = split_html(parcel.payload["text"])
        message_id = 0
        for number in range(self._parts_sent.get(parcel.id, 0), len(parts)):
            data = _body(parcel, parts[number])
            if number == len(parts) - 1:
                _add_markup(data, parcel)
            message_id = await self._api.send_text(data)
            if number < len(parts) - 1:
                self._remember(parcel.id, number + 1)
        self._parts_sent.pop(parcel.id, None)
        return str(message_id)

    def _remember(self, row: int, parts: int) -> None:
        self._parts_sent[row] = parts
        if len(self._parts_sent) > _HALF_SENT_AT_MOST:  # rows buried meanwhile
            del self._parts_sent[next(iter(self._parts_sent))]

    async def _edit(self, parcel: Parcel) -> str:
        if parcel.target is None:
            raise Refused("the message to edit was never sent")
        data = _body(parcel, parcel.payload["text"])
        data["message_id"] = int(parcel.target)
        _add_markup(data, parcel)
        try:
            await self._api.edit_text(data)
        except BadRequest as error:
            if "message is not modified" not in error.message.lower():
                raise
        return parcel.target


def as_channel_error(error: TelegramError) -> ChannelError:
    """Return what a refusal means for the relay."""
    reason = hide_tokens(error.message)
    match error:
        case RetryAfter():
            wait = cast("timedelta", error.retry_after)  # by PTB_TIMEDELTA
            return TryLater(reason, after=wait.total_seconds())
        case Forbidden():
            return Unreachable(reason)
        case InvalidToken():
            log.critical("telegram.token_refused", mend="check TELEGRAM_BOT_TOKEN")
            return TryLater(reason)
        case BadRequest():
            gone = any(words in reason.lower() for words in _CHAT_GONE)
            return Unreachable(reason) if gone else Refused(reason)
        case ChatMigrated():
            return Unreachable(reason)
        case NetworkError():
            return TryLater(reason)
        case _:
            return TryLater(reason)


def _body(parcel: Parcel, text: str) -> dict[str, Any]:
    return {
        "chat_id": parcel.address,
        "text": text,
        "parse_mode": "HTML",
        "link_preview_options": _NO_PREVIEW,
    }


def _add_markup(data: dict[str, Any], parcel: Parcel) -> None:
    buttons = markup(parcel.payload)
    if buttons is not None:
        data["reply_markup"] = buttons
