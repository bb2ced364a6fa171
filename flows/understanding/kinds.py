"""What a customer can mean, and what we say we understood: plain values."""

from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """Names one wish of a customer; `OTHER` means we are not sure."""

    WHERE_IS_MY_ORDER = "where_is_my_order"
    ETA_QUESTION = "eta_question"
    CANCEL_ORDER = "cancel_order"
    CHANGE_ORDER_OR_ADDRESS = "change_order_or_address"
    ACCEPT_YES = "accept_yes"
    DECLINE_NO = "decline_no"
    REFUND_STATUS = "refund_status"
    TALK_TO_HUMAN = "talk_to_human"
    COMPLAINT = "complaint"
    THANKS = "thanks"
    GREETING = "greeting"
    OPT_OUT = "opt_out"
    OTHER = "other"


class Outcome(StrEnum):
    """Says what the caller should do with what was understood."""

    ACT = "act"
    """Sure enough: answer the intent."""
    ASK = "ask"
    """Two or three candidates: ask "did you mean" with buttons."""
    MENU = "menu"
    """No idea: show the menu, a person one tap away."""


CONFIRMED_BY_BUTTON = frozenset(
    {
        Intent.CANCEL_ORDER,
        Intent.CHANGE_ORDER_OR_ADDRESS,
        Intent.ACCEPT_YES,
        Intent.OPT_OUT,
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalOption:
    """Describes one button of the open proposal, as the customer sees it."""

    #: What the caller calls this option; handed back as `chosen_option`.
    key: str
    #: The words on the button, in the customer's language.
    label: str
    #: A kind of `bot_decisions`: substitute, wait, cancel_refund, split_shipment…
    kind: str = "substitute"
    #: Colour as written in the shop, e.g. "Navy Blue".
    color: str | None = None
    #: Size as written in the shop, e.g. "XL".
    size: str | None = None
    #: 1 for the first button.
    position: int
    #: Whether a bare "yes" means this one.
    recommended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueContext:
    """Tells what the customer may be answering to."""

    #: The options of the open proposal, empty when none is open.
    options: tuple[ProposalOption, ...] = ()
    #: Not understood messages in a row just before this one.
    misses: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """Says what one message means, how sure we are, and what to do about it."""

    intent: Intent
    #: 0 to 1; 1 for closed word lists.
    confidence: float
    outcome: Outcome
    #: For `Outcome.ASK`: the two or three likeliest intents, likeliest first.
    candidates: tuple[Intent, ...] = ()
    #: Order numbers as compared in the shop: upper case, no leading `#`.
    order_refs: tuple[str, ...] = ()
    #: ISO 639 code of the likeliest language; "und" when there is no hint.
    lang: str = "und"
    #: The `key` of the proposal's option that was chosen, if one was.
    chosen_option: str | None = None
    #: Whether the message is nothing but the word STOP: obeyed without a button.
    bare_stop: bool = False
    #: Whether the caller must ask for a tap before acting.
    confirm: bool = False
    #: Whether this is the second miss in a row: offer a person first.
    person_first: bool = False
