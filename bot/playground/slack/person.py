"""A person at Slack's client: what they do, and what stands on their screen."""

import html
from collections.abc import Callable, Mapping
from typing import Any

from bot.playground.slack.answers import Answers
from bot.playground.slack.channel import Channel
from bot.playground.slack.interactions import Interactions
from bot.playground.slack.message import Message
from bot.playground.slack.refusals import CannotDoError
from bot.playground.slack.routes import Reply
from bot.playground.slack.views import View
from bot.playground.slack.widgets import State, Widget, find, held, widgets
from bot.playground.slack.workspace import Profile, Workspace


class Person:
    """One colleague. What they cannot do in the real client raises CannotDoError."""

    def __init__(
        self, profile: Profile, workspace: Workspace, interactions: Interactions
    ) -> None:
        self._profile = profile
        self._workspace = workspace
        self._interactions = interactions
        self._answers = Answers(workspace, profile)

    @property
    def id(self) -> str:
        """The user id."""
        return self._profile.id

    @property
    def ephemerals(self) -> list[Message]:
        """Messages only this person sees, oldest first."""
        return self._profile.ephemerals

    @property
    def errors(self) -> list[str]:
        """What Slack's client complained about to this person, oldest first."""
        return self._profile.errors

    @property
    def modals(self) -> list[View]:
        """The open modals, the visible one last."""
        return self._workspace.views.stack(self.id)

    @property
    def modal(self) -> View | None:
        """The visible modal, None where none is open."""
        stack = self.modals
        return stack[-1] if stack else None

    @property
    def home(self) -> View | None:
        """The app's Home tab as published for this person."""
        return self._workspace.views.home(self.id)

    @property
    def is_away(self) -> bool:
        """Whether the client is closed: ephemeral messages then never arrive."""
        return self._profile.is_away

    @is_away.setter
    def is_away(self, away: bool) -> None:
        self._profile.is_away = away

    def reloads(self) -> None:
        """Reload the client: ephemeral messages and errors are gone."""
        self._profile.ephemerals.clear()
        self._profile.errors.clear()

    async def sees_modal(
        self,
        wanted: str | Callable[[View], bool] = "",
        *,
        timeout: float = 15,  # noqa: ASYNC109 - the caller's patience, in real seconds
    ) -> View:
        """Return the visible modal once it fits; a string fits inside its title."""

        def look() -> View | None:
            view = self.modal
            if view is None:
                return None
            fits = wanted in view.title if isinstance(wanted, str) else wanted(view)
            return view if fits else None

        return await self._workspace.changes.until(look, timeout=timeout)

    async def sees_ephemeral(self, wanted: str = "", *, timeout: float = 15) -> Message:  # noqa: ASYNC109 - the caller's patience, in real seconds
        """Return the first message for this person only that says `wanted`."""

        def look() -> Message | None:
            return next((m for m in self.ephemerals if wanted in m.says), None)

        return await self._workspace.changes.until(look, timeout=timeout)

    async def posts(
        self,
        channel: Channel | str,
        text: str,
        *,
        thread_ts: str | None = None,
        raw: bool = False,
        also_in_channel: bool = False,
        files: Mapping[str, bytes] | None = None,
    ) -> Message:
        """Post what was typed, escaped as Slack escapes it; `raw` leaves it as it is.

        The app hears of it in the background: `standin.settled()` waits for that.
        """
        place = self._place(channel)
        written = text if raw else html.escape(text, quote=False)
        message = Message(
            channel_id=place.id,
            ts=self._workspace.ts(),
            user_id=self.id,
            text=written,
            blocks=[_rich_text(written)] if written else [],
            thread_ts=thread_ts,
            also_in_channel=also_in_channel,
            files=[self._interactions.file(*each) for each in (files or {}).items()],
        )
        return self._workspace.post(place, message)

    async def edits(self, message: Message, text: str) -> None:
        """Change one's own message."""
        self._own(message)
        before = message.payload(self._workspace.identity)
        message.text = html.escape(text, quote=False)
        message.blocks = [_rich_text(message.text)]
        message.edited_ts, message.edited_by = self._workspace.ts(), self.id
        self._workspace.edit(self._place(message.channel_id), message, before)

    async def deletes(self, message: Message) -> None:
        """Delete one's own message."""
        self._own(message)
        self._workspace.delete(self._place(message.channel_id), message)

    async def reacts(self, message: Message, name: str) -> None:
        """Add an emoji reaction, or take one's own back."""
        added = self.id not in message.reactions.get(name, [])
        self._workspace.react(message, name, self.id, added=added)

    async def clicks(
        self, channel: Channel | str, message: Message | str, button: str,
        *, confirms: bool = True,
    ) -> Reply | None:  # fmt: skip
        """Press a button, named by its action id or its text, in a message.

        Returns what came back within three seconds, or None where the person did
        not confirm. A missing acknowledgement shows up in `errors`.
        """
        source = self._message(channel, message)
        return await self._press(source, button, None, confirms=confirms)

    async def selects(
        self, channel: Channel | str, message: Message | str, menu: str, value: Any,
        *, confirms: bool = True,
    ) -> Reply | None:  # fmt: skip
        """Choose from a menu or overflow in a message; options by value or text."""
        source = self._message(channel, message)
        return await self._press(source, menu, value, confirms=confirms)

    async def uses(
        self, view: View, widget: str, value: Any = None, *, confirms: bool = True
    ) -> Reply | None:
        """Press a button or choose from a menu in a modal or on the Home tab."""
        self._on_screen(view)
        return await self._press(view, widget, value, confirms=confirms)

    async def submits(
        self, view: View, values: Mapping[str, Any] | None = None
    ) -> dict[str, str]:
        """Fill in a modal by block id and submit it; return the errors by block id.

        Raises:
            CannotDoError: the modal is not the visible one, has no submit button, or
                the client itself refuses a value.
        """
        if view is not self.modal:
            raise CannotDoError("only the visible modal can be submitted")
        if not view.content.get("submit"):
            raise CannotDoError("this modal has no submit button")
        self._fill(view, values or {})
        reply = await self._interactions.submission(self._profile, view)
        return self._answers.to_submission(view, reply)

    async def closes(self, view: View, *, whole_stack: bool = False) -> None:
        """Close a modal by its cancel button, or by the cross the whole stack."""
        self._on_screen(view)
        closed = self._workspace.views.close(view, whole_stack=whole_stack)
        self._workspace.show_view("modal", self.id, "closed")
        for each in reversed(closed):
            if each.content.get("notify_on_close"):
                await self._interactions.closed(self._profile, each, whole_stack)

    async def slash(
        self, channel: Channel | str, command: str, text: str = ""
    ) -> Reply:
        """Type a slash command."""
        place = self._place(channel)
        reply = await self._interactions.slash(self._profile, place, command, text)
        self._answers.to_slash(place, reply)
        return reply

    async def shortcut(self, callback_id: str, message: Message | None = None) -> Reply:
        """Use a global shortcut, or a message's when one is given."""
        return await self._interactions.shortcut(self._profile, callback_id, message)

    async def opens_home(self) -> None:
        """Open the app's Home tab."""
        self._workspace.tell(
            {
                "type": "app_home_opened",
                "user": self.id,
                "channel": self._workspace.direct_message(self.id).id,
                "tab": "home",
            }
        )

    async def _press(
        self, source: Message | View, name: str, value: Any, *, confirms: bool
    ) -> Reply | None:
        widget = find(source.blocks, name)
        if widget.element.get("confirm") and not confirms:
            return None
        return await self._interactions.action(self._profile, source, widget, value)

    def _fill(self, view: View, values: Mapping[str, Any]) -> None:
        fields = {w.block_id: w for w in widgets(view.blocks)}
        for block_id, value in values.items():
            if block_id not in fields:
                raise CannotDoError(f"no field {block_id!r}, only {list(fields)}")
            widget = fields[block_id]
            view.state[block_id][widget.action_id] = widget.entry(value)
        for widget in fields.values():
            _check_field(widget, view.state)

    def _own(self, message: Message) -> None:
        if message.user_id != self.id:
            raise CannotDoError("only one's own messages can be changed")

    def _place(self, channel: Channel | str) -> Channel:
        place = (
            channel
            if isinstance(channel, Channel)
            else self._workspace.channel(channel)
        )
        if self.id not in place.members:
            raise CannotDoError(f"{self._profile.name} is not in #{place.name}")
        return place

    def _message(self, channel: Channel | str, wanted: Message | str) -> Message:
        if isinstance(wanted, Message):
            return wanted
        found = self._place(channel).message(wanted)
        mine = (each for each in self.ephemerals if each.ts == wanted)
        if message := found or next(mine, None):
            return message
        raise CannotDoError(f"no message {wanted} to see here")

    def _on_screen(self, view: View) -> None:
        if view is not self.home and view not in self.modals:
            raise CannotDoError("this view is not on the screen")


def _check_field(widget: Widget, state: State) -> None:
    if widget.block.get("type") != "input":
        return
    value = held(state, widget)
    if not value and not widget.block.get("optional"):
        raise CannotDoError(f"{widget.caption!r} has to be filled in")
    if isinstance(value, str) and widget.kind == "plain_text_input":
        least = widget.element.get("min_length", 0)
        most = widget.element.get("max_length", 3000)
        if value and not least <= len(value) <= most:
            raise CannotDoError(
                f"{widget.caption!r} takes {least} to {most} characters"
            )


def _rich_text(text: str) -> dict[str, Any]:
    inner = {"type": "text", "text": html.unescape(text)}
    section = {"type": "rich_text_section", "elements": [inner]}
    return {"type": "rich_text", "elements": [section]}
