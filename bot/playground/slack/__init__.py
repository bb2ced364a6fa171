"""A strict local stand-in for Slack, for the playground and for tests."""

from bot.playground.slack.changes import Change
from bot.playground.slack.channel import Channel
from bot.playground.slack.message import Message
from bot.playground.slack.pace import Pace
from bot.playground.slack.person import Person
from bot.playground.slack.picture import picture
from bot.playground.slack.refusals import CannotDoError, RefusalError
from bot.playground.slack.routes import Reply
from bot.playground.slack.server import SlackStandIn
from bot.playground.slack.views import View

__all__ = [
    "CannotDoError",
    "Change",
    "Channel",
    "Message",
    "Pace",
    "Person",
    "RefusalError",
    "Reply",
    "SlackStandIn",
    "View",
    "picture",
]
