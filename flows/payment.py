"""When money may be taken: a plan per line, and the watch over authorisations.

The bot takes no money. It says what the shop may capture by the merchant's rule, and
warns before an authorisation lapses that is still needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flows.effects import Button
from flows.hours import out_of_quiet
from flows.ledger import given_up
from flows.money import part, unit_amounts
from flows.shipping import digest, waiting_units

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flows.case import Case
    from flows.draft import Draft
    from flows.shop import Line, Order
    from flows.terms import Terms

#: How many warnings a case remembers, so that each is given once.
_REMEMBERED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The money of one line by what shall become of it.

    Taken already, to be taken now, held for later, given free; ``line_id`` None: the
    shipping.
    """

    line_id: str | None
    captured_minor: int = 0
    capture_now_minor: int = 0
    held_minor: int = 0
    release_minor: int = 0
    #: Taken although the rule forbids it before the goods go.
    early: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPlan:
    """What shall become of an order's money, line by line."""

    order: Order
    shares: tuple[Share, ...]

    @property
    def captured_minor(self) -> int:
        """What was taken already."""
        return self._sum(lambda share: share.captured_minor)

    @property
    def capture_now_minor(self) -> int:
        """What may be taken now."""
        return self._sum(lambda share: share.capture_now_minor)

    @property
    def held_minor(self) -> int:
        """What stays authorised until its goods are there or go."""
        return self._sum(lambda share: share.held_minor)

    @property
    def release_minor(self) -> int:
        """What nobody will need any more: no refund is due where it is given free."""
        return self._sum(lambda share: share.release_minor)

    @property
    def early(self) -> bool:
        """Whether something was taken before the rule allows it."""
        return any(share.early for share in self.shares)

    def _sum(self, amount: Callable[[Share], int]) -> int:
        return sum(amount(share) for share in self.shares)


def capture_plan(order: Order, case: Case, terms: Terms) -> PaymentPlan:
    """Return what shall become of an order's money, by the merchant's rule."""
    mode = "on_ship" if terms.forbid_early_capture else terms.capture
    shares = [_share(order, line, case, mode) for line in order.lines]
    if terms.forbid_early_capture:
        shares = [
            replace(share, early=bool(share.captured_minor and line.backordered))
            for share, line in zip(shares, order.lines, strict=True)
        ]
    if order.shipping_minor:
        shares.append(_shipping(order, shares))
    return PaymentPlan(order=order, shares=tuple(shares))


def payment_plan(draft: Draft, order: Order) -> PaymentPlan:
    """Return the plan of an order under the terms that apply to it."""
    return capture_plan(order, draft.case, draft.terms(order, None).terms)


def authorization_due(draft: Draft, order: Order) -> datetime | None:
    """Return when somebody has to hear that an authorisation is about to lapse.

    None where there is none, nothing is left to send, or it was said before. Never in
    the customer's quiet hours, unless it would lapse meanwhile.
    """
    expires = order.authorization_expires_at
    authorised = order.payment_status == "authorized" and order.status == "open"
    if expires is None or not authorised or _key(order) in draft.case.memory.warned:
        return None
    if not any(line.allocated or waiting_units(draft, line) for line in order.lines):
        return None
    terms = draft.terms(order, None).terms
    at = max(expires - terms.authorization_warning, draft.now)
    awake = out_of_quiet(at, terms.quiet_hours, draft.zone)
    return awake if awake < expires else at


def watch_authorizations(draft: Draft) -> None:
    """Warn the staff of authorisations about to lapse, and ask for new ones.

    Once for each expiry; the customer is asked only where the policy says so and what
    was promised lies beyond it.
    """
    for order in draft.case.orders:
        due = authorization_due(draft, order)
        if due is None or draft.now < due:
            continue
        memory = draft.case.memory
        warned = (*memory.warned, _key(order))[-_REMEMBERED:]
        draft.case = replace(draft.case, memory=replace(memory, warned=warned))
        plan = payment_plan(draft, order)
        asked = _too_short(draft, order) and draft.terms(order, None).terms.ask_renewal
        facts: dict[str, Any] = {
            "order": order,
            "amount": plan.held_minor + plan.capture_now_minor,
            "lapses_at": order.authorization_expires_at,
        }
        draft.card(
            f"authorization:{digest(order.id)}",
            "authorization",
            beyond=_too_short(draft, order),
            lapsed=draft.now >= (order.authorization_expires_at or draft.now),
            asked=asked,
            **facts,
        )
        if asked:
            url = draft.setting.policy.shop.url
            button = Button(label=draft.words().label("renew"), url=url)
            draft.push("renew_payment", ((button,), *draft.menu("person")), **facts)


def _too_short(draft: Draft, order: Order) -> bool:
    """Return whether a promise lies beyond the authorisation, or has no date."""
    expires = order.authorization_expires_at
    if expires is None:
        return False
    last = expires.astimezone(draft.zone).date()
    told = [
        b.told
        for b in draft.case.backorders
        if b.order_id == order.id and b.closed_at is None and b.told is not None
    ]
    return any(t.expected_to is None or t.expected_to > last for t in told)


def _share(order: Order, line: Line, case: Case, mode: str) -> Share:
    amounts = unit_amounts(order, line, {}, with_shipping=False)
    if order.payment_status == "captured":
        kept = line.quantity - line.cancelled
        return Share(
            line_id=line.id, captured_minor=part(amounts, kept, line.cancelled)
        )
    if order.payment_status != "authorized":
        return Share(line_id=line.id)
    going = sum(
        b.quantity
        for b in case.backorders
        if b.line_id == line.id and not b.closed_at and b.state == "cancelled"
    )
    going += given_up(case.decisions, line.id)
    ending = min(line.cancelled + going, line.quantity)
    ripe = {
        "on_order": line.quantity - ending,
        "on_allocation": line.shipped + line.allocated,
        "on_ship": line.shipped,
    }[mode]
    now = min(ripe, line.quantity - ending)
    return Share(
        line_id=line.id,
        capture_now_minor=part(amounts, now, line.quantity - now),
        held_minor=part(amounts, line.quantity - now - ending, ending),
        release_minor=part(amounts, ending),
    )


def _shipping(order: Order, shares: list[Share]) -> Share:
    """Return what becomes of the shipping: it goes with the first money taken."""
    amount = order.shipping_minor
    if any(share.captured_minor for share in shares):
        return Share(line_id=None, captured_minor=amount)
    if any(share.capture_now_minor for share in shares):
        return Share(line_id=None, capture_now_minor=amount)
    if any(share.held_minor for share in shares):
        return Share(line_id=None, held_minor=amount)
    if order.payment_status == "authorized":
        return Share(line_id=None, release_minor=amount)
    return Share(line_id=None)


def _key(order: Order) -> str:
    expires = order.authorization_expires_at
    return f"{order.id}@{expires.isoformat() if expires else ''}"
