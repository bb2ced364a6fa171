"""Asking a customer to choose: making an offer, replacing it, showing it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flows.backorder import BACKORDER
from flows.case import Backorder, BackorderState, Offer, OfferState, Told
from flows.choices import decide_at_once, holds_of
from flows.effects import PromiseTold, ReleaseHolds, Urgency
from flows.handover import ask_staff
from flows.keyboards import offer_rows
from flows.ledger import POLICY
from flows.offer import OFFER, PENDING, OfferFacts, ended
from flows.plan import Kind, Plan
from flows.planning import plans as all_plans
from flows.policy import told_deadline
from flows.refunds import refreshed
from flows.shipping import blocked, held_up, split_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from flows.case import Chat
    from flows.draft import Draft
    from flows.plan import Ruling
    from flows.promise import Estimate
    from flows.shop import Order
    from flows.wording import Rows

#: Lines of one order found within this make one proposal.
GATHER = timedelta(minutes=10)


def propose(
    draft: Draft,
    order: Order,
    backorders: Iterable[Backorder],
    *,
    delayed: bool = False,
) -> None:
    """Do what the policy wants about an order's backorders: one message per kind."""
    about = _with_neighbours(draft, backorders)
    _carry_out(draft, order, all_plans(draft, order, about, delayed=delayed), by=POLICY)


def propose_ruled(
    draft: Draft,
    order: Order,
    backorders: Sequence[Backorder],
    *,
    ruling: Ruling,
    by: str,
) -> None:
    """Do what a colleague wants: cancel, or let the customer choose after all.

    What the same message asked besides is asked again, if it was replaced by that.
    """
    neighbours = _with_neighbours(draft, backorders)
    plans = all_plans(draft, order, backorders, ruling=ruling)
    _carry_out(draft, order, plans, by=by)
    pending = (offer for offer in draft.case.offers if offer.state in PENDING)
    asked = {item.backorder_id for offer in pending for item in offer.items}
    about = {backorder.id for backorder in backorders}
    left = [b for b in neighbours if b.id not in about | asked]
    if left:
        propose(draft, order, left)


def _carry_out(draft: Draft, order: Order, plans: Sequence[Plan], *, by: str) -> None:
    of_kinds: dict[Kind, list[Plan]] = {}
    for made in plans:
        of_kinds.setdefault(made.kind, []).append(made)
    for kind, of_kind in of_kinds.items():
        if kind is Kind.ASK_STAFF:
            asked = [one.item.backorder_id for one in of_kind]
            ask_colleague(draft, order, asked, "cancel_asked")
        elif kind is Kind.CANCELLED:
            for one in of_kind:
                _make_offer(draft, order, kind, [one], by=by)
        else:
            _make_offer(draft, order, kind, of_kind, by=by)


def _with_neighbours(draft: Draft, about: Iterable[Backorder]) -> list[Backorder]:
    """Return also what the same messages still ask: they are replaced as a whole."""
    found = {backorder.id: backorder for backorder in about}
    for offer in draft.case.offers:
        if offer.state not in PENDING or not offer.window_seconds:
            continue
        if any(item.backorder_id in found for item in offer.items):
            asked = {item.backorder_id for item in offer.unanswered}
            found |= {b.id: b for b in draft.case.backorders if b.id in asked}
    return [backorder for backorder in found.values() if backorder.closed_at is None]


def _make_offer(
    draft: Draft, order: Order, kind: Kind, plans: list[Plan], *, by: str
) -> None:
    """Make one offer of the plans, take the old ones' place, and send it."""
    asks = any(one.asks for one in plans)
    terms = draft.terms(order, order.line(plans[0].item.line_id)).terms
    window = terms.reply_window
    if not draft.case.reachable_chats:
        window += terms.mail_extra  # a letter takes longer, both ways
    about = [one.item.backorder_id for one in plans]
    told = told_deadline(draft.now, window, terms, draft.zone)
    told = max([told, *_running(draft, about)])
    retire_offers(draft, about)
    offer = Offer(
        id=draft.setting.new_id(),
        version=1,
        order_id=order.id,
        kind=kind.value,
        state=OfferState.PROPOSED,
        token=draft.setting.new_id(),
        items=tuple(one.item for one in plans),
        window_seconds=int(terms.reply_window.total_seconds()) if asks else 0,
        proposed_at=draft.now,
        policy_version=draft.setting.policy.version,
        told_deadline=told if asks else None,
    )
    offer = refreshed(draft, order, offer)
    for one in plans:
        _note(draft, one, kind)
    draft.effects += holds_of(draft, offer)
    if kind is Kind.CANCELLED:
        offer = decide_at_once(draft, offer, by)
    draft.put_offer(offer)
    show(draft, offer, order)


