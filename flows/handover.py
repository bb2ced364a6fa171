"""People take over: opening a ticket, what staff do with it, and coming back.

While a ticket is open the bot keeps quiet and every clock of the case rests; only
what a colleague sends with the reply form reaches the customer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flows.case import BackorderState, DialogueState, OfferState, Ticket, TicketState
from flows.codes import ticket_data
from flows.effects import Button, Say, Urgency
from flows.events import StaffActed, StaffReplied, TicketVerb
from flows.machine import RefusedStep
from flows.offer import rested, resumed
from flows.payment import payment_plan
from flows.policy import after_question, reminder_at, told_deadline
from flows.speaker import DIALOGUE
from flows.ticket import TICKET
from flows.wording import language_name

if TYPE_CHECKING:
    from datetime import datetime

    from flows.case import Chat
    from flows.draft import Draft
    from flows.events import Staff
    from flows.shop import Order

#: Tickets the team opened to itself: a customer cannot close them.
_FOR_STAFF = frozenset(
    ("decision_rejected", "cancel_asked", "silence", "not_sent", "undeliverable")
)
#: How long a ticket may wait unclaimed, in opening time, before staff hear again.
CLAIM_WITHIN = timedelta(hours=2)
#: And again after this much more opening time, about a working day.
NAG_AGAIN = timedelta(hours=8)


def hand_over(draft: Draft, reason: str, chat: Chat | None, words: str = "") -> None:
    """Pass the conversation to the team and tell the customer when they are there."""
    opened = open_ticket(draft, reason, words)
    asked = draft.case.dialogue is not DialogueState.WITH_STAFF
    if asked and not opened and not words:
        # The team has a ticket already, but not because somebody wants to talk.
        heard(draft, draft.words(chat).label("person"))
    if asked:
        state = DIALOGUE.step(draft.case.dialogue, "hand_over", None)
        draft.case = replace(draft.case, dialogue=state, misses=0)
    if chat is not None and (asked or opened):
        resting = any(o.state is OfferState.RESTING for o in draft.case.offers)
        draft.reply(
            chat,
            "handed_over",
            draft.menu("back_to_bot", chat=chat),
            back_at=back_at(draft),
            resting=resting,
        )


def back_at(draft: Draft) -> datetime | None:
    """Return when somebody is there again; None where somebody is."""
    hours = draft.setting.policy.hours
    return None if hours.is_open(draft.now) else hours.next_open(draft.now)


def ask_staff(draft: Draft, reason: str, order: Order) -> None:
    """Ask the team to decide something; the bot goes on talking meanwhile."""
    if not open_ticket(draft, reason):
        draw(draft)
    draft.record("policy", f"asked the team: {reason}", order.number)


def open_ticket(draft: Draft, reason: str, words: str = "") -> bool:
    """Open a ticket unless one is open; return whether it is new.

    Words go below the card either way: the customer's, or why the platform did not
    deliver ours. Every running clock rests.
    """
    ticket = draft.case.ticket
    new = ticket is None or ticket.state is TicketState.RESOLVED
    if ticket is None or new:
        hours = draft.setting.policy.hours
        ticket = Ticket(
            id=draft.setting.new_id(),
            state=TicketState.OPEN,
            reason=reason,
            opened_at=draft.now,
            remind_at=hours.add(draft.now, CLAIM_WITHIN),
        )
        draft.case = replace(draft.case, ticket=ticket)
        for offer in draft.case.offers:
            if offer.state is OfferState.OPEN:
                draft.put_offer(rested(offer, draft.now))
        draw(draft)
    if words and reason == "undeliverable":
        draft.thread(ticket.subject, "undeliverable", reason=words)
    elif words:
        _quote(draft, ticket, words)
    return new


def heard(draft: Draft, words: str, *, edited: bool = False) -> None:
    """Put the customer's words below the ticket's card; the bot stays quiet."""
    ticket = draft.case.ticket
    if ticket is None or ticket.state is TicketState.RESOLVED:
        return
    state = TICKET.step(ticket.state, "hear", None)
    draft.case = replace(draft.case, ticket=replace(ticket, state=state))
    _quote(draft, ticket, words, edited=edited)


def on_acted(draft: Draft, event: StaffActed) -> None:
    """Claim or resolve a ticket; a press on an old card is told so."""
    ticket = current(draft, event.ticket_id)
    if ticket is None:
        draft.whisper("ticket_closed")
    elif event.verb is TicketVerb.CLAIM:
        _claim(draft, ticket, event.staff)
    else:
        resolve(draft, ticket, f"staff:{event.staff.id}")


def on_replied(draft: Draft, event: StaffReplied) -> None:
    """Send a colleague's words to the customer; the thread shows that they went."""
    ticket = current(draft, event.ticket_id)
    if ticket is None:
        draft.whisper("ticket_closed")
        return
    state = TICKET.step(ticket.state, "reply", None)
    ticket = replace(
        ticket,
        state=state,
        owner_id=event.staff.id,
        owner_name=event.staff.name,
        claimed_at=ticket.claimed_at or draft.now,
    )
    draft.case = replace(draft.case, ticket=ticket)
    for chat in draft.case.chats:
        message = draft.words(chat).message(
            "staff_reply", staff=event.staff.name, text=event.text
        )
        draft.effects.append(
            Say(
                chat_id=chat.id,
                message=message,
                urgency=Urgency.REPLY,
                subject=ticket.subject,
                receipt=True,
            )
        )
    draft.thread(
        ticket.subject, "staff_words", staff=event.staff.name, words=event.text
    )
    if not draft.case.chats:
        nobody = draft.staff_words().toast("nobody_there")
        draft.thread(ticket.subject, "not_delivered", reason=nobody)
    draft.record(f"staff:{event.staff.id}", "replied", event.text)
    draw(draft)


