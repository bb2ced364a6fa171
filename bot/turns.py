"""``take_turn``: one event through one transaction, the only door there is.

begin · admit · lock · load · advance (pure) · save · effects · commit. Whatever fails
rolls everything back; nothing a person sees happens before the commit.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from random import SystemRandom
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import OperationalError

from bot.brake import (
    Automatic,
    BrakeError,
    Foreseen,
    cause_of,
    foresee,
    must_stop,
    pull,
)
from bot.scope import find_case, find_scope
from flows.dialogue import advance
from flows.events import (
    BaselineConfirmed,
    ChatEvent,
    CustomerSaid,
    CustomerSent,
    CustomerStarted,
    CustomerTapped,
    Delivered,
    Event,
    InstantPassed,
    ShopChanged,
    StaffGranted,
    StaffReleased,
    Undeliverable,
)
from flows.setting import Mode, Outage, Setting
from flows.shop import Depth, UnreadShelfError
from flows.waiting import KEEPING
from store import changes, inbox, outbox, unsent
from store.cases import (
    StaleCaseError,
    case_of_customer,
    lock_cases,
    note_notices,
    save_case,
)
from store.consolation import spent_lately
from store.effects import carry_out, post_card
from store.holds import NothingFreeError
from store.listening import heard_until, outages_since
from store.snapshot import load_case

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.clock import Clock
    from bot.rules import Rules
    from flows.case import Case
    from flows.setting import Dice
    from store.columns import AnyRow
    from store.engine import Store

_log = structlog.get_logger()

#: How often a turn is decided anew because others were faster.
_ATTEMPTS = 4
#: PostgreSQL's words for a deadlock and for a transaction that has to be repeated.
_BEGIN_ANEW = frozenset(("40P01", "40001"))
#: More threads only wait for the same disk; SQLite writes one at a time anyway.
_THREADS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an adapter needs to know after the commit.

    ``toast`` answers the customer's press, ``whisper`` the colleague's.
    """

    duplicate: bool = False
    toast: str | None = None
    whisper: str | None = None


