"""A relay in front of a store, with a platform that answers as the test says."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from bot.pace import Pace
from bot.relay import Relay
from bot.rules import publish
from flows.events import ChatKey, CustomerStarted
from flows.links import LINK_LASTS, mint
from store import outbox, shop
from store.tables import outbox as sendings

from ..crash import scene
from ..crash.scene import CHANNEL, HandClock
from ..crash.wire import Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.turns import Turns
    from store.columns import AnyRow
    from store.engine import Store

SECRET = scene.SECRET.encode()
#: Seconds; what is tried again within one the relay does not call idle.
BACK_OFF = 2.0


class Post:
    """A relay with a platform that answers as the test says, and a clock by hand."""

    def __init__(self, store: Store, turns: Turns, clock: HandClock) -> None:
        self.store = store
        self.turns = turns
        self.clock = clock
        self.wire = Wire()
        self.relay: Relay | None = None

    @asynccontextmanager
    async def running(self, *, back_off: float = BACK_OFF) -> AsyncIterator[None]:
        """Deliver for the time of the block."""
        self.relay = Relay(
            self.store,
            self.turns,
            self.clock,
            {"telegram": self.wire, "slack": self.wire},
            paces={name: Pace(limits=None) for name in ("telegram", "slack")},
            back_off=back_off,
        )
        self.turns.committed = self.relay.wake
        task = asyncio.create_task(self.relay.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def put(self, lane: str = "chat:1", key: str = "status", **columns: Any) -> int:
        """Put a message into the outbox."""
        row = {
            "lane": lane,
            "pace_key": lane,
            "channel": CHANNEL,
            "address": lane,
            "urgency": 1,
            "key": key,
            "payload": {"kind": "text", "text": key, "rows": []},
            "created_at": self.clock.now(),
        }
        with self.store.write() as connection:
            made = outbox.put(connection, **row | columns)
        if self.relay is not None:
            self.relay.wake()
        return made

    async def settle(self, seconds: float = 0.0) -> None:
        """Move machine time on and return when nothing can be sent any more."""
        self.clock.seconds += seconds
        if self.relay is not None:
            async with asyncio.timeout(10):
                await self.relay.idle()

    def row(self, row_id: int) -> AnyRow:
        """Return a message as it stands."""
        (found,) = scene.rows(self.store, sendings, sendings.c.id == row_id)
        return found

    def sleeps_at_night(self) -> None:
        """Let the buyers have quiet hours from now on."""
        policy = scene.POLICY.replace("0:00-0:00", "21:00-8:00")
        with self.store.write() as connection:
            publish(connection, policy, self.clock.now())
        self.turns._rules.follow(self.store)

    def a_proposal(self, *, picture: bool = False, second: bool = False) -> scene.Buyer:
        """Leave a greeting and a proposal in the outbox, perhaps with a picture."""
        with self.store.write() as connection:
            scene.open_shop(connection)
            if picture:
                url = {"image_url": "https://shop.example/tee.png"}
                connection.execute(update(shop.products).values(url))
            buyer = scene.a_buyer(connection)
        scene.link(self.turns, buyer)
        if second:
            self._link_second(buyer)
        scene.ask(self.turns, buyer)
        return buyer

    def _link_second(self, buyer: scene.Buyer) -> None:
        """Tie another chat of the same person to the buyer's order."""
        payload = mint(buyer.order_id, self.clock.now() + LINK_LASTS, SECRET)
        chat = ChatKey(channel=CHANNEL, address=f"-{buyer.person}")
        self.turns.take_now(
            CustomerStarted(chat=chat, sender=buyer.sender, payload=payload)
        )

    def rows_of(self, buyer: scene.Buyer, key: str) -> list[AnyRow]:
        """Return a buyer's messages of a key."""
        return [r for r in scene.sent_to(self.store, buyer) if r.key == key]


@contextmanager
def at(store: Store) -> Iterator[Post]:
    """Put a relay, not yet running, in front of a store."""
    clock = HandClock()
    with scene.turns_at(store, clock) as turns:
        yield Post(store, turns, clock)
