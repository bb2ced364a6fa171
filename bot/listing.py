"""Keeps what the shop's pages may say true: works out anew what changed or has aged.

Whoever reads ``bot_availability`` sees numbers a moment old at most; after another
policy or on another day all products are gone through, some hundred at a time.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.threads import in_thread, persist
from flows.acceptance import Availability, availability, page_texts
from store import availability as rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from bot.clock import Clock
    from bot.rules import Rules
    from flows.policy import Policy
    from store.engine import Store

#: Seconds between looks for marked products; the look itself reads an empty index.
_POLL = 1.0
#: Products worked out in one transaction, and gone through in one look for old ones.
_BATCH, _PAGE = 100, 500


def find_availability(
    connection: Connection, skus: Sequence[str], policy: Policy, now: datetime
) -> list[Availability]:
    """Return what may be said about products now; unknown ones are left out."""
    today = _today(policy, now)
    return [
        availability(
            listed.demand, policy.terms_on_sale(listed.product).terms, now, today
        )
        for listed in rows.read_demand(connection, skus)
    ]


class Listing:
    """Runs until cancelled; see the module's first line."""

    def __init__(self, store: Store, clock: Clock, rules: Rules) -> None:
        """All replicas may run it at once."""
        self._store = store
        self._clock = clock
        self._rules = rules
        self._seen: tuple[str, date] | None = None

    async def run(self) -> None:
        """Keep all products up to date."""
        while True:
            await persist(self.refresh)
            await asyncio.sleep(_POLL)

    async def refresh(self) -> None:
        """Return when all that is said about the products is true now."""
        await in_thread(self._mark_aged)
        while await in_thread(self._refresh_some):
            pass

    def _refresh_some(self) -> bool:
        with self._store.read() as connection:
            if not rows.is_any_outdated(connection):
                return False
        policy, now = self._rules.policy, self._clock.now()
        with self._store.write() as connection:
            skus = rows.outdated(connection, _BATCH)
            found = find_availability(connection, skus, policy, now)
            rows.save(
                connection,
                _with_texts(found, policy),
                version=policy.version,
                now=now,
                today=_today(policy, now),
            )
            rows.forget(connection, set(skus) - {one.sku for one in found})
        return bool(skus)

    def _mark_aged(self) -> None:
        """Go through all products, once per policy and day."""
        policy = self._rules.policy
        wanted = (policy.version, _today(policy, self._clock.now()))
        if wanted == self._seen:
            return
        after: str | None = ""
        while after is not None:
            with self._store.write() as connection:
                skus = rows.page(connection, after, _PAGE)
                rows.mark_aged(connection, skus, *wanted)
            after = skus[-1] if len(skus) == _PAGE else None
        self._seen = wanted


def _with_texts(
    found: list[Availability], policy: Policy
) -> Iterator[tuple[Availability, dict[str, str]]]:
    """Return each with its texts; most say the same, and words cost more than sums."""
    said: dict[object, dict[str, str]] = {}
    for one in found:
        alike = (one.reason, one.when, one.waiting_count)
        if alike not in said:
            said[alike] = page_texts(one, policy)
        yield one, said[alike]


def _today(policy: Policy, now: datetime) -> date:
    return now.astimezone(ZoneInfo(policy.hours.time_zone)).date()
