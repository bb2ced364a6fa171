"""The manifest registers exactly what the code answers."""

import re
from pathlib import Path

from bot.playground.slack.methods import SCOPES as GRANTED
from bot.slack.actions import Commanded, GroupChanged, read
from bot.slack.manifest import REQUEST_PATH, SCOPES, manifest

#: What the package calls, and the scope that call needs.
CALLS = {
    "issue_new_wss_url": None,
    "auth_test": None,
    "apps_connections_open": None,
    "views_open": None,
    "chat_postMessage": "chat:write",
    "chat_update": "chat:write",
    "chat_postEphemeral": "chat:write",
    "conversations_history": "channels:history",
    "users_info": "users:read",
    "usergroups_users_list": "usergroups:read",
}


def test_registered_is_what_is_answered() -> None:
    """Each registered command and event is read as one that asks something of us."""
    registered = manifest()
    (command,) = registered["features"]["slash_commands"]
    assert isinstance(read({"command": command["command"]}), Commanded)
    for event in registered["settings"]["event_subscriptions"]["bot_events"]:
        body = {"type": "event_callback", "event": {"type": event}}
        assert isinstance(read(body), GroupChanged)


def test_scopes_are_the_least_the_calls_need() -> None:
    """Every Web API call in the package has its scope, and no scope is left over."""
    package = Path(__file__).parents[3] / "bot" / "slack"
    source = "".join(path.read_text() for path in package.glob("*.py"))
    called = set(re.findall(r"await (?:self\._)?client\.([a-z]+_\w+)\(", source))
    assert called == set(CALLS)
    needed = {scope for call in called if (scope := CALLS[call])}
    # Private channels need their twin; a slash command needs a scope and no call.
    assert needed | {"groups:history", "commands"} == set(SCOPES)
    assert set(SCOPES) <= set(GRANTED.split(","))


def test_socket_mode_unless_there_is_an_address() -> None:
    """Without a public address nothing names one; with one, all three places do."""
    quiet = manifest()
    assert quiet["settings"]["socket_mode_enabled"]
    assert "http" not in str(quiet)

    public = manifest(public_url="https://bot.shop.example/")
    address = f"https://bot.shop.example{REQUEST_PATH}"
    assert not public["settings"]["socket_mode_enabled"]
    assert public["settings"]["event_subscriptions"]["request_url"] == address
    assert public["settings"]["interactivity"]["request_url"] == address
    assert public["features"]["slash_commands"][0]["url"] == address


def test_names_fit() -> None:
    """Slack refuses a manifest whose names are too long."""
    shown = manifest()["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
