"""Everything that can happen to us: one closed union, frozen values only.

An event names *who* it concerns in the outside world's own terms (a chat, a
ticket, a customer); which case that is, is found by the store under its lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from flows.sharing import SharedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatKey:
    """A conversation on a customers' channel, named as the platform names it."""

    #: ``telegram:<bot id>``: the same person may meet two bots.
    channel: str
    #: The platform's id of the chat, as text (64 bits do not fit every column).
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What the platform tells about the person who wrote, unverified."""

    id: str
    name: str = ""
    language: str | None = None


class MediaKind(StrEnum):
    """What a customer sent that is not text."""

    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    OTHER = "other"


# --- the customer -----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSaid:
    """A customer wrote text; ``edited`` when an earlier message was changed."""

    chat: ChatKey
    sender: Sender
    text: str
    message_id: str
    edited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSent:
    """A customer sent something else than text, perhaps with a caption.

    ``album`` is the same for all parts of one album; empty for a single one.
    """

    chat: ChatKey
    sender: Sender
    media: MediaKind
    message_id: str
    caption: str = ""
    album: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerStarted:
    """A customer opened the chat (``/start``), perhaps through a signed link.

    ``payload`` is what stood behind ``/start``, untrusted; empty when nothing
    did or when it is outside the platform's alphabet. The turn fills in the rest after
    it checked payload, proof or contact card: ``outcome`` is "linked", "shared" (an
    order somebody else shared, in ``shared``), or why nothing was opened; ``how`` what
    was checked; ``tied`` is "new" for a chat that just came, "switched" for one that
    showed another customer's orders until now.
    """

    chat: ChatKey
    sender: Sender
    payload: str = ""
    outcome: str = ""
    how: str = ""
    tied: str = ""
    shared: SharedOrder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerTapped:
    """A customer pressed a button; ``data`` is what the client sent, untrusted."""

    chat: ChatKey
    sender: Sender
    data: str
    message_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactShared:
    """A customer shared a contact card; ``own`` only if it is the sender's own."""

    chat: ChatKey
    sender: Sender
    phone: str
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSpoke:
    """Somebody addressed the bot in a group, where nothing may be disclosed."""

    chat: ChatKey
    sender: Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatBlocked:
    """A customer blocked the bot: nothing reaches this chat until it returns."""

    chat: ChatKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatReturned:
    """A customer unblocked the bot."""

    chat: ChatKey


# --- the staff --------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A colleague, as Slack (or the command line) names them."""

    id: str
    name: str


class TicketVerb(StrEnum):
    """What a colleague can do to a ticket with one press."""

    CLAIM = "claim"
    RESOLVE = "resolve"
    #: What waits for a decision: cancel it, or let the customer choose after all.
    CANCEL = "cancel"
    ASK = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffActed:
    """A colleague pressed a button of a ticket's card."""

    staff: Staff
    case_id: int
    ticket_id: str
    verb: TicketVerb


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffReplied:
    """A colleague sent words that shall reach the customer, through the reply form."""

    staff: Staff
    case_id: int
    ticket_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffReleased:
    """A colleague released (or dropped) a message that waited for them (mode ask).

    ``held``: something of it still waits; the store looks, under the case's lock.
    """

    staff: Staff
    case_id: int
    batch: str
    send: bool
    held: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffGranted:
    """A colleague gave, or refused, a consolation above what goes without asking."""

    staff: Staff
    case_id: int
    backorder_id: str
    give: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineConfirmed:
    """A colleague confirmed that one case's old backorders shall be handled now."""

    staff: Staff
    customer_id: str


# --- the shop, the clock, the receipts --------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopChanged:
    """The shop's rows about a customer changed; what they say is read under the lock.

    ``baseline``: what is late now was late before the bot came, and is left alone.
    """

    customer_id: str
    baseline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InstantPassed:
    """An instant of a case passed; the guards ask again whether anything is due."""

    case_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A message that somebody waits for reached its chat at ``at``."""

    case_id: int
    chat_id: int
    subject: str
    key: str
    at: datetime
    row_id: int
    platform_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undeliverable:
    """A message that somebody waits for will never arrive.

    ``unreachable``: the chat itself is closed to us (blocked, deactivated), else
    the platform refused this one message. ``elsewhere``: another chat has the same
    words, or will.
    """

    case_id: int
    chat_id: int
    subject: str
    key: str
    reason: str
    unreachable: bool
    row_id: int
    elsewhere: bool = False


ChatEvent = (
    CustomerSaid
    | CustomerSent
    | CustomerStarted
    | CustomerTapped
    | ContactShared
    | GroupSpoke
    | ChatBlocked
    | ChatReturned
)
StaffEvent = StaffActed | StaffReplied | StaffReleased | StaffGranted
Receipt = Delivered | Undeliverable
Event = (
    ChatEvent | StaffEvent | BaselineConfirmed | ShopChanged | InstantPassed | Receipt
)
