"""The form in which a colleague writes to a customer: drawn, and read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack import words
from bot.slack.blocks import pieces
from bot.slack.mrkdwn import escape
from flows.codes import TicketPress, read_staff_press, ticket_data

CALLBACK_ID = "ticket_reply"
INPUT_BLOCK = "reply"
INPUT_ACTION = "text"
#: Slack's own limit for typed text.
INPUT_CHARACTERS = 3_000
#: In UTF-16 units: Telegram takes 4,096, and the words around a reply need room.
REPLY_UNITS = 3_500
_QUESTION_CHARACTERS = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSummary:
    """What stands above the reply: plain text, nothing escaped.

    ``question`` is what the customer wrote last.
    """

    customer: str
    question: str = ""


def reply_form(
    summary: TicketSummary, *, case_id: int, ticket_id: str
) -> dict[str, Any]:
    """Return the form as a Slack view; it carries the ids alone, nothing secret."""
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "private_metadata": ticket_data("reply", case_id, ticket_id),
        "title": _plain(words.REPLY_TITLE),
        "submit": _plain(words.REPLY_SUBMIT),
        "close": _plain(words.REPLY_CLOSE),
        "blocks": [
            {
                "type": "section",
                "text": {
                    "type": "mrkdwn",
                    "text": _heading(summary),
                    "verbatim": True,
                },
            },
            {
                "type": "input",
                "block_id": INPUT_BLOCK,
                "label": _plain(words.REPLY_LABEL),
                "hint": _plain(words.REPLY_HINT),
                "element": {
                    "type": "plain_text_input",
                    "action_id": INPUT_ACTION,
                    "multiline": True,
                    "max_length": INPUT_CHARACTERS,
                    "focus_on_load": True,
                },
            },
        ],
    }


def repeated_notice() -> dict[str, Any]:
    """Return the view that tells a colleague their reply had been saved before."""
    return {
        "type": "modal",
        "title": _plain(words.REPLY_REPEATED_TITLE),
        "close": _plain(words.REPLY_CLOSE),
        "blocks": [{"type": "section", "text": _plain(words.REPLY_REPEATED)}],
    }


def read_ticket(private_metadata: str) -> TicketPress | None:
    """Return which ticket a form answers, or None for a foreign or broken form."""
    press = read_staff_press(private_metadata)
    return press if isinstance(press, TicketPress) and press.verb == "reply" else None


def complaint(text: str) -> str | None:
    """Return what is wrong with a reply, or None when it can be sent."""
    if not text.strip():
        return words.REPLY_EMPTY
    if len(text.encode("utf-16-le")) // 2 > REPLY_UNITS:
        return words.REPLY_TOO_LONG
    return None


def errors(sentence: str) -> Mapping[str, Any]:
    """Return the answer that keeps the form open and shows the sentence in it."""
    return {"response_action": "errors", "errors": {INPUT_BLOCK: sentence}}


def _heading(summary: TicketSummary) -> str:
    name = f"*{escape(summary.customer.strip()[:200])}*"
    question = summary.question.strip()
    if not question:
        return name
    if len(question) > _QUESTION_CHARACTERS:
        question = f"{question[:_QUESTION_CHARACTERS]}…"
    quoted = "\n".join(f">{line}" for line in escape(question).splitlines())
    # Escaping can make five characters of one.
    return next(pieces(f"{name}\n{quoted}", 2_900))


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}
