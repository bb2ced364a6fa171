"""The Slack app's manifest: what has to be registered, from the code that uses it."""

from typing import Any

from bot.slack.actions import COMMAND, GROUP_EVENTS

#: The least the bot works with, and what each is for.
SCOPES: dict[str, str] = {
    "chat:write": "posts and redraws cards, whispers to a colleague",
    "commands": f"the command {COMMAND}",
    "channels:history": "`check` proves that the bot sits in the public channel",
    "groups:history": "the same for a private channel",
    "users:read": "colleagues' names, and who is a guest",
    "usergroups:read": "SLACK_STAFF may name a user group",
}
REQUEST_PATH = "/slack/events"


def manifest(
    *, public_url: str | None = None, name: str = "Backorder bot"
) -> dict[str, Any]:
    """Return the manifest for "create an app from a manifest".

    Without a public address the app uses Socket Mode; with one, signed HTTP.
    """
    address = f"{public_url.rstrip('/')}{REQUEST_PATH}" if public_url else None
    request = {"request_url": address} if address else {}
    command = {
        "command": COMMAND,
        "description": "Say how much the bot does by itself",
        "usage_hint": "mode [watch|ask|act] · pause · resume · go · help",
        "should_escape": False,
    }
    return {
        "display_information": {
            "name": name,
            "description": "Tickets and decisions about delayed orders",
            "background_color": "#2c3e50",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": False,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "slash_commands": [command | ({"url": address} if address else {})],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": list(GROUP_EVENTS)},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }
