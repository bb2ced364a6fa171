"""Opening the reply form, the one listener: it has three seconds from the press."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import words
from bot.slack.actions import Pressed, read
from bot.slack.clients import NETWORK_ERRORS
from bot.slack.inflight import InFlight
from bot.slack.reply_form import TicketSummary, reply_form
from bot.slack.whispers import Whispers
from flows.codes import TicketPress

#: How long the store may take to say what the ticket is about.
SUMMARY_SECONDS = 1.0
_log = structlog.get_logger(__name__)

Summaries = Callable[[int, str], Awaitable[TicketSummary | None]]


class FormOpener:
    """Opens the reply form for a colleague whose right to it was checked before."""

    def __init__(
        self,
        *,
        client: AsyncWebClient,
        ticket_summary: Summaries,
        whispers: Whispers,
        in_flight: InFlight,
    ) -> None:
        self._client = client
        self._ticket_summary = ticket_summary
        self._whispers = whispers
        self._in_flight = in_flight

    async def open(
        self, ack: Callable[[], Awaitable[Any]], body: Mapping[str, Any]
    ) -> None:
        """Acknowledge the press, then open the form; say so when that fails."""
        await ack()
        reading = read(body)
        if not isinstance(reading, Pressed):
            return
        if not isinstance(reading.press, TicketPress):
            return
        with self._in_flight.here():
            sentence = await self._try(reading.press, reading.trigger_id)
            if sentence is not None:
                self._whispers.tell(reading.person, reading.place, sentence)

    async def _try(self, press: TicketPress, trigger_id: str) -> str | None:
        """Return what to tell the colleague instead of a form, or None."""
        try:
            async with asyncio.timeout(SUMMARY_SECONDS):
                summary = await self._ticket_summary(press.case_id, press.ticket_id)
        except Exception as error:  # noqa: BLE001 - the store's failure, told below
            _log.error("slack_form_unready", ticket=press.ticket_id, exc_info=error)
            return words.FORM_FAILED
        if summary is None:
            return words.TICKET_GONE
        view = reply_form(summary, case_id=press.case_id, ticket_id=press.ticket_id)
        try:
            await self._client.views_open(trigger_id=trigger_id, view=view)
        except (SlackApiError, *NETWORK_ERRORS) as error:
            _log.warning("slack_form_unopened", error=repr(error))
            return words.FORM_FAILED
        return None
