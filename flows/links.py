"""Signed links: a chat proves by one tap that it belongs to an order's buyer.

A token is base64url (without padding) of 12 bytes HMAC-SHA256, 4 bytes expiry (seconds
since the epoch, big-endian) and the order's id in UTF-8; the HMAC covers the rest.
It fits Telegram's 64 characters, so a backend can mint it without asking us. A link
that only shares an order's status looks alike but is signed with a key of its own.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

_MAC, _EXPIRY = 12, 4
#: Telegram's limit for what may follow ``?start=``, in characters.
LIMIT = 64
#: How long a link works unless somebody says otherwise.
LINK_LASTS = timedelta(days=90)


class BadLink(StrEnum):
    """Why a link does not open anything."""

    FORGED = "forged"
    EXPIRED = "expired"
    TAKEN = "taken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An order that a link opens, and a digest under which its use is recorded.

    ``shared``: it shows where the order stands, to somebody who did not buy it.
    """

    order_id: str
    digest: str
    shared: bool = False


def mint(
    order_id: str, expires_at: datetime, secret: bytes, *, shared: bool = False
) -> str:
    """Return the token for an order.

    Raises:
        ValueError: When the order's id is too long to fit Telegram's limit.
    """
    body = int(expires_at.timestamp()).to_bytes(_EXPIRY, "big") + order_id.encode()
    key = _sharing(secret) if shared else secret
    token = urlsafe_b64encode(_mac(body, key) + body).decode().rstrip("=")
    if len(token) > LIMIT:
        raise ValueError(f"order id {order_id!r} is too long for a link")
    return token


def read(token: str, now: datetime, secret: bytes) -> Link | BadLink:
    """Return what a token opens; anybody can type one, so nothing of it is trusted."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (NotBase64, ValueError):
        return BadLink.FORGED
    mac, body = raw[:_MAC], raw[_MAC:]
    shared = hmac.compare_digest(mac, _mac(body, _sharing(secret)))
    ours = shared or hmac.compare_digest(mac, _mac(body, secret))
    if len(body) <= _EXPIRY or not ours:
        return BadLink.FORGED
    if datetime.fromtimestamp(int.from_bytes(body[:_EXPIRY], "big"), UTC) <= now:
        return BadLink.EXPIRED
    digest = hashlib.sha256(raw).hexdigest()[:32]
    return Link(order_id=body[_EXPIRY:].decode(), digest=digest, shared=shared)


def _sharing(secret: bytes) -> bytes:
    return hmac.new(secret, b"share", hashlib.sha256).digest()


def _mac(body: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, body, hashlib.sha256).digest()[:_MAC]
