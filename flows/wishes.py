"""Cancelling by wish: free until work on a line starts, afterwards a person is asked.

What was decided can be taken back until the shop begins with it. Wishes that are not
ours to grant stand in ``flows/change_requests.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flows.asked import expect
from flows.backorder import BACKORDER, LIVE
from flows.case import BackorderState, OfferState
from flows.choices import choose, standing, taken_over
from flows.codes import handle, menu_data
from flows.draft import Draft
from flows.effects import Button, Decide, DecisionKind, Withdraw
from flows.handover import hand_over
from flows.ledger import CUSTOMER, UNWRITTEN, standing_in
from flows.offer import PENDING
from flows.refunds import rebalance, refund_due
from flows.shipping import release_if_unblocked, unrelease

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from flows.case import Backorder, Chat, DecisionRow, Offer, OfferItem
    from flows.shop import Line, Order

_CANCEL = DecisionKind.CANCEL_REFUND
#: Waiting quantities that a customer may still give up.
_GIVEN_UP = LIVE | {BackorderState.SUBSTITUTED}
#: Lines shown as buttons at most.
_MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Units of a line that nobody has begun: one backorder's, or what lies ready."""

    order: Order
    line: Line
    quantity: int
    backorder: Backorder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelling:
    """What a press cancels: the units of some lines, and the money that goes back."""

    order: Order
    lines: tuple[tuple[str, int], ...]
    refund_minor: int
    until: datetime | None = None

    @property
    def digest(self) -> str:
        """What its button shows, so that an old one is noticed."""
        return handle(f"{self.lines}|{self.refund_minor}")


def ask_cancel(draft: Draft, chat: Chat, words: str, numbers: Iterable[str]) -> None:
    """Show what can still be cancelled, one button a line; else a person is asked."""
    orders = orders_meant(draft, numbers)
    parts = [part for order in orders for part in _parts(draft, order)]
    lines = list(dict.fromkeys(part.line for part in parts))
    if not lines:
        draft.reply(chat, "cancel_late", orders=orders, started=begun(draft, orders))
        hand_over(draft, "cancel_order", chat, words)
        return
    if len(lines) == 1:
        _confirm(draft, chat, handle(lines[0].id))
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


def cancel(draft: Draft, chat: Chat, argument: str) -> None:
    """Take a press on a cancelling button: ask once more, or do what it showed."""
    target, _, shown = argument.partition(".")
    if not shown:
        _confirm(draft, chat, target)
        return
    parts = _targets(draft, target)
    if not parts or _preview(draft, parts).digest != shown:
        draft.toast("old_button")
        _confirm(draft, chat, target)
        return
    order = parts[0].order
    for part in parts:
        _give_up(draft, part)
    release_if_unblocked(draft, order)
    draft.record(CUSTOMER, "cancelled", f"{order.number}: {target}")
    draft.toast("noted")
    done = _preview_of(draft, parts)
    back = menu_data("uncancel", target)
    row = (Button(label=draft.words(chat).label("uncancel"), data=back),)
    draft.reply(
        chat, "cancel_done", (row, *draft.menu("person", chat=chat)), cancelling=done
    )


def keep(draft: Draft, chat: Chat, argument: str) -> None:
    """Take a cancellation back, as long as the shop has not begun with it."""
    order, lines = _named(draft, argument)
    rows = [
        row
        for row in (standing_in(draft, order.id, _CANCEL) if order else ())
        if row.decided_by == CUSTOMER and row.line_id in {line.id for line in lines}
    ]
    if order is None or not rows:
        draft.toast("old_button")
        return
    late = [row for row in rows if not row.changeable or row.id == UNWRITTEN]
    for row in rows:
        if row not in late:
            _take_back(draft, row)
    unrelease(draft, order)
    rebalance(draft, order)
    draft.toast("too_late" if late else "noted")
    key = "keep_late" if late else "kept"
    draft.reply(chat, key, draft.menu("orders", "person", chat=chat), order=order)


def leaving(draft: Draft, line: Line) -> int:
    """Return how many ready units of a line are decided to be cancelled."""
    rows = standing_in(draft, line.order_id, _CANCEL)
    return sum(
        row.quantity
        for row in rows
        if row.line_id == line.id and not row.backorder_id and not row.applied_at
    )


def way_out(draft: Draft, chat: Chat | None, order: Order, line: Line) -> Button | None:
    """Return the button that asks to cancel a waiting line, while that is free."""
    waits = any(
        part.line.id == line.id and part.backorder for part in _parts(draft, order)
    )
    if not waits:
        return None
    label = draft.words(chat).label("drop", title=line.title, amount="")
    return Button(label=label, data=menu_data("cancel", handle(line.id)))


def _confirm(draft: Draft, chat: Chat, target: str) -> None:
    parts = _targets(draft, target)
    if not parts:
        order, lines = _named(draft, target)
        if order is None:
            draft.toast("old_button")
            return
        draft.reply(chat, "cancel_late", orders=[order], started=begun(draft, [order]))
        if not any(leaving(draft, line) for line in lines):
            hand_over(draft, "cancel_order", chat)
        return
    planned = _preview(draft, parts)
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
    draft.reply(
        chat,
        "cancel_confirm",
        ((yes,), *draft.menu("person", chat=chat)),
        cancelling=planned,
        captured=captured,
    )


