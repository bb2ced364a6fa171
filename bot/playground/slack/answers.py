"""What the app answers to an interaction, and what that does on screens."""

from collections.abc import Mapping
from typing import Any

from bot.playground.slack.blocks import check_message_blocks
from bot.playground.slack.channel import Channel
from bot.playground.slack.interactions import COMMAND_FAILED, TROUBLE
from bot.playground.slack.message import Message
from bot.playground.slack.refusals import RefusalError
from bot.playground.slack.routes import Reply
from bot.playground.slack.triggers import ResponseUrl
from bot.playground.slack.views import View, check_view
from bot.playground.slack.workspace import Profile, Workspace

TEXT_MOST = 40_000


class Answers:
    """Carries out answers on behalf of one person."""

    def __init__(self, workspace: Workspace, person: Profile) -> None:
        self._workspace = workspace
        self._person = person

    def to_submission(self, view: View, reply: Reply) -> dict[str, str]:
        """Do what a view_submission was answered with; return errors by block id.

        What Slack cannot make sense of shows the person "trouble connecting".
        """
        if not reply.is_ack:
            return {}
        body = reply.body if isinstance(reply.body, dict) else {}
        try:
            return self._submitted(view, body)
        except RefusalError as refusal:
            self._workspace.show_error(self._person.id, f"{TROUBLE} ({refusal})")
            return {}

    def to_slash(self, channel: Channel, reply: Reply) -> None:
        """Show what a slash command was answered with."""
        if not reply.is_ack or not reply.body:
            return
        body = reply.body if isinstance(reply.body, dict) else {"text": reply.body}
        try:
            self.say(channel, body)
        except RefusalError as refusal:
            text = COMMAND_FAILED.format(command="the command", reason=refusal.code)
            self._workspace.show_error(self._person.id, text)

    def to_response_url(self, response: ResponseUrl, body: Mapping[str, Any]) -> None:
        """Do what was posted to a response URL.

        Raises:
            RefusalError: blocks or text are not fit for a message.
        """
        channel = self._workspace.channel(response.channel_id)
        if body.get("delete_original") or body.get("replace_original"):
            source = self._source(channel, response)
            if source is not None:
                self._replace(channel, source, body)
                return
            if body.get("delete_original"):
                return
        self.say(channel, body)

    def say(self, channel: Channel, body: Mapping[str, Any]) -> None:
        """Post an answer, to this person only unless it says in_channel."""
        message = Message(
            channel_id=channel.id,
            ts=self._workspace.ts(),
            user_id=self._workspace.identity.bot_user_id,
            by_bot=True,
            **content_of(body),
        )
        message.thread_ts = body.get("thread_ts")
        if body.get("response_type") == "in_channel":
            self._workspace.post(channel, message)
        else:
            message.only_for = self._person.id
            self._workspace.show_ephemeral(message)

    def _submitted(self, view: View, body: Mapping[str, Any]) -> dict[str, str]:
        views = self._workspace.views
        match body.get("response_action"):
            case None:
                views.close(view)
            case "clear":
                views.close(view, whole_stack=True)
            case "update":
                views.update(view, check_view(body.get("view"), surface="modal"))
            case "push":
                shown = check_view(body.get("view"), surface="modal")
                views.push(self._person.id, shown)
            case "errors":
                return _errors(view, body.get("errors"))
            case _:
                raise RefusalError(code="invalid_arguments")
        action = str(body.get("response_action") or "closed")
        self._workspace.show_view("modal", self._person.id, action)
        return {}

    def _source(self, channel: Channel, response: ResponseUrl) -> Message | None:
        if response.source_ts is None:
            return None
        mine = {each.ts: each for each in self._person.ephemerals}
        return mine.get(response.source_ts) or channel.message(response.source_ts)

    def _replace(
        self, channel: Channel, source: Message, body: Mapping[str, Any]
    ) -> None:
        gone = bool(body.get("delete_original"))
        if source.only_for and gone:
            self._person.ephemerals.remove(source)
        elif gone:
            self._workspace.delete(channel, source)
            return
        before = source.payload(self._workspace.identity)
        if not gone:
            content = content_of(body)
            source.text, source.blocks = content["text"], content["blocks"]
        if source.only_for:
            self._workspace.refresh_ephemeral(source)
        else:
            self._workspace.edit(channel, source, before)


def content_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return text and blocks fit for a message; raise RefusalError otherwise."""
    blocks, text = body.get("blocks") or [], str(body.get("text") or "")
    if not blocks and not text and not body.get("attachments"):
        raise RefusalError(code="no_text")
    if len(text) > TEXT_MOST:
        raise RefusalError(code="msg_too_long")
    check_message_blocks(blocks)
    return {"text": text, "blocks": blocks}


def _errors(view: View, errors: Any) -> dict[str, str]:
    inputs = {b["block_id"] for b in view.blocks if b["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise RefusalError(code="invalid_arguments", messages=("unknown block_id",))
    return {str(key): str(text) for key, text in errors.items()}
