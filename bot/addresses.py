"""Addresses as people write them in settings: read, or refused with ValueError."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

#: A bot's token inside an address, and all that follows it.
TOKEN_IN_URL = re.compile(r"bot\d+(?::|%3[Aa]).*")
#: Telegram calls webhooks on these ports only.
_WEBHOOK_PORTS = (443, 80, 88, 8443)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a server listens; port 0 lets the system choose one."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def address(value: Any) -> Any:
    """Read host:port; what is no text passes as it is."""
    if not isinstance(value, str):
        return value
    host, separator, port = value.strip().rpartition(":")
    if not separator or not (port.isascii() and port.isdecimal()):
        raise ValueError
    if int(port) > 0xFFFF:
        raise ValueError
    return Address(host=host.strip("[]") or "0.0.0.0", port=int(port))  # noqa: S104 - ":8080" says so


def database(value: str) -> str:
    """Accept an SQLAlchemy URL of an SQLite file or of PostgreSQL."""
    from sqlalchemy import make_url  # noqa: PLC0415 - slow, and a test may need none
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        url = make_url(value)
    except ArgumentError:
        raise ValueError from None
    drivers = {"sqlite", "sqlite+pysqlite", "postgres", "postgresql"}
    if url.drivername not in {*drivers, "postgresql+psycopg"}:
        raise ValueError
    if url.drivername.startswith("sqlite") and url.database in {None, "", ":memory:"}:
        raise ValueError  # every connection would have a database of its own
    return value


def web_address(value: str) -> str:
    """Accept http and https, but none that holds a bot's token."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError
    if TOKEN_IN_URL.search(value):
        raise ValueError
    return value


def webhook(value: str) -> str:
    """Accept what Telegram can call, and this machine for trying out."""
    parts = urlsplit(value)
    if on_loopback(value):
        return value
    if parts.scheme != "https" or (parts.port or 443) not in _WEBHOOK_PORTS:
        raise ValueError
    return value


def on_loopback(url: str) -> bool:
    """Tell whether a web address is this machine's own."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
