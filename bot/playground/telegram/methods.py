"""Methods of the Bot API by their names, in lower case as the platform reads them."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.playground.telegram import limits
from bot.playground.telegram.arguments import Arguments
from bot.playground.telegram.files import Album
from bot.playground.telegram.messages import User
from bot.playground.telegram.polling import Polling
from bot.playground.telegram.presses import Presses
from bot.playground.telegram.profile import Profile
from bot.playground.telegram.refusals import bad_request
from bot.playground.telegram.webhook import Webhook
from bot.playground.telegram.writing import Writing

Method = Callable[[Arguments], Awaitable[Any]]

_TEXTS = {
    "name": 64,
    "description": limits.DESCRIPTION_CHARACTERS,
    "short_description": limits.SHORT_DESCRIPTION_CHARACTERS,
}


def _at_once(method: Callable[[Arguments], Any]) -> Method:
    async def called(arguments: Arguments) -> Any:
        return method(arguments)

    return called


def _me(bot: User) -> dict[str, Any]:
    return bot.to_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _file(album: Album, arguments: Arguments) -> dict[str, Any]:
    photo = album.with_id(arguments.text("file_id").strip())
    if photo is None:
        raise bad_request("invalid file_id")
    return {
        "file_id": photo.file_id,
        "file_unique_id": photo.unique_id,
        "file_size": len(photo.body),
        "file_path": photo.path,
    }


def table_of_methods(
    *,
    bot: User,
    album: Album,
    writing: Writing,
    presses: Presses,
    profile: Profile,
    polling: Polling,
    webhook: Webhook,
) -> dict[str, Method]:
    """Returns every method the stand-in speaks; any other is answered with 404."""
    table: dict[str, Method] = {
        "getupdates": polling.get_updates,
        "setwebhook": webhook.set,
        "deletewebhook": webhook.delete,
        "sendmessage": writing.send_message,
        "sendphoto": writing.send_photo,
        "editmessagetext": writing.edit_text,
        "editmessagecaption": writing.edit_caption,
        "editmessagereplymarkup": writing.edit_markup,
        "deletemessage": writing.delete,
        "sendchataction": writing.chat_action,
        "getme": _at_once(lambda _: _me(bot)),
        "getwebhookinfo": _at_once(lambda _: webhook.info()),
        "getfile": _at_once(lambda arguments: _file(album, arguments)),
        "answercallbackquery": _at_once(presses.answer),
        "setmycommands": _at_once(profile.set_commands),
        "getmycommands": _at_once(profile.get_commands),
        "deletemycommands": _at_once(profile.delete_commands),
        "setchatmenubutton": _at_once(profile.set_menu_button),
        "getchatmenubutton": _at_once(profile.get_menu_button),
    }
    for field, longest in _TEXTS.items():
        name = field.replace("_", "")
        table[f"setmy{name}"] = _setter(profile, field, longest)
        table[f"getmy{name}"] = _getter(profile, field)
    return table


def _setter(profile: Profile, field: str, longest: int) -> Method:
    return _at_once(lambda arguments: profile.set_text(arguments, field, longest))


def _getter(profile: Profile, field: str) -> Method:
    return _at_once(lambda arguments: profile.get_text(arguments, field))
