"""A bot that can be killed, among stand-ins that live on, on a store of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from bot.clock import Clock
from bot.playground.slack import SlackStandIn
from bot.playground.telegram import TelegramStandIn
from store.engine import Store
from store.tables import outbox

from . import scene

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.playground.slack import Channel
    from bot.playground.slack import Person as Colleague
    from bot.playground.telegram import Person

TOKEN = "100200300:crash"
SLACK_CHANNEL = "C0CRASH"
#: Seconds in which anything that is to happen has happened, also on a busy machine.
PATIENCE = 30.0
PATIENT = timedelta(seconds=PATIENCE)
#: Machine seconds after which a dead worker's rows may be taken over.
LEASE_OVER = 61.0


class Nursery:
    """Forks bots; see ``child``."""

    def __init__(self, log: Path) -> None:
        self.log = log
        program = Path(__file__).with_name("child.py")
        with log.open("wb") as written:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, program],
                stdin=subprocess.PIPE,
                stdout=written,
                stderr=written,
            )

    def fork(self, order: dict[str, Any]) -> None:
        """Start a bot."""
        if self._process.stdin is None:
            raise RuntimeError("the nursery has no ear")
        self._process.stdin.write(f"{json.dumps(order)}\n".encode())
        self._process.stdin.flush()

    def close(self) -> None:
        """Fork no more."""
        self._process.communicate()


class Running:
    """One running bot process, until it is killed."""

    def __init__(
        self, pid: int, said: asyncio.StreamReader, ear: asyncio.StreamWriter
    ) -> None:
        self.pid = pid
        self._said = said
        self._ear = ear

    async def arm(self, hop: str, of: str) -> None:
        """Let it stand still at the next such hop."""
        self._order(do="arm", hop=hop, of=of)
        await self.says("armed")

    async def dies_at(self, hop: str) -> None:
        """Wait until it stands at a hop, be it up by then or not, and kill it there."""
        while (said := await self.next_word()) != f"at {hop}":
            if said != "up":
                raise AssertionError(f"the bot said {said!r} before {hop!r}")
        await self.dies()

    async def dies(self) -> None:
        """Kill it, wherever it is, and see it dead."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(PATIENCE):
                await self._said.read()
        self._ear.close()
        with contextlib.suppress(ConnectionError):
            await self._ear.wait_closed()

    async def settles(self) -> None:
        """Wait until it has nothing left to do at this instant."""
        self._order(do="settle")
        await self.says("settled")

    async def says(self, word: str) -> None:
        """Wait for a word."""
        if (said := await self.next_word()) != word:
            raise AssertionError(f"the bot said {said!r}, not {word!r}")

    async def next_word(self) -> str:
        """Return its next word; none when it died by itself."""
        async with asyncio.timeout(PATIENCE):
            said = (await self._said.readline()).decode().strip()
        if not said:
            raise AssertionError("the bot died by itself")
        return said

    def _order(self, **order: Any) -> None:
        self._ear.write(f"{json.dumps(order)}\n".encode())


