"""The playground: a demo shop, both stand-ins, and the very bot of production.

The embedded default, too: an SQLite store, no account anywhere. Business time can be
moved; it stops at each due instant until everything has drained.
"""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.app import OFFSET, Bot, open_bot
from bot.clock import Clock
from bot.playground.controls import Bell, Customer
from bot.playground.paperwork import paperwork
from bot.playground.place import open_empty
from bot.playground.shop import actions, panel
from bot.playground.shop.fill import DemoShop, fill
from bot.playground.shop.shelves import ShopRefused
from bot.playground.slack import Channel, SlackStandIn
from bot.playground.slack import Person as Colleague
from bot.playground.storefront import storefront
from bot.playground.telegram import TelegramStandIn
from bot.playground.telegram.limits import PLATFORM_PACE
from bot.rules import in_force, publish
from bot.settings import load
from flows.links import LINK_LASTS, mint
from flows.policy import BadPolicy
from flows.setting import Mode
from store import decisions, meta, modes
from store.shop import orders
from store.tables import notices

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from bot.playground.controls import DecisionMove, ShopMove
    from store.engine import Store

#: bot_meta: this store is a playground's and may be played with.
DEMO = "demo"
TOKEN = "100200300:playground"  # noqa: S105 - opens the stand-in on loopback only
SECRET = "playground-link-secret"  # noqa: S105 - same
CHANNEL = "C0BACKORDER"
STAFF = (("U0MIA", "Mia"), ("U0BEN", "Ben"))
#: The story begins on a working day at this hour of the shop's time.
_BEGINS_AT = 10
#: How long a moved clock waits for one due instant to be dealt with, in seconds.
_PATIENCE = 10.0
#: How long what people said is waited for, where the bot may not be reading.
_READS_WITHIN = timedelta(seconds=3)

POLICY = """\
[shop]
name = "Northprint"
url = "https://northprint.example"
email = "hello@northprint.example"
privacy_url = "https://northprint.example/privacy"
team_size = 2
languages = ["en", "de"]

[hours]
time_zone = "Europe/Berlin"

# Some of what else can be said here, with its default: take the "# " away and change
# it. `backorder-bot policy show` has all of it.
# [terms]
# reply_window = "24h"
# on_silence = "recommended"
# automatic_cancel = "auto"
# cancel_horizon_days = 14
# substitutes_shown = 1
# ship = "once"
#
# [[rules]]
# name = "Germany has two days"
# when = { market = "DE" }
# terms = { reply_window = "48h" }
"""