def _parts(draft: Draft, order: Order) -> list[Part]:
    """Return what of an order can still be cancelled without asking anybody."""
    found: list[Part] = []
    for line in order.lines:
        if line.work_started_at is not None and line.work_started_at <= draft.now:
            continue
        found += [
            Part(order=order, line=line, quantity=waiting.quantity, backorder=waiting)
            for waiting in draft.case.backorders
            if waiting.line_id == line.id and _free_to_go(draft, waiting)
        ]
        ready = line.allocated - leaving(draft, line)
        if ready > 0:
            found.append(Part(order=order, line=line, quantity=ready))
    return found


def _free_to_go(draft: Draft, backorder: Backorder) -> bool:
    if backorder.closed_at is not None or backorder.state not in _GIVEN_UP:
        return False
    row = standing(draft, backorder.id)
    return row is None or row.changeable or row.kind == DecisionKind.WAIT


def _give_up(draft: Draft, part: Part) -> None:
    """Decide one part: through its offer where it has one, so that the two agree."""
    if part.backorder is None:
        _decide(draft, part)
        return
    current = draft.case.backorder(part.backorder.id)
    if current is None or current.state is BackorderState.CANCELLED:
        return  # it went with another one of its set
    offer, item = _offer_of(draft, part.backorder)
    if offer is not None and item is not None:
        choice = next(c for c in item.choices if c.kind == "cancel")
        due = refund_due(
            draft,
            part.order,
            part.line,
            part.quantity,
            instead_of=part.backorder.id,
        )
        choose(draft, offer, [(item, replace(choice, refund_minor=due))], by=CUSTOMER)
        return
    row = standing(draft, part.backorder.id)
    if row is not None and row.changeable:
        draft.effects.append(Withdraw(decision_id=row.id))
    _decide(draft, part)
    backorder = part.backorder
    if backorder.state is BackorderState.BASELINE:
        noticed = BACKORDER.step(backorder.state, "confirm", None)
        backorder = replace(backorder, state=noticed)
    state = BACKORDER.step(backorder.state, "cancel", None)
    draft.put_backorder(replace(backorder, state=state))


def _offer_of(
    draft: Draft, backorder: Backorder
) -> tuple[Offer | None, OfferItem | None]:
    """Return the offer that can still decide a backorder, and its item about it."""
    offer = draft.case.offer_for(backorder.id)
    if offer is None:
        return None, None
    item = next((i for i in offer.items if i.backorder_id == backorder.id), None)
    open_yet = offer.state in {*PENDING, OfferState.ANSWERED, OfferState.EXPIRED}
    if item is None or not open_yet or (item.chosen and taken_over(draft, item)):
        return None, None
    cancels = any(choice.kind == "cancel" for choice in item.choices)
    return (offer, item) if cancels else (None, None)


def _decide(draft: Draft, part: Part) -> None:
    captured = part.order.payment_status == "captured"
    about = part.backorder.id if part.backorder else None
    due = refund_due(draft, part.order, part.line, part.quantity, instead_of=about)
    terms = draft.terms(part.order, part.line)
    draft.effects.append(
        Decide(
            order_id=part.order.id,
            line_id=part.line.id,
            kind=_CANCEL,
            quantity=part.quantity,
            decided_by=CUSTOMER,
            reason=terms.rule,
            backorder_id=about,
            refund_minor=due if captured else 0,
            currency=part.order.currency,
            apply_after=draft.now + terms.terms.apply_after,
        )
    )


def _take_back(draft: Draft, row: DecisionRow) -> None:
    """Withdraw one cancellation; what waited waits again."""
    backorder = draft.case.backorder(row.backorder_id)
    if backorder is None:
        draft.effects.append(Withdraw(decision_id=row.id))
        return
    offer, item = _offer_of(draft, backorder)
    wait = next((c for c in item.choices if c.kind == "wait"), None) if item else None
    if offer is not None and item is not None and wait is not None:
        choose(draft, offer, [(item, wait)], by=CUSTOMER)
        return
    draft.effects.append(Withdraw(decision_id=row.id))
    state = BACKORDER.step(backorder.state, "wait", None)
    draft.put_backorder(replace(backorder, state=state))


def _preview(draft: Draft, parts: list[Part]) -> Cancelling:
    """Return what cancelling would do, by doing it on a draft nobody keeps."""
    trial = Draft(draft.case, draft.setting)
    for part in parts:
        _give_up(trial, part)
    return _preview_of(trial, parts)


def _preview_of(draft: Draft, parts: list[Part]) -> Cancelling:
    made = [
        effect
        for effect in draft.effects
        if isinstance(effect, Decide) and effect.kind is _CANCEL
    ]
    units: dict[str, int] = {}
    for part in parts:
        title = draft.named(part.line).title
        units[title] = units.get(title, 0) + part.quantity
    return Cancelling(
        order=parts[0].order,
        lines=tuple(units.items()),
        refund_minor=sum(effect.refund_minor or 0 for effect in made),
        until=min((e.apply_after for e in made if e.apply_after), default=None),
    )


def _targets(draft: Draft, target: str) -> list[Part]:
    """Return the parts of the line or the order that a button names."""
    parts = [part for order in open_orders(draft) for part in _parts(draft, order)]
    return [p for p in parts if target in {handle(p.line.id), handle(p.order.id)}]


def _named(draft: Draft, target: str) -> tuple[Order | None, tuple[Line, ...]]:
    for order in draft.case.orders:
        if handle(order.id) == target:
            return order, order.lines
        for line in order.lines:
            if handle(line.id) == target:
                return order, (line,)
    return None, ()


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
