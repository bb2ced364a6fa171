"""The chat.* and reactions.* methods."""

import re
from typing import Any

from bot.playground.slack.answers import content_of
from bot.playground.slack.arguments import Arguments
from bot.playground.slack.channel import Channel
from bot.playground.slack.message import Message
from bot.playground.slack.refusals import RefusalError
from bot.playground.slack.workspace import Workspace

UPDATED_TEXT_MOST = 4_000
METADATA_MOST = 16_000
ATTACHMENTS_MOST = 100
_EMOJI = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")

Answer = dict[str, Any]


def _content(arguments: Arguments) -> dict[str, Any]:
    attachments = arguments.structure("attachments") or []
    if len(attachments) > ATTACHMENTS_MOST:
        raise RefusalError(code="too_many_attachments")
    given = {
        "text": arguments.text("text"),
        "blocks": arguments.structure("blocks", code="invalid_blocks_format"),
        "attachments": attachments,
    }
    return {**content_of(given), "attachments": attachments}


def _metadata(arguments: Arguments) -> dict[str, Any] | None:
    metadata = arguments.structure("metadata", code="invalid_metadata_format")
    if not metadata:
        return None
    if not isinstance(metadata, dict) or not isinstance(
        metadata.get("event_payload"), dict
    ):
        raise RefusalError(code="invalid_metadata_format")
    if not metadata.get("event_type"):
        raise RefusalError(code="invalid_metadata_schema")
    if len(str(metadata)) > METADATA_MOST:
        raise RefusalError(code="metadata_too_large")
    return metadata


def _warned(answer: Answer, arguments: Arguments) -> Answer:
    if not arguments.text("text") and arguments.structure("blocks"):
        warning = "missing_text_in_message"
        answer |= {"warning": warning, "response_metadata": {"warnings": [warning]}}
    return answer


def _open_to_the_bot(channel: Channel) -> None:
    if channel.is_archived:
        raise RefusalError(code="is_archived")
    if not channel.has_bot:
        raise RefusalError(code="not_in_channel")


def post(workspace: Workspace, arguments: Arguments) -> Answer:
    """chat.postMessage."""
    channel = workspace.channel(
        arguments.needed("channel", code="channel_not_found"), by_name=True
    )
    _open_to_the_bot(channel)
    message = Message(
        channel_id=channel.id,
        ts=workspace.ts(),
        user_id=workspace.identity.bot_user_id,
        by_bot=True,
        thread_ts=arguments.text("thread_ts") or None,
        also_in_channel=arguments.flag("reply_broadcast"),
        metadata=_metadata(arguments),
        unfurls=arguments.flag("unfurl_links", default=True),
        **_content(arguments),
    )
    message.also_in_channel = message.also_in_channel and bool(message.thread_ts)
    workspace.post(channel, message)
    shown = message.payload(workspace.identity)
    answer = {"ok": True, "channel": channel.id, "ts": message.ts, "message": shown}
    return _warned(answer, arguments)


def post_ephemeral(workspace: Workspace, arguments: Arguments) -> Answer:
    """chat.postEphemeral."""
    channel = workspace.channel(arguments.needed("channel", code="channel_not_found"))
    _open_to_the_bot(channel)
    if arguments.needed("user") not in channel.members:
        raise RefusalError(code="user_not_in_channel")
    message = Message(
        channel_id=channel.id,
        ts=workspace.ts(),
        user_id=workspace.identity.bot_user_id,
        by_bot=True,
        thread_ts=arguments.text("thread_ts") or None,
        only_for=arguments.text("user"),
        **_content(arguments),
    )
    workspace.show_ephemeral(message)
    return _warned({"ok": True, "message_ts": message.ts}, arguments)


def update(workspace: Workspace, arguments: Arguments) -> Answer:
    """chat.update: only one's own messages, never ephemeral ones."""
    channel = workspace.channel(arguments.needed("channel", code="channel_not_found"))
    message = workspace.message(channel, arguments.needed("ts"))
    if not message.by_bot:
        raise RefusalError(code="cant_update_message")
    if len(arguments.text("text")) > UPDATED_TEXT_MOST:
        raise RefusalError(code="msg_too_long")
    before = message.payload(workspace.identity)
    _change(workspace, message, arguments)
    if "metadata" in arguments:
        message.metadata = _metadata(arguments)
    workspace.edit(channel, message, before)
    shown = message.payload(workspace.identity)
    answer = {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": shown,
    }
    return _warned(answer, arguments)


def _change(workspace: Workspace, message: Message, arguments: Arguments) -> None:
    """Change text and blocks as the method's page says.

    Text without blocks removes the blocks and shows "(edited)"; blocks do not.
    """
    if "blocks" not in arguments and "text" not in arguments:
        if "metadata" not in arguments and "attachments" not in arguments:
            raise RefusalError(code="no_text")
        return
    content = _content(arguments)
    message.blocks = content["blocks"]
    if "text" in arguments:
        message.text = content["text"]
    if not message.blocks:
        message.edited_ts = workspace.ts()
        message.edited_by = workspace.identity.bot_user_id


def delete(workspace: Workspace, arguments: Arguments) -> Answer:
    """chat.delete: only one's own messages."""
    channel = workspace.channel(arguments.needed("channel", code="channel_not_found"))
    message = workspace.message(channel, arguments.needed("ts"))
    if not message.by_bot:
        raise RefusalError(code="cant_delete_message")
    workspace.delete(channel, message)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


def permalink(workspace: Workspace, arguments: Arguments) -> Answer:
    """chat.getPermalink."""
    channel = workspace.channel(arguments.needed("channel", code="channel_not_found"))
    message = workspace.message(channel, arguments.needed("message_ts"))
    site = f"https://{workspace.identity.domain}.slack.com/archives/{channel.id}"
    link = f"{site}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}


def react(workspace: Workspace, arguments: Arguments) -> Answer:
    """reactions.add."""
    message, name = _reaction(workspace, arguments)
    if workspace.identity.bot_user_id in message.reactions.get(name, []):
        raise RefusalError(code="already_reacted")
    workspace.react(message, name, workspace.identity.bot_user_id, added=True)
    return {"ok": True}


def unreact(workspace: Workspace, arguments: Arguments) -> Answer:
    """reactions.remove."""
    message, name = _reaction(workspace, arguments)
    if workspace.identity.bot_user_id not in message.reactions.get(name, []):
        raise RefusalError(code="no_reaction")
    workspace.react(message, name, workspace.identity.bot_user_id, added=False)
    return {"ok": True}


def _reaction(workspace: Workspace, arguments: Arguments) -> tuple[Message, str]:
    channel = workspace.channel(arguments.needed("channel", code="channel_not_found"))
    name = arguments.needed("name", code="invalid_name").strip(":")
    if not _EMOJI.fullmatch(name):
        raise RefusalError(code="invalid_name")
    ts = arguments.needed("timestamp", code="no_item_specified")
    return workspace.message(channel, ts), name
