"""The one seam between relay and platform: a parcel goes out, a receipt comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One outbox row on its way.

    ``payload`` has a ``kind``: for Telegram ``text`` (text, rows), ``photo``
    (url), ``edit`` (text, rows); for Slack ``card``, ``thread``, ``update`` (summary,
    text, buttons). ``target`` is the platform's id of the message to edit or
    to answer below; None when that was never sent.
    """

    id: int
    lane: str
    address: str
    key: str
    payload: dict[str, Any]
    target: str | None = None


class ChannelError(Exception):
    """A message did not go out."""


class TryLater(ChannelError):
    """A message did not go out now; the same message may later."""

    def __init__(self, reason: str, *, after: float | None = None) -> None:
        super().__init__(reason)
        #: Seconds of machine time the platform told us to wait; None: our back-off.
        self.after = after


class Refused(ChannelError):
    """The platform will never take this message, but others to this chat it will."""


class Unreachable(ChannelError):
    """The chat is closed to us until the person returns."""


class Channel(Protocol):
    """A platform that takes finished messages."""

    async def deliver(self, parcel: Parcel) -> str | None:
        """Send one parcel and return the platform's id of the message.

        Raises:
            TryLater: The network or the platform is not ready.
            Refused: This message will never be taken.
            Unreachable: The person closed the chat.
        """
