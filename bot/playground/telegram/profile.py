"""The bot's profile: commands by scope and language, descriptions, menu button."""

import json
import re
from typing import Any

from bot.playground.telegram import limits
from bot.playground.telegram.arguments import Arguments
from bot.playground.telegram.changes import ChangeKind, Changes
from bot.playground.telegram.refusals import bad_request

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_PRIVATE = ("chat", "all_private_chats", "default")
_GROUP = ("chat", "all_group_chats", "default")
_OF_CHAT = {"chat": 1, "chat_administrators": 1, "chat_member": 2}
_SCOPES = frozenset(
    {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
)


def _language(arguments: Arguments) -> str:
    code = arguments.text("language_code").strip()
    if code and not _LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def _scope(arguments: Arguments) -> str:
    """Returns a key for the scope: its kind, and the chat where it has one."""
    if not arguments.text("scope"):
        return "default"
    scope = arguments.json("scope")
    if not isinstance(scope, dict):
        raise bad_request("can't parse BotCommandScope JSON object")
    kind = str(scope.get("type", ""))
    if kind in _SCOPES:
        return kind
    if kind not in _OF_CHAT:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    ids = [str(scope.get(name, "")) for name in ("chat_id", "user_id")]
    return ":".join([kind, *ids[: _OF_CHAT[kind]]])


def _command(body: Any) -> dict[str, str]:
    if not isinstance(body, dict):
        raise bad_request("expected an Array of BotCommand")
    name = str(body.get("command", "")).removeprefix("/")
    about = str(body.get("description", "")).strip()
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(about) <= limits.COMMAND_DESCRIPTION_CHARACTERS:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": about}


class Profile:
    """What the bot tells about itself; the narrowest scope and language win."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self._texts: dict[tuple[str, str], str] = {}
        self._menu_buttons: dict[str, dict[str, Any]] = {}

    def set_commands(self, arguments: Arguments) -> bool:
        """Replaces the commands of one scope and language."""
        body = arguments.json("commands")
        if not isinstance(body, list):
            raise bad_request("can't parse commands list JSON object")
        if len(body) > limits.COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        key = (_scope(arguments), _language(arguments))
        self._commands[key] = [_command(command) for command in body]
        self._changes.tell(ChangeKind.PROFILE)
        return True

    def get_commands(self, arguments: Arguments) -> list[dict[str, str]]:
        """Returns the commands of exactly one scope and language."""
        return self._commands.get((_scope(arguments), _language(arguments)), [])

    def delete_commands(self, arguments: Arguments) -> bool:
        """Takes the commands of one scope and language away."""
        self._commands.pop((_scope(arguments), _language(arguments)), None)
        self._changes.tell(ChangeKind.PROFILE)
        return True

    def commands_for(self, chat_id: int, language: str | None) -> list[dict[str, str]]:
        """Returns the commands a person sees in a chat."""
        tongue = (language or "")[:2].lower()
        for scope in _PRIVATE if chat_id > 0 else _GROUP:
            key = f"chat:{chat_id}" if scope == "chat" else scope
            for code in dict.fromkeys((tongue, "")):
                commands = self._commands.get((key, code))
                if commands:
                    return commands
        return []

    def set_text(self, arguments: Arguments, field: str, longest: int) -> bool:
        """Replaces the description, short description or name of one language."""
        text = arguments.text(field)
        if len(text) > longest:
            raise bad_request(f"{field.replace('_', ' ')} is too long")
        self._texts[field, _language(arguments)] = text
        self._changes.tell(ChangeKind.PROFILE)
        return True

    def get_text(self, arguments: Arguments, field: str) -> dict[str, str]:
        """Returns a text in a language, or in none when that one has none."""
        own = self._texts.get((field, _language(arguments)))
        return {field: own if own is not None else self._texts.get((field, ""), "")}

    def set_menu_button(self, arguments: Arguments) -> bool:
        """Sets the button beside the typing field, for one chat or for all."""
        raw = arguments.text("menu_button")
        try:
            button = json.loads(raw) if raw else {"type": "default"}
        except ValueError:
            raise bad_request("can't parse menu button JSON object") from None
        kind = button.get("type") if isinstance(button, dict) else None
        if kind not in {"default", "commands", "web_app"}:
            raise bad_request("can't parse menu button: Unsupported type specified")
        self._menu_buttons[arguments.text("chat_id")] = button
        self._changes.tell(ChangeKind.PROFILE)
        return True

    def get_menu_button(self, arguments: Arguments) -> dict[str, Any]:
        """Returns the button of a chat, or the one for all."""
        of_all = self._menu_buttons.get("", {"type": "default"})
        return self._menu_buttons.get(arguments.text("chat_id"), of_all)
