"""What a Slack payload means: total functions, for any JSON Slack or anybody sends.

Nothing here is trusted or allowed yet; who may do it is asked in ``staff``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.reply_form import CALLBACK_ID, INPUT_ACTION, INPUT_BLOCK, read_ticket
from flows.codes import ColleaguePress, StaffPress, read_staff_press

COMMAND = "/backorder"
#: The events of Slack's Events API that mean something to us.
GROUP_EVENTS = ("subteam_members_changed",)
#: Sent without being asked for when somebody uninstalls the app.
LOSS_EVENTS = ("tokens_revoked", "app_uninstalled")
_HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who acted, as the payload names them; an org-wide install may name no team."""

    id: str
    name: str = ""
    team_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody acted: empty for a form or the Home tab.

    ``response_url`` takes five answers within 30 minutes.
    """

    channel: str = ""
    response_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """Somebody pressed a button of ours; ``trigger_id`` opens a form within 3 s."""

    person: Person
    place: Place
    press: ColleaguePress
    key: str
    trigger_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """Somebody sent the reply form; ``text`` is as typed."""

    person: Person
    case_id: int
    ticket_id: str
    text: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded:
    """Somebody typed our slash command; ``press`` is ``command.<subcommand>``."""

    person: Person
    place: Place
    press: StaffPress


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChanged:
    """The members of a user group changed."""

    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLost:
    """Somebody uninstalled the app or revoked its token."""

    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """A payload that asks nothing of us: talk, foreign buttons, unknown kinds."""

    kind: str


Reading = Pressed | Submitted | Commanded | GroupChanged | AccessLost | Nothing


def read(body: Mapping[str, Any]) -> Reading:
    """Return what a payload asks of us; never raises, whatever it holds."""
    if _text(body, "command"):
        return _command(body)
    match _text(body, "type"):
        case "block_actions":
            return _press(body)
        case "view_submission":
            return _submission(body)
        case "event_callback":
            return _event(body)
        case kind:
            return Nothing(kind=kind or "unnamed")


def dedupe_key(body: Mapping[str, Any]) -> str:
    """Return the inbox key of a payload: the same for a repeat, else another."""
    match _text(body, "type"):
        case "event_callback":
            return f"slack:event:{_text(body, 'event_id')}"
        case "view_submission":
            view = _text(body, "view", "id")
            return f"slack:view:{view}:{_text(body, 'view', 'hash')}"
    # Home tab actions have no channel, actions on ephemeral posts no message.
    where = (
        _text(body, "channel", "id")
        or _text(body, "container", "channel_id")
        or _text(body, "container", "view_id")
        or _text(body, "view", "id")
    )
    message = _text(body, "container", "message_ts") or _text(body, "message", "ts")
    acted = next((_text(each, "action_ts") for each in _actions(body)), "")
    return f"slack:action:{where}:{message}:{acted}:{_text(body, 'user', 'id')}"


def _press(body: Mapping[str, Any]) -> Reading:
    for action in _actions(body):
        data = _text(action, "value") or _text(action, "selected_option", "value")
        press = read_staff_press(data)
        if press is not None:
            return Pressed(
                person=_person(body),
                place=Place(
                    channel=_text(body, "channel", "id")
                    or _text(body, "container", "channel_id"),
                    response_url=_text(body, "response_url"),
                ),
                press=press,
                key=dedupe_key(body),
                trigger_id=_text(body, "trigger_id"),
            )
    return Nothing(kind="block_actions")


def _submission(body: Mapping[str, Any]) -> Reading:
    ticket = read_ticket(_text(body, "view", "private_metadata"))
    if _text(body, "view", "callback_id") != CALLBACK_ID or ticket is None:
        return Nothing(kind="view_submission")
    return Submitted(
        person=_person(body),
        case_id=ticket.case_id,
        ticket_id=ticket.ticket_id,
        text=_text(body, "view", "state", "values", INPUT_BLOCK, INPUT_ACTION, "value"),
        key=dedupe_key(body),
    )


def _command(body: Mapping[str, Any]) -> Reading:
    if _text(body, "command") != COMMAND:
        return Nothing(kind="command")
    subcommand, _, argument = _text(body, "text").strip().partition(" ")
    return Commanded(
        person=Person(
            id=_text(body, "user_id"),
            name=_text(body, "user_name"),
            team_id=_text(body, "team_id"),
        ),
        place=Place(
            channel=_text(body, "channel_id"), response_url=_text(body, "response_url")
        ),
        press=StaffPress(
            action=f"command.{subcommand.lower() or _HELP}", argument=argument.strip()
        ),
    )


def _event(body: Mapping[str, Any]) -> Reading:
    kind = _text(body, "event", "type")
    if kind in GROUP_EVENTS:
        return GroupChanged(group=_text(body, "event", "subteam_id"))
    if kind in LOSS_EVENTS:
        return AccessLost(event=kind)
    # Messages above all: thread talk stays among colleagues, only the reply form
    # speaks to a customer.
    return Nothing(kind=kind or "event")


def _person(body: Mapping[str, Any]) -> Person:
    return Person(
        id=_text(body, "user", "id"),
        name=_text(body, "user", "name") or _text(body, "user", "username"),
        team_id=_text(body, "user", "team_id") or _text(body, "team", "id"),
    )


def _actions(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    actions = body.get("actions")
    if not isinstance(actions, list):
        return []
    return [action for action in actions if isinstance(action, Mapping)]


def _text(value: Any, *path: str) -> str:
    """Return the text at the end of a path, or nothing where it does not lead."""
    for name in path:
        if not isinstance(value, Mapping):
            return ""
        value = value.get(name)
    return value if isinstance(value, str) else ""
