"""What Slack sends the app when a person presses, submits, types a command."""

from collections.abc import Callable
from typing import Any

from bot.playground.slack.channel import Channel
from bot.playground.slack.delivery import Delivery
from bot.playground.slack.message import Message
from bot.playground.slack.routes import Packet, Reply
from bot.playground.slack.views import View
from bot.playground.slack.widgets import State, Widget, initial_state
from bot.playground.slack.workspace import Profile, Workspace

TROUBLE = "We had some trouble connecting. Try again?"
COMMAND_FAILED = "{command} failed with the error {reason!r}"


class Interactions:
    """Builds the payloads, sends them once, and shows the person what failed."""

    def __init__(
        self, workspace: Workspace, delivery: Delivery, base_url: Callable[[], str]
    ) -> None:
        self._workspace = workspace
        self._delivery = delivery
        self._base_url = base_url
        self._chosen: dict[tuple[str, str], State] = {}

    async def action(
        self, person: Profile, source: Message | View, widget: Widget, value: Any
    ) -> Reply:
        """Send block_actions for one press or choice."""
        action: dict[str, Any] = {
            "type": widget.kind,
            "action_id": widget.action_id,
            "block_id": widget.block_id,
            "action_ts": self._workspace.ts(),
        }
        state = self._state(person, source)
        if widget.kind == "button":
            action |= _kept(widget.element, "text", "value", "style", "url")
        elif widget.kind == "overflow":
            action["selected_option"] = widget.option(str(value))
        else:
            entry = widget.entry(value)
            action |= entry
            action |= _kept(widget.element, "placeholder")
            state.setdefault(widget.block_id, {})[widget.action_id] = entry
        payload = self._base("block_actions", person) | {
            "actions": [action],
            "container": self._container(source),
        }
        payload |= self._surroundings(person, source, state)
        return await self._send(person, payload)

    async def submission(self, person: Profile, view: View) -> Reply:
        """Send view_submission."""
        payload = self._base("view_submission", person, view_id=view.id)
        payload |= {"view": view.payload(self._workspace.identity), "response_urls": []}
        return await self._send(person, payload)

    async def closed(self, person: Profile, view: View, whole_stack: bool) -> Reply:
        """Send view_closed."""
        payload = self._base("view_closed", person)
        del payload["trigger_id"]
        payload |= {
            "view": view.payload(self._workspace.identity),
            "is_cleared": whole_stack,
        }
        return await self._delivery.once(Packet(kind="interactive", payload=payload))

    async def shortcut(
        self, person: Profile, callback_id: str, message: Message | None
    ) -> Reply:
        """Send a global shortcut, or a message action."""
        kind = "message_action" if message else "shortcut"
        payload = self._base(kind, person)
        payload |= {"callback_id": callback_id, "action_ts": self._workspace.ts()}
        if message:
            payload |= self._surroundings(person, message, {})
            payload |= {"message_ts": message.ts}
            payload.pop("state")
        return await self._send(person, payload)

    async def slash(
        self, person: Profile, channel: Channel, command: str, text: str
    ) -> Reply:
        """Send a slash command; booleans are strings there."""
        identity = self._workspace.identity
        payload = {
            "token": "verification",
            "team_id": identity.team_id,
            "team_domain": identity.domain,
            "channel_id": channel.id,
            "channel_name": channel.name,
            "user_id": person.id,
            "user_name": person.handle,
            "command": command,
            "text": text,
            "api_app_id": identity.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_url("commands", person, channel.id),
            "trigger_id": self._workspace.triggers.trigger(person.id),
        }
        reply = await self._delivery.once(
            Packet(kind="slash_commands", payload=payload)
        )
        if not reply.is_ack:
            reason = "operation_timeout" if reply.status is None else "dispatch_failed"
            text = COMMAND_FAILED.format(command=command, reason=reason)
            self._workspace.show_error(person.id, text)
        return reply

    def file(self, name: str, content: bytes) -> dict[str, Any]:
        """Keep a file a person shares and return it as messages show it."""
        file_id = f"F{self._workspace.number():010d}"
        url = f"{self._base_url()}/files-pri/{file_id}/{name}"
        shown = {
            "id": file_id,
            "name": name,
            "title": name,
            "size": len(content),
            "mode": "hosted",
            "url_private": url,
            "url_private_download": url,
        }
        self._workspace.files[file_id] = {**shown, "content": content}
        return shown

    async def _send(self, person: Profile, payload: dict[str, Any]) -> Reply:
        reply = await self._delivery.once(Packet(kind="interactive", payload=payload))
        if not reply.is_ack:
            self._workspace.show_error(person.id, TROUBLE)
        return reply

    def _base(
        self, kind: str, person: Profile, *, view_id: str | None = None
    ) -> dict[str, Any]:
        identity = self._workspace.identity
        trigger_id = self._workspace.triggers.trigger(person.id, view_id=view_id)
        return {
            "type": kind,
            "team": identity.team(),
            "user": {
                "id": person.id,
                "username": person.handle,
                "name": person.handle,
                "team_id": identity.team_id,
            },
            "api_app_id": identity.app_id,
            "token": "verification",
            "trigger_id": trigger_id,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _container(self, source: Message | View) -> dict[str, Any]:
        if isinstance(source, View):
            return {"type": "view", "view_id": source.id}
        container: dict[str, Any] = {
            "type": "message",
            "message_ts": source.ts,
            "channel_id": source.channel_id,
            "is_ephemeral": source.only_for is not None,
        }
        if source.thread_ts:
            container["thread_ts"] = source.thread_ts
        return container

    def _surroundings(
        self, person: Profile, source: Message | View, state: State
    ) -> dict[str, Any]:
        identity = self._workspace.identity
        if isinstance(source, View):
            trigger_id = self._workspace.triggers.trigger(person.id, view_id=source.id)
            return {"view": source.payload(identity), "trigger_id": trigger_id}
        channel = self._workspace.channel(source.channel_id)
        around: dict[str, Any] = {
            "channel": {"id": channel.id, "name": channel.name},
            "state": {"values": state},
            "response_url": self._response_url(
                "actions", person, channel.id, source_ts=source.ts
            ),
        }
        if source.only_for is None:
            around["message"] = channel.listed(source)
        return around

    def _state(self, person: Profile, source: Message | View) -> State:
        if isinstance(source, View):
            return source.state
        key = (person.id, source.ts)
        return self._chosen.setdefault(key, initial_state(source.blocks))

    def _response_url(
        self,
        kind: str,
        person: Profile,
        channel_id: str,
        *,
        source_ts: str | None = None,
    ) -> str:
        team_id = self._workspace.identity.team_id
        key = self._workspace.triggers.response_path(
            person.id, channel_id, source_ts=source_ts
        )
        return f"{self._base_url()}/{kind}/{team_id}/{key}"


def _kept(element: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: element[key] for key in keys if key in element}
