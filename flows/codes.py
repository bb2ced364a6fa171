"""The words on the back of buttons: what a press brings back to us.

Clients can send any string, so reading one proves nothing: an offer's token is
looked up and checked against the chat, menu words carry no rights, and a
colleague's rights are checked where Slack is read.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

#: Telegram refuses longer callback data; counted in bytes.
CALLBACK_BYTES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPress:
    """A customer pressed an option of an offer's version."""

    token: str
    option: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuPress:
    """A customer pressed a button that anybody may press."""

    action: str
    argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPress:
    """A colleague pressed a button of a ticket's card."""

    verb: Literal["claim", "resolve", "reply", "cancel", "ask"]
    case_id: int
    ticket_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePress:
    """A colleague released or dropped messages that waited for them."""

    send: bool
    case_id: int
    batch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPress:
    """A colleague pressed a button that belongs to no single case."""

    action: str
    argument: str = ""


CustomerPress = OfferPress | MenuPress
ColleaguePress = TicketPress | ReleasePress | StaffPress


def offer_data(token: str, option: str) -> str:
    """Return callback data for an option of an offer."""
    return _within_limit(f"o:{token}:{option}")


def menu_data(action: str, argument: str = "") -> str:
    """Return callback data for a menu button."""
    return _within_limit(f"m:{action}:{argument}" if argument else f"m:{action}")


def handle(name: str) -> str:
    """Return a short name for something of the shop's, whatever its id looks like.

    It opens nothing: the thing is looked for among those of the chat's own case.
    """
    return urlsafe_b64encode(sha256(name.encode()).digest()[:9]).decode()


def ticket_data(verb: str, case_id: int, ticket_id: str) -> str:
    """Return the value of a ticket card's button."""
    return f"t:{verb}:{case_id}:{ticket_id}"


def release_data(case_id: int, batch: str, *, send: bool) -> str:
    """Return the value of a release button (mode ask)."""
    return f"r:{'send' if send else 'drop'}:{case_id}:{batch}"


def staff_data(action: str, argument: str = "") -> str:
    """Return the value of a button that belongs to no single case."""
    return f"s:{action}:{argument}"


def read_customer_press(data: str) -> CustomerPress | None:
    """Return what a customer's button means, or None for foreign or broken data."""
    match data.split(":", 2):
        case ["o", token, option] if token and option:
            return OfferPress(token=token, option=option)
        case ["m", action] if action:
            return MenuPress(action=action)
        case ["m", action, argument] if action:
            return MenuPress(action=action, argument=argument)
    return None


def read_staff_press(data: str) -> ColleaguePress | None:
    """Return what a colleague's button means, or None for foreign or broken data."""
    match data.split(":", 3):
        case [
            "t",
            ("claim" | "resolve" | "reply" | "cancel" | "ask") as verb,
            case_id,
            ticket_id,
        ] if case_id.isdecimal():
            return TicketPress(verb=verb, case_id=int(case_id), ticket_id=ticket_id)
        case ["r", ("send" | "drop") as verb, case_id, batch] if case_id.isdecimal():
            return ReleasePress(send=verb == "send", case_id=int(case_id), batch=batch)
        case ["s", action, *rest] if action:
            return StaffPress(action=action, argument=":".join(rest))
    return None


def _within_limit(data: str) -> str:
    if len(data.encode()) > CALLBACK_BYTES:
        raise ValueError(f"button data {data!r} is longer than {CALLBACK_BYTES} bytes")
    return data
