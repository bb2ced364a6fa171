"""The rules in force: policy and mode, the same for all replicas.

policy.toml is published into the store; every replica reads the newest published
version and the mode from there, so a change made in one place holds everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import insert, select

from flows.policy import BadPolicy, Policy, read_policy
from flows.setting import Mode
from flows.wording import Wording
from store import halts, meta
from store.tables import policies

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from store.engine import Store

_log = structlog.get_logger()


@dataclass(slots=True)
class Rules:
    """What the turns read; replaced in place when the store says otherwise."""

    policy: Policy = field(default_factory=lambda: read_policy(""))
    mode: Mode = Mode.WATCH
    staff_language: str = "en"
    chat_link: str = ""
    #: Whether nothing may happen by itself now: paused, or braked.
    held: bool = False
    _following: Lock = field(default_factory=Lock, repr=False)

    def staff_words(self) -> Wording:
        """Return the wording for cards that belong to no case."""
        zone = self.policy.hours.time_zone
        return Wording(self.staff_language, zone, self.policy.shop)

    def follow(self, store: Store) -> None:
        """Take over what is in force in the store; call it after a commit.

        One at a time, so that an older reading never overwrites a newer one.
        """
        with self._following, store.read() as connection:
            self._read(connection)

    def _read(self, connection: Connection) -> None:
        mode = meta.find(connection, "mode")
        if mode in set(Mode):
            self.mode = Mode(mode)
        paused = halts.paused_since(connection) is not None
        self.held = paused or halts.braked(connection) is not None
        version = meta.find(connection, "policy")
        if version is not None and version != self.policy.version:
            source = connection.scalar(
                select(policies.c.source).where(policies.c.version == version)
            )
            if source is not None:
                self._take_over(source)

    def _take_over(self, source: str) -> None:
        """Follow a published policy; one that is refused by now leaves the old one."""
        try:
            self.policy = read_policy(source)
            self.staff_language = self.policy.shop.staff_language
        except BadPolicy as bad:
            for problem in bad.problems:
                _log.error("the published policy is refused", problem=problem)


def publish(connection: Connection, source: str, now: datetime) -> Policy:
    """Put a policy in force for all replicas and return it.

    Raises:
        BadPolicy: When the text is wrong; the policy in force stays.
    """
    policy = read_policy(source)
    known = connection.scalar(
        select(policies.c.version).where(policies.c.version == policy.version)
    )
    if known is None:
        connection.execute(
            insert(policies).values(
                version=policy.version, source=source, published_at=now
            )
        )
    meta.put(connection, "policy", policy.version)
    return policy


def in_force(connection: Connection) -> dict[str, str]:
    """Return version and source of the policy in force; empty before the first."""
    version = meta.find(connection, "policy") or ""
    source = connection.scalar(
        select(policies.c.source).where(policies.c.version == version)
    )
    return {"version": version, "source": source or ""}


def publish_file(connection: Connection, path: Path, now: datetime) -> Policy | None:
    """Publish a policy file if it is there and right; a bad one changes nothing."""
    if not path.exists():
        return None
    try:
        return publish(connection, path.read_text(encoding="utf-8"), now)
    except BadPolicy as bad:
        for problem in bad.problems:
            _log.error("policy stays as it was", file=str(path), problem=problem)
        return None
