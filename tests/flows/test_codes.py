"""Button data: what we write we can read, and what others write we survive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.codes import (
    CALLBACK_BYTES,
    MenuPress,
    OfferPress,
    ReleasePress,
    StaffPress,
    TicketPress,
    menu_data,
    offer_data,
    read_customer_press,
    read_staff_press,
    release_data,
    staff_data,
    ticket_data,
)
from flows.intents import Intent

from .builders import a_setting


def test_an_offers_button_comes_back_as_pressed() -> None:
    """Token and option return; the longest option there is fits easily."""
    token = a_setting().new_id()
    for option in ("0s0", "9s4", "99w", "person", "change"):
        data = offer_data(token, option)
        assert len(data.encode()) <= CALLBACK_BYTES
        assert read_customer_press(data) == OfferPress(token=token, option=option)


def test_a_menu_button_comes_back_as_pressed() -> None:
    """With or without an argument; every "did you mean" fits."""
    assert read_customer_press(menu_data("orders")) == MenuPress(action="orders")
    for intent in Intent:
        data = menu_data("meant", intent.value)
        assert len(data.encode()) <= CALLBACK_BYTES
        wanted = MenuPress(action="meant", argument=intent.value)
        assert read_customer_press(data) == wanted


def test_a_colleagues_buttons_come_back_as_pressed() -> None:
    """Tickets, releases and what belongs to no case."""
    ticket = a_setting().new_id()
    wanted = TicketPress(verb="reply", case_id=7, ticket_id=ticket)
    assert read_staff_press(ticket_data("reply", 7, ticket)) == wanted
    release = ReleasePress(send=False, case_id=7, batch="b")
    assert read_staff_press(release_data(7, "b", send=False)) == release
    press = StaffPress(action="brake", argument="go:now")
    assert read_staff_press(staff_data("brake", "go:now")) == press


def test_data_telegram_would_refuse_is_never_made() -> None:
    """The limit counts bytes, not characters."""
    assert len(menu_data("split", "x" * 56).encode()) == CALLBACK_BYTES
    with pytest.raises(ValueError, match="64 bytes"):
        menu_data("split", "x" * 57)
    with pytest.raises(ValueError, match="64 bytes"):
        menu_data("split", "ß" * 29)


@pytest.mark.parametrize(
    "data", ["", ":", "o:", "o::", "o:token", "o:token:", "m:", "t:claim:1:x", "x:1"]
)
def test_a_customers_broken_data_means_nothing(data: str) -> None:
    """Clients can send anything; a colleague's word is not a customer's."""
    assert read_customer_press(data) is None


@pytest.mark.parametrize(
    "data",
    ["", "t:claim:x:1", "t:delete:1:x", "t:claim:1", "r:keep:1:b", "o:t:0w", "s:"],
)
def test_a_colleagues_broken_data_means_nothing(data: str) -> None:
    """Unknown verbs, foreign prefixes and cases that are no numbers are ignored."""
    assert read_staff_press(data) is None


@given(st.text(max_size=100))
def test_no_data_breaks_the_reading(data: str) -> None:
    """Whatever comes back, reading it answers."""
    read_customer_press(data)
    read_staff_press(data)