@dataclass(slots=True)
class Playground:
    """Everything that runs, and the hands that move it; implements ``Controls``."""

    shop_name: str
    time_zone: str
    telegram: TelegramStandIn
    slack: SlackStandIn
    people: tuple[Customer, ...]
    changes: Bell
    demo: DemoShop
    channel: Channel
    staff: tuple[Colleague, ...]
    bot: Bot

    @property
    def mode(self) -> Mode:
        """How much the bot may do by itself now."""
        return self.bot.rules.mode

    def now(self) -> datetime:
        """Return business time."""
        return self.bot.clock.now()

    async def set_mode(self, mode: Mode) -> None:
        """Let the bot do more or less by itself from now on."""
        await self._write(lambda c: modes.switch(c, mode.value))
        self.bot.watch.nudge()
        self.changes.ring()

    async def set_policy(self, source: str) -> None:
        """Put other rules in force; wrong ones change nothing."""

        def act(connection: Connection) -> None:
            try:
                publish(connection, source, self.now())
            except BadPolicy as bad:
                raise ShopRefused("\n".join(bad.problems)) from bad

        await self._write(act)
        self.changes.ring()

    async def settle(self) -> None:
        """Return when all that can happen at this instant has happened."""
        # What people said counts once the bot has confirmed it; a bot that does not
        # read right now is not waited for long.
        with contextlib.suppress(TimeoutError):
            await self.telegram.changes.until(
                lambda: not self.telegram.pending_count, within=_READS_WITHIN
            )
        await self.bot.settle()
        await self.slack.settled()
        self.changes.ring()

    async def move(self, by: timedelta) -> None:
        """Move business time, stopping at each due instant until all has drained."""
        target = self.now() + by
        await self.settle()
        before = None
        while not self.bot.rules.held:
            due = await self.bot.instants.next_due()
            if due is None or due > target or due == before:
                break
            before = due
            await self._step_to(max(due, self.now()))
        await self._step_to(target)

    async def next_due(self) -> datetime | None:
        """Return when the bot will next do something by itself, if ever."""
        return await self.bot.instants.next_due()

    async def overview(self) -> dict[str, Any]:
        """Return the shop's books and the papers between bot and shop."""

        def look() -> dict[str, Any]:
            with self.bot.store.read() as connection:
                return {
                    **panel.overview(connection),
                    **paperwork(connection),
                    "policy": in_force(connection),
                }

        return await asyncio.to_thread(look)

    async def shop(self, move: ShopMove, **arguments: Any) -> None:
        """Do what the shop's people do."""
        act = getattr(actions, move)
        await self._write(lambda c: act(c, **arguments, now=self.now()))
        self.bot.watch.nudge()
        self.changes.ring()

    async def decision(
        self, move: DecisionMove, decision_id: int, reason: str = ""
    ) -> None:
        """Take a decision on, carry it out, or reject it with a reason."""

        def act(connection: Connection) -> None:
            now = self.now()
            try:
                if move == "claim":
                    decisions.claim(connection, decision_id, now)
                elif move == "apply":
                    decisions.apply(connection, decision_id, now, write_shop=True)
                else:
                    decisions.reject(connection, decision_id, reason, now)
            except (decisions.DecisionRefused, decisions.ShopMovedOn) as refused:
                raise ShopRefused(str(refused)) from refused

        await self._write(act)
        self.bot.watch.nudge()
        self.changes.ring()

    async def notice_sent(self, notice_id: int) -> None:
        """Note that the shop's mailer sent a notice."""

        def act(connection: Connection) -> None:
            sent = connection.execute(
                notices.update()
                .where(notices.c.id == notice_id, notices.c.sent_at.is_(None))
                .values(sent_at=self.now())
            )
            if not sent.rowcount:
                raise ShopRefused("That notice was sent before, or never existed.")

        await self._write(act)
        self.bot.watch.nudge()
        self.changes.ring()

    async def link(self, order_id: str) -> str:
        """Return what stands behind ``?start=`` in an order mail's link."""

        def known() -> bool:
            with self.bot.store.read() as connection:
                return (
                    connection.scalar(
                        select(orders.c.id).where(orders.c.id == order_id)
                    )
                    is not None
                )

        if not await asyncio.to_thread(known):
            raise ShopRefused("There is no such order.")
        return mint(order_id, self.now() + LINK_LASTS, SECRET.encode())

    async def _step_to(self, at: datetime) -> None:
        """Move to an instant and wait until what is due there is dealt with."""
        by = at - self.now()
        if by > timedelta(0):
            self.bot.clock.move(by)
            offset = str(self.bot.clock.offset.total_seconds())
            await self._write(lambda c: meta.put(c, OFFSET, offset))
        self.telegram.wake()
        self.changes.ring()
        loop = asyncio.get_running_loop()
        until = loop.time() + _PATIENCE
        while loop.time() < until:
            self.bot.telegram.look_again()
            await self.settle()
            due = await self.bot.instants.next_due()
            if due is None or due > self.now() or self.bot.rules.held:
                return
            await asyncio.sleep(0.05)

    async def _write(self, act: Callable[[Connection], object]) -> None:
        def write() -> None:
            with self.bot.store.write() as connection:
                act(connection)
            self.bot.rules.follow(self.bot.store)

        await asyncio.to_thread(write)


