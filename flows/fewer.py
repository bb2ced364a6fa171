"""Words about some units of a line: "cancel 2 of the mugs", "I only need 3 of the 10".

What is not clear is nobody's number: the customer is asked as without it, and nothing
goes before a button with that number is pressed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.cancellable import parts_of
from flows.codes import MenuPress, handle
from flows.intents import Intent, Outcome, understand
from flows.naming import lines_named
from flows.shipping import ready_units, waiting_units
from flows.understanding.quantities import (
    number_alone,
    quantity_said,
    words_of_name,
)
from flows.wishes import TIMES, open_orders, orders_meant, some_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.case import Chat
    from flows.codes import CustomerPress
    from flows.draft import Draft
    from flows.intents import Understanding
    from flows.shop import Line, Order

#: Who wants this has not said how many units shall stay.
_OTHER_WISHES = frozenset(
    (
        Intent.WHERE_IS_MY_ORDER,
        Intent.ETA_QUESTION,
        Intent.TALK_TO_HUMAN,
        Intent.COMPLAINT,
        Intent.REFUND_STATUS,
        Intent.OPT_OUT,
    )
)


def units_meant(
    draft: Draft, chat: Chat, text: str, meant: Understanding
) -> str | None:
    """Return the target of cancelling that words with a number mean, if it is clear.

    More units than there are, or none, mean the line: its customer is asked how many.
    """
    if not meant.chosen_option and _wants_else(meant, text):
        return None
    orders = orders_meant(draft, meant.order_refs)
    titles = (draft.named(line).title for order in orders for line in order.lines)
    free = _units_free(draft, orders)
    said = quantity_said(
        text,
        _languages(draft, chat, meant.lang),
        names=frozenset(word for title in titles for word in words_of_name(title)),
        refs=meant.order_refs,
    )
    meant_lines = lines_named(draft, orders, text) or list(free)
    if said is None or len(meant_lines) != 1 or meant_lines[0] not in free:
        return None
    line = meant_lines[0]
    if meant.chosen_option:
        meant = understand(text)  # "cancel 2" is no answer to a question, either
    cancels = _cancels(meant)
    if not cancels and (_wants_else(meant, text) or not said.keep):
        return None
    units = said.out_of(line.quantity)
    if units is not None and said.keep:
        units = _left(draft, line) - units
    if units is not None and 0 < units <= free[line]:
        return some_of(line, units)
    return handle(line.id) if cancels else None


def units_answered(
    draft: Draft, chat: Chat, presses: tuple[CustomerPress, ...], text: str
) -> str | None:
    """Return the target that a bare number means where a line was asked about."""
    press = presses[0] if len(presses) == 1 else None
    if not isinstance(press, MenuPress) or press.action != "cancel":
        return None
    name = press.argument.partition(".")[0].partition(TIMES)[0]
    units = number_alone(text, _languages(draft, chat))
    lines = (
        line
        for line in _units_free(draft, open_orders(draft))
        if handle(line.id) == name
    )
    line = next(lines, None)
    if line is None or units is None:
        return None
    return some_of(line, units)


def _cancels(meant: Understanding) -> bool:
    return meant.outcome is Outcome.ACT and meant.intent is Intent.CANCEL_ORDER


def _wants_else(meant: Understanding, text: str) -> bool:
    """Return whether it is a question, or a wish that is surely another one."""
    if _cancels(meant):
        return False
    sure = meant.outcome is Outcome.ACT
    return (sure and meant.intent in _OTHER_WISHES) or "?" in text


def _units_free(draft: Draft, orders: Iterable[Order]) -> dict[Line, int]:
    """Return how many units of each line can still be cancelled."""
    free: dict[Line, int] = {}
    for part in (part for order in orders for part in parts_of(draft, order)):
        free[part.line] = free.get(part.line, 0) + part.quantity
    return free


def _left(draft: Draft, line: Line) -> int:
    """Return how many units of a line its customer still gets, or has."""
    return line.shipped + ready_units(draft, line) + waiting_units(draft, line)


def _languages(draft: Draft, chat: Chat, heard: str = "") -> set[str]:
    return {heard, draft.tongue(chat).partition("-")[0].partition("_")[0]}
