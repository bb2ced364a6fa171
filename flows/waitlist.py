"""The waiting list: joining it instead of waiting, and leaving it again.

A decision row tells the shop of both; who is asked when the ware is back stands in
``flows/restock.py``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.case import BackorderState
from flows.codes import menu_data
from flows.effects import Button, Decide, DecisionKind, ReleaseHolds, Withdraw
from flows.hours import out_of_quiet
from flows.ledger import CUSTOMER
from flows.waiting import WAITING, Waiting, WaitingFacts

if TYPE_CHECKING:
    from datetime import datetime

    from flows.case import Backorder, Chat, Offer
    from flows.draft import Draft
    from flows.terms import Terms
    from flows.wording import Rows

#: Ends an option's code: cancel it, and put me on the list, in one press.
JOIN = "+"


def join_cancelled(draft: Draft, chat: Chat, offer_id: str, code: str) -> None:
    """Put what this choice has just cancelled on the list; a set goes together."""
    offer = next((o for o in draft.case.offers if o.id == offer_id), None)
    found = offer.find(code) if offer else None
    if offer is None or found is None:
        return
    leader = found[0].backorder_id
    entries = [
        entry
        for item in offer.items
        if leader in {item.backorder_id, item.follows}
        if (backorder := draft.case.backorder(item.backorder_id))
        if (entry := _join(draft, backorder))
    ]
    tell_joined(draft, chat, entries)


def on_join(draft: Draft, chat: Chat, backorder_id: str) -> None:
    """Put something that was cancelled before on the list."""
    backorder = draft.case.backorder(backorder_id)
    entry = _join(draft, backorder) if backorder else None
    if entry is None:
        draft.toast("old_button")
        return
    draft.toast("noted")
    tell_joined(draft, chat, [entry])


def leave_for(draft: Draft, backorder_id: str) -> None:
    """Take back a place: what it stood for is waited for, replaced or here again."""
    for entry in draft.case.waiting:
        if entry.open and entry.backorder_id == backorder_id:
            leave(draft, entry)


def join_rows(draft: Draft, offer: Offer, chat: Chat | None = None) -> Rows:
    """Return a button per cancelled item of an offer that puts it on the list."""
    words = draft.words(chat)
    return tuple(
        (
            Button(
                label=words.label("tell_me", title=item.title),
                data=menu_data("join", item.backorder_id),
            ),
        )
        for item in offer.items
        if (backorder := draft.case.backorder(item.backorder_id))
        and backorder.state is BackorderState.CANCELLED
        and _place_of(draft, backorder) is None
    )


def _join(draft: Draft, backorder: Backorder) -> Waiting | None:
    order = draft.case.order(backorder.order_id)
    line = draft.case.line(backorder.line_id)
    cancelled = backorder.state is BackorderState.CANCELLED
    if order is None or line is None or backorder.sku is None or not cancelled:
        return None
    place = _place_of(draft, backorder)
    if place is not None:
        return place
    offer = draft.case.offer_for(backorder.id)
    items = offer.items if offer else ()
    item = next((i for i in items if i.backorder_id == backorder.id), None)
    return _put_on_list(
        draft,
        Waiting(
            id=draft.setting.new_id(),
            sku=backorder.sku,
            blank="",
            title=item.title if item else draft.named(line).title,
            quantity=backorder.quantity,
            order_id=order.id,
            line_id=line.id,
            backorder_id=backorder.id,
            reason=item.cause if item else "",
            since=order.placed_at,
            joined_at=draft.now,
            until=draft.now,
        ),
    )


def join_anew(draft: Draft, earlier: Waiting) -> Waiting:
    """Return a new place at the end of the list; an open one for the same is enough."""
    for entry in draft.case.waiting:
        if entry.open and (entry.sku, entry.line_id) == (earlier.sku, earlier.line_id):
            return entry
    fresh = Waiting(
        id=draft.setting.new_id(),
        sku=earlier.sku,
        blank=earlier.blank,
        title=earlier.title,
        quantity=earlier.quantity,
        order_id=earlier.order_id,
        line_id=earlier.line_id,
        reason=earlier.reason,
        since=draft.now,
        joined_at=draft.now,
        until=draft.now,
    )
    return _put_on_list(draft, fresh)


def _put_on_list(draft: Draft, entry: Waiting) -> Waiting:
    terms = terms_of(draft, entry)
    until = draft.now + timedelta(days=terms.waitlist_days)
    entry = replace(entry, until=out_of_quiet(until, terms.quiet_hours, draft.zone))
    put_place(draft, entry)
    tell_shop(draft, entry, "waiting list", draft.now + terms.apply_after)
    draft.record(CUSTOMER, "joined the waiting list", f"{entry.quantity} {entry.sku}")
    return entry


def leave(draft: Draft, entry: Waiting) -> None:
    """Take a customer off the list, and let go of what was kept for them."""
    state = WAITING.step(entry.state, "leave", facts_of(draft, entry))
    end_place(draft, replace(entry, state=state))
    draft.record(CUSTOMER, "left the waiting list", f"{entry.quantity} {entry.sku}")


def tell_joined(draft: Draft, chat: Chat, entries: list[Waiting]) -> None:
    """Say what the list will do, with the way off it."""
    if entries:
        rows = leave_rows(draft, entries, chat)
        draft.reply(chat, "waitlist_joined", rows, entries=entries)


def leave_rows(draft: Draft, entries: list[Waiting], chat: Chat) -> Rows:
    """Return the way off the list, one button a place."""
    label = draft.words(chat).label("off_list")
    return tuple(
        (Button(label=label, data=menu_data("leave", entry.id)),) for entry in entries
    )


def end_place(draft: Draft, entry: Waiting) -> None:
    """Let go of what a place kept, and of what the shop has not begun for it."""
    put_place(draft, replace(entry, called=False))
    # Also when nothing is kept as far as we know: a wave may be calling just now.
    draft.effects.append(ReleaseHolds(offer_id=entry.id))
    for row in draft.case.decisions:
        ours = row.kind == DecisionKind.WAITLIST and row.line_id == entry.line_id
        if ours and row.changeable:
            draft.effects.append(Withdraw(decision_id=row.id))


def tell_shop(
    draft: Draft, entry: Waiting, reason: str, apply_after: datetime | None
) -> None:
    """Write a row for the shop: somebody waits for it, or has it kept."""
    draft.effects.append(
        Decide(
            order_id=entry.order_id,
            line_id=entry.line_id,
            kind=DecisionKind.WAITLIST,
            quantity=entry.quantity,
            decided_by=CUSTOMER,
            reason=reason,
            apply_after=apply_after,
        )
    )


def put_place(draft: Draft, entry: Waiting) -> None:
    """Add a place or replace it by its id."""
    others = tuple(e for e in draft.case.waiting if e.id != entry.id)
    draft.case = replace(draft.case, waiting=(*others, entry))


def _place_of(draft: Draft, backorder: Backorder) -> Waiting | None:
    places = (e for e in draft.case.waiting if e.backorder_id == backorder.id)
    return next((entry for entry in places if entry.open), None)


def facts_of(draft: Draft, entry: Waiting) -> WaitingFacts:
    """Return what the guards look at where nobody's silence counts."""
    return WaitingFacts(entry=entry, now=draft.now, heard_until=draft.now)


def terms_of(draft: Draft, entry: Waiting) -> Terms:
    """Return the terms of the line it came from; the general ones for an old order."""
    order = draft.case.order(entry.order_id)
    if order is None:
        return draft.setting.policy.data.terms
    return draft.terms(order, order.line(entry.line_id)).terms


def again_row(draft: Draft, entry: Waiting) -> Rows:
    """Return the button that joins the list once more."""
    label = draft.words().label("tell_me", title=entry.title)
    return ((Button(label=label, data=menu_data("again", entry.id)),),)