def resolve(draft: Draft, ticket: Ticket, by: str) -> None:
    """Close a ticket: the bot speaks again and rested clocks go on, with time left."""
    state = TICKET.step(ticket.state, "resolve", None)
    draft.case = replace(
        draft.case, ticket=replace(ticket, state=state, resolved_at=draft.now)
    )
    if draft.case.dialogue is DialogueState.WITH_STAFF:
        back = "hand_back" if draft.case.customer else "hand_back_stranger"
        dialogue = DIALOGUE.step(draft.case.dialogue, back, None)
        draft.case = replace(draft.case, dialogue=dialogue, misses=0)
    draft.record(by, "resolved ticket", ticket.id)
    for offer in draft.case.offers:
        if offer.state is OfferState.RESTING and offer.rested_at and offer.deadline_at:
            _resume(draft, offer.id)
    draw(draft)


def back_to_bot(draft: Draft, ticket: Ticket, by: str) -> None:
    """Let the bot speak again; what the team has to decide stays with the team."""
    if not for_the_team(ticket):
        resolve(draft, ticket, by)
        return
    back = "hand_back" if draft.case.customer else "hand_back_stranger"
    dialogue = DIALOGUE.step(draft.case.dialogue, back, None)
    draft.case = replace(draft.case, dialogue=dialogue, misses=0)
    draft.record(by, "went back to the bot", ticket.id)


def draw(draft: Draft) -> None:
    """Post the ticket's card, or redraw it with what is true now."""
    ticket = draft.case.ticket
    if ticket is None:
        return
    draft.card(
        ticket.subject,
        "ticket",
        _buttons(draft, ticket),
        ticket=ticket,
        name=name_of(draft),
        language=language_name(draft.tongue(), draft.staff_words().language),
        **_facts(draft),
    )


def name_of(draft: Draft) -> str:
    """Return what the staff call this person."""
    if draft.case.customer and draft.case.customer.name:
        return draft.case.customer.name
    return next((chat.name for chat in draft.case.chats if chat.name), "") or "?"


def _quote(draft: Draft, ticket: Ticket, words: str, *, edited: bool = False) -> None:
    draft.thread(
        ticket.subject,
        "customer_words",
        words=words,
        name=name_of(draft),
        edited=edited,
    )


def _facts(draft: Draft) -> dict[str, Any]:
    case = draft.case
    return {
        "customer": case.customer,
        "orders": [order for order in case.orders if order.status == "open"],
        "plans": [payment_plan(draft, o) for o in case.orders if o.status == "open"],
        "backorders": [b for b in case.backorders if b.closed_at is None],
        "lines": {line.id: line for order in case.orders for line in order.lines},
        "offers": [o for o in case.offers if o.state is OfferState.RESTING],
    }


def _resume(draft: Draft, offer_id: str) -> None:
    offer = next(offer for offer in draft.case.offers if offer.id == offer_id)
    order = draft.case.order(offer.order_id)
    if order is None or offer.deadline_at is None or offer.rested_at is None:
        return
    terms = draft.terms(order, order.line(offer.items[0].line_id)).terms
    left = offer.deadline_at - offer.rested_at
    whole = told_deadline(draft.now, left, terms, draft.zone)
    hours = draft.setting.policy.hours
    deadline = after_question(whole, draft.now, terms, hours, draft.zone)
    offer = replace(
        resumed(offer, draft.now, deadline),
        told_deadline=deadline,
        remind_at=reminder_at(deadline, terms, draft.zone, since=draft.now),
        reminded_at=None,
    )
    draft.put_offer(offer)
    draft.push(
        "clock_resumed",
        urgency=Urgency.PROMPT,
        offer=offer,
        order=order,
        deadline=deadline,
    )


def _claim(draft: Draft, ticket: Ticket, staff: Staff) -> None:
    state = TICKET.step(ticket.state, "claim", None)
    draft.case = replace(
        draft.case,
        ticket=replace(
            ticket,
            state=state,
            owner_id=staff.id,
            owner_name=staff.name,
            claimed_at=draft.now,
            remind_at=None,
        ),
    )
    draft.record(f"staff:{staff.id}", "claimed ticket", ticket.id)
    draw(draft)


def for_the_team(ticket: Ticket) -> bool:
    """Return whether the team opened a ticket to itself, with no word from anybody."""
    return ticket.reason in _FOR_STAFF


def current(draft: Draft, ticket_id: str) -> Ticket | None:
    """Return the case's ticket if it is this one and not resolved yet."""
    ticket = draft.case.ticket
    if ticket is None or ticket.id != ticket_id:
        return None
    try:
        TICKET.step(ticket.state, "claim", None)
    except RefusedStep:
        return None
    return ticket


def _buttons(draft: Draft, ticket: Ticket) -> tuple[Button, ...]:
    if ticket.state is TicketState.RESOLVED:
        return ()
    words = draft.staff_words()
    verbs = ["reply", "resolve"] if ticket.owner_id else ["reply", "claim", "resolve"]
    if any(b.state is BackorderState.WITH_STAFF for b in draft.case.backorders):
        verbs = ["cancel", "ask", *verbs]
    return tuple(
        Button(
            label=words.label(f"ticket_{verb}"),
            data=ticket_data(verb, draft.case.id, ticket.id),
            style="primary" if verb == "reply" else "",
        )
        for verb in verbs
    )
