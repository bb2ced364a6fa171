"""The methods that only look: conversations, users, groups, team, bots, auth."""

from collections.abc import Sequence
from typing import Any

from bot.playground.slack.arguments import Arguments
from bot.playground.slack.channel import Channel
from bot.playground.slack.message import Message
from bot.playground.slack.refusals import RefusalError
from bot.playground.slack.workspace import Workspace

PAGE_MOST = 999

Answer = dict[str, Any]


def auth_test(workspace: Workspace, _arguments: Arguments) -> Answer:
    """auth.test."""
    identity = workspace.identity
    return {
        "ok": True,
        "url": f"https://{identity.domain}.slack.com/",
        "team": identity.team_name,
        "team_id": identity.team_id,
        "user": identity.bot_name,
        "user_id": identity.bot_user_id,
        "bot_id": identity.bot_id,
        "is_enterprise_install": False,
    }


def _channel(workspace: Workspace, arguments: Arguments) -> Channel:
    return workspace.channel(arguments.needed("channel", code="channel_not_found"))


def _readable(workspace: Workspace, arguments: Arguments) -> Channel:
    channel = _channel(workspace, arguments)
    if not channel.has_bot:
        raise RefusalError(code="not_in_channel")
    return channel


def conversations_info(workspace: Workspace, arguments: Arguments) -> Answer:
    """conversations.info."""
    return {"ok": True, "channel": _channel(workspace, arguments).info()}


def conversations_join(workspace: Workspace, arguments: Arguments) -> Answer:
    """conversations.join: public channels only."""
    channel = _channel(workspace, arguments)
    if channel.is_archived:
        raise RefusalError(code="is_archived")
    if channel.kind != "channel":
        code = "method_not_supported_for_channel_type"
        raise RefusalError(code=code)
    channel.has_bot = True
    channel.members.add(workspace.identity.bot_user_id)
    return {"ok": True, "channel": channel.info()}


def conversations_members(workspace: Workspace, arguments: Arguments) -> Answer:
    """conversations.members."""
    members = sorted(_readable(workspace, arguments).members)
    return _page("members", members, arguments)


def conversations_open(workspace: Workspace, arguments: Arguments) -> Answer:
    """conversations.open, for one person."""
    user_id = arguments.needed("users", code="users_list_not_supplied")
    if user_id not in workspace.people:
        raise RefusalError(code="user_not_found")
    return {"ok": True, "channel": workspace.direct_message(user_id).info()}


def history(workspace: Workspace, arguments: Arguments) -> Answer:
    """conversations.history: newest first, without what hangs in threads."""
    channel = _readable(workspace, arguments)
    found = [each for each in channel.messages if _between(each, arguments)]
    shown = [_shown(channel, each, arguments) for each in reversed(found)]
    return _page("messages", shown, arguments)


def replies(workspace: Workspace, arguments: Arguments) -> Answer:
    """conversations.replies: the root first, then its replies in order."""
    channel = _readable(workspace, arguments)
    root = channel.message(arguments.needed("ts"))
    if root is None:
        raise RefusalError(code="thread_not_found")
    if root.thread_ts:
        root = channel.message(root.thread_ts) or root
    below = [each for each in channel.thread(root.ts) if _between(each, arguments)]
    shown = [_shown(channel, each, arguments) for each in (root, *below)]
    return _page("messages", shown, arguments)


def _between(message: Message, arguments: Arguments) -> bool:
    oldest, latest = arguments.text("oldest"), arguments.text("latest")
    if arguments.flag("inclusive") and message.ts in (oldest, latest):
        return True
    moment = float(message.ts)
    return (not oldest or moment > float(oldest)) and (
        not latest or moment < float(latest)
    )


def _shown(channel: Channel, message: Message, arguments: Arguments) -> Answer:
    shown = channel.listed(message)
    if not arguments.flag("include_all_metadata"):
        shown.pop("metadata", None)
    return shown


def _page(key: str, rows: Sequence[Any], arguments: Arguments) -> Answer:
    size = min(arguments.number("limit", 100), PAGE_MOST)
    cursor = arguments.text("cursor", "at:0").removeprefix("at:")
    if not cursor.isdigit() or size < 1:
        raise RefusalError(code="invalid_cursor" if size > 0 else "invalid_limit")
    start = int(cursor)
    more = start + size < len(rows)
    after = f"at:{start + size}" if more else ""
    return {
        "ok": True,
        key: list(rows[start : start + size]),
        "has_more": more,
        "response_metadata": {"next_cursor": after},
    }


def users_info(workspace: Workspace, arguments: Arguments) -> Answer:
    """users.info."""
    person = workspace.people.get(arguments.needed("user", code="user_not_found"))
    if person is None:
        raise RefusalError(code="user_not_found")
    return {"ok": True, "user": person.info(workspace.identity.team_id)}


def users_list(workspace: Workspace, arguments: Arguments) -> Answer:
    """users.list."""
    team_id = workspace.identity.team_id
    rows = [each.info(team_id) for each in workspace.people.values()]
    return _page("members", rows, arguments)


def usergroups_list(workspace: Workspace, _arguments: Arguments) -> Answer:
    """usergroups.list."""
    groups = [
        {"id": group_id, "handle": handle, "name": handle, "users": list(users)}
        for group_id, (handle, users) in workspace.groups.items()
    ]
    return {"ok": True, "usergroups": groups}


def usergroups_users_list(workspace: Workspace, arguments: Arguments) -> Answer:
    """usergroups.users.list."""
    group = workspace.groups.get(arguments.needed("usergroup"))
    if group is None:
        raise RefusalError(code="no_such_subteam")
    return {"ok": True, "users": list(group[1])}


def team_info(workspace: Workspace, _arguments: Arguments) -> Answer:
    """team.info."""
    identity = workspace.identity
    team = {"id": identity.team_id, "name": identity.team_name}
    return {"ok": True, "team": {**team, "domain": identity.domain}}


def bots_info(workspace: Workspace, arguments: Arguments) -> Answer:
    """bots.info."""
    if arguments.text("bot") not in ("", workspace.identity.bot_id):
        raise RefusalError(code="bot_not_found")
    return {"ok": True, "bot": workspace.identity.bot()}
