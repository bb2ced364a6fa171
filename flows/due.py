"""Instants that passed: reminders, deadlines, quiet hours' ends, forgotten tickets.

``next_due`` is the only clock of a case. A query that finds it is a hint; here,
under the lock, the guards ask again and may find nothing to do.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.backorder import LIVE
from flows.case import BackorderState, OfferState, TicketState
from flows.choices import available, choose, standing
from flows.consolation import console
from flows.consolation import due_at as patience_ends
from flows.dates import dates_due, tell_dates
from flows.draft import Draft
from flows.effects import Decide, Urgency
from flows.handover import NAG_AGAIN, draw
from flows.hours import out_of_quiet
from flows.keyboards import change_rows
from flows.ledger import SILENCE, UNTOLD
from flows.offer import OFFER, OfferFacts
from flows.overdue import chase_shop, overdue_at
from flows.payment import authorization_due, watch_authorizations
from flows.plan import last_resort, may_silence
from flows.proposals import ask_colleague, buttons, context, propose
from flows.reconcile import ask_about_new
from flows.restock import end_kept, follow_waiting, waiting_due
from flows.rhythm import rhythm_due, still_waiting
from flows.setting import Mode
from flows.suppression import suppressed_until
from flows.waitlist import join_rows

if TYPE_CHECKING:
    from flows.case import Case, Choice, Offer, OfferItem
    from flows.effects import Effect
    from flows.setting import Setting
    from flows.shop import Order

#: Up to when a channel is read that nobody ever read.
_NEVER = datetime.min.replace(tzinfo=UTC)


def on_instant(draft: Draft) -> None:
    """Do whatever is due in the case, oldest first; nothing due changes nothing."""
    if draft.setting.stale:
        return
    ask_about_new(draft)
    passed = dates_due(draft)
    if draft.case.memory.later or (passed is not None and passed <= draft.now):
        tell_dates(draft)
    still_waiting(draft)
    for offer in sorted(
        draft.case.offers, key=lambda o: o.deadline_at or o.proposed_at
    ):
        if offer.state is OfferState.OPEN and offer.deadline_at is not None:
            _remind(draft, offer)
            _expire(draft, offer)
    end_kept(draft, _heard(draft))
    follow_waiting(draft)
    _nag(draft)
    watch_authorizations(draft)
    chase_shop(draft)
    console(draft)


def next_due(
    case: Case, setting: Setting, made: tuple[Effect, ...] = ()
) -> datetime | None:
    """Return the next instant at which this case wants a turn, or None.

    An instant in the past means now. ``made`` are the effects of this turn.
    """
    found: list[datetime] = []
    for offer in case.offers:
        if offer.state is OfferState.OPEN and offer.deadline_at is not None:
            found.append(offer.deadline_at)
            if offer.remind_at and not offer.reminded_at:
                found.append(offer.remind_at)
    ticket = case.ticket
    if ticket and ticket.state is TicketState.OPEN and ticket.remind_at:
        found.append(ticket.remind_at)
    draft = Draft(case, setting)
    # In mode watch nobody is asked; a change of the mode looks at them anew.
    if not draft.hushed and setting.mode is not Mode.WATCH:
        found += [
            _quiet_end(case, setting, b.order_id, b.found_at)
            for b in case.backorders
            if b.state is BackorderState.NOTICED and case.line(b.line_id)
        ]
        quiet = (dates_due(draft), suppressed_until(draft), rhythm_due(draft))
        found += [at for at in quiet if at is not None]
    if case.memory.later and not draft.hushed:
        found += [_quiet_end(case, setting, o.id, setting.now) for o in case.orders[:1]]
    expiries = [authorization_due(draft, order) for order in case.orders]
    found += [at for at in expiries if at is not None]
    patience = [patience_ends(case, setting, b) for b in case.backorders]
    found += [at for at in patience if at is not None]
    found += waiting_due(draft)
    late = overdue_at(draft, made)
    found += [late] if late is not None else []
    return min(found, default=None)


def _quiet_end(
    case: Case, setting: Setting, order_id: str, found_at: datetime
) -> datetime:
    draft = Draft(case, setting)
    order = case.order(order_id)
    if order is None:
        return found_at
    terms = draft.terms(order, None).terms
    return out_of_quiet(max(found_at, setting.now), terms.quiet_hours, draft.zone)


def _remind(draft: Draft, offer: Offer) -> None:
    late = offer.deadline_at is not None and draft.now >= offer.deadline_at
    due = offer.remind_at is not None and draft.now >= offer.remind_at
    order = draft.case.order(offer.order_id)
    if not due or late or offer.reminded_at or order is None:
        return
    draft.put_offer(replace(offer, reminded_at=draft.now))
    draft.push(
        "reminder",
        buttons(draft, offer, order),
        subject=offer.subject,
        urgency=Urgency.PROMPT,
        expires_at=offer.deadline_at,
        **context(draft, offer, order),
    )


def _expire(draft: Draft, offer: Offer) -> None:
    order = draft.case.order(offer.order_id)
    facts = OfferFacts(offer=offer, now=draft.now, heard_until=_heard(draft))
    if order is None or not OFFER.allows(offer.state, "expire", facts):
        return
    picks = [(item, item.choice(item.on_silence)) for item in offer.unanswered]
    chosen = [(item, choice) for item, choice in picks if choice is not None]
    moved = [
        item for item, choice in chosen if not _still_fits(draft, offer, item, choice)
    ]
    if moved:
        # Stricter by now, or the stock is gone: a new version with a new window.
        asked = [item.backorder_id for item in offer.unanswered]
        backorders = [draft.case.backorder(backorder_id) for backorder_id in asked]
        propose(draft, order, [b for b in backorders if b and b.state in LIVE])
        return
    decided = choose(draft, offer, chosen, by=SILENCE) if chosen else offer
    if decided.unanswered:
        decided = _left_to_people(draft, decided, order)
    draft.reword(offer.subject, "proposal_closed", **context(draft, decided, order))
    draft.push(
        "silence_applied",
        (*join_rows(draft, decided), *change_rows(draft.words(), decided)),
        subject=offer.subject,
        changeable_until=(
            None if decided.unanswered else changeable_until(draft, decided)
        ),
        **context(draft, decided, order),
    )


def _left_to_people(draft: Draft, offer: Offer, order: Order) -> Offer:
    """Close an offer whose merchant wants to be asked before anything is cancelled."""
    heard = OfferFacts(offer=offer, now=draft.now, heard_until=draft.now)
    state = OFFER.step(offer.state, "expire", heard)
    offer = replace(offer, state=state, decided_at=draft.now)
    draft.put_offer(offer)
    asked = [item.backorder_id for item in offer.unanswered]
    ask_colleague(draft, order, asked, "silence")
    return offer


def changeable_until(draft: Draft, offer: Offer) -> datetime | None:
    """Return until when at least a decided offer can be changed."""
    order = draft.case.order(offer.order_id)
    if order is None:
        return None
    about = offer.items[0].backorder_id
    row = standing(draft, about)
    made = [
        effect.apply_after
        for effect in draft.effects
        if isinstance(effect, Decide) and effect.backorder_id == about
    ]
    until = made[-1] if made else row.apply_after if row else None
    if until is not None:
        return None if until == UNTOLD else until
    line = order.line(offer.items[0].line_id)
    return draft.now + draft.terms(order, line).terms.apply_after


def _still_fits(draft: Draft, offer: Offer, item: OfferItem, choice: Choice) -> bool:
    order = draft.case.order(offer.order_id)
    backorder = draft.case.backorder(item.backorder_id)
    if order is None or backorder is None or backorder.state not in LIVE:
        return True
    line = order.line(item.line_id)
    terms = draft.terms(order, line).terms
    today = draft.now.astimezone(draft.zone).date()
    fits = may_silence(choice, terms, today, backorder.slips)
    if not fits and choice != last_resort(item, terms):
        return False
    return available(draft, offer, item, choice)


def _heard(draft: Draft) -> datetime | None:
    """Return up to when all of the case's channels were read; None without channels."""
    channels = {chat.channel for chat in draft.case.chats if chat.reachable}
    if not channels:
        return None
    heard = draft.setting.heard_until
    return min(heard.get(channel, _NEVER) for channel in channels)


def _nag(draft: Draft) -> None:
    ticket = draft.case.ticket
    if ticket is None or ticket.state is not TicketState.OPEN:
        return
    if ticket.remind_at is None or draft.now < ticket.remind_at:
        return
    again = draft.setting.policy.hours.add(draft.now, NAG_AGAIN)
    draft.case = replace(draft.case, ticket=replace(ticket, remind_at=again))
    draft.thread(ticket.subject, "ticket_waits", ticket=ticket)
    draw(draft)
