"""Cards on their way to Slack: one parcel, one call, one truthful verdict."""

from collections.abc import Mapping
from typing import Any, Never

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.channel import Parcel, Refused, TryLater
from bot.slack.blocks import CardUnfitError, card_blocks, pieces
from bot.slack.clients import NETWORK_ERRORS, error_code, retry_after, status
from bot.slack.mrkdwn import escape
from flows.effects import Button

SUMMARY_CHARACTERS = 3_000
EVENT_TYPE = "backorder_card"
#: This one message will never be taken; the channel itself is fine.
REFUSED = frozenset(
    {
        "block_mismatch",
        "cannot_reply_to_message",
        "cant_update_message",
        "edit_window_closed",
        "invalid_arguments",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "message_not_found",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "thread_not_found",
        "too_many_attachments",
    }
)
#: Somebody has to mend something; cards wait for it, as losing them loses tickets.
MENDING: Mapping[str, str] = {
    "channel_not_found": "set SLACK_CHANNEL to the channel's id, and invite the bot",
    "not_in_channel": "invite the bot to the channel in SLACK_CHANNEL",
    "is_archived": "unarchive the channel in SLACK_CHANNEL or name another one",
    "restricted_action": "let the app post in the channel in SLACK_CHANNEL",
    "invalid_auth": "set SLACK_BOT_TOKEN to the app's current bot token",
    "not_authed": "set SLACK_BOT_TOKEN",
    "account_inactive": "install the Slack app again and set SLACK_BOT_TOKEN",
    "token_revoked": "install the Slack app again and set SLACK_BOT_TOKEN",
    "token_expired": "switch token rotation off and set SLACK_BOT_TOKEN",
    "missing_scope": "install the Slack app again with the printed manifest",
    "no_permission": "install the Slack app again with the printed manifest",
}
_log = structlog.get_logger(__name__)


class SlackChannel:
    """The staff's channel as the relay sees it."""

    def __init__(self, *, client: AsyncWebClient, channel: str) -> None:
        self._client = client
        self._channel = channel

    async def deliver(self, parcel: Parcel) -> str | None:
        """Post, answer below or redraw a card; return its id as ``channel:ts``.

        A redraw of, or an answer to, a card that was never posted is posted as a
        card of its own: staff rather see it twice than not at all.

        Raises:
            TryLater: The network, Slack's pace, or a setting somebody has to mend.
            Refused: Slack will never take this card, or its message is gone.
        """
        try:
            answer = await self._send(parcel)
        except SlackApiError as error:
            _raise_verdict(error)
        except NETWORK_ERRORS as error:
            raise TryLater(f"no answer from Slack: {error!r}") from error
        return f"{answer.get('channel')}:{answer.get('ts')}"

    async def _send(self, parcel: Parcel) -> AsyncSlackResponse:
        message = _message(parcel)
        place, _, ts = (parcel.target or "").partition(":")
        match parcel.payload.get("kind"):
            case "update" if ts:
                return await self._client.chat_update(channel=place, ts=ts, **message)
            case "thread" if ts:
                return await self._client.chat_postMessage(
                    channel=place, thread_ts=ts, **_quiet(message)
                )
            case "card" | "update" | "thread":
                return await self._client.chat_postMessage(
                    channel=parcel.address or self._channel, **_quiet(message)
                )
            case kind:
                raise Refused(f"not a kind of card: {kind!r}")


def _message(parcel: Parcel) -> dict[str, Any]:
    payload = parcel.payload
    summary = str(payload.get("summary") or "")
    text = str(payload.get("text") or "")
    # Slack reads mentions in the notification's text too.
    notification = next(pieces(escape(summary) or text, SUMMARY_CHARACTERS), "…")
    try:
        blocks = card_blocks(
            text or escape(summary),
            [_button(drawn) for drawn in payload.get("buttons") or ()],
            drawing=f"row{parcel.id}",
        )
    except CardUnfitError as error:
        raise Refused(str(error)) from error
    return {
        "text": notification,
        "blocks": blocks,
        # Ids only: whoever may call the API in the workspace can read this.
        "metadata": {
            "event_type": EVENT_TYPE,
            "event_payload": {
                "row": parcel.id,
                "lane": parcel.lane,
                "key": parcel.key,
            },
        },
    }


def _quiet(message: dict[str, Any]) -> dict[str, Any]:
    """Return a post for which Slack fetches nothing a customer linked to."""
    return {**message, "unfurl_links": False, "unfurl_media": False}


def _button(drawn: Mapping[str, Any]) -> Button:
    return Button(
        label=str(drawn.get("label") or ""),
        data=str(drawn.get("data") or ""),
        url=drawn.get("url"),
        style=str(drawn.get("style") or ""),
    )


def _raise_verdict(error: SlackApiError) -> Never:
    code = error_code(error)
    if code in REFUSED:
        raise Refused(code) from error
    if code == "ratelimited" or status(error) == 429:
        raise TryLater("ratelimited", after=retry_after(error)) from error
    if code in MENDING:
        _log.error("slack_cards_wait", error=code, mend=MENDING[code])
    elif status(error) < 500:
        _log.error("slack_error_unknown", error=code, status=status(error))
    raise TryLater(f"{code} ({status(error)})") from error
