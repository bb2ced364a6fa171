"""Presses: a tapped button shows a progress bar until the bot answers it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.playground.telegram import limits
from bot.playground.telegram.arguments import Arguments
from bot.playground.telegram.changes import ChangeKind, Changes
from bot.playground.telegram.refusals import bad_request

_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A press is one tap on a button; `toast` is what the phone showed in return.

    `pressed_at` and `answered_at` are machine time in seconds; `alert` tells that the
    toast is a box that has to be closed.
    """

    id: str
    chat_id: int
    message_id: int
    user_id: int
    data: str
    pressed_at: float
    answered_at: float | None = None
    toast: str = ""
    alert: bool = False


class Presses:
    """All presses, and the one place where they are answered."""

    def __init__(self, clock: Callable[[], float], changes: Changes) -> None:
        self._clock = clock
        self._changes = changes
        self._presses: dict[str, Press] = {}
        self._ids = itertools.count(4_000_000_000_000_001)

    def add(self, *, chat_id: int, message_id: int, user_id: int, data: str) -> Press:
        """Notes a tap and starts its progress bar."""
        press = Press(
            id=str(next(self._ids)),
            chat_id=chat_id,
            message_id=message_id,
            user_id=user_id,
            data=data,
            pressed_at=self._clock(),
        )
        self._presses[press.id] = press
        self._changes.tell(
            ChangeKind.PRESSED, chat_id=chat_id, message_id=message_id, detail=data
        )
        return press

    def find(self, press_id: str) -> Press:
        """Returns a press as it stands now."""
        return self._presses[press_id]

    def in_chat(self, chat_id: int) -> tuple[Press, ...]:
        """Returns the presses of a chat, oldest first."""
        return tuple(p for p in self._presses.values() if p.chat_id == chat_id)

    def answer(self, arguments: Arguments) -> bool:
        """Answers a press, once and in time.

        Raises:
            RefusalError: 400, when it is answered, too old, unknown, or too wordy.
        """
        text = arguments.text("text")
        if len(text) > limits.ANSWER_CHARACTERS:
            raise bad_request("MESSAGE_TOO_LONG")
        press = self._presses.get(arguments.text("callback_query_id").strip())
        now = self._clock()
        window = limits.ANSWER_WINDOW.total_seconds()
        if (
            press is None
            or press.answered_at is not None
            or now - press.pressed_at > window
        ):
            raise bad_request(_TOO_OLD)
        self._presses[press.id] = replace(
            press, answered_at=now, toast=text, alert=arguments.flag("show_alert")
        )
        self._changes.tell(
            ChangeKind.ANSWERED,
            chat_id=press.chat_id,
            message_id=press.message_id,
            detail=text,
        )
        return True
