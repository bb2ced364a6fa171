"""One update, from raw JSON through one turn; both ways in call this and nothing else.

It returns when the update may be confirmed and raises when it must come again.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol

import structlog
import telegram
from telegram.error import TelegramError

from bot.telegram.client import ALLOWED_UPDATES
from bot.telegram.updates import to_event
from flows.events import CustomerSaid, CustomerSent, CustomerStarted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.telegram.client import BotApi, Raw
    from flows.events import Event

log = structlog.get_logger(__name__)

#: The platform refuses longer answers to a press.
TOAST_CHARACTERS = 200
#: Seconds an answer may take before the chat sees that one is being written.
PATIENCE = 1.0
#: Seconds after which clients take that sign away.
_TYPING_LASTS = 4.5
#: Seconds; a press is answered within these or not at all.
_ANSWER_SECONDS = 5.0
_ATTEMPTS_AT_MOST = 10


class TurnOutcome(Protocol):
    """What a turn tells the adapter, beyond having been committed."""

    @property
    def toast(self) -> str | None:
        """Words for the press that caused the turn."""


class TurnTaker(Protocol):
    """The turn door, as far as a customers' channel walks through it."""

    async def take(self, event: Event, *, key: str | None = None) -> TurnOutcome:
        """Take one event through one transaction; raise after rolling back."""

    async def failed(
        self, *, key: str, source: str, raw: str, error: BaseException
    ) -> bool:
        """Count a failure; True once the update is a dead letter and may be passed."""


class Intake:
    """Takes raw updates one at a time."""

    def __init__(self, api: BotApi, turns: TurnTaker, *, username: str = "") -> None:
        self._api = api
        self._turns = turns
        self._answers: set[asyncio.Task[None]] = set()
        #: Seconds after which a person is shown that their answer is on its way.
        self.patience = PATIENCE
        #: The bot's own name without the at sign; known once we are connected.
        self.username = username

    async def take_update(self, raw: Raw) -> None:
        """Take one update; when this returns, it may be confirmed.

        A broken update is a dead letter at once, since reading it again cannot
        help. A turn that fails is raised twice, so that the update comes again;
        the third time it is buried and passed over.
        """
        number = raw.get("update_id")
        if not isinstance(number, int):
            log.warning("telegram.update_without_id")
            return
        channel = self._api.channel
        key = f"{channel}:{number}"
        try:
            update = telegram.Update.de_json(raw, None)
            event = to_event(update, channel, self.username)
        except Exception as error:  # noqa: BLE001 - whatever the parser trips over
            await self._unreadable(raw, key, error)
            return
        toast = None
        if event is not None:
            try:
                async with self._typing(event):
                    toast = (await self._turns.take(event, key=key)).toast
            except Exception as error:
                if not await self._failed(raw, key, error):
                    raise
                log.exception("telegram.update_buried", key=key)
        self._answer(raw, toast)

    @asynccontextmanager
    async def _typing(self, event: Event) -> AsyncIterator[None]:
        """Show that somebody is at it while an answer takes long."""
        shown = None
        if isinstance(event, CustomerSaid | CustomerSent | CustomerStarted):
            shown = asyncio.create_task(self._show_typing(event.chat.address))
        try:
            yield
        finally:
            if shown is not None:
                shown.cancel()
                await asyncio.wait([shown])

    async def _show_typing(self, address: str) -> None:
        pause = self.patience
        while True:
            await asyncio.sleep(pause)
            pause = _TYPING_LASTS
            try:
                await self._api.show_typing(address)
            except TelegramError as error:
                log.info("telegram.typing_not_shown", error=str(error))

    async def settle(self) -> None:
        """Wait until every press taken so far is answered or given up on."""
        while self._answers:
            await asyncio.wait(set(self._answers))

    async def _unreadable(self, raw: Raw, key: str, error: Exception) -> None:
        if _is_nothing_for_us(raw):
            log.info("telegram.unreadable_ignored", key=key, error=repr(error))
            return
        log.error("telegram.unreadable_update", key=key, error=repr(error))
        for _ in range(_ATTEMPTS_AT_MOST):
            if await self._failed(raw, key, error):
                break
        self._answer(raw, None)

    async def _failed(self, raw: Raw, key: str, error: Exception) -> bool:
        return await self._turns.failed(
            key=key,
            source=self._api.channel,
            # ASCII on purpose: the raw text may hold what a database cannot.
            raw=json.dumps(raw),
            error=error,
        )

    def _answer(self, raw: Raw, toast: str | None) -> None:
        """Answer a press in the background, else the client shows it as running."""
        query = _at(raw, "callback_query", "id")
        if isinstance(query, str):
            task = asyncio.create_task(self._answer_press(query, toast))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)

    async def _answer_press(self, query: str, toast: str | None) -> None:
        try:
            await self._api.answer_callback_query(
                query,
                text=toast[:TOAST_CHARACTERS] if toast else None,
                read_timeout=_ANSWER_SECONDS,
            )
        except TelegramError as error:
            # Usually "query is too old": what must be known went another way too.
            log.info("telegram.press_not_answered", error=str(error))


def _is_nothing_for_us(raw: Raw) -> bool:
    """Tell from the bare JSON whether we would have ignored an update anyway."""
    for kind in ALLOWED_UPDATES:
        if kind in raw:
            chat = _at(raw, kind, "chat", "type") or _at(
                raw, kind, "message", "chat", "type"
            )
            return chat not in {None, "private"} or (
                _at(raw, kind, "from", "is_bot") is True
            )
    return True


def _at(raw: Any, *path: str) -> Any:
    for name in path:
        raw = raw.get(name) if isinstance(raw, dict) else None
    return raw
