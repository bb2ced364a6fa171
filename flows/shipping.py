"""One parcel or several: what waits for what, splitting it, and releasing the rest.

One rule: an order that ships once leaves only when nothing in it waits, unless its
customer takes the first parcel now, at the price the button shows.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from flows.backorder import LIVE
from flows.case import BackorderState
from flows.codes import menu_data
from flows.effects import Button, Decide, DecisionKind, Withdraw
from flows.ledger import CUSTOMER, POLICY, UNWRITTEN, given_up, standing_in
from flows.money import order_value

if TYPE_CHECKING:
    from flows.case import Chat, DecisionRow
    from flows.draft import Draft
    from flows.shop import Line, Order
    from flows.wording import Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some units of a line, by the name people know it by."""

    title: str
    units: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A first parcel that could go now: what is in it, what stays, what it costs."""

    order_id: str
    parcel: tuple[tuple[str, int], ...]
    goes: tuple[Part, ...]
    stays: tuple[Part, ...]
    price_minor: int
    currency: str

    @property
    def units(self) -> int:
        """How many units go now."""
        return sum(units for _, units in self.parcel)

    @property
    def argument(self) -> str:
        """What its button carries: which order, and a digest of all that it shows.

        Short whatever the shop's ids look like. It opens nothing by itself: the
        order is looked for among those of the chat's own case.
        """
        shown = f"{self.parcel}|{self.price_minor}|{self.currency}"
        return f"{digest(self.order_id)}.{digest(shown)}"


def ships_once(draft: Draft, order: Order) -> bool:
    """Return whether the order goes out in one parcel; a customer's split ends that."""
    policy = order.shipping_policy or draft.terms(order, None).terms.ship
    return policy == "once" and split_row(draft, order) is None


def split_row(draft: Draft, order: Order) -> DecisionRow | None:
    """Return the decision to send a first parcel now, if it stands."""
    rows = standing_in(draft, order.id, DecisionKind.SPLIT_SHIPMENT)
    return rows[-1] if rows else None


def waiting_units(draft: Draft, line: Line) -> int:
    """Return how many units of a line still wait; what is being cancelled does not."""
    return max(line.backordered - _going(draft, line), 0)


def ready_units(draft: Draft, line: Line) -> int:
    """Return how many units of a line lie ready to be sent."""
    rows = standing_in(draft, line.order_id, DecisionKind.CANCEL_REFUND)
    return max(line.allocated - given_up(rows, line.id), 0)


def blocked(draft: Draft, order: Order) -> bool:
    """Return whether anything in the order still waits."""
    return any(_blocks(draft, line) for line in order.lines)


def blockers(draft: Draft, order: Order) -> tuple[Part, ...]:
    """Return what keeps the order's one parcel waiting."""
    if not ships_once(draft, order):
        return ()
    return _waiting(draft, order)


def held_up(draft: Draft, order: Order) -> tuple[Part, ...]:
    """Return what lies ready but goes only with the rest."""
    if not ships_once(draft, order):
        return ()
    ready = ((line, ready_units(draft, line)) for line in order.lines)
    return tuple(_part(draft, line, units) for line, units in ready if units)


def split_of(draft: Draft, order: Order) -> Split | None:
    """Return the first parcel its customer may choose now, if the policy allows one.

    A line filled below ``min_fill_item_percent`` stays whole; below
    ``min_fill_order_percent`` of the order nothing goes.
    """
    terms = draft.terms(order, None).terms
    possible = order.status == "open" and terms.allow_split
    if not possible or not ships_once(draft, order) or not blocked(draft, order):
        return None
    ready = [
        line
        for line in order.lines
        if ready_units(draft, line)
        and _filled([line], _ordered(draft, line)) >= terms.min_fill_item_percent
    ]
    ordered = sum(_ordered(draft, line) for line in order.lines)
    if not ready or _filled(ready, ordered) < terms.min_fill_order_percent:
        return None
    free_from = terms.second_parcel_free_from_minor
    free = terms.second_parcel == "merchant" or (0 < free_from <= order_value(order))
    return Split(
        order_id=order.id,
        parcel=tuple((line.id, ready_units(draft, line)) for line in ready),
        goes=tuple(_part(draft, line, ready_units(draft, line)) for line in ready),
        stays=_waiting(draft, order),
        price_minor=0 if free else terms.second_parcel_minor,
        currency=order.currency,
    )


def split_rows(draft: Draft, order: Order, chat: Chat | None = None) -> Rows:
    """Return the button that sends a first parcel now; what it costs stands on it."""
    offered = split_of(draft, order)
    if offered is None:
        return ()
    words = draft.words(chat)
    price = offered.price_minor
    label = words.label(
        "split",
        goes=offered.goes,
        amount=words.money(price, offered.currency) if price else "",
    )
    return ((Button(label=label, data=menu_data("split", offered.argument)),),)


