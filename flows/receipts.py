"""What became of a message that somebody waits for: delivered, refused, unreachable.

A proposal's window starts here, and nowhere else but at a tap.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.case import BackorderState, OfferState, TicketState
from flows.effects import ReleaseHolds, Reword
from flows.handover import open_ticket
from flows.offer import OFFER, OfferFacts, delivered, ended, rested
from flows.policy import reminder_at, told_deadline
from flows.proposals import buttons, context, propose, show
from flows.restock import place_delivered, place_undeliverable
from flows.waiting import KEEPING
from flows.waitlist import terms_of

if TYPE_CHECKING:
    from datetime import datetime

    from flows.case import Backorder, Case, Offer
    from flows.draft import Draft
    from flows.events import Delivered, Undeliverable
    from flows.setting import Setting
    from flows.shop import Order
    from flows.terms import Terms
    from flows.waiting import Waiting

#: An outage of this channel is one of all: a pause, the brake.
EVERYWHERE = "*"
#: A told deadline that moved by more than this is corrected in the message.
_NOTEWORTHY = timedelta(minutes=5)


def on_delivered(draft: Draft, event: Delivered) -> None:
    """Start the window of an offer whose words have reached the customer."""
    if place_delivered(draft, event.subject, event.at):
        return
    offer = _offer(draft.case, event.subject)
    if offer is None or offer.kind != event.key:
        return
    start_window(draft, offer, event.at, timedelta(0))


def on_undeliverable(draft: Draft, event: Undeliverable) -> None:
    """Find another way for words that could not be delivered, or ask a colleague."""
    if event.unreachable:
        close_chat(draft, event.chat_id)
    if event.subject.startswith("ticket:"):
        draft.thread(event.subject, "not_delivered", reason=event.reason)
        return
    gone = event.unreachable
    if event.elsewhere or place_undeliverable(
        draft, event.subject, event.reason, unreachable=gone
    ):
        return
    offer = _offer(draft.case, event.subject)
    if offer is None or offer.state is not OfferState.PROPOSED:
        return
    order = draft.case.order(offer.order_id)
    if event.unreachable and order is not None:
        show(draft, offer, order)
        return
    draft.put_offer(ended(offer, "bury", draft.now))
    draft.effects.append(ReleaseHolds(offer_id=offer.id))
    open_ticket(draft, "undeliverable", event.reason)


def ask_buried(draft: Draft) -> None:
    """Ask anew what could not be delivered, once no colleague is on it any more."""
    ticket = draft.case.ticket
    if ticket is not None and ticket.state is not TicketState.RESOLVED:
        return
    for offer in draft.case.offers:
        order = draft.case.order(offer.order_id)
        if offer.state is not OfferState.BURIED or order is None:
            continue
        unasked = _still_asked(draft.case, offer)
        if unasked and draft.asleep:
            draft.wait_for_morning()
        elif unasked:
            propose(draft, order, unasked)


def on_notices(draft: Draft) -> None:
    """Note what the shop's mailer did with the notices of this case."""
    for notice in draft.case.notices:
        offer = _offer(draft.case, notice.about)
        if notice.failed_at is not None:
            draft.card(
                f"unreached:{draft.case.id}",
                "unreached",
                case=draft.case,
                about=notice.key,
            )
        elif notice.sent_at is not None and place_delivered(
            draft, notice.about, notice.sent_at, by_mail=True
        ):
            continue
        elif notice.sent_at is not None and offer is not None:
            order = draft.case.order(offer.order_id)
            if order is not None and offer.kind == notice.key:
                extra = _terms(draft, offer, order).mail_extra
                start_window(draft, offer, notice.sent_at, extra)


def start_window(draft: Draft, offer: Offer, at: datetime, extra: timedelta) -> None:
    """Run the window from delivery: as long as told, never shorter than whole.

    It ends when people are awake, like the one that was told.
    """
    facts = OfferFacts(offer=offer, now=draft.now)
    order = draft.case.order(offer.order_id)
    if order is None or not OFFER.allows(offer.state, "deliver", facts):
        return
    told = offer.told_deadline
    if told is None:
        draft.put_offer(replace(_opened(offer, at), deadline_at=None))
        return
    terms = _terms(draft, offer, order)
    whole = timedelta(seconds=offer.window_seconds) + extra
    deadline = max(told, told_deadline(at, whole, terms, draft.zone))
    offer = replace(
        delivered(offer, at, deadline),
        remind_at=reminder_at(deadline, terms, draft.zone, since=at),
    )
    if draft.case.ticket and draft.case.ticket.state is not TicketState.RESOLVED:
        # A person is asked: words that arrive meanwhile start no clock, either.
        offer = rested(offer, at)
    draft.put_offer(offer)
    if deadline - told > _NOTEWORTHY:
        _tell_again(draft, offer, order)