@dataclass(slots=True)
class House:
    """Everything around the bot, which dies while this lives."""

    store: Store
    clock: Clock
    telegram: TelegramStandIn
    slack: SlackStandIn
    channel: Channel
    mia: Colleague
    nursery: Nursery
    folder: Path
    url: str
    machine_ahead: float = 0.0
    _living: list[Running] = field(default_factory=list)

    async def starts(self, armed: tuple[str, str] | None = None) -> Running:
        """Start the bot; with ``armed`` it may stand still even before it is up."""
        called: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
        called = asyncio.get_running_loop().create_future()

        async def on_call(
            said: asyncio.StreamReader, ear: asyncio.StreamWriter
        ) -> None:
            called.set_result((said, ear))

        server = await asyncio.start_server(on_call, "127.0.0.1", 0)
        self.nursery.fork(
            {
                "settings": self._settings(),
                "control": server.sockets[0].getsockname(),
                "offset": self.clock.offset.total_seconds(),
                "ahead": self.machine_ahead,
                "armed": armed,
            }
        )
        try:
            async with asyncio.timeout(PATIENCE):
                said, ear = await called
                pid = (await said.readline()).decode().split()[-1]
        except TimeoutError:
            raise AssertionError(self.nursery.log.read_text()[-3000:]) from None
        finally:
            server.close()
        running = Running(int(pid), said, ear)
        self._living.append(running)
        if armed is None:
            await running.says("up")
        return running

    async def starts_again(self, armed: tuple[str, str] | None = None) -> Running:
        """Start the bot after a crash, when dead workers' leases are over."""
        self.machine_ahead += LEASE_OVER
        return await self.starts(armed)

    async def quiet(self, bot: Running) -> None:
        """Wait until every update is confirmed and all that follows has happened."""
        await self.confirmed()
        await bot.settles()

    async def confirmed(self) -> None:
        """Wait until the bot has confirmed every update and asks for more."""
        telegram = self.telegram
        await telegram.changes.until(
            lambda: telegram.is_polled and not telegram.pending_count,
            PATIENT,
        )

    async def decides(self, buyer: scene.Buyer) -> None:
        """Wait until something is decided about the buyer's line, and shown."""
        await self.telegram.changes.until(
            lambda: bool(scene.decided(self.store, buyer)),
            PATIENT,
        )

    def moves(self, by: timedelta) -> None:
        """Move business time, for whoever starts from now on."""
        self.clock.move(by)

    def meets(self, buyer: scene.Buyer) -> Person:
        """Return the buyer's phone, on which the chat has been opened before."""
        person = self.telegram.person(buyer.person)
        person.starts()
        self.telegram.drop_updates()
        return person

    def check_chat(
        self, buyer: scene.Buyer, *, repeats: int = 0, perhaps: int = 0
    ) -> None:
        """Fail unless the phone shows what was committed: all of it, in order, once.

        ``repeats``: how many messages came twice, being accepted by the platform
        when the bot died before it had noted that; ``perhaps``: how many more may
        have, where the bot died at a moment that does not tell.
        """
        sent = [
            row
            for row in scene.sent_to(self.store, buyer)
            if row.payload["kind"] == "text"
        ]
        assert [row.state for row in sent] == ["sent"] * len(sent)
        phone = self.telegram.person(buyer.person)
        heard = [message.id for message in phone.heard]
        ids = [int(row.platform_id) for row in sent]
        assert ids == sorted(set(ids)), "the lane's order"
        twice = len(heard) - len(ids)
        assert repeats <= twice <= repeats + perhaps, "each once"
        assert set(ids) <= set(heard), "all that was committed"
        texts = {message.id: message.text for message in phone.heard}
        known = {texts[i] for i in ids}
        assert {texts[i] for i in heard} <= known, "nothing but what was committed"
        assert all(press.answered_at for press in phone.presses), "every tap"

    async def close(self) -> None:
        """Kill whoever still lives."""
        for running in self._living:
            await running.dies()

    def unsent(self) -> int:
        """Return how many messages still wait."""
        waiting = outbox.c.state.in_(("waiting", "leased"))
        with self.store.read() as connection:
            return (
                connection.scalar(
                    select(func.count()).select_from(outbox).where(waiting)
                )
                or 0
            )

    def _settings(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.url,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": self.telegram.base_url,
            "TELEGRAM_FILE_URL": self.telegram.file_url,
            "SLACK_BOT_TOKEN": self.slack.identity.bot_token,
            "SLACK_APP_TOKEN": self.slack.identity.app_token,
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_CHANNEL": SLACK_CHANNEL,
            "SLACK_STAFF": "U0MIA",
            "LINK_SECRET": scene.SECRET,
            "OPS_BIND": "127.0.0.1:0",
            "MODE": "act",
            "POLICY_FILE": str(self.folder / "none.toml"),
        }


def nursery(folder: Path) -> Iterator[Nursery]:
    """Run a nursery for the time of the generator."""
    made = Nursery(folder / "bots.log")
    try:
        yield made
    finally:
        made.close()


@asynccontextmanager
async def opened(url: str, nursery: Nursery, folder: Path) -> AsyncIterator[House]:
    """Open a house whose business time begins at the builders' noon."""
    clock = Clock(scene.NOON - Clock().now())
    store = Store(url)
    telegram = TelegramStandIn(token=TOKEN, now=clock.now, pace=None)
    slack = SlackStandIn(stamps=clock.now, pace=None)
    try:
        async with telegram, slack:
            house = House(
                store=store,
                clock=clock,
                telegram=telegram,
                slack=slack,
                channel=slack.channel(SLACK_CHANNEL, "crash"),
                mia=slack.person("U0MIA", "Mia"),
                nursery=nursery,
                folder=folder,
                url=url,
            )
            try:
                yield house
            finally:
                await house.close()
    finally:
        store.close()


async def an_open_offer(house: House) -> tuple[Running, scene.Buyer, Person]:
    """Run the bot until a customer was asked to choose."""
    buyer, person = a_proposal_waits(house)
    bot = await house.starts()
    await bot.settles()
    assert scene.offer_of(house.store, buyer).state == "open"
    return bot, buyer, person


def a_proposal_waits(house: House) -> tuple[scene.Buyer, Person]:
    """Leave a greeting and a proposal in the outbox; no bot runs yet."""
    with house.store.write() as connection:
        scene.open_shop(connection)
        buyer = scene.a_buyer(connection)
    with scene.turns_at(house.store, house.clock) as turns:
        scene.link(turns, buyer)
        scene.ask(turns, buyer)
    return buyer, house.meets(buyer)
