"""The composition root: builds every part from Settings, starts and stops it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import DBAPIError
from telegram.error import NetworkError

from bot.announce import announce
from bot.baseline import follow_baseline
from bot.clock import Clock
from bot.desk import Desk
from bot.instants import Instants
from bot.listing import Listing
from bot.pace import Limits, Pace
from bot.profiles import profiles
from bot.reading import Reading
from bot.ready import CannotRunError, make_ready, only_one
from bot.relay import Relay
from bot.rules import Rules, publish_file
from bot.slack.service import SlackSettings, SlackSide, open_slack
from bot.slack.socket import SocketRefusedError
from bot.telegram.adapter import TelegramAdapter
from bot.telegram.client import TelegramFatalError
from bot.turns import Turns
from bot.watch import Watch
from bot.web import serving
from store import inbox, meta, modes
from store.engine import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from bot.channel import Channel
    from bot.settings import Settings
    from flows.events import InstantPassed, ShopChanged
    from flows.setting import Dice

_log = structlog.get_logger()

#: bot_meta: seconds by which a playground moved business time.
OFFSET = "clock_offset"
#: How often the rules in force are read anew, in seconds.
_REFRESH = 1.0
_SWEEP = 3600.0
#: Seconds until an unreachable Telegram is tried again at the start.
_AGAIN = 5.0
#: Slack takes a message a second per channel, with short bursts.
_SLACK = Limits(chat_rate=1.0, chat_burst=3, all_rate=5.0, all_burst=5)
#: An address that is taken, not ours, or not to be had without rights.
_NO_PLACE = frozenset((errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES))
_WANTED = "it wants an app-level token, xapp-…, with the scope connections:write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """A running bot's parts, for whoever drives it: command line or playground."""

    settings: Settings
    store: Store
    clock: Clock
    rules: Rules
    turns: Turns
    relay: Relay
    instants: Instants
    watch: Watch
    listing: Listing
    telegram: TelegramAdapter
    reading: Reading
    slack: SlackSide

    async def settle(self) -> None:
        """Return when everything that can be done at this instant is done."""
        for _ in range(3):
            await self.watch.idle()
            await self.instants.idle()
            await self.relay.idle()
        await self.listing.refresh()


async def run(settings: Settings, *, clock: Clock | None = None) -> None:
    """Run the bot until it is cancelled, saying on stdout when each way in is up.

    Raises:
        CannotRunError: With what to mend.
    """
    store = Store(settings.database_url)
    with contextlib.closing(store), only_one(store):
        await asyncio.to_thread(make_ready, store, settings.database_shown)
        with store.read() as connection:
            if meta.find(connection, OFFSET) is not None:
                raise CannotRunError(
                    "this database belongs to a playground whose clock was moved; "
                    "name another one in DATABASE_URL"
                )
        try:
            async with open_bot(settings, store, clock or Clock(), say=_say) as bot:
                _say(f"Mode: {bot.rules.mode}")
                await asyncio.Event().wait()
        except* (TelegramFatalError, SocketRefusedError) as fatal:
            reason = _innermost(fatal)
            told = str(reason)
            if isinstance(reason, SocketRefusedError):
                told = f"Slack refuses SLACK_APP_TOKEN ({told}): {_WANTED}"
            raise CannotRunError(told) from None
        except* OSError as failed:
            reason = _innermost(failed)
            if not isinstance(reason, OSError) or reason.errno not in _NO_PLACE:
                raise
            told = f"{reason.strerror}; BIND and OPS_BIND say where to listen"
            raise CannotRunError(told) from None


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - said on purpose


def _nothing(_line: str) -> None:
    """Say nothing: a playground has its page."""


@asynccontextmanager
async def open_bot(
    settings: Settings,
    store: Store,
    clock: Clock,
    *,
    dice: Dice | None = None,
    say: Callable[[str], None] = _nothing,
    paced: bool = True,
) -> AsyncIterator[Bot]:
    """Build and start a bot on a prepared store; stop it, in order, at the end.

    ``say`` hears a line when each way in is up, which may be long after the start;
    not ``paced``, it writes as fast as it can, which only a stand-in bears.
    """
    settings.require_running()
    rules = Rules(mode=settings.mode)
    with store.write() as connection:
        publish_file(connection, settings.policy_file, clock.now())
        modes.start(connection, settings.mode.value)
    rules.follow(store)
    secret = settings.link_secret.get_secret_value() if settings.link_secret else ""
    turns = Turns(store, clock, rules, link_secret=secret.encode(), dice=dice)

    def gate(events: Sequence[ShopChanged | InstantPassed]) -> bool:
        return not rules.held and turns.may_take(events)

    instants = Instants(store, turns, clock, gate=gate)
    due: _Due = _Due(clock)
    reading = Reading(store, clock)
    telegram = _telegram(settings, turns, clock, reading, due, rules)
    desk = Desk(store, turns, rules, clock)
    async with (
        _stopping(telegram),
        open_slack(
            _slack_settings(settings),
            turns=turns,
            desk=desk.press,
            ticket_summary=desk.ticket_summary,
            clock=clock,
        ) as slack,
    ):
        channels: dict[str, Channel] = {
            "telegram": telegram.outgoing,
            "slack": slack.channel,
        }
        paces = {"telegram": Pace(), "slack": Pace(limits=_SLACK)}
        if not paced:
            paces = {name: Pace(limits=None) for name in channels}
        relay = Relay(store, turns, clock, channels, paces=paces)
        watch = Watch(store, turns, clock, gate=gate)
        listing = Listing(store, clock, rules)

        def committed() -> None:
            relay.wake()
            instants.wake()

        turns.committed = committed
        await _connect(telegram)
        rules.chat_link = f"https://t.me/{telegram.bot_username}"
        bot = Bot(
            settings=settings,
            store=store,
            clock=clock,
            rules=rules,
            turns=turns,
            relay=relay,
            instants=instants,
            watch=watch,
            listing=listing,
            telegram=telegram,
            reading=reading,
            slack=slack,
        )
        async with serving(bot), _loops(bot, due, say):
            if slack.socket is not None:
                await slack.socket.start()
            try:
                yield bot
            finally:
                await telegram.stop()
    turns.stop()