def close_chat(draft: Draft, chat_id: int) -> None:
    """Note that a chat cannot be reached until the person returns."""
    chats = tuple(
        replace(chat, reachable=False) if chat.id == chat_id else chat
        for chat in draft.case.chats
    )
    draft.case = replace(draft.case, chats=chats)


def extend_for_outages(draft: Draft) -> None:
    """Make windows longer by the outages that ended within them.

    Time in which the bot could not be reached does not count.
    """
    if not draft.setting.outages:
        return
    channels = {chat.channel for chat in draft.case.chats}
    offers = tuple(_extended(draft, offer, channels) for offer in draft.case.offers)
    waiting = tuple(_place_extended(draft, e, channels) for e in draft.case.waiting)
    draft.case = replace(draft.case, offers=offers, waiting=waiting)


def tell_longer(draft: Draft, before: Case) -> None:
    """Name the new hour in the messages of windows that an outage made longer.

    What was told stays what outages are added to, so each of them counts once.
    """
    reworded = {e.subject for e in draft.effects if isinstance(e, Reword)}
    earlier = {offer.id: offer for offer in before.offers}
    for offer in draft.case.offers:
        was, order = earlier.get(offer.id), draft.case.order(offer.order_id)
        if was is None or order is None or offer.subject in reworded:
            continue
        running = was.state is offer.state is OfferState.OPEN
        if running and _longer(was, offer):
            _tell_again(draft, offer, order)


def _extended(draft: Draft, offer: Offer, channels: set[str]) -> Offer:
    order = draft.case.order(offer.order_id)
    if order is None or offer.state is not OfferState.OPEN or not offer.deadline_at:
        return offer
    start = offer.delivered_at or offer.proposed_at
    window = timedelta(seconds=offer.window_seconds)
    whole = max(offer.told_deadline or offer.deadline_at, start + window)
    lost = _lost(draft.setting, channels, start, whole)
    terms = _terms(draft, offer, order)
    fair = told_deadline(whole, lost, terms, draft.zone)
    if not lost or fair <= offer.deadline_at:
        return offer
    remind_at = reminder_at(fair, terms, draft.zone)
    return replace(offer, deadline_at=fair, remind_at=remind_at)


def _place_extended(draft: Draft, entry: Waiting, channels: set[str]) -> Waiting:
    told, ends = entry.told_until, entry.expires_at
    if entry.state not in KEEPING or told is None or ends is None:
        return entry
    start = entry.delivered_at or entry.offered_at or entry.joined_at
    lost = _lost(draft.setting, channels, start, told)
    fair = told_deadline(told, lost, terms_of(draft, entry), draft.zone)
    return replace(entry, expires_at=fair) if lost and fair > ends else entry


def _lost(
    setting: Setting, channels: set[str], start: datetime, end: datetime
) -> timedelta:
    """Return how much of a stretch the customer could not have answered in.

    The stretch grows by what is lost of it, so an outage that begins within it counts
    as a whole, however long after its end it lasts; two at a time count once.
    """
    lost, counted = timedelta(0), start
    for outage in sorted(setting.outages, key=lambda outage: outage.began_at):
        began = max(outage.began_at, counted)
        if outage.channel not in {*channels, EVERYWHERE} or began >= end + lost:
            continue
        lost += max(outage.ended_at - began, timedelta(0))
        counted = max(outage.ended_at, counted)
    return lost


def _opened(offer: Offer, at: datetime) -> Offer:
    state = OFFER.step(offer.state, "deliver", OfferFacts(offer=offer, now=at))
    return replace(offer, state=state, delivered_at=at)


def _offer(case: Case, subject: str) -> Offer | None:
    return next((offer for offer in case.offers if offer.subject == subject), None)


def _terms(draft: Draft, offer: Offer, order: Order) -> Terms:
    return draft.terms(order, order.line(offer.items[0].line_id)).terms


def _longer(was: Offer, now: Offer) -> bool:
    """Return whether a window ends later than before, with nothing else told."""
    if was.deadline_at is None or now.deadline_at is None:
        return False
    return now.deadline_at > was.deadline_at and now.told_deadline == was.told_deadline


def _tell_again(draft: Draft, offer: Offer, order: Order) -> None:
    rows = buttons(draft, offer, order)
    draft.reword(offer.subject, offer.kind, rows, **context(draft, offer, order))


def _still_asked(case: Case, offer: Offer) -> list[Backorder]:
    """Return what an offer asked about and nothing newer does."""
    found = (case.backorder(item.backorder_id) for item in offer.unanswered)
    return [
        backorder
        for backorder in found
        if backorder is not None
        and backorder.state is BackorderState.OFFERED
        and backorder.closed_at is None
        and case.offer_for(backorder.id) == offer
    ]
