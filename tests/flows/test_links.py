"""Signed links: what we signed opens, whatever was touched opens nothing."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.links import LIMIT, LINK_LASTS, BadLink, Link, mint, read

from .builders import NOON

SECRET = b"a secret of this shop"
LATER = NOON + LINK_LASTS


def test_what_was_minted_opens() -> None:
    """A link names its order until it expires, and always under the same digest."""
    token = mint("order-1042", LATER, SECRET)
    opened = read(token, NOON, SECRET)
    assert isinstance(opened, Link)
    assert opened.order_id == "order-1042"
    assert opened == read(token, LATER - timedelta(seconds=1), SECRET)


def test_a_link_expires_at_its_second() -> None:
    """From the instant it names on, a link opens nothing."""
    token = mint("order-1042", LATER, SECRET)
    assert read(token, LATER, SECRET) is BadLink.EXPIRED


@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_touched_link_opens_nothing(position: int, bit: int) -> None:
    """Whichever bit is turned, of order, expiry or signature: it is forged."""
    raw = bytearray(_raw(mint("order-1042", LATER, SECRET)))
    raw[position % len(raw)] ^= 1 << bit
    assert read(_token(bytes(raw)), NOON, SECRET) is BadLink.FORGED


@given(st.text(max_size=80))
def test_anything_typed_is_answered(typed: str) -> None:
    """Whatever stands behind /start: it opens nothing and breaks nothing."""
    assert read(typed, NOON, SECRET) is BadLink.FORGED


def test_a_link_of_another_shop_opens_nothing() -> None:
    """Only our own secret signs for us."""
    assert read(mint("1", LATER, b"theirs"), NOON, SECRET) is BadLink.FORGED


def test_a_longer_expiry_cannot_be_written_in() -> None:
    """The signature covers the expiry: nobody lengthens a link."""
    old = _raw(mint("order-1042", NOON, SECRET))
    fresh = _raw(mint("order-1042", LATER, b"mine"))
    assert read(_token(old[:12] + fresh[12:]), NOON, SECRET) is BadLink.FORGED


@pytest.mark.parametrize("order_id", ["1", "gid-4500011223344", "Ω" * 16, "x" * 32])
def test_a_link_fits_what_telegram_passes_on(order_id: str) -> None:
    """Tokens keep to 64 characters of A-Z, a-z, 0-9, _ and -."""
    token = mint(order_id, LATER, SECRET)
    assert len(token) <= LIMIT
    assert token.replace("-", "").replace("_", "").isalnum()
    opened = read(token, NOON, SECRET)
    assert isinstance(opened, Link)
    assert opened.order_id == order_id


def test_an_id_too_long_for_a_link_is_told() -> None:
    """A link that would be cut off is never minted."""
    with pytest.raises(ValueError, match="too long"):
        mint("x" * 33, LATER, SECRET)


def test_a_moment_is_the_same_in_every_zone() -> None:
    """An expiry is an instant, not a wall clock's reading."""
    elsewhere = LATER.astimezone(UTC).astimezone()
    assert mint("1", LATER, SECRET) == mint("1", elsewhere, SECRET)


def _raw(token: str) -> bytes:
    return urlsafe_b64decode(token + "=" * (-len(token) % 4))


def _token(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