def split_now(draft: Draft, chat: Chat, argument: str) -> bool:
    """Take a press on a split's button; return False when it shows what is no more.

    One press within what the button showed is enough: price and contents are
    compared under the lock, and a second press finds the first one's decision.
    """
    order = _order_of(draft, argument)
    if order is None:
        return False
    if split_row(draft, order) is not None:
        draft.toast("already_chosen")
        return True
    offered = split_of(draft, order)
    if offered is None or offered.argument != argument:
        return False
    terms = draft.terms(order, None)
    apply_after = draft.now + terms.terms.apply_after
    draft.effects.append(
        Decide(
            order_id=order.id,
            line_id=None,
            kind=DecisionKind.SPLIT_SHIPMENT,
            quantity=offered.units,
            decided_by=CUSTOMER,
            reason=terms.rule,
            price_minor=offered.price_minor,
            currency=offered.currency,
            apply_after=apply_after,
        )
    )
    agreed = f"{offered.price_minor} {offered.currency} for {offered.parcel}"
    draft.record(CUSTOMER, "agreed to a second parcel", f"{order.number}: {agreed}")
    draft.toast("noted")
    undo = menu_data("unsplit", digest(order.id))
    label = draft.words(chat).label("unsplit")
    draft.reply(
        chat,
        "split",
        ((Button(label=label, data=undo),), *draft.menu("person", chat=chat)),
        order=order,
        split=offered,
        until=apply_after,
    )
    return True


def unsplit(draft: Draft, chat: Chat, argument: str) -> None:
    """Take a split back, as long as the shop has not begun with it."""
    order = _order_of(draft, argument)
    row = split_row(draft, order) if order else None
    if order is None or row is None:
        draft.toast("old_button")
        return
    if not row.changeable:
        draft.toast("too_late")
        draft.reply(
            chat, "split_begun", draft.menu("orders", "person", chat=chat), order=order
        )
        return
    draft.effects.append(Withdraw(decision_id=row.id))
    draft.toast("noted")
    draft.reply(chat, "unsplit", draft.menu("orders", chat=chat), order=order, row=row)


def release_if_unblocked(draft: Draft, order: Order) -> None:
    """Let the rest of an order go once nothing in it waits any more.

    Only where the order ships once; a decision row in the same commit tells the shop.
    A first parcel that nobody has begun is not needed then, nor paid.
    """
    if blocked(draft, order):
        return
    _drop_split(draft, order)
    released = standing_in(draft, order.id, DecisionKind.RELEASE)
    if released or not ships_once(draft, order):
        return
    ready = sum(ready_units(draft, line) for line in order.lines)
    cancelled = any(_going(draft, line) for line in order.lines)
    if ready and cancelled:
        draft.effects.append(
            Decide(
                order_id=order.id,
                line_id=None,
                kind=DecisionKind.RELEASE,
                quantity=ready,
                decided_by=POLICY,
                reason="nothing in the order waits any more",
                apply_after=draft.now + draft.terms(order, None).terms.apply_after,
            )
        )


def unrelease(draft: Draft, order: Order) -> None:
    """Take the release of an order's rest back: something in it waits again."""
    for row in standing_in(draft, order.id, DecisionKind.RELEASE):
        if row.changeable and row.id != UNWRITTEN:
            draft.effects.append(Withdraw(decision_id=row.id))


def _drop_split(draft: Draft, order: Order) -> None:
    row = split_row(draft, order)
    if row is None or row.id == UNWRITTEN or not row.changeable:
        return
    draft.effects.append(Withdraw(decision_id=row.id))
    if row.price_minor and any(line.allocated for line in order.lines):
        draft.push("split_moot", draft.menu("person"), order=order, row=row)


def _blocks(draft: Draft, line: Line) -> bool:
    """Whether units of a line still wait: what is cancelled no longer does."""
    alive = any(
        b.line_id == line.id
        and not b.closed_at
        and (b.state in LIVE or b.state is BackorderState.SUBSTITUTED)
        for b in draft.case.backorders
    )
    return alive or waiting_units(draft, line) > 0


def _going(draft: Draft, line: Line) -> int:
    """Return how many backordered units of a line are decided to be cancelled."""
    return sum(
        b.quantity
        for b in draft.case.backorders
        if b.line_id == line.id
        and not b.closed_at
        and b.state is BackorderState.CANCELLED
    )


def _waiting(draft: Draft, order: Order) -> tuple[Part, ...]:
    waiting = ((line, waiting_units(draft, line)) for line in order.lines)
    return tuple(_part(draft, line, units) for line, units in waiting if units)


def _ordered(draft: Draft, line: Line) -> int:
    dropped = line.allocated - ready_units(draft, line)
    return line.quantity - line.cancelled - _going(draft, line) - dropped


def _filled(lines: list[Line], ordered: int) -> float:
    units = sum(line.allocated + line.shipped for line in lines)
    return 100 * units / ordered if ordered > 0 else 100.0


def _part(draft: Draft, line: Line, units: int) -> Part:
    return Part(title=draft.named(line).title, units=units, of=line.quantity)


def _order_of(draft: Draft, argument: str) -> Order | None:
    wanted = argument.partition(".")[0]
    found = (order for order in draft.case.orders if digest(order.id) == wanted)
    return next(found, None)


def digest(text: str) -> str:
    """Return a short name for something of any length, the same each time."""
    return urlsafe_b64encode(sha256(text.encode()).digest()[:9]).decode()
