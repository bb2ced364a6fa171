"""What became of a message that somebody waits for: delivered, refused, unreachable.

A proposal's window starts here, and nowhere else but at a tap.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.case import OfferState, TicketState
from flows.handover import open_ticket
from flows.offer import OFFER, OfferFacts, delivered, ended, rested
from flows.policy import reminder_at
from flows.proposals import buttons, context, show
from flows.restock import place_delivered, place_undeliverable
from flows.waiting import KEEPING

if TYPE_CHECKING:
    from datetime import datetime

    from flows.case import Case, Offer
    from flows.draft import Draft
    from flows.events import Delivered, Undeliverable
    from flows.setting import Setting
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
    if place_undeliverable(draft, event.subject, event.reason, unreachable=gone):
        return
    offer = _offer(draft.case, event.subject)
    if offer is None or offer.state is not OfferState.PROPOSED:
        return
    order = draft.case.order(offer.order_id)
    if event.unreachable and order is not None:
        if not draft.case.reachable_chats:
            show(draft, offer, order)
        return
    draft.put_offer(ended(offer, "bury", draft.now))
    open_ticket(draft, "undeliverable", event.reason)


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
                line = order.line(offer.items[0].line_id)
                extra = draft.terms(order, line).terms.mail_extra
                start_window(draft, offer, notice.sent_at, extra)


def start_window(draft: Draft, offer: Offer, at: datetime, extra: timedelta) -> None:
    """Run the window from delivery: as long as told, never shorter than whole."""
    facts = OfferFacts(offer=offer, now=draft.now)
    order = draft.case.order(offer.order_id)
    if order is None or not OFFER.allows(offer.state, "deliver", facts):
        return
    told = offer.told_deadline
    if told is None:
        draft.put_offer(replace(_opened(offer, at), deadline_at=None))
        return
    deadline = max(told, at + timedelta(seconds=offer.window_seconds) + extra)
    terms = draft.terms(order, order.line(offer.items[0].line_id)).terms
    offer = replace(
        delivered(offer, at, deadline),
        remind_at=reminder_at(deadline, terms, draft.zone),
    )
    if draft.case.ticket and draft.case.ticket.state is not TicketState.RESOLVED:
        # A person is asked: words that arrive meanwhile start no clock, either.
        offer = rested(offer, at)
    draft.put_offer(offer)
    if deadline - told > _NOTEWORTHY:
        draft.reword(
            offer.subject,
            offer.kind,
            buttons(draft, offer, order),
            **context(draft, offer, order),
        )


def close_chat(draft: Draft, chat_id: int) -> None:
    """Note that a chat cannot be reached until the person returns."""
    chats = tuple(
        replace(chat, reachable=False) if chat.id == chat_id else chat
        for chat in draft.case.chats
    )
    draft.case = replace(draft.case, chats=chats)


def extend_for_outages(case: Case, setting: Setting) -> Case:
    """Return the case with windows longer by the outages that ended within them.

    Time in which the bot could not be reached does not count.
    """
    channels = {chat.channel for chat in case.chats}
    offers = tuple(_extended(offer, setting, channels) for offer in case.offers)
    waiting = tuple(_place_extended(e, setting, channels) for e in case.waiting)
    if offers == case.offers and waiting == case.waiting:
        return case
    return replace(case, offers=offers, waiting=waiting)


def _extended(offer: Offer, setting: Setting, channels: set[str]) -> Offer:
    if offer.state is not OfferState.OPEN or offer.deadline_at is None:
        return offer
    start = offer.delivered_at or offer.proposed_at
    base = offer.told_deadline or offer.deadline_at
    window = timedelta(seconds=offer.window_seconds)
    fair = max(base, start + window) + _lost(setting, channels, start, base)
    return replace(offer, deadline_at=fair) if fair > offer.deadline_at else offer


def _place_extended(entry: Waiting, setting: Setting, channels: set[str]) -> Waiting:
    told, ends = entry.told_until, entry.expires_at
    if entry.state not in KEEPING or told is None or ends is None:
        return entry
    start = entry.delivered_at or entry.offered_at or entry.joined_at
    fair = told + _lost(setting, channels, start, told)
    return replace(entry, expires_at=fair) if fair > ends else entry


def _lost(
    setting: Setting, channels: set[str], start: datetime, end: datetime
) -> timedelta:
    """Return how much of a stretch the customer could not have answered in."""
    lost = sum(
        (
            min(outage.ended_at, end) - max(outage.began_at, start)
            for outage in setting.outages
            if outage.channel in {*channels, EVERYWHERE}
            and outage.ended_at > max(start, outage.began_at)
            and outage.began_at < end
        ),
        timedelta(0),
    )
    return max(lost, timedelta(0))


def _opened(offer: Offer, at: datetime) -> Offer:
    state = OFFER.step(offer.state, "deliver", OfferFacts(offer=offer, now=at))
    return replace(offer, state=state, delivered_at=at)


def _offer(case: Case, subject: str) -> Offer | None:
    return next((offer for offer in case.offers if offer.subject == subject), None)