@asynccontextmanager
async def playground(
    database_url: str,
    *,
    workdir: Path,
    mode: Mode = Mode.ACT,
    paced: bool = True,
) -> AsyncIterator[Playground]:
    """Fill a store, start both stand-ins and the bot on them; stop all at the end.

    Not ``paced``, nobody waits between messages as the platforms want it.

    Raises:
        NoPlaceError: When the database cannot be used, or holds a shop already.
    """
    store = await asyncio.to_thread(open_empty, database_url)
    clock = Clock(_opening_offset())
    try:
        telegram = TelegramStandIn(
            token=TOKEN,
            now=clock.now,
            username="northprint_bot",
            first_name="Northprint",
            pace=PLATFORM_PACE if paced else None,
        )
        slack = SlackStandIn(
            bot_token="xoxb-playground",  # noqa: S106 - opens the stand-in only
            app_token="xapp-playground",  # noqa: S106 - same
            signing_secret="playground-signing",  # noqa: S106 - same
            stamps=clock.now,
            pace="slack" if paced else None,
        )
        async with storefront() as pictures, telegram, slack:
            demo = await asyncio.to_thread(_fill, store, clock, pictures, mode)
            channel = slack.channel(CHANNEL, "backorders")
            staff = tuple(slack.person(user_id, name) for user_id, name in STAFF)
            settings = load(
                {
                    "DATABASE_URL": database_url,
                    "TELEGRAM_BOT_TOKEN": TOKEN,
                    "TELEGRAM_API_URL": telegram.base_url,
                    "TELEGRAM_FILE_URL": telegram.file_url,
                    "SLACK_BOT_TOKEN": "xoxb-playground",
                    "SLACK_APP_TOKEN": "xapp-playground",
                    "SLACK_API_URL": slack.api_url,
                    "SLACK_CHANNEL": CHANNEL,
                    "SLACK_STAFF": ",".join(user_id for user_id, _ in STAFF),
                    "LINK_SECRET": SECRET,
                    "OPS_BIND": "127.0.0.1:0",
                    "MODE": mode.value,
                    "POLICY_FILE": str(workdir / "policy.toml"),
                }
            )
            async with open_bot(settings, store, clock, paced=paced) as bot:
                yield Playground(
                    shop_name=demo.name,
                    time_zone="Europe/Berlin",
                    telegram=telegram,
                    slack=slack,
                    people=_people(telegram, demo, store),
                    changes=Bell(),
                    demo=demo,
                    channel=channel,
                    staff=staff,
                    bot=bot,
                )
    finally:
        store.close()


def _fill(store: Store, clock: Clock, picture_base: str, mode: Mode) -> DemoShop:
    with store.write() as connection:
        meta.put(connection, DEMO, "yes")
        meta.put(connection, OFFSET, str(clock.offset.total_seconds()))
        modes.switch(connection, mode.value)
        publish(connection, POLICY, clock.now())
        return fill(connection, now=clock.now(), picture_base=picture_base)


def _people(
    telegram: TelegramStandIn, demo: DemoShop, store: Store
) -> tuple[Customer, ...]:
    from store.shop import customers  # noqa: PLC0415

    made = []
    with store.read() as connection:
        rows = {row.id: row for row in connection.execute(select(customers))}
    for number, customer_id in enumerate(demo.customer_ids, start=1):
        row = rows[customer_id]
        language = (row.locale or "").split("-")[0] or None
        name = row.name or row.email
        phone = telegram.person(
            7_000_000_000 + number, name.split()[0], language, username=None
        )
        made.append(Customer(id=customer_id, name=name, phone=phone))
    return tuple(made)


def _opening_offset() -> timedelta:
    """Return how far to move the clock so that the shop has just opened."""
    zone = ZoneInfo("Europe/Berlin")
    real = Clock().now()
    local = real.astimezone(zone)
    opening = local.replace(hour=_BEGINS_AT, minute=0, second=0, microsecond=0)
    while opening <= local or opening.weekday() > 4:
        opening += timedelta(days=1)
    return opening.astimezone(UTC) - real