def _running(draft: Draft, backorder_ids: Iterable[str]) -> list[datetime]:
    """Return the hours by which a choice is due: who was told one keeps it."""
    about = set(backorder_ids)
    found = (
        offer.deadline_at or offer.told_deadline
        for offer in draft.case.offers
        if offer.state in {OfferState.PROPOSED, OfferState.OPEN}
        if about & {item.backorder_id for item in offer.unanswered}
    )
    return [at for at in found if at is not None]


def show(draft: Draft, offer: Offer, order: Order) -> None:
    """Send an offer's words and buttons to every chat of the customer."""
    asks = offer.window_seconds > 0
    first = offer.items[0]
    best = first.choice(first.recommended)
    picture = best.image_url if best and offer.kind == Kind.PROPOSAL else None
    draft.push(
        offer.kind,
        buttons(draft, offer, order, again=offer.kind == Kind.CANCELLED),
        subject=offer.subject,
        urgency=Urgency.PROMPT if asks else Urgency.NOTICE,
        receipt=True,
        picture=picture,
        deadline_at=offer.told_deadline,
        **context(draft, offer, order),
    )


def show_in(draft: Draft, chat: Chat, offer: Offer, order: Order) -> None:
    """Show a pending offer once more in the chat that asked for it."""
    key = offer.kind if offer.state in PENDING else "answered"
    draft.reply(
        chat,
        key,
        buttons(draft, offer, order, chat=chat),
        subject=offer.subject,
        changeable_until=None,
        **context(draft, offer, order),
    )


def buttons(
    draft: Draft,
    offer: Offer,
    order: Order,
    *,
    chat: Chat | None = None,
    expanded: bool = False,
    again: bool = False,
) -> Rows:
    """Return an offer's buttons; a parcel that could go now comes before the person."""
    rows = offer_rows(draft.words(chat), offer, order, expanded=expanded, again=again)
    return (*rows[:-1], *split_rows(draft, order, chat), rows[-1])


def context(draft: Draft, offer: Offer, order: Order) -> dict[str, Any]:
    """Return what a template may know about an offer."""
    return {
        "offer": offer,
        "order": order,
        "items": offer.items,
        "deadline": _told_deadline(offer),
        "closed_at": offer.decided_at or offer.deadline_at,
        "captured": order.payment_status == "captured",
        "others": held_up(draft, order),
        "unblocked": not blocked(draft, order),
    }


def _told_deadline(offer: Offer) -> datetime | None:
    """Return until when a choice is due; None while the clock rests."""
    if offer.state is OfferState.RESTING:
        return None
    return offer.deadline_at or offer.told_deadline


def retire_offers(draft: Draft, backorder_ids: Iterable[str]) -> None:
    """Take earlier offers about these backorders out of play."""
    about = set(backorder_ids)
    for offer in draft.case.offers:
        if not about & {item.backorder_id for item in offer.items}:
            continue
        if OFFER.allows(offer.state, "replace", OfferFacts(offer=offer, now=draft.now)):
            draft.put_offer(ended(offer, "replace", draft.now))
            draft.effects.append(ReleaseHolds(offer_id=offer.id))
            if offer.state in PENDING and offer.delivered_at is not None:
                draft.reword(offer.subject, "replaced")


def tell_date(draft: Draft, backorder: Backorder, when: Estimate) -> Backorder:
    """Remember the date this turn tells, in the same commit that tells it."""
    draft.effects.append(
        PromiseTold(
            backorder_id=backorder.id,
            line_id=backorder.line_id,
            expected_from=when.expected_from,
            expected_to=when.expected_to,
            reason=when.cause,
        )
    )
    told = Told(
        expected_from=when.expected_from,
        expected_to=when.expected_to,
        told_at=draft.now,
    )
    return replace(backorder, told=told)


def _note(draft: Draft, made: Plan, kind: Kind) -> None:
    backorder = draft.case.backorder(made.item.backorder_id)
    if backorder is None:
        return
    slips = backorder.slips + (1 if kind is Kind.DELAY else 0)
    backorder = tell_date(draft, replace(backorder, slips=slips), made.estimate)
    waits = kind in {Kind.DATED, Kind.DELAY} and not made.asks
    trigger = "wait" if waits else "offer"
    state = BACKORDER.step(backorder.state, trigger, None)
    draft.put_backorder(replace(backorder, state=state))


def ask_colleague(
    draft: Draft, order: Order, backorder_ids: Iterable[str], reason: str
) -> None:
    """Leave backorders to the team: a card asks whether to cancel them."""
    for backorder_id in backorder_ids:
        backorder = draft.case.backorder(backorder_id)
        if backorder and backorder.state is not BackorderState.WITH_STAFF:
            state = BACKORDER.step(backorder.state, "ask_staff", None)
            draft.put_backorder(replace(backorder, state=state))
    ask_staff(draft, reason, order)
