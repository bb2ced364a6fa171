"""Cancelling by wish: free until work on a line starts, afterwards a person is asked.

An order, a line or some units of one (``flows/cancellable.py`` says which go first).
What was decided can be taken back until the shop begins with it. Wishes that are not
ours to grant stand in ``flows/change_requests.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.asked import expect
from flows.cancellable import (
    Part,
    first_units,
    give_up,
    parts_of,
    take_back,
    units_in,
)
from flows.cancelling import as_told, cancelled, digest_of, named, preview
from flows.codes import handle, menu_data
from flows.effects import Button
from flows.handover import hand_over
from flows.ledger import CUSTOMER, UNWRITTEN
from flows.naming import lines_named
from flows.refunds import rebalance
from flows.shipping import release_if_unblocked, unrelease

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.case import Chat
    from flows.draft import Draft
    from flows.shop import Line, Order
    from flows.wording import Rows, Wording

#: Lines shown as buttons at most.
_MOST = 8
#: Up to so many units each number has its button.
_FEW = 5
#: Buttons with numbers in a row.
_BESIDE = 3
#: What parts a target from the number of its units.
TIMES = "*"
_LONGEST_NUMBER = 6


def ask_cancel(draft: Draft, chat: Chat, words: str, numbers: Iterable[str]) -> None:
    """Show what can still be cancelled, one button a line; else a person is asked."""
    orders = orders_meant(draft, numbers)
    parts = [part for order in orders for part in parts_of(draft, order)]
    lines = list(dict.fromkeys(part.line for part in parts))
    called = lines_named(draft, orders, words)
    if called and not set(lines) & set(called):
        lines = []  # Never another line instead of the one they mean.
    if not lines:
        draft.reply(chat, "cancel_late", orders=orders, started=begun(draft, orders))
        hand_over(draft, "cancel_order", chat, words)
        return
    if len(lines) == 1:
        confirm_cancel(draft, chat, handle(lines[0].id))
        return
    shown = [order for order in orders if len(_lines_of(parts, order)) > 1]
    rows = [
        *(_row(draft, chat, "cancel_line", draft.named(line)) for line in lines),
        *(_row(draft, chat, "cancel_all", order) for order in shown),
    ]
    draft.reply(
        chat,
        "cancel_which",
        (*rows[:_MOST], *draft.menu("person", chat=chat)),
        started=begun(draft, orders),
    )


def some_of(line: Line, units: int) -> str:
    """Return the target that means some units of a line."""
    return f"{handle(line.id)}{TIMES}{units}"


def cancel(draft: Draft, chat: Chat, argument: str) -> None:
    """Take a press on a cancelling button: ask once more, or do what it showed."""
    target, _, shown = argument.partition(".")
    if not shown:
        confirm_cancel(draft, chat, target, anew=TIMES not in target)
        return
    target, parts = _meant(draft, target)
    if not parts or preview(draft, parts).digest != shown:
        draft.toast("old_button")
        confirm_cancel(draft, chat, target)
        return
    order = parts[0].order
    for part in parts:
        give_up(draft, part)
    release_if_unblocked(draft, order)
    draft.record(CUSTOMER, "cancelled", f"{order.number}: {target}")
    draft.toast("noted")
    _tell_done(draft, chat, target.partition(TIMES)[0])


def keep(draft: Draft, chat: Chat, argument: str) -> None:
    """Take back what a button shows as cancelled, if the shop has not begun with it."""
    target, _, shown = argument.partition(".")
    order, rows = cancelled(draft, target)
    if order is None or not rows:
        draft.toast("old_button")
        return
    left = [row for row in rows if row.changeable and row.id != UNWRITTEN]
    if not left:
        draft.toast("too_late")
        menu = draft.menu("orders", "person", chat=chat)
        draft.reply(chat, "keep_late", menu, order=order)
        return
    if digest_of(left) != shown:
        draft.toast("old_button")
        _tell_done(draft, chat, target)
        return
    for row in left:
        take_back(draft, row)
    unrelease(draft, order)
    rebalance(draft, order)
    draft.toast("noted")
    draft.reply(chat, "kept", draft.menu("orders", "person", chat=chat), order=order)


def way_out(draft: Draft, chat: Chat | None, order: Order, line: Line) -> Button | None:
    """Return the button that asks to cancel a waiting line, while that is free."""
    waits = any(
        part.line.id == line.id and part.backorder for part in parts_of(draft, order)
    )
    if not waits:
        return None
    label = draft.words(chat).label("drop", title=line.title, amount="")
    return Button(label=label, data=menu_data("cancel", handle(line.id)))


def confirm_cancel(draft: Draft, chat: Chat, target: str, *, anew: bool = True) -> None:
    """Show what a target means, what goes back for it, and the button that does it.

    ``anew`` False: the question that stands above already changes instead.
    """
    target, parts = _meant(draft, target)
    if not parts:
        order, _ = named(draft, target)
        if order is None:
            draft.toast("old_button")
            return
        draft.reply(chat, "cancel_late", orders=[order], started=begun(draft, [order]))
        if all(row.applied_at for row in cancelled(draft, target)[1]):
            hand_over(draft, "cancel_order", chat)
        return
    planned = preview(draft, parts)
    words = draft.words(chat)
    captured = parts[0].order.payment_status == "captured"
    label = words.label(
        "cancel_yes",
        amount=words.money(planned.refund_minor, planned.order.currency)
        if captured
        else "",
    )
    yes = Button(label=label, data=menu_data("cancel", f"{target}.{planned.digest}"))
    expect(draft, yes.data)
    numbers = _number_rows(draft, words, parts)
    rows = ((yes,), *numbers, *draft.menu("person", chat=chat))
    # Some units are asked about in the words that asked about the whole line.
    subject = f"cancel:{handle(parts[0].line.id)}" if numbers else ""
    about = {"cancelling": planned, "captured": captured}
    if anew or not subject:
        draft.reply(chat, "cancel_confirm", rows, subject=subject, **about)
    else:
        draft.reword(subject, "cancel_confirm", rows, **about)


def _number_rows(draft: Draft, words: Wording, parts: list[Part]) -> Rows:
    """Return the buttons that change how many units of one line go."""
    line = parts[0].line
    if any(part.line.id != line.id for part in parts):
        return ()
    every = units_in(_of_line(draft, line))
    now = units_in(parts)
    if every <= _FEW:
        numbers = set(range(1, every + 1))
    else:
        numbers = {1, every // 2, now - 1, now + 1, every} & set(range(1, every + 1))
    made = [
        Button(
            label=words.label(
                "cancel_every" if number == every else "cancel_some", count=number
            ),
            data=menu_data("cancel", some_of(line, number)),
        )
        for number in sorted(numbers - {now})
    ]
    return tuple(tuple(made[i : i + _BESIDE]) for i in range(0, len(made), _BESIDE))


def _tell_done(draft: Draft, chat: Chat, target: str) -> None:
    """Say all that is taken out by now and can be taken back with one button."""
    order, rows = cancelled(draft, target)
    rows = [row for row in rows if row.changeable]
    if order is None or not rows:
        return
    back = menu_data("uncancel", f"{target}.{digest_of(rows)}")
    button = Button(label=draft.words(chat).label("uncancel"), data=back)
    menu = draft.menu("person", chat=chat)
    done = as_told(draft, order, rows)
    draft.reply(chat, "cancel_done", ((button,), *menu), cancelling=done)


def _meant(draft: Draft, target: str) -> tuple[str, list[Part]]:
    """Return the parts a button names, and the plainest target that means them.

    A number that is none, or more than there are, means the whole line.
    """
    name, _, number = target.partition(TIMES)
    parts = [part for order in open_orders(draft) for part in parts_of(draft, order)]
    meant = [p for p in parts if name in {handle(p.line.id), handle(p.order.id)}]
    readable = number.isascii() and number.isdecimal()
    units = int(number) if readable and len(number) <= _LONGEST_NUMBER else 0
    if not 0 < units < units_in(meant) or len({p.line.id for p in meant}) > 1:
        return name, meant
    return f"{name}{TIMES}{units}", first_units(meant, units)


def _of_line(draft: Draft, line: Line) -> list[Part]:
    order = draft.case.order(line.order_id)
    found = parts_of(draft, order) if order else []
    return [part for part in found if part.line.id == line.id]


def open_orders(draft: Draft) -> list[Order]:
    """Return the orders that are not done."""
    return [order for order in draft.case.orders if order.status == "open"]


def orders_meant(draft: Draft, numbers: Iterable[str]) -> list[Order]:
    """Return the open orders that were named, or all of them."""
    wanted = {number.lstrip("#").upper() for number in numbers}
    orders = open_orders(draft)
    return [o for o in orders if o.number.lstrip("#").upper() in wanted] or orders


def _lines_of(parts: list[Part], order: Order) -> set[str]:
    return {part.line.id for part in parts if part.order.id == order.id}


def begun(draft: Draft, orders: list[Order]) -> list[str]:
    """Return the titles of lines on which work has started and which are not gone."""
    return [
        draft.named(line).title
        for order in orders
        for line in order.lines
        if line.work_started_at is not None
        and line.work_started_at <= draft.now
        and line.shipped + line.cancelled < line.quantity
    ]


def _row(
    draft: Draft, chat: Chat, name: str, about: Line | Order
) -> tuple[Button, ...]:
    label = draft.words(chat).label(name, about=about)
    return (Button(label=label, data=menu_data("cancel", handle(about.id))),)
