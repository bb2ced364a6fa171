"""One message, raw as it was sent, with what Slack's client makes of it."""

import html
import re
from dataclasses import dataclass, field
from typing import Any

from bot.playground.slack.blocks import elements_of, marked_up_texts_in, texts_in
from bot.playground.slack.identity import Identity

_BROADCAST = re.compile(r"<!(channel|here|everyone)(?:\|[^>]*)?>")
_GROUP = re.compile(r"<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(slots=True, kw_only=True)
class Message:
    """A message in a channel, a thread or on one person's screen only.

    `text` and `blocks` are kept raw; `thread_ts` is None for what stands in the
    channel itself, also when replies hang below it.
    """

    channel_id: str
    ts: str
    user_id: str
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    by_bot: bool = False
    edited_ts: str | None = None
    edited_by: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    also_in_channel: bool = False
    only_for: str | None = None
    is_tombstone: bool = False
    unfurls: bool = True

    @property
    def says(self) -> str:
        """What a reader sees: the blocks' texts, or the text where there are none."""
        raw = "\n".join(texts_in(self.blocks)) if self.blocks else self.text
        return html.unescape(raw)

    @property
    def broadcasts(self) -> tuple[str, ...]:
        """Names of the crowds this message calls: channel, here, everyone, a group."""
        crowds = [
            *_BROADCAST.findall(self._marked_up),
            *_GROUP.findall(self._marked_up),
        ]
        return tuple(dict.fromkeys(crowds))

    @property
    def mentions(self) -> tuple[str, ...]:
        """Ids of the people this message notifies."""
        return tuple(dict.fromkeys(_MENTION.findall(self._marked_up)))

    @property
    def _marked_up(self) -> str:
        return "\n".join([self.text, *marked_up_texts_in(self.blocks)])

    @property
    def buttons(self) -> tuple[str, ...]:
        """Texts of the buttons shown, in order."""
        return tuple(
            element["text"]["text"]
            for block in self.blocks
            for element in elements_of(block)
            if element["type"] == "button"
        )

    @property
    def edited(self) -> bool:
        """Whether the client shows "(edited)"."""
        return self.edited_ts is not None

    def payload(self, identity: Identity) -> dict[str, Any]:
        """Return the message as the Web API and events show it."""
        shown: dict[str, Any] = {
            "type": "message",
            "user": self.user_id,
            "text": self.text,
            "ts": self.ts,
            "team": identity.team_id,
        }
        if self.by_bot:
            shown |= {
                "bot_id": identity.bot_id,
                "app_id": identity.app_id,
                "bot_profile": identity.bot(),
            }
        optional = {
            "blocks": self.blocks,
            "files": self.files,
            "attachments": self.attachments,
            "metadata": self.metadata,
            "thread_ts": self.thread_ts,
        }
        shown |= {key: value for key, value in optional.items() if value}
        if self.edited_ts:
            shown["edited"] = {"user": self.edited_by, "ts": self.edited_ts}
        if self.reactions:
            shown["reactions"] = [
                {"name": name, "users": users, "count": len(users)}
                for name, users in self.reactions.items()
            ]
        if subtype := self.subtype:
            shown["subtype"] = subtype
        return shown

    @property
    def subtype(self) -> str | None:
        """The message subtype of Slack's events, None for plain messages."""
        if self.is_tombstone:
            return "tombstone"
        if self.also_in_channel:
            return "thread_broadcast"
        return "file_share" if self.files else None
