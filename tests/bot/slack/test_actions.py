"""Reading payloads: total, whatever comes."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.actions import (
    AccessLost,
    Commanded,
    GroupChanged,
    Nothing,
    Pressed,
    Submitted,
    dedupe_key,
    read,
)
from flows.codes import ticket_data

PAYLOADS = Path(__file__).parent / "payloads"


def payload(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return loaded


WORDS = st.sampled_from(
    [
        "type", "block_actions", "view_submission", "event_callback", "command",
        "/backorder", "user", "id", "actions", "value", "view", "state", "values",
        "container", "event", "private_metadata", "callback_id", "ticket_reply",
        ticket_data("reply", 1, "t"), ticket_data("claim", 1, "t"), "team",
    ]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner),
    max_leaves=30,
)


@given(st.dictionaries(WORDS, JSON))
def test_no_payload_makes_reading_fail(body: dict[str, Any]) -> None:
    """Any JSON object is read, and gets a key, without an exception."""
    read(body)
    assert dedupe_key(body).startswith("slack:")


def test_press_on_a_card() -> None:
    """A press names the person, the place, what was pressed and when."""
    reading = read(payload("block_actions_card"))
    assert isinstance(reading, Pressed)
    assert reading.person.id == "U0TOM"
    assert reading.place.channel == "C0STAFF"
    assert reading.key == (
        "slack:action:C0STAFF:1717000000.000100:1717000005.123456:U0TOM"
    )


def test_press_on_the_home_tab_has_no_channel() -> None:
    """Home tab actions are keyed by their view, as there is no channel or message."""
    reading = read(payload("block_actions_home"))
    assert isinstance(reading, Pressed)
    assert reading.place.channel == ""
    assert reading.key == "slack:action:V0HOME::1717000007.000001:U0TOM"


def test_press_on_an_ephemeral_post_has_no_message() -> None:
    """Ephemeral posts come without their message and are keyed all the same."""
    reading = read(payload("block_actions_ephemeral"))
    assert isinstance(reading, Pressed)
    assert reading.key == (
        "slack:action:C0STAFF:1717000010.000200:1717000011.000300:U0TOM"
    )


def test_menu_choice_counts_as_a_press() -> None:
    """A menu's chosen option brings the same data as a button."""
    reading = read(payload("block_actions_menu"))
    assert isinstance(reading, Pressed)


def test_form_of_another_version_is_nothing() -> None:
    """A form we did not draw, or with broken ids, asks nothing of us."""
    ours = payload("view_submission_reply")
    assert isinstance(read(ours), Submitted)
    ours["view"]["private_metadata"] = "t:claim:7:t9"
    assert read(ours) == Nothing(kind="view_submission")


def test_org_wide_install_names_no_team() -> None:
    """A missing team is an unknown one, not a failure."""
    reading = read(payload("view_submission_org_install"))
    assert isinstance(reading, Submitted)
    assert reading.person.team_id == ""


def test_events_are_keyed_by_their_id() -> None:
    """A repeated event has the same key, another event another."""
    body = payload("message_thread_talk")
    assert dedupe_key(body) == "slack:event:Ev0TALK"
    assert dedupe_key({**body, "event_id": "Ev0OTHER"}) == "slack:event:Ev0OTHER"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("slash_command", Commanded),
        ("subteam_members_changed", GroupChanged),
        ("tokens_revoked", AccessLost),
        ("message_thread_talk", Nothing),
        ("message_changed", Nothing),
        ("block_actions_foreign", Nothing),
        ("slash_command_foreign", Nothing),
        ("unknown_type", Nothing),
        ("url_verification", Nothing),
    ],
)
def test_kinds(name: str, kind: type) -> None:
    """Every kind of payload is read as what it is, and talk as nothing."""
    assert isinstance(read(payload(name)), kind)
