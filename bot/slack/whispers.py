"""Words for one colleague only: best effort, never the only place of a truth."""

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.actions import Person, Place
from bot.slack.clients import NETWORK_ERRORS, on_loopback
from bot.slack.inflight import InFlight

_log = structlog.get_logger(__name__)


class Whispers:
    """Tells somebody something beside the request that asked for it."""

    def __init__(
        self, *, client: AsyncWebClient, channel: str, in_flight: InFlight
    ) -> None:
        self._client = client
        self._channel = channel
        self._in_flight = in_flight

    def tell(self, person: Person, place: Place, sentence: str) -> None:
        """Start telling a person something; failing to is logged and forgotten."""
        self._in_flight.start(self._tell(person, place, sentence))

    async def _tell(self, person: Person, place: Place, sentence: str) -> None:
        try:
            if place.response_url:
                await self._respond(place.response_url, sentence)
            else:
                await self._client.chat_postEphemeral(
                    channel=place.channel or self._channel,
                    user=person.id,
                    text=sentence,
                )
        except (SlackApiError, *NETWORK_ERRORS) as error:
            _log.warning("slack_whisper_failed", error=repr(error))

    async def _respond(self, url: str, sentence: str) -> None:
        hook = AsyncWebhookClient(url, session=self._client.session, retry_handlers=[])
        if on_loopback(url):
            hook.proxy = None
        answer = await hook.send_dict(
            {
                "response_type": "ephemeral",
                "replace_original": False,
                "text": sentence,
            }
        )
        if answer.status_code != 200:
            _log.warning("slack_whisper_failed", status=answer.status_code)
