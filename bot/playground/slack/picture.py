"""One colleague's screen as JSON, for the page that draws it."""

from typing import Any

from bot.playground.slack.channel import Channel
from bot.playground.slack.message import Message
from bot.playground.slack.person import Person
from bot.playground.slack.server import SlackStandIn
from bot.playground.slack.views import View


def picture(slack: SlackStandIn, person: Person) -> dict[str, Any]:
    """Return everything this person sees: channels, threads, modals, errors."""
    people = slack.workspace.people.values()
    return {
        "me": person.id,
        "team": slack.identity.team_name,
        "people": {each.id: each.name for each in people},
        "bot": slack.identity.bot_user_id,
        "channels": [
            _channel(channel, person)
            for channel in slack.workspace.channels.values()
            if person.id in channel.members
        ],
        "modals": [_view(slack, view) for view in person.modals],
        "home": _view(slack, person.home) if person.home else None,
        "errors": list(person.errors),
        "is_connected": slack.is_connected,
    }


def _channel(channel: Channel, person: Person) -> dict[str, Any]:
    mine = [each for each in person.ephemerals if each.channel_id == channel.id]
    shown = [*channel.everything, *mine]
    roots = [m for m in shown if m.thread_ts is None or m.also_in_channel]
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "messages": [
            message_picture(root, [m for m in shown if m.thread_ts == root.ts])
            for root in sorted(roots, key=lambda each: each.ts)
        ],
    }


def message_picture(message: Message, replies: list[Message]) -> dict[str, Any]:
    """Return one message, with its thread where it has one."""
    return {
        "ts": message.ts,
        "user": message.user_id,
        "is_bot": message.by_bot,
        "text": message.text,
        "blocks": message.blocks,
        "files": message.files,
        "edited": message.edited,
        "deleted": message.is_tombstone,
        "only_you": message.only_for is not None,
        "reactions": message.reactions,
        "broadcasts": list(message.broadcasts),
        "replies": [message_picture(each, []) for each in replies],
    }


def _view(slack: SlackStandIn, view: View) -> dict[str, Any]:
    return view.payload(slack.identity)
