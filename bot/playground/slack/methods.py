"""Which function serves which Web API method, and with which token."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.playground.slack import chat_methods as chat
from bot.playground.slack import file_methods as files
from bot.playground.slack import lookup_methods as lookup
from bot.playground.slack import view_methods as views
from bot.playground.slack.arguments import Arguments
from bot.playground.slack.workspace import Workspace

Method = Callable[[Workspace, Arguments], dict[str, Any]]

METHODS: Mapping[str, Method] = {
    "auth.test": lookup.auth_test,
    "bots.info": lookup.bots_info,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post,
    "chat.update": chat.update,
    "conversations.history": lookup.history,
    "conversations.info": lookup.conversations_info,
    "conversations.join": lookup.conversations_join,
    "conversations.members": lookup.conversations_members,
    "conversations.open": lookup.conversations_open,
    "conversations.replies": lookup.replies,
    "files.completeUploadExternal": files.complete,
    "reactions.add": chat.react,
    "reactions.remove": chat.unreact,
    "team.info": lookup.team_info,
    "usergroups.list": lookup.usergroups_list,
    "usergroups.users.list": lookup.usergroups_users_list,
    "users.info": lookup.users_info,
    "users.list": lookup.users_list,
    "views.open": views.open_,
    "views.publish": views.publish,
    "views.push": views.push,
    "views.update": views.update,
}
UPLOAD_URL = "files.getUploadURLExternal"
CONNECTIONS = "apps.connections.open"
SCOPES = (
    "channels:history,channels:join,channels:read,chat:write,commands,files:read,"
    "files:write,groups:history,im:history,im:write,reactions:write,team:read,"
    "usergroups:read,users:read"
)
