"""Every shape of update becomes the right event, or nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from bot.telegram.phone import e164
from bot.telegram.readable import clean, is_blank
from bot.telegram.updates import to_event
from flows.events import (
    ChatBlocked,
    ChatReturned,
    ContactShared,
    CustomerSaid,
    CustomerSent,
    CustomerStarted,
    CustomerTapped,
    GroupSpoke,
    MediaKind,
)

from .doubles import CHANNEL

PAYLOADS = Path(__file__).parent / "payloads"
NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json"))
READABLE = [name for name in NAMES if not name.startswith("broken_")]
SAID, SENT = CustomerSaid, CustomerSent
STARTED, SHARED = CustomerStarted, ContactShared

EXPECTED: dict[str, tuple[type, dict[str, Any]]] = {
    "text": (SAID, {"text": "Where is order 1042?", "edited": False}),
    "text_minimal": (SAID, {"text": "7"}),
    "text_two_to_the_eleven_emoji": (SAID, {"text": "🧢" * 2048}),
    "text_entities_after_surrogates": (SAID, {"text": "🇳🇴🧢 order NP-1042 please"}),
    "text_slack_control_words": (
        SAID,
        {"text": "<!channel> <@U01> <https://example.com|here> &lt;ok&gt;"},
    ),
    "text_lone_surrogate_and_nul": (SAID, {"text": "broken � here � end"}),
    "start": (STARTED, {"payload": ""}),
    "start_payload": (STARTED, {"payload": "Ab3_-xyz"}),
    "start_hostile": (STARTED, {"payload": ""}),
    "start_too_long": (STARTED, {"payload": ""}),
    "command_orders": (SAID, {"text": "/orders 1042"}),
    "forwarded_start": (SAID, {"text": "start Ab3_-xyz"}),
    "forwarded_start_before_seven": (SAID, {"text": "forget"}),
    "via_bot_start": (SAID, {"text": "start Ab3_-xyz"}),
    "edited_text": (SAID, {"text": "Where is order 1043?", "edited": True}),
    "edited_to_command": (SAID, {"text": "forget", "edited": True}),
    "edited_caption": (SAID, {"text": "order 1042", "edited": True}),
    "photo_caption": (SENT, {"media": MediaKind.PHOTO, "caption": "see example.com"}),
    "album_item": (SENT, {"media": MediaKind.PHOTO, "caption": "", "album": "8800"}),
    "video": (SENT, {"media": MediaKind.VIDEO}),
    "animation": (SENT, {"media": MediaKind.VIDEO}),
    "voice": (SENT, {"media": MediaKind.VOICE}),
    "sticker": (SENT, {"media": MediaKind.STICKER}),
    "document": (SENT, {"media": MediaKind.DOCUMENT}),
    "venue": (SENT, {"media": MediaKind.LOCATION}),
    "dice": (SENT, {"media": MediaKind.OTHER}),
    "story": (SENT, {"media": MediaKind.OTHER}),
    "contact_own": (SHARED, {"phone": "+4915112345678", "own": True}),
    "contact_other": (SHARED, {"phone": "+4915112345679", "own": False}),
    "contact_card_only": (SHARED, {"phone": "0151123", "own": False}),
    "contact_own_forwarded": (SHARED, {"phone": "+4915112345678", "own": False}),
    "tap": (CustomerTapped, {"data": "m:orders"}),
    "tap_inaccessible": (CustomerTapped, {"data": "m:orders", "message_id": "4"}),
    "tap_without_message": (CustomerTapped, {"data": "m:orders", "message_id": None}),
    "blocked": (ChatBlocked, {}),
    "unblocked": (ChatReturned, {}),
    "group_added": (GroupSpoke, {}),
    "group_mention": (GroupSpoke, {}),
    "group_command": (GroupSpoke, {}),
    "group_reply": (GroupSpoke, {}),
}


def raw_update(name: str) -> dict[str, Any]:
    raw: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return raw


def event_of(raw: dict[str, Any]) -> Any:
    return to_event(Update.de_json(raw, None), CHANNEL, "northprint_bot")


@pytest.mark.parametrize("name", READABLE)
def test_each_shape_becomes_its_event_or_nothing(name: str) -> None:
    """A readable update is exactly what the table says, and nothing where silent."""
    event = event_of(raw_update(name))

    if name not in EXPECTED:
        assert event is None
        return
    kind, fields = EXPECTED[name]
    assert type(event) is kind
    assert {field: getattr(event, field) for field in fields} == fields
    assert event.chat.channel == CHANNEL
    group = name.startswith("group_")
    assert event.chat.address == ("-1002200000001" if group else "5200000001")


def test_every_expectation_has_its_payload() -> None:
    """The table names no payload that is not there."""
    assert set(EXPECTED) <= set(READABLE)


def test_the_sender_is_told_as_the_platform_tells() -> None:
    """Name and language come along as a first guess."""
    sender = event_of(raw_update("text")).sender

    assert (sender.id, sender.name, sender.language) == (
        "5200000001",
        "Anna Berg",
        "de",
    )


def test_without_a_username_nobody_can_mention_us() -> None:
    """An unknown own name matches no mention, not every one."""
    update = Update.de_json(raw_update("group_mention"), None)

    assert to_event(update, CHANNEL) is None


def test_recorded_updates_never_raise_once_read() -> None:
    """What the library can read, we can turn into an event or nothing."""
    folder = os.environ.get("BACKORDER_SAMPLES")
    if folder is None:
        pytest.skip("BACKORDER_SAMPLES names no folder with recorded payloads")
    read = 0
    for path in sorted(Path(folder, "payloads", "telegram").glob("*.json")):
        try:
            update = Update.de_json(json.loads(path.read_text()), None)
        except TypeError:
            continue  # intake's business
        to_event(update, CHANNEL, "northprint_bot")
        read += 1
    assert read > 30


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_cleaned_text_can_be_stored(text: str) -> None:
    """Any string becomes one that UTF-8 and PostgreSQL take; good ones stay."""
    cleaned = clean(text)

    assert "\x00" not in cleaned
    assert cleaned.encode().decode() == cleaned


@pytest.mark.parametrize("text", ["👍", "é", "7", "🇳🇴", "?"])
def test_a_single_sign_can_be_seen(text: str) -> None:
    """One visible sign is enough."""
    assert not is_blank(text)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("15550100142", "+15550100142"),
        ("+49 151 12345678", "+4915112345678"),
        ("004915112345678", "+4915112345678"),
        ("0151 123", "0151123"),
        ("call me", ""),
        ("", ""),
    ],
)
def test_numbers_are_brought_into_one_form(typed: str, stored: str) -> None:
    """A number that can be international becomes E.164, another stays digits."""
    assert e164(typed) == stored
