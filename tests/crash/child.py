"""The bot in a process of its own that can be stopped at a hop, to be killed there.

A nursery imports the bot once and forks one process per line on its stdin: a JSON
object with the settings, the clock's offsets and the address of the test's control.
The forked process runs ``bot.app.run`` as production does; hooks around its functions
tell the control that a hop was reached, and stand still there.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import signal
import socket
import sys
import threading
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import bot.app
import bot.relay
import bot.turns
import bot.watch
from bot.clock import Clock
from bot.settings import load
from bot.slack.delivery import SlackChannel
from bot.telegram.delivery import TelegramChannel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

#: Steps of a turn, in order: the hop's name, and the function it comes after.
TURN_STEPS = {
    "admitted": (bot.turns.inbox, "admit"),
    "locked": (bot.turns, "lock_cases"),
    "loaded": (bot.turns, "load_case"),
    "advanced": (bot.turns, "advance"),
    "saved": (bot.turns, "save_case"),
    "carried out": (bot.turns, "carry_out"),
    "about to commit": (bot.turns, "note_notices"),
}


class LaterClock(Clock):
    """Both clocks, each running ahead by what the test says."""

    def __init__(self, offset: timedelta, ahead: timedelta) -> None:
        super().__init__(offset)
        self._ahead = ahead.total_seconds()

    def machine(self) -> float:
        """Return the machine's time as it would be then."""
        return super().machine() + self._ahead


class Hops:
    """Knows at which hop to stand still, and talks with the test."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._armed: tuple[str, str] | None = None
        self._turn = threading.local()
        self.bot: bot.app.Bot | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    def listen(self) -> None:
        """Do what the test asks, until it hangs up."""
        for line in self._control.makefile(encoding="utf-8"):
            order = json.loads(line)
            if order["do"] == "arm":
                self._armed = (order["hop"], order["of"])
                self.tell("armed")
            elif self.loop is not None:
                asyncio.run_coroutine_threadsafe(self._settle(), self.loop)

    def tell(self, word: str) -> None:
        """Tell the test something."""
        self._control.sendall(f"{word}\n".encode())

    def reach(self, hop: str, of: str) -> None:
        """Stand still for ever, in all threads, where the test wants to see us die."""
        if self._armed == (hop, of):
            self._armed = None
            self.tell(f"at {hop}")
            os.kill(os.getpid(), signal.SIGSTOP)

    @property
    def event(self) -> str:
        """The kind of event whose turn this thread takes."""
        return getattr(self._turn, "event", "")

    def step(self, hop: str) -> None:
        """Reach a hop of this thread's turn."""
        self._turn.did = getattr(self._turn, "did", set()) | {hop}
        self.reach(hop, self.event)

    def around_turn(self, take: Callable[..., Any]) -> Callable[..., Any]:
        """Note whose turn it is, and reach the hop behind its commit."""

        @functools.wraps(take)
        def wrapped(turns: Any, event: Any, *rest: Any) -> Any:
            self._turn.event, self._turn.did = type(event).__name__, set()
            if not hasattr(turns, "nudge"):
                # Before anybody hears of the commit: else the relay may send first.
                turns.nudge = turns.committed
                turns.committed = lambda: (self._commit(), turns.nudge())
            outcome = take(turns, event, *rest)
            self._commit()
            return outcome

        return wrapped

    def _commit(self) -> None:
        did = getattr(self._turn, "did", set())
        if "carried out" in did and "committed" not in did:
            self.step("committed")

    async def _settle(self) -> None:
        if self.bot is not None:
            await self.bot.settle()
            self.tell("settled")


def hook(hops: Hops) -> None:
    """Put a hop behind every step of turns, deliveries and the watch."""
    for hop, (owner, name) in TURN_STEPS.items():
        _after(owner, name, lambda _result, _args, hop=hop: hops.step(hop))
    bot.turns.Turns._take = hops.around_turn(bot.turns.Turns._take)

    def claimed(rows: Any, _args: Any) -> None:
        for row in rows:
            hops.reach("claimed", row.key)

    def expanded(notes: int, _args: Any) -> None:
        if notes:
            hops.reach("notes taken", "shop")

    def queued(customers: list[str], _args: Any) -> None:
        if customers:
            hops.reach("customers queued", "shop")

    def marked(_result: Any, _args: Any) -> None:
        hops.reach("marked", "reply")

    def counted(_result: Any, _args: Any) -> None:
        hops.reach("counted", "failure")

    _after(bot.turns.Turns, "_failed", counted)
    _after(bot.relay.Relay, "_claim_rows", claimed)
    _after(bot.relay.Relay, "_mark_sent", marked)
    _after(bot.watch.changes, "expand", expanded)
    _after(bot.watch.Watch, "_expand", queued)
    for channel in (TelegramChannel, SlackChannel):
        _after_delivery(channel, hops)
    _after_start(hops)


def _after(owner: Any, name: str, then: Callable[[Any, Any], None]) -> None:
    original = getattr(owner, name)

    @functools.wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        then(result, args)
        return result

    setattr(owner, name, wrapped)


def _after_delivery(channel: Any, hops: Hops) -> None:
    original = channel.deliver

    async def deliver(self: Any, parcel: Any) -> str | None:
        platform_id: str | None = await original(self, parcel)
        hops.reach("accepted", parcel.key)
        return platform_id

    channel.deliver = deliver


def _after_start(hops: Hops) -> None:
    original = bot.app.open_bot

    @asynccontextmanager
    async def open_bot(*args: Any, **kwargs: Any) -> AsyncIterator[bot.app.Bot]:
        async with original(*args, **kwargs) as opened:
            hops.bot, hops.loop = opened, asyncio.get_running_loop()
            hops.tell("up")
            yield opened

    bot.app.open_bot = open_bot


def live(order: dict[str, Any]) -> None:
    """Be the bot until killed."""
    control = socket.create_connection(tuple(order["control"]))
    hops = Hops(control)
    hops.tell(f"pid {os.getpid()}")
    armed = order.get("armed")
    if armed:
        hops._armed = tuple(armed)
    hook(hops)
    threading.Thread(target=hops.listen, daemon=True).start()
    clock = LaterClock(
        timedelta(seconds=order["offset"]), timedelta(seconds=order["ahead"])
    )
    asyncio.run(bot.app.run(load(order["settings"]), clock=clock))


def orders() -> Iterator[dict[str, Any]]:
    """Yield what the tests ask for, one line each."""
    for line in sys.stdin:
        yield json.loads(line)


def main() -> None:
    """Fork a bot per order; the dead are buried by the system."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for order in orders():
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                live(order)
            finally:
                sys.stdout.flush()
                os._exit(1)


if __name__ == "__main__":
    main()
