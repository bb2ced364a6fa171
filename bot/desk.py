"""What colleagues ask that belongs to no single case, and what a form needs to show."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.baseline import waiting_customers
from bot.slack.reply_form import TicketSummary
from flows.events import BaselineConfirmed
from store.shop import customers
from store.tables import cases, chats, tickets

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.rules import Rules
    from bot.turns import Turns
    from flows.codes import StaffPress
    from flows.events import Staff
    from store.engine import Store


class Desk:
    """Answers Slack beyond tickets; every change still goes through a turn."""

    def __init__(self, store: Store, turns: Turns, rules: Rules, clock: Clock) -> None:
        """Keep the parts it needs."""
        self._store = store
        self._turns = turns
        self._rules = rules
        self._clock = clock

    async def press(self, press: StaffPress, staff: Staff) -> str | None:
        """Do what a colleague pressed or typed; return words for them alone."""
        words = self._rules.staff_words()
        match press.action:
            case "baseline_confirm":
                count = await self._confirm_baseline(staff)
                return words.toast("baseline_confirmed", count=count)
            case "command.help" | "command.":
                return words.toast("desk_help")
        return words.toast("desk_unknown")

    async def ticket_summary(
        self, case_id: int, ticket_id: str
    ) -> TicketSummary | None:
        """Return what stands above the reply form, or None for a closed ticket."""
        return await asyncio.to_thread(self._summary, case_id, ticket_id)

    async def _confirm_baseline(self, staff: Staff) -> int:
        def late() -> list[str]:
            with self._store.read() as connection:
                return waiting_customers(connection)

        found = await asyncio.to_thread(late)
        for customer_id in found:
            await self._turns.take(
                BaselineConfirmed(staff=staff, customer_id=customer_id)
            )
        return len(found)

    def _summary(self, case_id: int, ticket_id: str) -> TicketSummary | None:
        with self._store.read() as connection:
            row = connection.execute(
                select(tickets.c.state, cases.c.customer_id, tickets.c.case_id)
                .join(cases, cases.c.id == tickets.c.case_id)
                .where(tickets.c.id == ticket_id)
            ).first()
            if row is None or row.state == "resolved":
                return None
            name = connection.scalar(
                select(customers.c.name).where(customers.c.id == row.customer_id)
            ) or connection.scalar(
                select(chats.c.name).where(chats.c.case_id == row.case_id).limit(1)
            )
        return TicketSummary(customer=name or "?")
