"""Something is back: who was called is asked in turn, and some is kept meanwhile.

Whose turn it is, a wave decides under the ware's own lock (``store/waitlist.py``);
here the customer who was called is told, for as long as the words say.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.codes import menu_data
from flows.effects import Button, HoldUnits, Urgency
from flows.handover import open_ticket
from flows.hours import out_of_quiet, round_up
from flows.setting import Mode
from flows.waiting import KEEPING, WAITING, Waiting, WaitingFacts, WaitingState
from flows.waitlist import (
    again_row,
    end_place,
    facts_of,
    join_anew,
    leave,
    put_place,
    tell_joined,
    tell_shop,
    terms_of,
)

if TYPE_CHECKING:
    from datetime import datetime

    from flows.case import Chat
    from flows.draft import Draft
    from flows.terms import Terms
    from flows.wording import Rows

_STEP = timedelta(minutes=5)
#: Words that nobody can deliver keep nothing from the others for longer than this.
_UNHEARD = timedelta(days=1)


def on_list_press(draft: Draft, chat: Chat, action: str, entry_id: str) -> None:
    """Take a press on a place's button: keep it for me, no longer, or once more."""
    entry = next((e for e in draft.case.waiting if e.id == entry_id), None)
    if entry is None:
        draft.toast("old_button")
    elif action == "keep":
        _keep(draft, entry)
    elif action == "leave" and entry.open:
        leave(draft, entry)
        draft.toast("noted")
        rows = again_row(draft, entry)
        if entry.state in KEEPING:
            draft.reword(entry.subject, "waitlist_left", rows, entry=entry)
        else:
            draft.reply(chat, "waitlist_left", rows, entry=entry)
    elif action == "again" and not entry.open:
        draft.toast("noted")
        tell_joined(draft, chat, [join_anew(draft, entry)])
    else:
        draft.toast("old_button")


def follow_waiting(draft: Draft) -> None:
    """Ask who was called; end what was ordered meanwhile, or waited for too long."""
    for entry in draft.case.waiting:
        if not entry.open:
            continue
        facts = facts_of(draft, entry)
        if _ordered(draft, entry):
            _end(draft, entry, "take", facts)
        elif WAITING.allows(entry.state, "lapse", facts):
            _end(draft, entry, "lapse", facts)
            rows = again_row(draft, entry)
            order = draft.case.order(entry.order_id)
            draft.push("waitlist_lapsed", rows, order=order, entry=entry)
        elif entry.state is WaitingState.WAITING and entry.called:
            _ask(draft, entry)


def end_kept(draft: Draft, heard_until: datetime | None) -> None:
    """Give up what was kept until now and nobody ordered; the next in line is asked."""
    for entry in draft.case.waiting:
        facts = WaitingFacts(entry=entry, now=draft.now, heard_until=heard_until)
        if WAITING.allows(entry.state, "pass", facts):
            _end(draft, entry, "pass", facts)
            rows = again_row(draft, entry)
            draft.reword(entry.subject, "waitlist_passed", rows, entry=entry)


def waiting_due(draft: Draft) -> list[datetime]:
    """Return the instants at which places on the list want a turn."""
    found = []
    for entry in draft.case.waiting:
        if entry.state is WaitingState.WAITING:
            found.append(entry.until)
            if entry.called and draft.setting.mode is not Mode.WATCH:
                found.append(_awake(draft, terms_of(draft, entry)))
        elif entry.state in KEEPING and entry.expires_at is not None:
            found.append(entry.expires_at)
    return found


def place_delivered(
    draft: Draft, subject: str, at: datetime, *, by_mail: bool = False
) -> bool:
    """Let the time run from when the customer could know; False: not about a place."""
    entry = next((e for e in draft.case.waiting if e.subject == subject), None)
    if entry is None:
        return False
    if entry.state is not WaitingState.OFFERED or entry.delivered_at is not None:
        return True
    terms = terms_of(draft, entry)
    fair = _kept_until(draft, at, terms)
    fair += terms.mail_extra if by_mail else timedelta(0)
    told = entry.told_until or fair
    moved = replace(entry, delivered_at=at, expires_at=max(told, fair))
    put_place(draft, moved)
    if fair - told > _STEP and not by_mail:
        _show_again(draft, moved, "waitlist_back")
    return True


