"""What a colleague decides about a backorder where the policy wants to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.case import BackorderState
from flows.events import TicketVerb
from flows.handover import current, draw, for_the_team, resolve
from flows.proposals import propose_ruled

if TYPE_CHECKING:
    from flows.draft import Draft
    from flows.events import StaffActed
    from flows.plan import Ruling


def on_ruled(draft: Draft, event: StaffActed) -> None:
    """Cancel what waits for the team, or ask its customer, as a colleague wants.

    Where nothing waits any more the colleague is told so, and nothing happens.
    """
    ticket = current(draft, event.ticket_id)
    waiting = [
        backorder
        for backorder in draft.case.backorders
        if backorder.state is BackorderState.WITH_STAFF and not backorder.closed_at
    ]
    if ticket is None or not waiting:
        draft.whisper("ticket_closed")
        return
    by = f"staff:{event.staff.id}"
    ruling: Ruling = "cancel" if event.verb is TicketVerb.CANCEL else "ask"
    for order in draft.case.orders:
        asked = [b for b in waiting if b.order_id == order.id]
        if asked:
            propose_ruled(draft, order, asked, ruling=ruling, by=by)
            draft.record(by, f"ruled: {ruling}", order.number)
    if for_the_team(ticket):
        resolve(draft, ticket, by)
    else:
        draw(draft)
