"""Every request from Slack passes here, and is acknowledged after its turn committed.

A global middleware, because Bolt acknowledges an event before its listener runs: a
listener that fails would lose it. Only opening a form goes on to a listener.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Protocol, TypeVar, assert_never

import structlog
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.slack import reply_form, words
from bot.slack.actions import (
    AccessLost,
    Commanded,
    GroupChanged,
    Nothing,
    Place,
    Pressed,
    Submitted,
    read,
)
from bot.slack.inflight import InFlight
from bot.slack.mrkdwn import mentioned, to_plain
from bot.slack.staff import Roster, RosterUnreadableError
from bot.slack.whispers import Whispers
from flows.codes import ReleasePress, StaffPress, TicketPress
from flows.events import (
    Event,
    Staff,
    StaffActed,
    StaffReleased,
    StaffReplied,
    TicketVerb,
)

#: Slack waits 3 s for an answer; the way there and back takes its share.
BUDGET_SECONDS = 2.0
_MENTIONS_NAMED = 5
#: Worthless or dangerous in a stored payload.
_NOT_KEPT = frozenset({"token", "response_url", "response_urls", "trigger_id"})
_log = structlog.get_logger(__name__)

T = TypeVar("T")
Asking = Pressed | Submitted | Commanded
Desk = Callable[[StaffPress, Staff], Awaitable[str | None]]


class TurnOutcome(Protocol):
    """What a turn leaves to say on the spot."""

    @property
    def duplicate(self) -> bool:
        """Whether this had been taken before."""

    @property
    def toast(self) -> str | None:
        """Words for whoever pressed."""

    @property
    def whisper(self) -> str | None:
        """Words for the colleague who pressed."""


class TakesTurns(Protocol):
    """The door to everything that is decided."""

    async def take(self, event: Event, *, key: str | None = None) -> TurnOutcome:
        """Take one event through one transaction; raises after rolling back."""

    async def failed(
        self, *, key: str, source: str, raw: str, error: BaseException
    ) -> bool:
        """Count a failed attempt; True when it is passed over from now on."""


class Intake(AsyncMiddleware):
    """Takes a turn for whatever a colleague did, within Slack's patience."""

    def __init__(
        self,
        *,
        turns: TakesTurns,
        desk: Desk,
        roster: Roster,
        whispers: Whispers,
        in_flight: InFlight,
        budget: float = BUDGET_SECONDS,
    ) -> None:
        self._turns = turns
        self._desk = desk
        self._roster = roster
        self._whispers = whispers
        self._in_flight = in_flight
        self._budget = budget

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's name for it
    ) -> BoltResponse | None:
        """Answer the request, or pass it on to the listener that opens the form."""
        del resp
        reading = read(req.body)
        match reading:
            case Nothing(kind=kind):
                _log.debug("slack_ignored", kind=kind)
            case GroupChanged(group=group):
                _log.info("slack_group_changed", group=group)
                self._roster.forget()
            case AccessLost(event=event):
                _log.error("slack_access_lost", event_type=event)
            case Pressed(press=TicketPress(verb="reply")):
                allowed = await self._in_time(self._may_open(reading))
                if allowed is None:
                    return self._late(reading)
                return await next() if allowed else _accepted()
            case Pressed() | Submitted() | Commanded():
                answer = await self._in_time(self._answer(reading, req.body))
                return answer or self._late(reading)
            case _:
                assert_never(reading)
        return _accepted()

    async def _in_time(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Return what the work returns, or None when it takes longer than we may.

        It goes on regardless: a turn runs in a thread and cannot be called back.
        """
        task = self._in_flight.start(work)
        done, _ = await asyncio.wait({task}, timeout=self._budget)
        return task.result() if done else None

    async def _may_open(self, reading: Pressed) -> bool:
        return await self._admitted(reading) is not None

    async def _admitted(self, reading: Asking) -> Staff | None:
        """Return the colleague; tell anybody else why not."""
        channel = None if isinstance(reading, Submitted) else reading.place.channel
        try:
            staff = await self._roster.admit(reading.person, channel=channel)
        except RosterUnreadableError as error:
            self._whisper(reading, error.words)
            return None
        if staff is None:
            _log.warning("slack_not_a_colleague", user=reading.person.id)
            self._whisper(reading, words.ONLY_COLLEAGUES)
        return staff

    async def _answer(self, reading: Asking, body: Mapping[str, Any]) -> BoltResponse:
        staff = await self._admitted(reading)
        if staff is None:
            return _accepted()
        if isinstance(reading, Submitted) and (
            sentence := reply_form.complaint(reading.text)
        ):
            return _said(reply_form.errors(sentence))
        if isinstance(reading, Submitted):
            text = to_plain(reading.text, await self._names(reading.text))
            replied = StaffReplied(
                staff=staff,
                case_id=reading.case_id,
                ticket_id=reading.ticket_id,
                text=text,
            )
            return await self._take(reading, replied, body)
        if isinstance(reading, Commanded):
            return await self._ask_desk(reading, reading.press, staff)
        match reading.press:
            case TicketPress() as press:
                acted = StaffActed(
                    staff=staff,
                    case_id=press.case_id,
                    ticket_id=press.ticket_id,
                    verb=TicketVerb(press.verb),
                )
                return await self._take(reading, acted, body)
            case ReleasePress() as press:
                released = StaffReleased(
                    staff=staff,
                    case_id=press.case_id,
                    batch=press.batch,
                    send=press.send,
                )
                return await self._take(reading, released, body)
            case StaffPress() as press:
                return await self._ask_desk(reading, press, staff)
            case _:
                assert_never(reading.press)

    async def _names(self, text: str) -> Mapping[str, str]:
        people = sorted(mentioned(text))[:_MENTIONS_NAMED]
        return {person: await self._roster.name(person) for person in people}

    async def _take(
        self, reading: Pressed | Submitted, event: Event, body: Mapping[str, Any]
    ) -> BoltResponse:
        try:
            outcome = await self._turns.take(event, key=reading.key)
        except Exception as error:  # noqa: BLE001 - the colleague hears of it
            return await self._failed(reading, body, error)
        if outcome.duplicate:
            if isinstance(reading, Submitted):
                notice = reply_form.repeated_notice()
                return _said({"response_action": "update", "view": notice})
            return _accepted()
        if sentence := outcome.whisper or outcome.toast:
            self._whisper(reading, sentence)
        return _accepted()

    async def _failed(
        self, reading: Pressed | Submitted, body: Mapping[str, Any], error: Exception
    ) -> BoltResponse:
        _log.error("slack_turn_failed", key=reading.key, exc_info=error)
        try:
            buried = await self._turns.failed(
                key=reading.key, source="slack", raw=_kept(body), error=error
            )
        except Exception as second:  # noqa: BLE001 - the first failure is the news
            _log.error("slack_failure_uncounted", key=reading.key, exc_info=second)
            buried = False
        if isinstance(reading, Submitted):
            # The words stay in the form, where they can be sent again.
            return _said(reply_form.errors(words.REPLY_FAILED))
        self._whisper(reading, words.FAILED)
        return _accepted() if buried else BoltResponse(status=500, body="")

    async def _ask_desk(
        self, reading: Asking, press: StaffPress, staff: Staff
    ) -> BoltResponse:
        try:
            sentence = await self._desk(press, staff)
        except Exception as error:  # noqa: BLE001 - the colleague hears of it
            _log.error("slack_desk_failed", action=press.action, exc_info=error)
            sentence = words.FAILED
        if sentence:
            self._whisper(reading, sentence)
        return _accepted()

    def _late(self, reading: Asking) -> BoltResponse:
        """Say that it took too long: in the form if there is one, else in a whisper."""
        _log.warning("slack_turn_late", person=reading.person.id)
        if isinstance(reading, Submitted):
            return _said(reply_form.errors(words.REPLY_LATE))
        self._whisper(reading, words.TRY_AGAIN)
        return _accepted()

    def _whisper(self, reading: Asking, sentence: str) -> None:
        place = Place() if isinstance(reading, Submitted) else reading.place
        self._whispers.tell(reading.person, place, sentence)


def _accepted() -> BoltResponse:
    return BoltResponse(status=200, body="")


def _said(answer: Mapping[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=dict(answer))


def _kept(body: Mapping[str, Any]) -> str:
    return json.dumps({k: v for k, v in body.items() if k not in _NOT_KEPT})
