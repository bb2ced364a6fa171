"""The platform's numbers, each named once, and the gate that keeps the pace.

Sources: the documentation of the Bot API, the limits named by python-telegram-bot
(`telegram.constants`) and the observed behaviour of the official Bot API server.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.playground.telegram.refusals import too_many_requests

TEXT_UNITS = 4096
"""Longest text, in UTF-16 units after entity parsing."""
CAPTION_UNITS = 1024
"""Longest caption, in UTF-16 units after entity parsing."""
ENTITIES = 100
"""Entities shown; further ones are dropped without a word."""
CALLBACK_DATA_BYTES = 64
KEYBOARD_BUTTONS = 100
ROW_BUTTONS = 8
ANSWER_CHARACTERS = 200
"""Longest text of an answered button press."""
START_PAYLOAD_CHARACTERS = 64
COMMANDS = 100
COMMAND_DESCRIPTION_CHARACTERS = 256
DESCRIPTION_CHARACTERS = 512
SHORT_DESCRIPTION_CHARACTERS = 120
UPDATES_PER_POLL = 100
PHOTO_BYTES = 10 * 1024 * 1024
PHOTO_URL_BYTES = 5 * 1024 * 1024
PHOTO_SIDES = 10_000
"""Largest sum of a photo's width and height, in pixels."""
PHOTO_RATIO = 20
FILE_BYTES = 50 * 1024 * 1024
SECRET_CHARACTERS = 256
WEBHOOK_PORTS = frozenset({80, 88, 443, 8443})
WEBHOOK_CONNECTIONS = 40
WEBHOOK_CONNECTIONS_MOST = 100

POLL_WAIT_MOST = timedelta(seconds=50)
MESSAGE_LIVES = timedelta(hours=24)
"""How long an undelivered message, edit or membership change is kept."""
PRESS_LIVES = timedelta(seconds=150)
"""How long an undelivered button press is kept."""
ANSWER_WINDOW = timedelta(seconds=15)
"""How late a press may be answered. Not published; users report about 15 seconds."""
DELETE_WINDOW = timedelta(hours=48)
WEBHOOK_RESEND_MOST = timedelta(seconds=60)
RETRY_AFTER_MOST = timedelta(seconds=3600)
GONE_CLOSES = timedelta(hours=23)
"""How long a webhook may answer 410 before it is removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """A pace tells how often a bot may write before it is told to wait.

    The platform publishes averages only (one message a second in a chat, twenty a
    minute in a group, about thirty a second in all) and tolerates short bursts; the
    bursts here are our reading of "short". A bot that writes before `retry_after`
    has passed is refused again, whatever its average.
    """

    chat_burst: int = 3
    chat_per_second: float = 1.0
    group_burst: int = 20
    group_per_second: float = 20 / 60
    all_burst: int = 30
    all_per_second: float = 30.0


PLATFORM_PACE = Pace()


class _Bucket:
    """A token bucket that stays shut until the wait it told has passed."""

    def __init__(self, burst: int, per_second: float, at: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._tokens = float(burst)
        self._at = at
        self._shut_until = at

    def wait(self, at: float) -> float:
        """Returns the seconds to wait before a token is there; 0 when one is."""
        if at < self._shut_until:
            return self._shut_until - at
        grown = self._tokens + (at - self._at) * self._per_second
        self._tokens = min(float(self._burst), grown)
        self._at = at
        # A thousandth forgives rounding in sums of floats.
        if self._tokens >= 0.999:
            return 0.0
        return (1.0 - self._tokens) / self._per_second

    def take(self) -> None:
        self._tokens -= 1.0

    def shut(self, at: float, seconds: int) -> None:
        """Shuts for a told wait; asking again meanwhile does not prolong it."""
        if at >= self._shut_until:
            self._shut_until = at + seconds


class Gate:
    """A gate lets a bot's writes pass at the platform's pace, or refuses with 429.

    Runs on machine time, in seconds. `pace=None` opens it for good (benchmarks).
    """

    def __init__(self, pace: Pace | None, clock: Callable[[], float]) -> None:
        self._pace = pace
        self._clock = clock
        self._chats: dict[int, _Bucket] = {}
        self._all: _Bucket | None = None

    def admit(self, chat_id: int) -> None:
        """Takes one write to the chat out of the budget.

        Raises:
            RefusalError: 429 with `retry_after`, when the pace is broken.
        """
        if self._pace is None:
            return
        at = self._clock()
        if self._all is None:
            pace = self._pace
            self._all = _Bucket(pace.all_burst, pace.all_per_second, at)
        buckets = (self._all, self._of_chat(self._pace, chat_id, at))
        for bucket in buckets:
            wait = bucket.wait(at)
            if wait > 0:
                seconds = max(1, math.ceil(wait))
                bucket.shut(at, seconds)
                raise too_many_requests(seconds)
        for bucket in buckets:
            bucket.take()

    def _of_chat(self, pace: Pace, chat_id: int, at: float) -> _Bucket:
        if chat_id not in self._chats:
            self._chats[chat_id] = (
                _Bucket(pace.group_burst, pace.group_per_second, at)
                if chat_id < 0
                else _Bucket(pace.chat_burst, pace.chat_per_second, at)
            )
        return self._chats[chat_id]
