"""One channel: its messages in order, its threads, and who is in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.playground.slack.changes import Changes
from bot.playground.slack.identity import Identity
from bot.playground.slack.message import Message


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel, or a direct message when `dm_with` names the person."""

    id: str
    name: str
    changes: Changes = field(repr=False)
    identity: Identity = field(repr=False)
    members: set[str] = field(default_factory=set)
    has_bot: bool = True
    is_private: bool = False
    is_archived: bool = False
    dm_with: str | None = None
    _log: dict[str, Message] = field(default_factory=dict, repr=False)

    @property
    def everything(self) -> list[Message]:
        """Every message, threads' replies too, oldest first."""
        return list(self._log.values())

    @property
    def messages(self) -> list[Message]:
        """What the channel itself shows, oldest first."""
        return [
            each
            for each in self._log.values()
            if each.thread_ts is None or each.also_in_channel
        ]

    def thread(self, ts: str) -> list[Message]:
        """Return the replies below the message `ts`, oldest first."""
        return [each for each in self._log.values() if each.thread_ts == ts]

    def message(self, ts: str) -> Message | None:
        """Return the message with this timestamp, None where there is none."""
        return self._log.get(ts)

    def add(self, message: Message) -> None:
        """Put a message at the end."""
        self._log[message.ts] = message

    def remove(self, message: Message) -> None:
        """Take a message away; a thread's root leaves a tombstone behind."""
        if self.thread(message.ts):
            message.text = "This message was deleted."
            message.blocks, message.files, message.metadata = [], [], None
            message.is_tombstone = True
        else:
            del self._log[message.ts]

    async def hears(
        self,
        wanted: str | Callable[[Message], bool],
        *,
        timeout: float = 15,  # noqa: ASYNC109 - the caller's patience, in real seconds
        after: str | None = None,
    ) -> Message:
        """Return the first message that fits, waiting for it where need be.

        A string fits where the reader sees it. `after` leaves out everything up to
        that timestamp. Edits count: a message may come to fit later.

        Raises:
            TimeoutError: no such message within `timeout` real seconds.
        """

        def fits(message: Message) -> bool:
            if isinstance(wanted, str):
                return wanted in message.says
            return wanted(message)

        def look() -> Message | None:
            later = (m for m in self._log.values() if after is None or m.ts > after)
            return next(filter(fits, later), None)

        return await self.changes.until(look, timeout=timeout)

    def listed(self, message: Message) -> dict[str, Any]:
        """Return a message as conversations.history shows it, with its thread."""
        shown = message.payload(self.identity)
        if replies := self.thread(message.ts):
            users = list(dict.fromkeys(reply.user_id for reply in replies))
            shown |= {
                "thread_ts": message.ts,
                "reply_count": len(replies),
                "reply_users": users,
                "reply_users_count": len(users),
                "latest_reply": replies[-1].ts,
            }
        return shown

    @property
    def kind(self) -> str:
        """The channel_type of events."""
        if self.dm_with:
            return "im"
        return "group" if self.is_private else "channel"

    def info(self) -> dict[str, Any]:
        """Return the channel as conversations.info shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_im": self.kind == "im",
            "is_private": self.kind != "channel",
            "is_archived": self.is_archived,
            "is_member": self.has_bot,
            "num_members": len(self.members),
            **({"user": self.dm_with} if self.dm_with else {}),
        }
