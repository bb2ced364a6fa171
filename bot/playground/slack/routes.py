"""What every way to the app has in common: one packet out, one reply back."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

PacketKind = Literal["events_api", "interactive", "slash_commands"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One thing Slack tells the app, and which attempt at telling it this is."""

    kind: PacketKind
    payload: dict[str, Any]
    retry_num: int = 0
    retry_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back: an HTTP status, or 200 for a Socket Mode acknowledgement.

    `status` is None where nothing came back in time; `reason` is Slack's word for the
    failure and empty for success.
    """

    status: int | None = None
    body: Any = None
    reason: str = ""
    no_retry: bool = False

    @property
    def is_ack(self) -> bool:
        """Whether Slack is satisfied."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One packet with its reply, as the delivery log keeps it."""

    packet: Packet
    reply: Reply


class Route(Protocol):
    """A way to the app."""

    async def send(self, packet: Packet) -> Reply:
        """Send a packet and return the reply, however long that takes."""
        ...
