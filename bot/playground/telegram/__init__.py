"""A strict local stand-in for the Telegram Bot API, and the people who use it."""

from bot.playground.telegram.changes import Change, ChangeKind, Changes
from bot.playground.telegram.groups import Group
from bot.playground.telegram.limits import PLATFORM_PACE, Pace
from bot.playground.telegram.messages import Message
from bot.playground.telegram.people import Person
from bot.playground.telegram.presses import Press
from bot.playground.telegram.server import TelegramStandIn

__all__ = [
    "PLATFORM_PACE",
    "Change",
    "ChangeKind",
    "Changes",
    "Group",
    "Message",
    "Pace",
    "Person",
    "Press",
    "TelegramStandIn",
]
