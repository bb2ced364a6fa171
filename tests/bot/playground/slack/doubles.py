"""What the tests of the Slack stand-in share."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import SlackStandIn

Json = dict[str, Any]
SECTION: Json = {"type": "section", "text": {"type": "mrkdwn", "text": "*Late*"}}


class HandClock:
    """Machine time that moves only when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.seconds


class Inbox:
    """What a Bolt app received, and how it is to answer next."""

    def __init__(self) -> None:
        self.bodies: list[Json] = []
        self.headers: list[dict[str, Any]] = []
        self.statuses: list[int] = []
        self.hold: asyncio.Event | None = None
        self._more = asyncio.Condition()

    async def take(self, req: Any) -> BoltResponse:
        """Note a request and answer as told."""
        async with self._more:
            self.bodies.append(req.body)
            self.headers.append(dict(req.headers))
            self._more.notify_all()
        if self.hold is not None:
            await self.hold.wait()
        return BoltResponse(status=self.statuses.pop(0) if self.statuses else 200)

    async def has(self, count: int) -> list[Json]:
        """Return everything once at least `count` bodies have come."""
        async with asyncio.timeout(15), self._more:
            await self._more.wait_for(lambda: len(self.bodies) >= count)
        return self.bodies

    def retries(self) -> list[tuple[str | None, str | None]]:
        """Return retry number and reason of each delivery so far."""
        return [
            (
                next(iter(headers.get("x-slack-retry-num", [])), None),
                next(iter(headers.get("x-slack-retry-reason", [])), None),
            )
            for headers in self.headers
        ]


def bolt(slack: SlackStandIn) -> tuple[AsyncApp, Inbox]:
    """Return an app whose global middleware takes everything that comes."""
    client = AsyncWebClient(base_url=slack.api_url, token=slack.identity.bot_token)
    app = AsyncApp(client=client, signing_secret=slack.identity.signing_secret)
    inbox = Inbox()

    @app.middleware
    async def take(req: Any) -> BoltResponse:
        return await inbox.take(req)

    return app, inbox


async def refusal(call: Awaitable[Any]) -> str:
    """Return the error code a call is refused with."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def field(block_id: str, **element: Any) -> Json:
    inner = {"type": "plain_text_input", "action_id": "value", **element}
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(block_id),
        "element": inner,
    }


def modal(*blocks: Json, title: str = "Reply", **more: Any) -> Json:
    return {
        "type": "modal",
        "title": plain(title),
        "submit": plain("Send"),
        "blocks": list(blocks) or [field("answer")],
        "callback_id": "reply",
        **more,
    }


BUTTON = {"type": "button", "text": plain("Claim"), "action_id": "claim", "value": "7"}
CARD = [{"type": "actions", "block_id": "card", "elements": [BUTTON]}]


async def post_card(client: AsyncWebClient, blocks: Any = None) -> str:
    answer = await client.chat_postMessage(
        channel="C1", text="card", blocks=blocks or CARD
    )
    return str(answer["ts"])
