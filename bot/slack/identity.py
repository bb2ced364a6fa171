"""Who the bot itself is in Slack: asked once, then remembered."""

import asyncio
from dataclasses import dataclass

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.clients import NETWORK_ERRORS, error_code


class UnidentifiedError(Exception):
    """Slack did not say who we are; Bolt answers a SlackApiError with 200, not this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where the bot is installed and as whom."""

    team_id: str
    enterprise_id: str
    bot_id: str
    user_id: str
    team: str


class Identity:
    """The answer to ``auth.test``, kept for as long as the process lives."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: Workspace | None = None
        self._asking = asyncio.Lock()

    async def workspace(self) -> Workspace:
        """Return where we are installed.

        Raises:
            UnidentifiedError: Slack is out of reach, or refuses the token.
        """
        async with self._asking:
            if self._known is None:
                self._known = await self._ask()
            return self._known

    async def authorize(self) -> AuthorizeResult:
        """Return what Bolt wants to know about a request's workspace.

        Bolt's own check answers 200 when ``auth.test`` fails, which loses the event;
        this one raises, so that Slack sends it again.
        """
        here = await self.workspace()
        return AuthorizeResult(
            enterprise_id=here.enterprise_id or None,
            team_id=here.team_id or None,
            bot_id=here.bot_id or None,
            bot_user_id=here.user_id or None,
            bot_token=self._client.token,
        )

    async def _ask(self) -> Workspace:
        try:
            answer = await self._client.auth_test()
        except SlackApiError as error:
            raise UnidentifiedError(f"auth.test: {error_code(error)}") from error
        except NETWORK_ERRORS as error:
            raise UnidentifiedError(f"auth.test: {error!r}") from error
        return Workspace(
            team_id=answer.get("team_id") or "",
            enterprise_id=answer.get("enterprise_id") or "",
            bot_id=answer.get("bot_id") or "",
            user_id=answer.get("user_id") or "",
            team=answer.get("team") or "",
        )
