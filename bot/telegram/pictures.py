"""Where a picture comes from: Telegram's own copy, its address, or our upload."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from aiohttp import ClientError, ClientTimeout
from telegram import InputFile
from telegram.error import BadRequest

from bot.channel import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bot.telegram.client import BotApi

log = structlog.get_logger(__name__)

#: Telegram's limit for an uploaded photo.
PHOTO_BYTES = 10 * 1024 * 1024
_FETCH = ClientTimeout(total=15)
_REMEMBERED = 4096


class Pictures:
    """Sends product pictures and remembers Telegram's copies by their address.

    ``root``: the only folder files may come from; paths are taken below it.
    ``known`` and ``remember`` let file ids outlive the process.
    """

    def __init__(
        self,
        api: BotApi,
        *,
        root: Path | None = None,
        known: Mapping[str, str] | None = None,
        remember: Callable[[str, str], None] | None = None,
    ) -> None:
        self._api = api
        self._root = root.resolve() if root is not None else None
        self._copies: OrderedDict[str, str] = OrderedDict(known or {})
        self._remember = remember

    async def send(self, chat: str, url: str) -> int:
        """Send a picture and return the message's id.

        Raises:
            Refused: There is no such picture, or Telegram takes it in no way.
            TelegramError: The chat or the network refused, not the picture.
        """
        copy = self._copies.get(url)
        if copy is not None:
            try:
                return (await self._api.send_picture(chat, copy))[0]
            except BadRequest as error:
                _raise_if_about_the_chat(error)
                del self._copies[url]
        is_remote = urlsplit(url).scheme in {"http", "https"}
        if is_remote:
            try:
                return self._kept(url, await self._api.send_picture(chat, url))
            except BadRequest as error:
                _raise_if_about_the_chat(error)
                log.info("telegram.picture_by_upload", url=url, error=str(error))
        body = await (self._fetched(url) if is_remote else self._read(url))
        name = urlsplit(url).path.rsplit("/", 1)[-1] or "picture"
        upload = InputFile(body, filename=name)
        return self._kept(url, await self._api.send_picture(chat, upload))

    def _kept(self, url: str, sent: tuple[int, str | None]) -> int:
        message_id, copy = sent
        if copy is not None:
            self._copies[url] = copy
            if len(self._copies) > _REMEMBERED:
                self._copies.popitem(last=False)
            if self._remember is not None:
                self._remember(url, copy)
        return message_id

    async def _fetched(self, url: str) -> bytes:
        body = bytearray()
        try:
            async with self._api.transport.session.get(url, timeout=_FETCH) as answer:
                answer.raise_for_status()
                async for chunk in answer.content.iter_chunked(65536):
                    body += chunk
                    if len(body) > PHOTO_BYTES:
                        raise Refused(f"picture {url} is larger than 10 MB")
        except (ClientError, TimeoutError, ValueError) as error:
            reason = str(error) or type(error).__name__
            raise Refused(f"picture {url} cannot be fetched: {reason}") from error
        return bytes(body)

    async def _read(self, url: str) -> bytes:
        if self._root is None:
            raise Refused(f"picture {url}: no picture folder is set up")
        path = (self._root / url.removeprefix("file://")).resolve()
        # A product row must not be able to send any file of this machine.
        if not path.is_relative_to(self._root):
            raise Refused(f"picture {url} lies outside the picture folder")
        try:
            body = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise Refused(f"picture {url}: {error.strerror}") from error
        if len(body) > PHOTO_BYTES:
            raise Refused(f"picture {url} is larger than 10 MB")
        return body


def _raise_if_about_the_chat(error: BadRequest) -> None:
    words = error.message.lower()
    if "chat not found" in words or "user not found" in words:
        raise error
