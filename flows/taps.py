"""Presses on a customer's buttons: choosing, thinking again, coming too late.

A token names one version of one offer; it is looked up in the case of the chat that
sent it, so a forwarded or invented token opens nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.backorder import LIVE
from flows.case import BackorderState, OfferState
from flows.choices import available, changeable, choose, standing, taken_over
from flows.commands import on_button
from flows.consolation import console
from flows.due import changeable_until
from flows.handover import back_to_bot, hand_over, heard
from flows.intents import Intent
from flows.keyboards import change_rows, offer_rows
from flows.ledger import CUSTOMER
from flows.matching import torn
from flows.offer import OFFER, PENDING, OfferFacts
from flows.preferences import ask_once, set_preference, show_preference
from flows.proposals import buttons, context, propose, show_in
from flows.restock import on_list_press
from flows.shipping import split_now, unsplit
from flows.status import answer_status
from flows.talk import act_on, question_asked
from flows.waitlist import JOIN, join_cancelled, join_rows, on_join

if TYPE_CHECKING:
    from flows.case import Chat, Choice, Offer, OfferItem
    from flows.codes import MenuPress, OfferPress
    from flows.draft import Draft
    from flows.shop import Order

#: Presses that decide nothing.
_LOOKING = frozenset(("more", "show"))


def on_offer_press(draft: Draft, chat: Chat, press: OfferPress) -> None:
    """Take a press on an offer's button; every press gets a truthful answer."""
    offer = next((o for o in draft.case.offers if o.token == press.token), None)
    order = draft.case.order(offer.order_id) if offer else None
    if offer is None or order is None:
        draft.toast("old_button")
        names = ("orders", "person", *(("switch",) if chat.others else ()))
        draft.reply(chat, "old_button", draft.menu(*names, chat=chat))
        return
    if press.option in _LOOKING:
        # Who looks at what there is says something: enough time remains to choose.
        question_asked(draft, chat)
        offer = next(o for o in draft.case.offers if o.token == press.token)
    match press.option:
        case "person":
            hand_over(draft, "asked", chat, draft.case.memory.missed)
            draft.toast("passed_on")
        case "show":
            show_in(draft, chat, offer, order)
        case "more":
            _expand(draft, offer, order)
        case "change":
            _reopen(draft, chat, offer, order)
        case option:
            _choose(draft, chat, offer, order, option)


def on_menu_press(draft: Draft, chat: Chat, press: MenuPress) -> None:
    """Take a press on a button that carries no rights."""
    match press.action:
        case "orders":
            answer_status(draft, chat)
        case "person":
            _ask_for_person(draft, chat)
        case "back_to_bot":
            if draft.case.ticket is not None and draft.case.dialogue == "with_staff":
                back_to_bot(draft, draft.case.ticket, CUSTOMER)
            draft.reply(chat, "back_to_bot", draft.menu("orders", "person", chat=chat))
        case "prefer" if press.argument:
            set_preference(draft, chat, press.argument)
        case "prefer":
            show_preference(draft, chat)
        case "split" | "unsplit":
            _on_parcels(draft, chat, press)
        case "join":
            on_join(draft, chat, press.argument)
        case "keep" | "leave" | "again":
            on_list_press(draft, chat, press.action, press.argument)
        case "meant" if press.argument in set(Intent):
            act_on(draft, chat, Intent(press.argument))
        case _:
            on_button(draft, chat, press)


def _ask_for_person(draft: Draft, chat: Chat) -> None:
    if draft.case.dialogue == "with_staff":
        draft.toast("passed_on")
        heard(draft, draft.words(chat).label("person"))
    else:
        hand_over(draft, "asked", chat, draft.case.memory.missed)


def _on_parcels(draft: Draft, chat: Chat, press: MenuPress) -> None:
    """Send a first parcel now, or take that back; an old button shows the status."""
    if press.action == "unsplit":
        unsplit(draft, chat, press.argument)
    elif not split_now(draft, chat, press.argument):
        draft.toast("old_button")
        answer_status(draft, chat)