def place_undeliverable(
    draft: Draft, subject: str, reason: str, *, unreachable: bool
) -> bool:
    """Find another way to the customer, or ask the next; False: not about a place."""
    entry = next((e for e in draft.case.waiting if e.subject == subject), None)
    if entry is None:
        return False
    if entry.state is WaitingState.OFFERED and unreachable:
        if not draft.case.reachable_chats:
            _tell_back(draft, entry)
    elif entry.state is WaitingState.OFFERED:
        _end(draft, entry, "bury", facts_of(draft, entry))
        open_ticket(draft, "undeliverable", reason)
    return True


def _end(draft: Draft, entry: Waiting, trigger: str, facts: WaitingFacts) -> None:
    end_place(draft, replace(entry, state=WAITING.step(entry.state, trigger, facts)))


def _ask(draft: Draft, entry: Waiting) -> None:
    terms = terms_of(draft, entry)
    if _awake(draft, terms) > draft.now:
        return
    if draft.case.shelf.blank(entry.sku).free < entry.quantity:
        # Somebody was faster: the place stays, the next wave calls again.
        put_place(draft, replace(entry, called=False))
        return
    state = WAITING.step(entry.state, "offer", facts_of(draft, entry))
    until = _kept_until(draft, draft.now, terms)
    if not draft.case.reachable_chats:
        until += terms.mail_extra
    offered = replace(
        entry,
        state=state,
        called=False,
        offered_at=draft.now,
        told_until=until,
        expires_at=until + _UNHEARD,
    )
    put_place(draft, offered)
    draft.effects.append(
        HoldUnits(
            sku=entry.blank or draft.case.shelf.blank(entry.sku).sku,
            quantity=entry.quantity,
            offer_id=entry.id,
            backorder_id=entry.id,
        )
    )
    _tell_back(draft, offered)


def _tell_back(draft: Draft, entry: Waiting) -> None:
    url = _page(draft, entry)
    draft.push(
        "waitlist_back",
        _kept_rows(draft, entry, url),
        subject=entry.subject,
        urgency=Urgency.PROMPT,
        receipt=True,
        deadline_at=entry.told_until,
        order=draft.case.order(entry.order_id),
        entry=entry,
        until=entry.told_until,
        url=url,
    )


def _keep(draft: Draft, entry: Waiting) -> None:
    facts = facts_of(draft, entry)
    if entry.state is WaitingState.KEPT:
        draft.toast("already_chosen")
    elif not WAITING.allows(entry.state, "keep", facts):
        draft.toast("too_late")
    else:
        terms = terms_of(draft, entry)
        longer = round_up(draft.now + terms.waitlist_keep, _STEP)
        until = out_of_quiet(longer, terms.quiet_hours, draft.zone)
        until = max(until, entry.told_until or until)
        state = WAITING.step(entry.state, "keep", facts)
        kept = replace(entry, state=state, told_until=until, expires_at=until)
        put_place(draft, kept)
        tell_shop(draft, kept, f"kept until {until.isoformat()}", None)
        draft.toast("noted")
        _show_again(draft, kept, "waitlist_kept")


def _show_again(draft: Draft, entry: Waiting, key: str) -> None:
    url = _page(draft, entry)
    rows = _kept_rows(draft, entry, url)
    draft.reword(entry.subject, key, rows, entry=entry, until=entry.expires_at, url=url)


def _ordered(draft: Draft, entry: Waiting) -> bool:
    """Whether a later order of the customer has it."""
    return any(
        order.id != entry.order_id
        and order.status != "cancelled"
        and order.placed_at >= entry.joined_at
        and any(line.sku == entry.sku for line in order.lines)
        for order in draft.case.orders
    )


def _awake(draft: Draft, terms: Terms) -> datetime:
    return out_of_quiet(draft.now, terms.quiet_hours, draft.zone)


def _kept_until(draft: Draft, start: datetime, terms: Terms) -> datetime:
    """Return the end of the hold: opening time, whole, never in quiet hours."""
    enough = draft.setting.policy.hours.add(start, terms.waitlist_hold)
    return out_of_quiet(round_up(enough, _STEP), terms.quiet_hours, draft.zone)


def _page(draft: Draft, entry: Waiting) -> str:
    product = draft.case.shelf.product(entry.sku)
    page = product.page_url if product else None
    return page or draft.setting.policy.shop.url


def _kept_rows(draft: Draft, entry: Waiting, url: str) -> Rows:
    words = draft.words()
    rows = [(Button(label=words.label("buy"), url=url),)]
    if entry.state is WaitingState.OFFERED:
        keep = Button(label=words.label("keep"), data=menu_data("keep", entry.id))
        rows.append((keep,))
    leave = Button(label=words.label("no_longer"), data=menu_data("leave", entry.id))
    return (*rows, (leave,))
