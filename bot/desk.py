"""What colleagues ask that belongs to no single case, and what a form needs to show."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.baseline import waiting_customers
from bot.brake import BASELINE
from bot.slack.reply_form import TicketSummary
from flows.events import BaselineConfirmed, StaffGranted
from flows.setting import Mode
from store import halts, modes
from store.effects import post_card
from store.shop import customers
from store.tables import cases, chats, tickets

if TYPE_CHECKING:
    from sqlalchemy import Connection

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
                return await self._confirm_baseline(staff)
            case "brake_go" | "brake_hold" | "brake_wrong" as answer:
                return await self._answer(answer, staff)
            case "consolation_give" | "consolation_refuse" as answer:
                give = answer == "consolation_give"
                return await self._grant(press.argument, staff, give=give)
            case "command.go":
                return await self._answer("brake_go", staff)
            case "command.pause" | "command.resume" as command:
                await asyncio.to_thread(self._pause, command, staff)
                return words.toast(command.removeprefix("command."))
            case "command.mode" if press.argument in set(Mode):
                await asyncio.to_thread(self._switch, Mode(press.argument), staff)
                return words.toast("mode", mode=press.argument)
            case "command.mode" if not press.argument:
                await asyncio.to_thread(self._rules.follow, self._store)
                return words.toast("mode", mode=self._rules.mode.value)
            case "command.help" | "command.":
                return words.toast("desk_help")
        return words.toast("desk_unknown")

    async def _grant(self, about: str, staff: Staff, *, give: bool) -> str | None:
        case_id, _, backorder_id = about.partition(":")
        if not case_id.isdecimal():
            return None
        outcome = await self._turns.take(
            StaffGranted(
                staff=staff, case_id=int(case_id), backorder_id=backorder_id, give=give
            )
        )
        return outcome.whisper

    async def _answer(self, answer: str, staff: Staff) -> str:
        """Answer the brake; a confirmation that it stopped is taken again on Go."""
        held = await asyncio.to_thread(self._answer_brake, answer, staff)
        if held is None:
            return self._rules.staff_words().toast("brake_over")
        if held.cause == BASELINE and answer == "brake_go":
            await self._confirm_baseline(staff)
        return self._rules.staff_words().toast(answer)

    def _answer_brake(self, answer: str, staff: Staff) -> halts.Braked | None:
        with self._store.write() as connection:
            brake = halts.braked(connection)
            if brake is None:
                return None
            now = self._clock.now()
            if answer == "brake_go":
                halts.release(connection, now, go=True)
            self._card(
                connection,
                "brake",
                "brake_answered",
                answer=answer,
                brake=brake,
                staff=staff,
            )
        self._rules.follow(self._store)
        self._turns.committed()
        return brake

    def _pause(self, command: str, staff: Staff) -> None:
        with self._store.write() as connection:
            if command == "command.pause":
                done = halts.pause(connection, self._clock.now())
            else:
                done = halts.resume(connection, self._clock.now()) is not None
            if done:
                self._card(
                    connection,
                    "pause",
                    "paused",
                    paused=command.endswith("pause"),
                    staff=staff,
                )
        self._rules.follow(self._store)
        self._turns.committed()

    def _switch(self, mode: Mode, staff: Staff) -> None:
        with self._store.write() as connection:
            if not modes.switch(connection, mode.value):
                return
            self._card(connection, "mode", "mode", mode=mode.value, staff=staff)
        self._rules.follow(self._store)
        self._turns.committed()

    def _card(
        self, connection: Connection, subject: str, key: str, **context: Any
    ) -> None:
        card = self._rules.staff_words().card(key, (), **context)
        post_card(connection, None, subject, card, self._clock.now())

    async def ticket_summary(
        self, case_id: int, ticket_id: str
    ) -> TicketSummary | None:
        """Return what stands above the reply form, or None for a closed ticket."""
        return await asyncio.to_thread(self._summary, case_id, ticket_id)

    async def _confirm_baseline(self, staff: Staff) -> str:
        """Handle what was late before the bot came, unless the brake stops it."""
        words = self._rules.staff_words()
        confirmed = await asyncio.to_thread(self._confirmed, staff)
        if not self._rules.held:
            await asyncio.to_thread(self._turns.may_take, confirmed)
        for event in confirmed:
            if not self._rules.held:
                await self._turns.take(event)
        if self._rules.held:
            return words.toast("baseline_held")
        return words.toast("baseline_confirmed", count=len(confirmed))

    def _confirmed(self, staff: Staff) -> list[BaselineConfirmed]:
        with self._store.read() as connection:
            late = waiting_customers(connection)
        return [BaselineConfirmed(staff=staff, customer_id=c) for c in late]

    def _summary(self, case_id: int, ticket_id: str) -> TicketSummary | None:
        with self._store.read() as connection:
            row = connection.execute(
                select(tickets.c.state, cases.c.customer_id, tickets.c.case_id)
                .join(cases, cases.c.id == tickets.c.case_id)
                .where(tickets.c.id == ticket_id, tickets.c.case_id == case_id)
            ).first()
            if row is None or row.state == "resolved":
                return None
            name = connection.scalar(
                select(customers.c.name).where(customers.c.id == row.customer_id)
            ) or connection.scalar(
                select(chats.c.name).where(chats.c.case_id == row.case_id).limit(1)
            )
        return TicketSummary(customer=name or "?")
