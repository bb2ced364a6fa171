"""Rows become a ``Case``: everything a turn decides on, read under the case's lock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import BindParameter, bindparam, exists, or_, select

from flows.case import (
    Backorder,
    BackorderState,
    Case,
    Chat,
    DecisionRow,
    DialogueState,
    NoticeRow,
    Offer,
    OfferState,
    Ticket,
    TicketState,
    Told,
)
from flows.shop import Depth, Shelf
from store.demand import waitlist
from store.documents import read_items, read_memory
from store.orders import load_customer, load_orders
from store.shelf import load_shelf
from store.tables import backorders, chats, decisions, notices, offers, tickets
from store.waitlist import load_places

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from store.columns import AnyRow

#: Orders, offers and decisions older than this are history nobody presses on.
_REMEMBERED = timedelta(days=90)


def load_case(
    connection: Connection,
    row: AnyRow,
    now: datetime,
    *,
    without: frozenset[str] = frozenset(),
    depth: Depth = Depth.WHOLE,
) -> Case:
    """Return the snapshot of a locked case; ``without`` are SKUs known to be gone.

    Asking for more than the ``depth`` to which the shelf is read raises
    ``flows.shop.UnreadShelfError``.
    """
    has = connection.execute(_HAS, {"case": row.id}).one()
    case = Case(
        id=row.id,
        version=row.version,
        dialogue=DialogueState(row.dialogue),
        misses=row.misses,
        language=row.language,
        memory=read_memory(row.memory),
        chats=_chats(connection, row.id),
        ticket=_ticket(connection, row.id) if has.bot_tickets else None,
        wake_at=row.wake_at,
    )
    if row.customer_id is None:
        return case
    since = now - _REMEMBERED
    found = load_orders(connection, row.customer_id, since)
    waiting = _backorders(connection, row.id, since) if has.bot_backorders else ()
    short = [line.sku for order in found for line in order.lines if line.backordered]
    short += [item.sku for item in waiting if item.closed_at is None]
    places = load_places(connection, row.id, since) if has.bot_waitlist else ()
    short += [place.sku for place in places if place.open]
    about = {sku for sku in short if sku is not None}
    proposed = _offers(connection, row.id, since) if waiting else ()
    decided = _decisions(connection, row.id, since) if has.bot_decisions else ()
    shelf = Shelf()
    if about:
        shelf = load_shelf(
            connection,
            found,
            about,
            without,
            row.id,
            named=_named(proposed, decided),
            depth=depth,
        )
    return replace(
        case,
        customer=load_customer(connection, row.customer_id),
        orders=found,
        shelf=shelf,
        backorders=waiting,
        offers=proposed,
        decisions=decided,
        notices=_notices(connection, row.id) if has.bot_notices else (),
        waiting=places,
    )


def _named(offers: tuple[Offer, ...], decisions: tuple[DecisionRow, ...]) -> set[str]:
    """Return the SKUs that were offered or decided on."""
    choices = (c for offer in offers for item in offer.items for c in item.choices)
    found = {choice.sku for choice in choices}
    found |= {row.substitute_sku for row in decisions}
    return {sku for sku in found if sku is not None}


_case: BindParameter[int] = bindparam("case")
_since: BindParameter[datetime] = bindparam("since")
#: Which of these a case has at all: one look is cheaper than five that find nothing.
_HAS = select(
    *(
        exists(select(table.c.id).where(table.c.case_id == _case)).label(table.name)
        for table in (tickets, backorders, decisions, notices, waitlist)
    )
)
_CHATS = select(chats).where(chats.c.case_id == _case).order_by(chats.c.id)
_TICKET = (
    select(tickets)
    .where(tickets.c.case_id == _case)
    .order_by(tickets.c.opened_at.desc())
    .limit(1)
)
_BACKORDERS = (
    select(backorders)
    .where(
        backorders.c.case_id == _case,
        or_(backorders.c.closed_at.is_(None), backorders.c.closed_at > _since),
    )
    .order_by(backorders.c.found_at, backorders.c.id)
)
_OFFERS = (
    select(offers)
    .where(offers.c.case_id == _case, offers.c.proposed_at > _since)
    .order_by(offers.c.proposed_at, offers.c.id)
)
_DECISIONS = (
    select(decisions)
    .where(decisions.c.case_id == _case, decisions.c.created_at > _since)
    .order_by(decisions.c.id)
)
_NOTICES = (
    select(notices)
    .where(
        notices.c.case_id == _case,
        notices.c.noted.is_(False),
        or_(notices.c.sent_at.is_not(None), notices.c.failed_at.is_not(None)),
    )
    .order_by(notices.c.id)
)


def _chats(connection: Connection, case_id: int) -> tuple[Chat, ...]:
    return tuple(
        Chat(
            id=row.id,
            channel=row.channel,
            address=row.address,
            person_id=row.person_id,
            name=row.name or "",
            language=row.language,
            reachable=row.reachable,
            muted=row.muted,
            others=len(row.others or ()),
        )
        for row in connection.execute(_CHATS, {"case": case_id})
    )


def _ticket(connection: Connection, case_id: int) -> Ticket | None:
    row = connection.execute(_TICKET, {"case": case_id}).first()
    if row is None:
        return None
    return Ticket(
        id=row.id,
        state=TicketState(row.state),
        reason=row.reason,
        opened_at=row.opened_at,
        owner_id=row.owner_id,
        owner_name=row.owner_name,
        claimed_at=row.claimed_at,
        resolved_at=row.resolved_at,
        remind_at=row.remind_at,
    )


def _backorders(
    connection: Connection, case_id: int, since: datetime
) -> tuple[Backorder, ...]:
    rows = connection.execute(_BACKORDERS, {"case": case_id, "since": since})
    return tuple(
        Backorder(
            id=row.id,
            order_id=row.order_id,
            line_id=row.line_id,
            sku=row.sku,
            quantity=row.quantity,
            state=BackorderState(row.state),
            found_at=row.found_at,
            closed_at=row.closed_at,
            told=(
                Told(
                    expected_from=row.promised_from,
                    expected_to=row.promised_to,
                    told_at=row.told_at,
                )
                if row.told_at
                else None
            ),
            slips=row.slips,
        )
        for row in rows
    )


def _offers(connection: Connection, case_id: int, since: datetime) -> tuple[Offer, ...]:
    rows = connection.execute(_OFFERS, {"case": case_id, "since": since})
    return tuple(
        Offer(
            id=row.id,
            version=row.version,
            order_id=row.order_id,
            kind=row.kind,
            state=OfferState(row.state),
            token=row.token,
            items=read_items(row.terms),
            window_seconds=row.terms["window_seconds"],
            changes=row.terms["changes"],
            proposed_at=row.proposed_at,
            policy_version=row.policy_version or "",
            told_deadline=row.told_deadline,
            delivered_at=row.delivered_at,
            deadline_at=row.deadline_at,
            remind_at=row.remind_at,
            reminded_at=row.reminded_at,
            rested_at=row.rested_at,
            decided_at=row.decided_at,
        )
        for row in rows
    )


def _decisions(
    connection: Connection, case_id: int, since: datetime
) -> tuple[DecisionRow, ...]:
    names = DecisionRow.__dataclass_fields__
    rows = connection.execute(_DECISIONS, {"case": case_id, "since": since}).mappings()
    return tuple(DecisionRow(**{name: row[name] for name in names}) for row in rows)


def _notices(connection: Connection, case_id: int) -> tuple[NoticeRow, ...]:
    rows = connection.execute(_NOTICES, {"case": case_id})
    return tuple(
        NoticeRow(
            id=row.id,
            about=row.about,
            key=row.key,
            sent_at=row.sent_at,
            failed_at=row.failed_at,
        )
        for row in rows
    )
