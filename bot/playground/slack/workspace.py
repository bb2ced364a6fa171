"""The workspace: channels, people, groups, and everything that happens in them.

Whatever the app is subscribed to becomes an event, also what the app itself did.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.playground.slack.blocks import Surface
from bot.playground.slack.changes import Change, Changes, Kind
from bot.playground.slack.channel import Channel
from bot.playground.slack.identity import Identity
from bot.playground.slack.message import Message
from bot.playground.slack.refusals import RefusalError
from bot.playground.slack.triggers import Triggers
from bot.playground.slack.views import Views
from bot.playground.slack.widgets import completed


@dataclass(slots=True, kw_only=True)
class Profile:
    """What the directory says about a person and what stands on their screen only."""

    id: str
    name: str
    is_bot: bool = False
    is_away: bool = False
    time_zone: str = "Europe/Berlin"
    ephemerals: list[Message] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def handle(self) -> str:
        """The short name after the at sign."""
        return self.name.lower().replace(" ", ".")

    def info(self, team_id: str) -> dict[str, Any]:
        """Return the person as users.info shows them."""
        return {
            "id": self.id,
            "team_id": team_id,
            "name": self.handle,
            "real_name": self.name,
            "deleted": False,
            "is_bot": self.is_bot,
            "tz": self.time_zone,
            "profile": {"real_name": self.name, "display_name": self.name},
        }


class Workspace:
    """All state of the stand-in that Slack would keep on its servers."""

    def __init__(
        self,
        identity: Identity,
        *,
        clock: Callable[[], float],
        stamps: Callable[[], datetime],
        hears_itself: bool = True,
    ) -> None:
        self.identity = identity
        self.changes = Changes()
        self.channels: dict[str, Channel] = {}
        self.people: dict[str, Profile] = {}
        self.groups: dict[str, tuple[str, list[str]]] = {}
        self.files: dict[str, dict[str, Any]] = {}
        self.views = Views()
        self.triggers = Triggers(clock)
        self.on_event: Callable[[dict[str, Any]], None] = lambda _event: None
        self._stamps = stamps
        self._hears_itself = hears_itself
        self._last_micros = 0
        self._count = itertools.count(1)
        bot = Profile(id=identity.bot_user_id, name=identity.bot_name, is_bot=True)
        self.people[bot.id] = bot

    def ts(self) -> str:
        """Return a timestamp id, later than every earlier one."""
        micros = int(self._stamps().timestamp() * 1_000_000)
        self._last_micros = max(micros, self._last_micros + 1)
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    def number(self) -> int:
        """Return the next number, for ids."""
        return next(self._count)

    def add_channel(self, channel_id: str, name: str, **more: Any) -> Channel:
        """Add a channel that everybody so far is in."""
        channel = Channel(
            id=channel_id,
            name=name,
            changes=self.changes,
            identity=self.identity,
            members=set(self.people),
            **more,
        )
        self.channels[channel_id] = channel
        return channel

    def add_person(self, user_id: str, name: str) -> Profile:
        """Add a person to the workspace and to every channel there is."""
        person = Profile(id=user_id, name=name)
        self.people[user_id] = person
        for channel in self.channels.values():
            if channel.dm_with is None:
                channel.members.add(user_id)
        self.changes.announce(Change(kind="people", user_id=user_id))
        return person

    def direct_message(self, user_id: str) -> Channel:
        """Return the direct message between a person and the bot."""
        channel_id = f"D{user_id[1:]}"
        if channel_id not in self.channels:
            self.add_channel(channel_id, "directmessage", dm_with=user_id)
            both = {user_id, self.identity.bot_user_id}
            self.channels[channel_id].members = both
        return self.channels[channel_id]

    def channel(self, wanted: str, *, by_name: bool = False) -> Channel:
        """Return a channel by id, and where the method allows it by name or person.

        Raises:
            RefusalError: there is none ("channel_not_found").
        """
        if channel := self.channels.get(wanted):
            return channel
        if by_name:
            if wanted in self.people:
                return self.direct_message(wanted)
            for each in self.channels.values():
                if each.name == wanted.removeprefix("#"):
                    return each
        raise RefusalError(code="channel_not_found")

    def message(self, channel: Channel, ts: str) -> Message:
        """Return a message in a channel.

        Raises:
            RefusalError: there is none ("message_not_found").
        """
        message = channel.message(ts)
        if message is None or message.is_tombstone:
            raise RefusalError(code="message_not_found")
        return message

    def post(self, channel: Channel, message: Message) -> Message:
        """Put a message into a channel and tell the app.

        Slack never refuses a reply to a message that is gone: it silently becomes a
        message of the channel (slack-go/slack issue 1571).
        """
        message.blocks = completed(message.blocks)
        root = channel.message(message.thread_ts or "")
        if root is None:
            message.thread_ts = None
        elif root.thread_ts:
            message.thread_ts = root.thread_ts
        channel.add(message)
        self._announce("message", message)
        self._message_event(channel, message)
        return message

    def edit(self, channel: Channel, message: Message, before: dict[str, Any]) -> None:
        """Tell everybody that a message changed; `before` is its earlier payload."""
        message.blocks = completed(message.blocks)
        self._announce("message_edited", message)
        self._event(
            channel,
            {
                "type": "message",
                "subtype": "message_changed",
                "message": channel.listed(message),
                "previous_message": before,
                "hidden": True,
            },
            message,
        )

    def delete(self, channel: Channel, message: Message) -> None:
        """Take a message away and tell everybody."""
        before = message.payload(self.identity)
        channel.remove(message)
        self._announce("message_deleted", message)
        self._event(
            channel,
            {
                "type": "message",
                "subtype": "message_deleted",
                "previous_message": before,
                "deleted_ts": message.ts,
                "hidden": True,
            },
            message,
        )

    def show_ephemeral(self, message: Message) -> None:
        """Show a message to one person only; nobody away ever sees it."""
        message.blocks = completed(message.blocks)
        person = self.people[message.only_for or ""]
        if not person.is_away:
            person.ephemerals.append(message)
            self._announce("ephemeral", message)

    def refresh_ephemeral(self, message: Message) -> None:
        """Tell viewers that a message for one person changed or went."""
        message.blocks = completed(message.blocks)
        self._announce("ephemeral", message)

    def show_error(self, user_id: str, text: str) -> None:
        """Show a person that something they did went wrong."""
        self.people[user_id].errors.append(text)
        self.changes.announce(Change(kind="error", user_id=user_id, detail=text))

    def react(self, message: Message, name: str, user_id: str, *, added: bool) -> None:
        """Add or take a reaction and tell everybody."""
        users = message.reactions.setdefault(name, [])
        (users.append if added else users.remove)(user_id)
        if not users:
            del message.reactions[name]
        self._announce("reaction", message)
        item = {"type": "message", "channel": message.channel_id, "ts": message.ts}
        self.tell(
            {
                "type": "reaction_added" if added else "reaction_removed",
                "user": user_id,
                "reaction": name,
                "item": item,
                "item_user": message.user_id,
            }
        )

    def show_view(self, surface: Surface, user_id: str, detail: str) -> None:
        """Tell viewers that a person's modals or Home tab changed."""
        kind: Kind = "home" if surface == "home" else "modal"
        self.changes.announce(Change(kind=kind, user_id=user_id, detail=detail))

    def tell(self, event: dict[str, Any]) -> None:
        """Hand the app an event, stamped."""
        self.on_event({**event, "event_ts": event.get("event_ts") or self.ts()})

    def _announce(self, kind: Kind, message: Message) -> None:
        self.changes.announce(
            Change(
                kind=kind,
                channel_id=message.channel_id,
                user_id=message.only_for or message.user_id,
                ts=message.ts,
                thread_ts=message.thread_ts,
            )
        )

    def _message_event(self, channel: Channel, message: Message) -> None:
        event = message.payload(self.identity)
        event |= {"channel": channel.id, "event_ts": message.ts}
        root = channel.message(message.thread_ts or "")
        if root is not None:
            event["parent_user_id"] = root.user_id
        if root is not None and message.also_in_channel:
            event["root"] = channel.listed(root)
        if not message.by_bot:
            event["client_msg_id"] = f"client-{self.number()}"
        self._event(channel, event, message)
        if self.identity.bot_user_id in message.mentions and not message.by_bot:
            self.tell({**event, "type": "app_mention"})

    def _event(self, channel: Channel, event: dict[str, Any], about: Message) -> None:
        if not channel.has_bot or (about.by_bot and not self._hears_itself):
            return
        event |= {"channel": channel.id, "channel_type": channel.kind}
        event.setdefault("ts", self.ts())
        self.tell({"event_ts": event["ts"], **event})
