"""What a turn is told besides the case and the event: the time, the rules, the dice."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from flows.policy import Policy


class Mode(StrEnum):
    """How much the bot may do by itself."""

    WATCH = "watch"
    ASK = "ask"
    ACT = "act"


class Dice(Protocol):
    """A source of random bytes: the machine's in production, seeded in tests."""

    def randbytes(self, n: int, /) -> bytes:
        """Return ``n`` random bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A stretch in which a channel could not hear its customers."""

    channel: str
    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Everything around one turn. ``now`` is business time, sampled under the lock.

    ``heard_until`` says per channel up to when it is known to be read; a channel
    that is missing was never read.
    """

    now: datetime
    policy: Policy
    dice: Dice
    mode: Mode = Mode.ACT
    staff_language: str = "en"
    #: The bot's address, like https://t.me/name; empty when there is no bot yet.
    chat_link: str = ""
    link_secret: bytes = field(default=b"", repr=False)
    heard_until: dict[str, datetime] = field(default_factory=dict)
    outages: tuple[Outage, ...] = ()
    stale: bool = False
    #: Consolations of the last 30 days per currency, in minor units, for the budget.
    consoled: dict[str, int] = field(default_factory=dict)
    braked: str = ""

    def new_id(self) -> str:
        """Return an id nobody can guess: 12 random bytes as 16 URL-safe characters."""
        return urlsafe_b64encode(self.dice.randbytes(12)).decode()
