"""Messages per second and CPU per message: our way out against the usual two.

All send the same message with 32 in flight to the same minimal server in a process of
its own; CPU is this process's alone.
"""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import telegram
from sqlalchemy import insert

from bot.channel import Parcel
from bot.clock import Clock
from bot.pace import Pace
from bot.relay import IN_FLIGHT, Relay
from bot.telegram.client import BotApi
from bot.telegram.delivery import TelegramChannel
from bot.telegram.pictures import Pictures
from store.engine import Store
from store.schema import prepare
from store.tables import outbox

from .measure import Results, Sample, Stopwatch, side_by_side
from .message import BUTTONS, CALL, PAYLOAD, TEXT, TOKEN, chat_number
from .report import Figure, table
from .scene import open_turns
from .server import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from rich.console import Console

    from .measure import Contender
    from .progress import Progress

ROUNDS = 5
#: Messages of a round; the slow get fewer, so that a round stays short.
MANY, FEW = 512, 96

ADAPTER = "our adapter"
RELAY = "relay and outbox, durable"
AIOHTTP = "bare aiohttp"
DEFAULT = "PTB as it comes (httpx)"
STRICT = "our adapter to the strict stand-in"


async def measure(folder: Path, console: Console, progress: Progress) -> list[Figure]:
    """Print how fast messages go out, and return the two figures."""
    progress.begin(f"Messages: {ROUNDS} rounds, {IN_FLIGHT} in flight")
    async with AsyncExitStack() as stack:
        minimal = await stack.enter_async_context(running("minimal"))
        strict = await stack.enter_async_context(running("strict"))
        url = f"sqlite:///{folder / 'outbox.db'}"
        contenders = {
            AIOHTTP: await stack.enter_async_context(_bare(minimal)),
            ADAPTER: await stack.enter_async_context(_adapter(minimal, MANY)),
            RELAY: await stack.enter_async_context(_relay(minimal, url)),
            DEFAULT: await stack.enter_async_context(_default(minimal)),
            STRICT: await stack.enter_async_context(_adapter(strict, FEW)),
        }
        for contender in contenders.values():
            await contender(0)  # connections open, caches fill
        results = await side_by_side(contenders, ROUNDS, progress)
    progress.end()
    return _told(results, console)


@asynccontextmanager
async def _bare(address: str) -> AsyncIterator[Contender]:
    connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector) as session:
        url = f"{address}{TOKEN}/sendMessage"

        async def send(number: int) -> None:
            call = {"chat_id": chat_number(number), **CALL}
            async with session.post(url, json=call) as answer:
                await answer.json()

        yield _sending(send, MANY)


@asynccontextmanager
async def _adapter(address: str, count: int) -> AsyncIterator[Contender]:
    async with _channel(address) as channel:

        async def send(number: int) -> None:
            await channel.deliver(
                Parcel(
                    id=number,
                    lane="chat:1",
                    address=str(chat_number(number)),
                    key="status",
                    payload=PAYLOAD,
                )
            )

        yield _sending(send, count)


@asynccontextmanager
async def _default(address: str) -> AsyncIterator[Contender]:
    keyboard = telegram.InlineKeyboardMarkup(
        [[telegram.InlineKeyboardButton(**one) for one in row] for row in BUTTONS]
    )
    quiet = telegram.LinkPreviewOptions(is_disabled=True)
    async with telegram.Bot(TOKEN, base_url=address) as bot:

        async def send(number: int) -> None:
            await bot.send_message(
                chat_number(number),
                TEXT,
                parse_mode="HTML",
                link_preview_options=quiet,
                reply_markup=keyboard,
            )

        yield _sending(send, FEW)


@asynccontextmanager
async def _relay(address: str, url: str) -> AsyncIterator[Contender]:
    """The whole way: claimed, sent, marked, on the disk before and after."""
    store = Store(url)
    prepare(store, create_shop=True)
    turns = open_turns(store)
    async with _channel(address) as channel:
        relay = Relay(
            store,
            turns,
            Clock(),
            {"telegram": channel},
            paces={"telegram": Pace(limits=None)},
        )
        task = asyncio.create_task(relay.run())
        await relay.idle()

        async def run(number: int) -> Sample:
            _fill(store, number)
            watch = Stopwatch.started()
            relay.wake()
            await relay.idle()
            return watch.sample(MANY)

        yield run
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    turns.stop()
    store.close()


def _fill(store: Store, number: int) -> None:
    """Put a round's messages into the outbox, each to a lane of its own."""
    rows = [
        {
            "lane": f"chat:{number}:{one}",
            "pace_key": f"{number}:{one}",
            "channel": "telegram:100200300",
            "address": str(chat_number(one)),
            "urgency": 0,
            "key": "status",
            "payload": PAYLOAD,
            "created_at": Clock().now(),
        }
        for one in range(MANY)
    ]
    with store.write() as connection:
        connection.execute(insert(outbox), rows)


@asynccontextmanager
async def _channel(address: str) -> AsyncIterator[TelegramChannel]:
    api = BotApi(token=TOKEN, api_url=address)
    await api.connect()
    try:
        yield TelegramChannel(api, Pictures(api))
    finally:
        await api.transport.shutdown()


def _sending(send: Callable[[int], Awaitable[None]], count: int) -> Contender:
    async def run(_round: int) -> Sample:
        watch = Stopwatch.started()
        numbers = iter(range(count))

        async def work() -> None:
            for number in numbers:
                await send(number)

        await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
        return watch.sample(count)

    return run


def _told(results: Results, console: Console) -> list[Figure]:
    rows = [
        (
            name,
            f"{results.rate(name):.0f}",
            f"{results.cpu_each(name) * 1e6:.0f}",
            f"{results.times_slower(DEFAULT, name):.1f}",
            f"{results.times_the_cpu(name, AIOHTTP):.2f}",
        )
        for name in results.samples
    ]
    table(
        console,
        f"Messages, {IN_FLIGHT} in flight to a minimal local server",
        ("way out", "per second", "CPU µs", "times PTB", "aiohttp's CPU"),
        rows,
    )
    return [
        Figure(
            name="delivery_vs_ptb_default",
            value=results.times_slower(DEFAULT, ADAPTER),
            unit="times",
            against="messages a second of PTB's default HTTP backend; at least 8",
        ),
        Figure(
            name="delivery_cpu_vs_aiohttp",
            value=results.times_the_cpu(ADAPTER, AIOHTTP),
            unit="times",
            against="CPU per message of bare aiohttp; less is better",
        ),
    ]
