"""Both ways in: polling and sockets, webhook and signed HTTP; replicas take over."""

from __future__ import annotations

import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.app import Bot, open_bot
from bot.clock import Clock
from bot.playground.slack import SlackStandIn
from bot.playground.telegram import TelegramStandIn
from bot.settings import load
from store.engine import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

TOKEN = "424242:ways-in"
CHANNEL = "C0WAYS"


@dataclass(slots=True)
class World:
    """Both platforms, and what is needed to run bots on them."""

    telegram: TelegramStandIn
    slack: SlackStandIn
    clock: Clock
    url: str
    folder: Path

    def settings(self, **more: str) -> dict[str, str]:
        """Return the environment of one replica."""
        return {
            "DATABASE_URL": self.url,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": self.telegram.base_url,
            "TELEGRAM_FILE_URL": self.telegram.file_url,
            "SLACK_BOT_TOKEN": "xoxb-ways",
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_CHANNEL": CHANNEL,
            "SLACK_STAFF": "U0MIA",
            "LINK_SECRET": "a secret nobody guesses",
            "OPS_BIND": "127.0.0.1:0",
            "MODE": "act",
            "POLICY_FILE": str(self.folder / "policy.toml"),
            **more,
        }

    @asynccontextmanager
    async def replica(self, **more: str) -> AsyncIterator[Bot]:
        """Run one replica of the bot."""
        store = Store(self.url)
        try:
            settings = load(self.settings(**more))
            async with open_bot(settings, store, self.clock) as bot:
                await bot.reading.settled.wait()
                yield bot
        finally:
            store.close()


@asynccontextmanager
async def world(url: str, folder: Path) -> AsyncIterator[World]:
    """Start both platforms with one colleague."""
    clock = Clock()
    telegram = TelegramStandIn(token=TOKEN, now=clock.now)
    slack = SlackStandIn(
        bot_token="xoxb-ways", app_token="xapp-ways", signing_secret="signing-ways"
    )
    async with telegram, slack:
        slack.channel(CHANNEL, "backorders")
        slack.person("U0MIA", "Mia")
        yield World(telegram, slack, clock, url, folder)


def free_port() -> int:
    """Return a port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_polling_and_socket_mode(store_url: str, tmp_path: Path) -> None:
    """A stranger asks for a person, and a colleague's reply comes back."""
    async with (
        world(store_url, tmp_path) as stage,
        stage.replica(SLACK_APP_TOKEN="xapp-ways"),
    ):
        await ask_and_answer(stage)


async def test_webhook_and_signed_http(sqlite_url: str, tmp_path: Path) -> None:
    """The same conversation, with both platforms calling us."""
    port = free_port()
    async with world(sqlite_url, tmp_path) as stage:
        ours = f"http://127.0.0.1:{port}"
        async with stage.replica(
            BIND=f"127.0.0.1:{port}",
            TELEGRAM_MODE="webhook",
            TELEGRAM_WEBHOOK_URL=f"{ours}/telegram",
            TELEGRAM_WEBHOOK_SECRET="webhook-secret",
            SLACK_SIGNING_SECRET="signing-ways",
        ):
            await stage.slack.deliver_to(f"{ours}/slack/events")
            await ask_and_answer(stage)


async def test_another_replica_takes_the_reading_over(
    postgres_url: str, tmp_path: Path
) -> None:
    """Of two pollers one reads; when it ends, the other goes on; nothing is lost."""
    async with world(postgres_url, tmp_path) as stage:
        olga = stage.telegram.person(77, "Olga", "en")
        async with stage.replica(SLACK_APP_TOKEN="xapp-ways") as second:
            async with stage.replica(SLACK_APP_TOKEN="xapp-ways"):
                olga.says("hello")
                first_hello = await olga.hears("order assistant")
            olga.says("hello again")
            await olga.hears("order assistant", after=first_hello.id)
            assert second.rules.mode == "act"


async def ask_and_answer(stage: World) -> None:
    """A stranger asks for a person; Mia answers through the form."""
    olga = stage.telegram.person(77, "Olga", "en")
    mia = next(p for p in stage.slack.people if p.id == "U0MIA")
    channel = stage.slack.workspace.channels[CHANNEL]
    olga.says("I want to talk to a human")
    await olga.hears("I've passed this to our team")
    card = await channel.hears("Olga would like to talk to a person")
    await mia.clicks(CHANNEL, card.ts, "Reply to customer")
    form = await mia.sees_modal()
    await mia.submits(form, {"reply": "Hi Olga, how can I help?"})
    await olga.hears("Hi Olga, how can I help?")
