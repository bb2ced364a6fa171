"""What Telegram shows of the bot in each language, from the same templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.telegram.commands import Profile
from flows.wording import Wording, languages

if TYPE_CHECKING:
    from flows.policy import Policy

_COMMANDS = ("orders", "preferences", "person", "share", "language", "stop", "privacy")


def profiles(policy: Policy) -> tuple[Profile, ...]:
    """Return a profile per language; English is also the fallback for all others."""
    zone = policy.hours.time_zone
    made = []
    for language in ("", *languages()):
        words = Wording(language or "en", zone, policy.shop)
        made.append(
            Profile(
                language=language,
                commands=tuple((name, words.about(name)) for name in _COMMANDS),
                description=words.about("description"),
                short_description=words.about("short_description"),
            )
        )
    return tuple(made)
