"""The Bolt app: signature and identity checks in front, then our intake."""

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.identity import Identity
from bot.slack.intake import Intake
from bot.slack.opening import FormOpener

_ANY_BUTTON = re.compile("")


def build_app(
    *,
    signing_secret: str,
    identity: Identity,
    intake: Intake,
    opener: FormOpener,
) -> AsyncApp:
    """Return an app that keeps nothing of its own: no files, no installation store.

    An empty signing secret is right for Socket Mode alone, whose connection is
    authenticated; requests over HTTP are then refused.
    """

    async def authorize() -> AuthorizeResult:
        return await identity.authorize()

    async def open_form(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await opener.open(ack, body)

    app = AsyncApp(
        name="backorder-bot",
        # Never called: without one Bolt makes its own, and warns about its token.
        client=AsyncWebClient(),
        signing_secret=signing_secret,
        authorize=authorize,
    )
    app.use(intake)
    # The intake has answered every press but those that open a form.
    app.action(_ANY_BUTTON)(open_form)
    return app
