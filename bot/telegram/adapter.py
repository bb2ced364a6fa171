"""The customers' channel as one part: build it, start it, stop it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

import structlog
from telegram.error import TelegramError

from bot.telegram.client import BotApi
from bot.telegram.commands import publish
from bot.telegram.delivery import TelegramChannel
from bot.telegram.intake import Intake
from bot.telegram.pictures import Pictures
from bot.telegram.polling import Poller
from bot.telegram.webhook import Webhook, check_webhook_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from bot.clock import Clock
    from bot.telegram.commands import Profile
    from bot.telegram.intake import TurnTaker
    from bot.telegram.polling import OnRead

log = structlog.get_logger(__name__)

#: Seconds that running turns and answers get when we stop.
_STOP_SECONDS = 10.0


class TelegramAdapter:
    """One bot, both directions.

    ``api_url`` and ``file_url`` end before the token. ``mode`` is ``polling`` or
    ``webhook``; the latter needs ``webhook_url`` and ``webhook_secret``, and
    ``webhook.handle`` mounted on a web server. ``poll_interval``: see ``Poller``.

    Raises:
        ValueError: A token or URL that cannot be right.
        TelegramFatalError: Webhook mode without a secret or a public address.
    """

    def __init__(
        self,
        *,
        token: str,
        api_url: str,
        file_url: str,
        turns: TurnTaker,
        clock: Clock,
        on_read: OnRead,
        next_due: Callable[[], float | None] = lambda: None,
        mode: Literal["polling", "webhook"] = "polling",
        poll_interval: float = 0.0,
        webhook_url: str = "",
        webhook_secret: str = "",
        allow_http: bool = False,
        profiles: Iterable[Profile] = (),
        picture_root: Path | None = None,
        known_pictures: Mapping[str, str] | None = None,
        remember_picture: Callable[[str, str], None] | None = None,
    ) -> None:
        self.api = BotApi(
            token=token, api_url=api_url, file_url=file_url, allow_http=allow_http
        )
        self._profiles = tuple(profiles)
        self._webhook_url = webhook_url
        self._intake = Intake(self.api, turns)
        self._running: asyncio.Task[None] | None = None
        pictures = Pictures(
            self.api,
            root=picture_root,
            known=known_pictures,
            remember=remember_picture,
        )
        #: The way out, for the relay.
        self.outgoing = TelegramChannel(self.api, pictures)
        #: The handler to mount in webhook mode, None when polling.
        self.webhook: Webhook | None = None
        self._poller: Poller | None = None
        if mode == "webhook":
            check_webhook_url(webhook_url)
            self.webhook = Webhook(
                self.api, self._intake.take_update, secret=webhook_secret, clock=clock
            )
        else:
            self._poller = Poller(
                self.api,
                self._intake.take_update,
                clock=clock,
                on_read=on_read,
                next_due=next_due,
                interval=poll_interval,
            )

    @property
    def channel(self) -> str:
        """How events and outbox rows name this bot: ``telegram:<bot id>``."""
        return self.api.channel

    @property
    def bot_username(self) -> str:
        """The bot's name without the at sign; empty before ``connect``."""
        return self._intake.username

    async def connect(self) -> None:
        """Open the way out and learn the bot's name; repeatable.

        Raises:
            TelegramFatalError: Telegram does not know the token.
            TelegramError: Telegram cannot be reached.
        """
        me = await self.api.connect()
        self._intake.username = me.username or ""
        try:
            await publish(self.api, self._profiles)
        except TelegramError as error:
            # A menu is no reason to leave customers without answers.
            log.warning("telegram.profile_not_published", error=str(error))

    async def start(self) -> None:
        """Connect and begin to take updates; with several replicas, one polls.

        Raises:
            TelegramFatalError: Telegram does not know the token.
            TelegramError: Telegram cannot be reached, or refuses the webhook.
        """
        await self.connect()
        if self.webhook is not None:
            await self.webhook.register(self._webhook_url)
        elif self._poller is not None:
            self._running = asyncio.create_task(
                self._poller.run(), name="telegram-poll"
            )

    async def ended(self) -> None:
        """Wait until reading ends; in webhook mode it never does.

        Raises:
            TelegramFatalError: Why it ended, if not by ``stop``.
        """
        if self._running is None:
            await asyncio.Event().wait()
        else:
            await asyncio.shield(self._running)

    def look_again(self) -> None:
        """Tell a waiting poll that business time or the next instant moved."""
        if self._poller is not None:
            self._poller.look_again()

    async def pause(self) -> None:
        """Stop reading and finish what runs; the way out stays open."""
        if self._poller is not None:
            self._poller.stop()
        if self._running is not None:
            await asyncio.wait({self._running}, timeout=_STOP_SECONDS)
            if not self._running.done():
                self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None

    async def stop(self) -> None:
        """Stop taking updates, finish what runs, close the connections."""
        await self.pause()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await self._intake.settle()
        except TimeoutError:
            log.info("telegram.presses_left_unanswered")
        await self.api.transport.shutdown()