class Turns:
    """Takes turns; see the module's first line. Start it before use, stop it after."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        rules: Rules,
        *,
        link_secret: bytes,
        dice: Dice | None = None,
        committed: Callable[[], None] = lambda: None,
    ) -> None:
        """``committed`` is called, from any thread, when something is to be sent."""
        self._store = store
        self._clock = clock
        self._rules = rules
        self._secret = link_secret
        self._dice = dice or SystemRandom()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="turn")
        self.committed = committed

    async def take(self, event: Event, *, key: str | None = None) -> Outcome:
        """Decide one event, once: with a ``key`` that was seen before nothing happens.

        Raises:
            Exception: Whatever failed; everything was rolled back, nothing was sent.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self.take_now, event, key)

    def take_now(self, event: Event, key: str | None = None) -> Outcome:
        """Do what ``take`` does in this thread."""
        without: frozenset[str] = frozenset()
        depth = _depth(event)
        for attempt in range(_ATTEMPTS):
            try:
                return self._take(event, key, without, depth)
            except UnreadShelfError:
                depth = Depth.WHOLE
            except NothingFreeError as gone:
                without |= {gone.sku}
            except StaleCaseError:
                if attempt == _ATTEMPTS - 1:
                    raise
            except OperationalError as error:
                # Two who wait for each other: PostgreSQL ends one, who begins anew.
                told = getattr(error.orig, "sqlstate", None)
                if told not in _BEGIN_ANEW or attempt == _ATTEMPTS - 1:
                    raise
            except BrakeError as brake:
                self._pull(brake.foreseen, [brake.event])
                return Outcome()
        raise StaleCaseError("others were faster, again and again")

    async def failed(
        self, *, key: str, source: str, raw: str, error: BaseException
    ) -> bool:
        """Count a failed attempt; True once it is kept for people and may be passed."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._pool, self._failed, key, source, raw, repr(error)[:500]
        )

    def stop(self) -> None:
        """Let running turns finish and stop taking new ones."""
        self._pool.shutdown()

    def _take(
        self,
        event: Event,
        key: str | None,
        without: frozenset[str],
        depth: Depth,
    ) -> Outcome:
        with self._store.write() as connection:
            if key is not None and not inbox.admit(connection, key, self._clock.now()):
                return Outcome(duplicate=True)
            if isinstance(event, Delivered | Undeliverable) and not outbox.settle(
                connection, event
            ):
                return Outcome(duplicate=True)
            event, row = self._lock(connection, event)
            if isinstance(event, Undeliverable):
                alive = outbox.is_elsewhere(connection, event)
                event = replace(event, elsewhere=alive)
            if isinstance(event, StaffReleased):
                event = replace(event, held=unsent.is_held(connection, event.batch))
            now = self._clock.now()
            if isinstance(event, ShopChanged):
                queued = changes.take(connection, event.customer_id)
                event = replace(event, baseline=event.baseline or bool(queued))
            if row is None:
                return Outcome()
            case = load_case(connection, row, now, without=without, depth=depth)
            _check_chat(case, event)
            setting = self._setting(connection, case, event, now)
            decision = advance(case, event, setting)
            if isinstance(event, Automatic):
                self._brake(connection, event, foresee(case, decision.effects), now)
            carried = None
            if decision.case != case or decision.effects or row.retry_at:
                save_case(connection, case, decision.case)
                carried = carry_out(
                    connection, decision.case, decision.effects, setting
                )
                note_notices(connection, case)
        if carried is None:
            return Outcome()
        if carried.outgoing or case.wake_at != decision.case.wake_at:
            self.committed()
        return Outcome(toast=carried.toast, whisper=carried.whisper)

    def _lock(
        self, connection: Connection, event: Event
    ) -> tuple[Event, AnyRow | None]:
        """Return the event's case, locked; None when it concerns nobody we know."""
        event, ids = find_scope(connection, event, self._clock.now(), self._secret)
        rows = lock_cases(connection, ids)
        row = next((row for row in rows if row.merged_into is None), None)
        if rows and row is None:
            raise StaleCaseError("the case was merged while we waited for it")
        return event, row

    def may_take(self, events: Sequence[Automatic]) -> bool:
        """Foresee a group of automatic turns; False when the brake was pulled instead.

        Nothing is written for the cases, but that who is met for the first time has
        one; a later turn decides on its own reading.
        """
        if len(events) < 2 or self._rules.mode is Mode.WATCH:
            return True
        foreseen = Foreseen()
        now = self._clock.now()
        self._meet(events, now)
        with self._store.read() as connection:
            for event in events:
                foreseen += self._foresee(connection, event, now)
            if not must_stop(connection, foreseen, self._rules, now):
                return True
        self._pull(foreseen, events)
        return False

    def _meet(self, events: Sequence[Automatic], now: datetime) -> None:
        with self._store.read() as connection:
            unmet = [
                event.customer_id
                for event in events
                if not isinstance(event, InstantPassed)
                and find_case(connection, _naming_its_case(event)) is None
            ]
        if unmet:
            with self._store.write() as connection:
                for customer_id in sorted(unmet):
                    case_of_customer(connection, customer_id, now)

    def _foresee(
        self, connection: Connection, event: Automatic, now: datetime
    ) -> Foreseen:
        row = find_case(connection, _naming_its_case(event))
        if row is None:
            return Foreseen()
        case = load_case(connection, row, now)
        setting = self._setting(connection, case, event, now)
        return foresee(case, advance(case, event, setting).effects)

    def _brake(
        self,
        connection: Connection,
        event: Automatic,
        foreseen: Foreseen,
        now: datetime,
    ) -> None:
        if must_stop(connection, foreseen, self._rules, now):
            raise BrakeError(foreseen, event)

    def _pull(self, foreseen: Foreseen, events: Sequence[Automatic]) -> None:
        with self._store.write() as connection:
            cause = cause_of(connection, events)
            pull(connection, foreseen, cause, self._rules, self._clock.now())
        self._rules.follow(self._store)
        self.committed()

    def _setting(
        self, connection: Connection, case: Case, event: Event, now: datetime
    ) -> Setting:
        setting = Setting(
            now=now,
            policy=self._rules.policy,
            dice=self._dice,
            mode=self._rules.mode,
            staff_language=self._rules.staff_language,
            chat_link=self._rules.chat_link,
            link_secret=self._secret,
        )
        since = _windows_since(case)
        if since is not None:
            machine = self._clock.machine()
            lost = outages_since(connection, since, now=now, machine_now=machine)
            setting = replace(setting, outages=tuple(Outage(**row) for row in lost))
        if isinstance(event, InstantPassed):
            setting = replace(setting, heard_until=heard_until(connection))
        gives = isinstance(
            event, InstantPassed | ShopChanged | StaffGranted | CustomerTapped
        )
        if gives and self._rules.policy.consoles:
            setting = replace(setting, consoled=spent_lately(connection, now))
        return setting

    def _failed(self, key: str, source: str, raw: str, error: str) -> bool:
        with self._store.write() as connection:
            buried = inbox.count_failure(
                connection,
                key=key,
                source=source,
                raw=raw,
                error=error,
                now=self._clock.now(),
            )
            if buried:
                self._tell_dead_letter(connection, key, source, error)
        if buried:
            _log.error("dead letter", key=key, error=error)
            self.committed()
        return buried

    def _tell_dead_letter(
        self, connection: Connection, key: str, source: str, error: str
    ) -> None:
        words = self._rules.staff_words()
        card = words.card("dead_letter", source=source, letter=key, error=error)
        post_card(connection, None, f"dead:{key}"[:80], card, self._clock.now())


def _depth(event: Event) -> Depth:
    """Return how much of the shelf a turn will hardly need more of.

    Counting what is free of a whole category takes longer than everything else.
    """
    match event:
        case CustomerTapped():
            return Depth.COUNTED
        case CustomerSaid() | CustomerSent() | CustomerStarted() | Delivered():
            return Depth.NAMED
        case _:
            return Depth.WHOLE


def _naming_its_case(event: Automatic) -> ShopChanged | InstantPassed:
    """Return an event about the same case that the scope finds without a lock."""
    if isinstance(event, BaselineConfirmed):
        return ShopChanged(customer_id=event.customer_id)
    return event


def _windows_since(case: Case) -> datetime | None:
    """Return since when the longest running window runs, or None without any."""
    offers = [o.delivered_at for o in case.offers if o.deadline_at]
    places = [
        place.delivered_at or place.offered_at
        for place in case.waiting
        if place.state in KEEPING
    ]
    return min((at for at in (*offers, *places) if at is not None), default=None)


def _check_chat(case: Case, event: Event) -> None:
    """Ask again, under the lock, whether the chat that spoke is the case's."""
    if isinstance(event, ChatEvent):
        key = (event.chat.channel, event.chat.address)
        if all((chat.channel, chat.address) != key for chat in case.chats):
            raise StaleCaseError("the chat was tied elsewhere while we waited")
