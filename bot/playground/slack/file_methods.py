"""The three steps of an upload: files.getUploadURLExternal, the bytes, completion."""

from typing import Any

from bot.playground.slack.arguments import Arguments
from bot.playground.slack.message import Message
from bot.playground.slack.refusals import RefusalError
from bot.playground.slack.workspace import Workspace

Answer = dict[str, Any]


def get_upload_url(workspace: Workspace, arguments: Arguments, base: str) -> Answer:
    """files.getUploadURLExternal."""
    name, length = arguments.needed("filename"), arguments.number("length", 0)
    if length <= 0:
        raise RefusalError(code="invalid_arguments")
    file_id = f"F{workspace.number():010d}"
    url = f"{base}/files-pri/{file_id}/{name}"
    workspace.files[file_id] = {
        "id": file_id,
        "name": name,
        "title": name,
        "size": length,
        "mode": "hosted",
        "url_private": url,
        "url_private_download": url,
        "content": None,
    }
    return {"ok": True, "file_id": file_id, "upload_url": f"{base}/upload/v1/{file_id}"}


def receive(workspace: Workspace, file_id: str, content: bytes) -> bool:
    """Keep uploaded bytes; return whether they were announced, in this length."""
    file = workspace.files.get(file_id)
    if file is None or len(content) != file["size"]:
        return False
    file["content"] = content
    return True


def complete(workspace: Workspace, arguments: Arguments) -> Answer:
    """files.completeUploadExternal: shares the files where a channel is named."""
    given = arguments.structure("files")
    if not isinstance(given, list) or not given:
        raise RefusalError(code="invalid_arguments")
    shown = [_named(workspace, each) for each in given]
    if "channel_id" in arguments:
        _share(workspace, arguments, shown)
    return {"ok": True, "files": shown}


def _named(workspace: Workspace, given: dict[str, Any]) -> dict[str, Any]:
    file = workspace.files.get(str(given.get("id")))
    if file is None or file["content"] is None:
        raise RefusalError(code="file_not_found")
    file["title"] = given.get("title") or file["name"]
    return {key: value for key, value in file.items() if key != "content"}


def _share(
    workspace: Workspace, arguments: Arguments, files: list[dict[str, Any]]
) -> None:
    channel = workspace.channel(arguments.text("channel_id"))
    if not channel.has_bot:
        raise RefusalError(code="not_in_channel")
    message = Message(
        channel_id=channel.id,
        ts=workspace.ts(),
        user_id=workspace.identity.bot_user_id,
        by_bot=True,
        text=arguments.text("initial_comment"),
        thread_ts=arguments.text("thread_ts") or None,
        files=files,
    )
    workspace.post(channel, message)
