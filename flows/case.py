"""A case: one customer's open matters as one immutable value, the unit of locking.

The store builds it under the lock, the flows return a new one, the store writes
what differs. Nothing here knows how.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from flows.shop import Customer, Line, Order, Shelf

if TYPE_CHECKING:
    from datetime import date, datetime

    from flows.waiting import Waiting


class OfferState(StrEnum):
    """Where a proposal stands; ``flows/offer.py`` has the arrows."""

    PROPOSED = "proposed"
    OPEN = "open"
    RESTING = "resting"
    ANSWERED = "answered"
    EXPIRED = "expired"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    BURIED = "buried"


class TicketState(StrEnum):
    """Where an escalation stands; ``flows/ticket.py`` has the arrows."""

    OPEN = "open"
    CLAIMED = "claimed"
    RESOLVED = "resolved"


class BackorderState(StrEnum):
    """Where a waiting quantity stands; ``flows/backorder.py`` has the arrows."""

    BASELINE = "baseline"
    NOTICED = "noticed"
    SUPPRESSED = "suppressed"
    OFFERED = "offered"
    WAITING = "waiting"
    SUBSTITUTED = "substituted"
    CANCELLED = "cancelled"
    WITH_STAFF = "with_staff"
    FILLED = "filled"


class DialogueState(StrEnum):
    """Who speaks with the customer; ``flows/dialogue.py`` has the arrows."""

    STRANGER = "stranger"
    TALKING = "talking"
    UNSURE = "unsure"
    WITH_STAFF = "with_staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A conversation that is tied to the case."""

    id: int
    channel: str
    address: str
    person_id: str | None = None
    name: str = ""
    language: str | None = None
    reachable: bool = True
    muted: bool = False
    #: Other customers this chat has proved to be, one tap away.
    others: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The date range a customer was told; both None: we said we do not know."""

    expected_from: date | None
    expected_to: date | None
    told_at: datetime

    def passed(self, today: date) -> bool:
        """Whether its last day is over, in the zone of ``today``."""
        return self.expected_to is not None and self.expected_to < today


@dataclass(frozen=True, slots=True, kw_only=True)
class Backorder:
    """A quantity of an order line that cannot be filled now."""

    id: str
    order_id: str
    line_id: str
    sku: str | None
    quantity: int
    state: BackorderState
    found_at: datetime
    closed_at: datetime | None = None
    told: Told | None = None
    #: How often a told date became worse.
    slips: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option of an offer, with all its terms.

    ``kind`` is substitute, wait, cancel or staff; amounts are minor units;
    ``match`` says what a substitute differs in, ``steps`` by how many sizes (below
    zero: smaller), ``imprint`` whether it carries the same design, another, or none.
    """

    code: str
    kind: str
    sku: str | None = None
    title: str = ""
    match: str = ""
    size: str | None = None
    color: str | None = None
    brand: str | None = None
    steps: float = 0.0
    imprint: str = ""
    image_url: str | None = None
    #: What one unit of a substitute costs.
    price_minor: int = 0
    difference_minor: int = 0
    refund_minor: int = 0
    expected_from: date | None = None
    expected_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferItem:
    """A backorder that an offer is about, with its own choices.

    ``recommended`` and ``on_silence`` are codes of ``choices``; they may differ, and
    where silence decides nothing but a colleague does, ``on_silence`` is empty.
    """

    backorder_id: str
    line_id: str
    title: str
    quantity: int
    choices: tuple[Choice, ...]
    recommended: str
    on_silence: str
    rule: str = ""
    cause: str = ""
    #: Substitutes shown before "Other options".
    shown: int = 1
    #: What was told before, when this offer tells a worse date.
    told_before: date | None = None
    #: Nobody knows when it comes, because the day it was to come has passed.
    overdue: bool = False
    #: The backorder whose item decides for this one: both belong to one set.
    follows: str | None = None
    #: Things of the same set that lie ready and stay as they are.
    stays: tuple[str, ...] = ()
    size_chart_url: str | None = None
    #: What the customer generally prefers, where it counted here.
    preference: str = ""
    #: The day the customer needs it, where it comes later.
    needed_by: date | None = None
    #: The customer wants none of the substitutes that were offered here.
    refused: bool = False
    #: Not here when it was ordered: as "preorder" or "backorder".
    ordered: str = ""
    chosen: str | None = None
    decided_by: str | None = None

    def choice(self, code: str) -> Choice | None:
        """Return the choice with this code, if the item offers it."""
        return next((item for item in self.choices if item.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One version of one proposal, with the terms it was made on."""

    id: str
    version: int
    order_id: str
    #: What it was made for; one of ``flows/plan.py``'s kinds.
    kind: str
    state: OfferState
    token: str
    items: tuple[OfferItem, ...]
    window_seconds: int
    proposed_at: datetime
    policy_version: str = ""
    told_deadline: datetime | None = None
    delivered_at: datetime | None = None
    deadline_at: datetime | None = None
    remind_at: datetime | None = None
    reminded_at: datetime | None = None
    rested_at: datetime | None = None
    decided_at: datetime | None = None
    changes: int = 0

    @property
    def subject(self) -> str:
        """The name under which this version's messages are found again."""
        return f"offer:{self.id}:{self.version}"

    @property
    def unanswered(self) -> tuple[OfferItem, ...]:
        """The items that still need a choice."""
        return tuple(item for item in self.items if item.chosen is None)

    def find(self, code: str) -> tuple[OfferItem, Choice] | None:
        """Return the item and its choice behind a code."""
        for item in self.items:
            choice = item.choice(code)
            if choice is not None:
                return item, choice
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """An escalation on a case: a card in Slack with its thread."""

    id: str
    state: TicketState
    reason: str
    opened_at: datetime
    owner_id: str | None = None
    owner_name: str | None = None
    claimed_at: datetime | None = None
    resolved_at: datetime | None = None
    remind_at: datetime | None = None

    @property
    def subject(self) -> str:
        """The name under which the ticket's card is found again."""
        return f"ticket:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """A decision as the shared table has it; ``told``: what the customer knows."""

    id: int
    order_id: str
    line_id: str | None
    kind: str
    quantity: int
    decided_by: str
    created_at: datetime
    offer_id: str | None = None
    backorder_id: str | None = None
    substitute_sku: str | None = None
    price_minor: int | None = None
    refund_minor: int | None = None
    currency: str | None = None
    reason: str = ""
    apply_after: datetime | None = None
    claimed_at: datetime | None = None
    applied_at: datetime | None = None
    rejected_at: datetime | None = None
    rejection: str | None = None
    withdrawn_at: datetime | None = None
    told: str = "made"

    @property
    def standing(self) -> bool:
        """Whether it still holds: neither rejected nor withdrawn."""
        return self.rejected_at is None and self.withdrawn_at is None

    @property
    def changeable(self) -> bool:
        """Whether the customer may still take it back."""
        return self.standing and self.claimed_at is None and self.applied_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A message handed to the shop's mailer whose fate the case has not yet noted."""

    id: int
    about: str
    key: str
    sent_at: datetime | None
    failed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a message asked to be confirmed: the data of its buttons, and when."""

    data: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Small things the dialogue remembers between turns.

    ``shown`` are digests of what watch mode already showed the staff; ``claimed`` is
    the order number a stranger named; ``wish`` are the words of a change that waits for
    its button; ``album`` is the last album that was answered.
    """

    shown: tuple[str, ...] = ()
    claimed: str | None = None
    #: Payment authorisations whose end somebody was warned of, with that end.
    warned: tuple[str, ...] = ()
    wish: str = ""
    album: str = ""
    #: What the customer generally prefers, one of ``flows/preferences.py``.
    preference: str = ""
    #: Whether something waits for the end of the quiet hours: a moved date, news.
    later: bool = False
    #: Backorders that had their consolation, or about which a colleague was asked.
    consoled: tuple[str, ...] = ()
    #: Days by which the customer said an order is needed, by order.
    wanted_by: tuple[tuple[str, date], ...] = ()
    #: What waits to be confirmed by a button.
    asked: Asked | None = None
    #: The last words that were not understood.
    missed: str = ""
    #: Parcels whose leaving was told.
    shipped: tuple[str, ...] = ()
    #: Orders with decisions that wait for words to go out: the words' key, the order.
    untold: tuple[tuple[str, str], ...] = ()
    #: The offers those words are about: the words' key, the offer's id.
    untold_offers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything a turn decides on. Facts of the shop are read, never written."""

    id: int
    version: int
    dialogue: DialogueState
    customer: Customer | None = None
    misses: int = 0
    language: str | None = None
    memory: Memory = field(default_factory=Memory)
    chats: tuple[Chat, ...] = ()
    orders: tuple[Order, ...] = ()
    shelf: Shelf = field(default_factory=Shelf)
    backorders: tuple[Backorder, ...] = ()
    offers: tuple[Offer, ...] = ()
    ticket: Ticket | None = None
    decisions: tuple[DecisionRow, ...] = ()
    notices: tuple[NoticeRow, ...] = ()
    #: Places on the waiting list, ended ones included.
    waiting: tuple[Waiting, ...] = ()
    wake_at: datetime | None = None

    def chat(self, chat_id: int) -> Chat | None:
        """Return the chat with this id, if it is tied to the case."""
        return next((chat for chat in self.chats if chat.id == chat_id), None)

    def order(self, order_id: str) -> Order | None:
        """Return the order with this id, if the case has it."""
        return next((order for order in self.orders if order.id == order_id), None)

    def line(self, line_id: str | None) -> Line | None:
        """Return the order line with this id, if the case has it."""
        lines = (line for order in self.orders for line in order.lines)
        return next((line for line in lines if line.id == line_id), None)

    def backorder(self, backorder_id: str | None) -> Backorder | None:
        """Return the backorder with this id, if the case has it."""
        found = (item for item in self.backorders if item.id == backorder_id)
        return next(found, None)

    def offer_for(self, backorder_id: str) -> Offer | None:
        """Return the newest offer about a backorder, one in force before all others."""
        found = [
            offer
            for offer in self.offers
            if any(item.backorder_id == backorder_id for item in offer.items)
        ]
        return max(
            found,
            key=lambda offer: (offer.state != OfferState.REPLACED, offer.proposed_at),
            default=None,
        )

    @property
    def reachable_chats(self) -> tuple[Chat, ...]:
        """The chats that proactive messages may go to now."""
        return tuple(chat for chat in self.chats if chat.reachable and not chat.muted)