def _choose(draft: Draft, chat: Chat, offer: Offer, order: Order, option: str) -> None:
    joins, option = option.endswith(JOIN), option.removesuffix(JOIN)
    found = offer.find(option)
    if found is None:
        draft.toast("old_button")
        return
    item, choice = found
    if joins and item.chosen == option:
        draft.toast("noted")
        join_cancelled(draft, chat, offer.id, option)
        return
    if item.chosen != option and not available(draft, offer, item, choice):
        _gone(draft, offer, order)
        return
    if item.chosen != option and torn(draft, offer, item, choice):
        _gone(draft, offer, order, toast="no_match")
        return
    if offer.state in PENDING:
        facts = OfferFacts(offer=offer, now=draft.now)
        if item.chosen == option:
            draft.toast("already_chosen")
        elif item.chosen and taken_over(draft, item):
            draft.toast("too_late")
        elif OFFER.allows(offer.state, "answer", facts):
            _decide(draft, chat, offer, order, item, choice, joins=joins)
        else:
            _too_late(draft, chat, offer, order)
        return
    if offer.state in {OfferState.ANSWERED, OfferState.EXPIRED}:
        if item.chosen == option:
            draft.toast("already_chosen")
        elif not changeable(draft, offer):
            _too_late(draft, chat, offer, order)
        elif _changes_left(draft, offer, order):
            _decide(draft, chat, offer, order, item, choice, joins=joins)
        else:
            hand_over(draft, "changed_often", chat)
        return
    _too_late(draft, chat, offer, order)


def _gone(draft: Draft, offer: Offer, order: Order, toast: str = "gone") -> None:
    """The product was given to somebody else meanwhile: ask anew with what there is."""
    draft.toast(toast)
    found = [draft.case.backorder(item.backorder_id) for item in offer.unanswered]
    live = [b for b in found if b is not None and b.state in LIVE]
    if offer.state in PENDING and live:
        propose(draft, order, live)


def _decide(
    draft: Draft,
    chat: Chat,
    offer: Offer,
    order: Order,
    item: OfferItem,
    choice: Choice,
    *,
    joins: bool = False,
) -> None:
    who = f"{chat.channel} {chat.person_id or chat.address}"
    decided = choose(draft, offer, [(item, choice)], by=CUSTOMER, who=who)
    draft.toast("noted")
    if joins:
        join_cancelled(draft, chat, decided.id, choice.code)
    rows = (*join_rows(draft, decided), *change_rows(draft.words(), decided))
    if decided.unanswered:
        rows = buttons(draft, decided, order)
    draft.reword(
        offer.subject,
        "answered",
        rows,
        changeable_until=changeable_until(draft, decided),
        **context(draft, decided, order),
    )
    if not decided.unanswered:
        ask_once(draft, chat, decided)
    console(draft)


def _expand(draft: Draft, offer: Offer, order: Order) -> None:
    if offer.state not in PENDING:
        draft.toast("old_button")
        return
    draft.reword(
        offer.subject,
        offer.kind,
        buttons(draft, offer, order, expanded=True),
        **context(draft, offer, order),
    )


def _reopen(draft: Draft, chat: Chat, offer: Offer, order: Order) -> None:
    """Show the choices again below something already decided."""
    decided = offer.state in {OfferState.ANSWERED, OfferState.EXPIRED}
    if not decided or not changeable(draft, offer):
        _too_late(draft, chat, offer, order)
        return
    if not _changes_left(draft, offer, order):
        hand_over(draft, "changed_often", chat)
        return
    again = offer_rows(draft.words(), offer, order, expanded=True, again=True)
    draft.reword(offer.subject, "choose_again", again, **context(draft, offer, order))


def _too_late(draft: Draft, chat: Chat, offer: Offer, order: Order) -> None:
    """Say what was decided instead, and whether it can still be changed."""
    draft.toast("too_late")
    decided = offer.state in {OfferState.ANSWERED, OfferState.EXPIRED}
    open_ = decided and changeable(draft, offer)
    waits = any(
        b.state in {BackorderState.NOTICED, BackorderState.OFFERED}
        for item in offer.items
        if (b := draft.case.backorder(item.backorder_id))
    )
    if open_:
        rows = change_rows(draft.words(chat), offer)
    else:
        rows = draft.menu("orders", "person", chat=chat)
    draft.reply(
        chat,
        "late_tap",
        rows,
        still_asked=waits,
        begun=not open_,
        applied=any(
            row.applied_at is not None
            for item in offer.items
            if (row := standing(draft, item.backorder_id))
        ),
        started=any(
            line.work_started_at
            for item in offer.items
            if (line := order.line(item.line_id))
        ),
        **context(draft, offer, order),
    )


def _changes_left(draft: Draft, offer: Offer, order: Order) -> bool:
    line = order.line(offer.items[0].line_id)
    return offer.changes < draft.terms(order, line).terms.changes_allowed
