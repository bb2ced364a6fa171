"""What Telegram shows of the bot before anybody writes: commands, descriptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from telegram import BotCommand, BotCommandScopeAllPrivateChats

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.telegram.client import BotApi

log = structlog.get_logger(__name__)

#: Groups get no commands: nothing may be disclosed there.
_SCOPE = BotCommandScopeAllPrivateChats()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The bot's words about itself in one language, ready to show.

    ``language`` is two letters; empty is the fallback for all others.
    ``commands``: name without slash, and what it does, in menu order.
    """

    language: str
    commands: tuple[tuple[str, str], ...]
    description: str = ""
    short_description: str = ""


async def publish(api: BotApi, profiles: Iterable[Profile]) -> int:
    """Bring what Telegram shows up to date and return how many texts changed.

    What stands already is left alone: the platform paces these calls hard.

    Raises:
        TelegramError: A text is too long, or Telegram cannot be reached.
    """
    changed = 0
    for profile in profiles:
        language = profile.language or None
        wanted = tuple(BotCommand(*command) for command in profile.commands)
        if await api.get_my_commands(_SCOPE, language_code=language) != wanted:
            await api.set_my_commands(wanted, _SCOPE, language_code=language)
            changed += 1
        shown = await api.get_my_description(language)
        if shown.description != profile.description:
            await api.set_my_description(profile.description, language)
            changed += 1
        short = await api.get_my_short_description(language)
        if short.short_description != profile.short_description:
            await api.set_my_short_description(profile.short_description, language)
            changed += 1
    if changed:
        log.info("telegram.profile_published", changed=changed)
    return changed
