"""The one message that every contender sends: a status answer with two buttons."""

from __future__ import annotations

from typing import Any

TOKEN = "100200300:benchmark"
TEXT = (
    "Order 1042 of Sun 1 March\n"
    "• Hoodie, black, L: out of stock; we expect it between Tue 10 March and "
    "Fri 13 March. It needs your choice by Wed 4 March, 12:00, London time.\n"
    "• 2 × Tee, navy, M: ready. We send one parcel, so it waits for Hoodie, black, L."
)
#: As the Bot API has them.
BUTTONS = [
    [{"text": "Choose now", "callback_data": "o:wdRVl6JC_fEfjysa:show"}],
    [{"text": "Talk to a person", "callback_data": "m:person"}],
]
#: As our outbox has them.
PAYLOAD: dict[str, Any] = {
    "kind": "text",
    "text": TEXT,
    "rows": [
        [{"label": one["text"], "data": one["callback_data"]} for one in row]
        for row in BUTTONS
    ],
}
#: As the Bot API takes the whole.
CALL: dict[str, Any] = {
    "text": TEXT,
    "parse_mode": "HTML",
    "link_preview_options": {"is_disabled": True},
    "reply_markup": {"inline_keyboard": BUTTONS},
}


def chat_number(number: int) -> int:
    """Return the id of a chat, of 64 that take turns."""
    return 7_000_000_000 + number % 64