@asynccontextmanager
async def _stopping(telegram: TelegramAdapter) -> AsyncIterator[None]:
    """Leave no connection open, wherever the start ended; stopping twice is fine."""
    try:
        yield
    finally:
        await telegram.stop()


@asynccontextmanager
async def _loops(
    bot: Bot, due: _Due, say: Callable[[str], None]
) -> AsyncIterator[None]:
    """Run what works by itself; a loop that ends badly takes the whole bot down."""
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(bot.relay.run(), name="relay"),
            group.create_task(bot.instants.run(), name="instants"),
            group.create_task(bot.watch.run(), name="watch"),
            group.create_task(bot.listing.run(), name="listing"),
            group.create_task(_keep_rules(bot, due), name="rules"),
            group.create_task(_sweep(bot), name="sweep"),
            group.create_task(bot.reading.run(bot.telegram), name="reading"),
            group.create_task(announce(bot, say), name="announce"),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


async def _keep_rules(bot: Bot, due: _Due) -> None:
    """Follow the mode, the policy and the next instant as the store has them."""
    file = bot.settings.policy_file
    written = _written(file)

    def refresh() -> bool:
        bot.rules.follow(bot.store)
        return follow_baseline(bot.store, bot.rules, bot.clock)

    def republish() -> None:
        with bot.store.write() as connection:
            publish_file(connection, file, bot.clock.now())

    async def look() -> None:
        nonlocal written
        if _written(file) != written:
            written = _written(file)
            await asyncio.to_thread(republish)
        held = bot.rules.held
        if await asyncio.to_thread(refresh):
            bot.relay.wake()
        if held and not bot.rules.held:
            bot.watch.nudge()
            bot.instants.wake()
        before = due.at
        due.at = await bot.instants.next_due()
        if due.at is not None and (before is None or due.at < before):
            bot.telegram.look_again()

    while True:
        with _lasting("rules were not read"):
            await look()
        await asyncio.sleep(_REFRESH)


def _written(file: Path) -> int | None:
    """Return when a file was last written, in the file system's own count."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return None


async def _sweep(bot: Bot) -> None:
    """Forget what nobody needs any more."""

    def sweep() -> None:
        with bot.store.write() as connection:
            inbox.forget_old(connection, bot.clock.now())

    while True:
        with _lasting("old keys were not forgotten"):
            await asyncio.to_thread(sweep)
        await asyncio.sleep(_SWEEP)


@contextlib.contextmanager
def _lasting(what: str) -> Iterator[None]:
    """Outlive a database that is away for a moment; the next round tries again."""
    try:
        yield
    except DBAPIError as error:
        _log.warning(what, error=str(error))


async def _connect(telegram: TelegramAdapter) -> None:
    """Learn who the bot is, however long Telegram cannot be reached."""
    while True:
        try:
            await telegram.connect()
        except NetworkError as error:
            _log.warning("Telegram cannot be reached; trying again", error=str(error))
            await asyncio.sleep(_AGAIN)
        else:
            return


def _innermost(group: BaseExceptionGroup) -> BaseException:
    first = group.exceptions[0]
    return _innermost(first) if isinstance(first, BaseExceptionGroup) else first


class _Due:
    """The next instant any case waits for, as far as this process knows."""

    def __init__(self, clock: Clock) -> None:
        self.at: datetime | None = None
        self._clock = clock

    def seconds(self) -> float | None:
        """Return how far away it is; negative when overdue, None when there is none."""
        return (
            None if self.at is None else (self.at - self._clock.now()).total_seconds()
        )


def _telegram(
    settings: Settings,
    turns: Turns,
    clock: Clock,
    reading: Reading,
    due: _Due,
    rules: Rules,
) -> TelegramAdapter:
    token = settings.telegram_bot_token
    secret = settings.telegram_webhook_secret
    value = token.get_secret_value() if token else ""
    return TelegramAdapter(
        token=value,
        api_url=settings.telegram_api_url,
        file_url=settings.telegram_file_url,
        turns=turns,
        clock=clock,
        on_read=reading.noting(f"telegram:{value.partition(':')[0]}"),
        next_due=due.seconds,
        mode=settings.telegram_mode,
        poll_interval=settings.telegram_poll_interval,
        webhook_url=settings.telegram_webhook_url or "",
        webhook_secret=secret.get_secret_value() if secret else "",
        allow_http=settings.allow_http,
        profiles=profiles(rules.policy),
    )


def _slack_settings(settings: Settings) -> SlackSettings:
    bot, app = settings.slack_bot_token, settings.slack_app_token
    signing = settings.slack_signing_secret
    return SlackSettings(
        bot_token=bot.get_secret_value() if bot else "",
        channel=settings.slack_channel or "",
        staff=settings.slack_staff,
        app_token=app.get_secret_value() if app else None,
        signing_secret=signing.get_secret_value() if signing else None,
        api_url=settings.slack_api_url,
    )
