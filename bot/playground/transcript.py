"""What every side sees, printed line by line at the moment it is seen.

It listens to the stand-ins, so that a message is told as it was sent even where it is
edited a moment later.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from bot.playground.telegram import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from rich.console import Console

    from bot.playground.controls import Bell, Customer
    from bot.playground.slack import Change as DeskChange
    from bot.playground.slack import Message as Post
    from bot.playground.slack import SlackStandIn, View
    from bot.playground.telegram import Change as PhoneChange
    from bot.playground.telegram import Message, Person, TelegramStandIn

#: A gap of business time that is worth a line of its own.
_GAP = timedelta(minutes=5)
_OPENED = frozenset({"opened", "pushed", "updated"})


class Stage(Protocol):
    """What a transcript needs of the running playground."""

    @property
    def time_zone(self) -> str:
        """The zone of the times it prints."""

    @property
    def telegram(self) -> TelegramStandIn:
        """The customers' platform."""

    @property
    def slack(self) -> SlackStandIn:
        """The colleagues' platform."""

    @property
    def people(self) -> Sequence[Customer]:
        """The customers with their phones."""

    @property
    def changes(self) -> Bell:
        """Rings after the store or the clock changed."""

    def now(self) -> datetime:
        """Return business time."""


class Transcript:
    """Prints each message, edit, tap, toast, form and letter as it happens."""

    def __init__(
        self,
        stage: Stage,
        console: Console,
        letters: Callable[[int], Sequence[Any]],
    ) -> None:
        """``letters`` returns the notices with a higher id, oldest first."""
        self._stage = stage
        self._console = console
        self._letters = letters
        self._zone = ZoneInfo(stage.time_zone)
        self._told_at: datetime | None = None
        self._last_letter = 0
        self._posts: dict[str, tuple[str, tuple[str, ...]]] = {}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Print what there is already, then everything new until the block ends."""
        stage = self._stage
        with ExitStack() as stack:
            stack.enter_context(stage.telegram.changes.heard_by(self._on_phone))
            stack.callback(stage.slack.subscribe(self._on_desk))
            stack.callback(stage.changes.subscribe(self._mail))
            self._catch_up()
            yield
            self._mail()

    def heading(self, number: int, title: str) -> None:
        """Print the title of a step and the business time it begins at."""
        self._told_at = self._stage.now()
        self._console.print(
            f"\n[bold]{number}. {title}[/]  [dim]{self._time(self._told_at)}[/]"
        )

    def missing(self, why: Exception) -> None:
        """Print that a step did not come about."""
        self._console.print("   missing:", style="red", end=" ")
        self._console.print(str(why), markup=False, soft_wrap=True)

    def _catch_up(self) -> None:
        for channel in tuple(self._stage.slack.workspace.channels.values()):
            for post in channel.everything:
                self._post(post, channel.name)
        for customer in self._stage.people:
            for message in customer.phone.chat:
                self._phone(customer, message, edited=False)
        self._mail()

    # The phones.

    def _on_phone(self, change: PhoneChange) -> None:
        owners = (c for c in self._stage.people if c.phone.id == change.chat_id)
        owner = next(owners, None)
        if owner is None:
            return
        match change.kind:
            case ChangeKind.MESSAGE | ChangeKind.EDITED:
                message = owner.phone.room.messages[change.message_id or 0]
                edited = change.kind is ChangeKind.EDITED
                self._phone(owner, message, edited=edited)
            case ChangeKind.DELETED:
                self._say("cyan", f"Gone from {owner.name}'s phone", "(a message)")
            case ChangeKind.PRESSED:
                label = _label(owner.phone, change.message_id or 0, change.detail)
                self._say("green", f"{owner.name} taps", buttons=(label,))
            case ChangeKind.ANSWERED if change.detail:
                shown = f"({change.detail})"
                self._say("yellow", f"{owner.name}'s phone shows", shown)

    def _phone(self, owner: Customer, message: Message, *, edited: bool) -> None:
        who = f"Bot to {owner.name}" if message.from_bot else owner.name
        text = message.text or ("(a picture)" if message.photo else "")
        labels = tuple(text for row in message.buttons for text in row)
        color = "cyan" if message.from_bot else "green"
        self._say(color, who, text, labels, edited=edited)

    # The desk.

    def _on_desk(self, change: DeskChange) -> None:
        slack = self._stage.slack.workspace
        people = slack.people
        match change.kind:
            case "message" | "message_edited":
                channel = slack.channels[change.channel_id or ""]
                if post := channel.message(change.ts or ""):
                    self._post(post, channel.name)
            case "message_deleted":
                self._say("magenta", "Gone from Slack", "(a message)")
            case "ephemeral":
                reader = people[change.user_id or ""]
                for each in reader.ephemerals:
                    if each.ts == change.ts:
                        self._post(each, "", only=reader.name)
            case "modal" if change.detail in _OPENED:
                name = people[change.user_id or ""].name
                self._form(name, slack.views.stack(change.user_id or "")[-1])
            case "error":
                name = people[change.user_id or ""].name
                self._say("yellow", f"Slack tells {name}", f"({change.detail})")

    def _post(self, post: Post, channel: str, *, only: str = "") -> None:
        key, seen = f"{only}/{post.ts}", (post.says, post.buttons)
        edited = key in self._posts
        if self._posts.get(key) == seen:
            return
        self._posts[key] = seen
        place = "in the thread" if post.thread_ts else "in Slack"
        who = f"Only {only} sees" if only else f"#{channel}, {place}"
        if not post.by_bot:
            who = f"{self._stage.slack.workspace.people[post.user_id].name}, {who}"
        lines = (line for line in post.says.splitlines() if line not in post.buttons)
        self._say("magenta", who, "\n".join(lines), post.buttons, edited=edited)

    def _form(self, name: str, view: View) -> None:
        labels = [b["label"]["text"] for b in view.blocks if b["type"] == "input"]
        submit: Mapping[str, str] = view.content.get("submit") or {}
        buttons = (submit["text"],) if submit else ()
        text = "\n".join([view.title, *(f"{label}: …" for label in labels)])
        self._say("magenta", f"{name}'s form", text, buttons)

    # The mail.

    def _mail(self) -> None:
        for letter in self._letters(self._last_letter):
            self._last_letter = letter.id
            who = f"For the shop's mailer, to {letter.email}"
            self._say("blue", who, f"{letter.subject}\n{letter.text}")

    # The paper.

    def _time(self, at: datetime) -> str:
        return at.astimezone(self._zone).strftime("%a %d %b, %H:%M")

    def _say(
        self,
        color: str,
        who: str,
        text: str = "",
        buttons: tuple[str, ...] = (),
        *,
        edited: bool = False,
    ) -> None:
        paper, now = self._console, self._stage.now()
        if self._told_at is not None and now - self._told_at >= _GAP:
            paper.print(f"   {self._time(now)}", style="dim")
        self._told_at = now
        note = " (edited)" if edited else ""
        paper.print(f"   {who}{note}", style=color, markup=False, soft_wrap=True)
        for line in text.splitlines():
            paper.print(f"      {line}", markup=False, soft_wrap=True)
        if buttons:
            shown = "  ".join(f"[ {label} ]" for label in buttons)
            paper.print(f"      {shown}", markup=False, style="dim", soft_wrap=True)


def _label(phone: Person, message_id: int, data: str) -> str:
    """Return what stood on the button that was tapped."""
    for keyboard in reversed(phone.room.former.get(message_id, [])):
        for button in keyboard.buttons:
            if button.data == data:
                return button.text
    return "a button of another time"
