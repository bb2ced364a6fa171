"""Everything we can ask for: one closed union, finished values only.

Texts are rendered when they are decided; a retry can never say something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from flows.wording import Wording


class Urgency(IntEnum):
    """How lanes compete for the platform's pace; inside a lane order always wins."""

    REPLY = 0
    PROMPT = 1
    NOTICE = 2
    DIGEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One button: ``data`` comes back on a press, or ``url`` opens a page."""

    label: str
    data: str = ""
    url: str | None = None
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Finished words for a customer.

    ``text`` is Telegram's HTML subset with everything variable escaped.
    ``contact_request`` makes the first button one that shares the person's own
    number; ``remove_keyboard`` takes such a button away again.
    """

    key: str
    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    contact_request: bool = False
    remove_keyboard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Finished words for the staff: Slack mrkdwn with everything variable escaped.

    ``summary`` is plain text for notifications and screen readers.
    """

    key: str
    summary: str
    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Send a message to one chat.

    ``subject`` names what the message is about, so that a later edit finds it;
    ``receipt``: the case waits to hear whether it arrived. ``batch`` holds rows
    that are let go together: by a colleague (mode ask), or in the morning.
    """

    chat_id: int
    message: Message
    urgency: Urgency = Urgency.REPLY
    subject: str = ""
    receipt: bool = False
    expires_at: datetime | None = None
    batch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPicture:
    """Send a picture without words; failing to is swallowed, words follow anyway.

    ``subject`` is the one of the words that follow.
    """

    chat_id: int
    image_url: str
    urgency: Urgency = Urgency.PROMPT
    subject: str = ""
    batch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reword:
    """Replace the words and buttons of the newest message about ``subject``."""

    chat_id: int
    subject: str
    message: Message
    batch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCard:
    """Post a card to the staff, or redraw it when ``subject`` was posted before."""

    subject: str
    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class PostShortage:
    """Post or redraw the one card about a blank that several cases wait for.

    The same words are not posted twice. ``over`` redraws it a last time, where it was
    posted at all: the next shortage has a card of its own.
    """

    sku: str
    card: Card
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PostThread:
    """Post words below the card about ``subject``."""

    subject: str
    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Toast:
    """Answer a press on the spot, best effort; never the only place of a truth."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisper:
    """Tell the colleague who pressed something only they need to know."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Hand words to the shop's mailer, for a customer whom no chat reaches."""

    subject_line: str
    text: str
    key: str
    subject: str
    deadline_at: datetime | None = None
    chat_link: str = ""
    batch: str | None = None


class DecisionKind(StrEnum):
    """What shall be done; the words the shop's backend reads."""

    SUBSTITUTE = "substitute"
    WAIT = "wait"
    CANCEL_REFUND = "cancel_refund"
    SPLIT_SHIPMENT = "split_shipment"
    RELEASE = "release"
    WAITLIST = "waitlist"
    REALLOCATE = "reallocate"
    CONSOLATION = "consolation"
    CHANGE_REQUEST = "change_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """Write a decision row in the same commit as the state that led to it."""

    order_id: str
    line_id: str | None
    kind: DecisionKind
    quantity: int
    decided_by: str
    reason: str
    backorder_id: str | None = None
    offer_id: str | None = None
    substitute_sku: str | None = None
    price_minor: int | None = None
    refund_minor: int | None = None
    currency: str | None = None
    apply_after: datetime | None = None
    #: The rule of the policy it was decided under; the draft fills it in at its end.
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowFrom:
    """Let the shop take a decision from an instant on."""

    decision_id: int
    apply_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Take an unclaimed decision back; its row stays, marked withdrawn."""

    decision_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkTold:
    """Remember up to which state of a decision the customer has been told."""

    decision_id: int
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Append what a customer answered to an offer: the proof of consent."""

    offer_id: str
    version: int
    option: str
    by: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseTold:
    """Append the date range told to a customer; the last one is what we promised."""

    backorder_id: str
    line_id: str
    expected_from: date | None
    expected_to: date | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldUnits:
    """Keep units of a SKU softly for a running offer."""

    sku: str
    quantity: int
    offer_id: str
    backorder_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHolds:
    """Give back what is held for an offer, or for one backorder of it."""

    offer_id: str
    backorder_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseBatch:
    """Let held messages go, or drop them."""

    batch: str
    send: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsend:
    """Drop what is not sent yet about subjects that are out of date.

    ``moving`` drops also what is on its way to a chat, not only what a colleague or the
    shop's mailer has. ``staff`` and the customer's ``name`` write the cards of what was
    held, which is seldom anything.
    """

    subjects: tuple[str, ...]
    moving: bool
    staff: Wording
    name: str

    def card(self, *, partly: bool) -> Card:
        """Return what redraws a card of which nothing is left, or goes below one."""
        key = "outdated_part" if partly else "outdated"
        return self.staff.card(key, name=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Append a line to the audit: who did or decided what, and why."""

    actor: str
    action: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlink:
    """Let a chat leave the case: it is nobody's now; unsent words are dropped."""

    chat_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget:
    """Erase a chat with its words, name and links; facts of accounting stay."""

    chat_id: int


Effect = (
    Say
    | ShowPicture
    | Reword
    | PostCard
    | PostShortage
    | PostThread
    | Toast
    | Whisper
    | Notice
    | Decide
    | Withdraw
    | AllowFrom
    | MarkTold
    | Answered
    | PromiseTold
    | HoldUnits
    | ReleaseHolds
    | ReleaseBatch
    | Unsend
    | Record
    | Unlink
    | Forget
)
