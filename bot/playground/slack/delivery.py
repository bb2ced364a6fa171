"""Telling the app: within three seconds, again where events stay unacknowledged.

Events are repeated at once, after one minute and after five; interactions never are.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from bot.playground.slack.changes import Change, Changes
from bot.playground.slack.faults import Faults
from bot.playground.slack.identity import Identity
from bot.playground.slack.routes import Attempt, Packet, PacketKind, Reply, Route
from bot.playground.slack.timers import Timers

ACK_SECONDS = 3.0
RETRY_AFTER_SECONDS = (0.0, 60.0, 300.0)


class Delivery:
    """Sends packets over whichever route is up and keeps a log of what came back."""

    def __init__(
        self,
        *,
        identity: Identity,
        timers: Timers,
        changes: Changes,
        faults: Faults,
        route: Callable[[], Route],
    ) -> None:
        self._identity = identity
        self._timers = timers
        self._changes = changes
        self._faults = faults
        self._route = route
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_flight = 0
        self._events = 0
        self.log: deque[Attempt] = deque(maxlen=2000)

    async def once(self, packet: Packet) -> Reply:
        """Send a packet one time; Slack hangs up after three seconds."""
        self._in_flight += 1
        try:
            reply = await self._timers.within(ACK_SECONDS, self._route().send(packet))
        except TimeoutError:
            reply = Reply(reason="http_timeout")
        finally:
            self._in_flight -= 1
        self.log.append(Attempt(packet=packet, reply=reply))
        self._changes.announce(Change(kind="delivery", detail=packet.kind))
        return reply

    def event(self, event: dict[str, Any]) -> None:
        """Tell the app about an event, in the background."""
        self._events += 1
        self.in_background(self._insist(self.envelope(event)))

    def envelope(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return the outer event with its own event_id."""
        identity = self._identity
        return {
            "token": "verification",
            "team_id": identity.team_id,
            "context_team_id": identity.team_id,
            "api_app_id": identity.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{self._events:010d}",
            "event_time": int(float(event["event_ts"])),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": identity.team_id,
                    "user_id": identity.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{self._events}",
        }

    async def settled(self, *, timeout: float = 10) -> None:  # noqa: ASYNC109 - the caller's patience, in real seconds
        """Return once nothing is being sent; later retries do not count."""
        await asyncio.sleep(0)
        await self._changes.until(
            lambda: True if self._in_flight == 0 else None, timeout=timeout
        )

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something until it ends or the stand-in stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Give up everything still under way."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _insist(self, payload: dict[str, Any]) -> None:
        kind: PacketKind = "events_api"
        reply = await self.once(Packet(kind=kind, payload=payload))
        if reply.is_ack and self._faults.take_repeat():
            reply = Reply(reason="http_timeout")
        for number, seconds in enumerate(RETRY_AFTER_SECONDS, start=1):
            if reply.is_ack or reply.no_retry:
                return
            await self._timers.until(self._timers.now() + seconds)
            packet = Packet(
                kind=kind,
                payload=payload,
                retry_num=number,
                retry_reason=reply.reason,
            )
            reply = await self.once(packet)
