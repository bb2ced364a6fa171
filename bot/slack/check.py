"""Proof that the Slack side is set up: one finding per item, with what to mend."""

from dataclasses import dataclass

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import words
from bot.slack.clients import NETWORK_ERRORS, error_code
from bot.slack.delivery import MENDING
from bot.slack.manifest import SCOPES
from bot.slack.staff import Listed, Roster, RosterUnreadableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One item that was checked; ``mend`` is empty when all is well."""

    item: str
    ok: bool
    found: str
    mend: str = ""


async def check_slack(
    *,
    client: AsyncWebClient,
    channel: str,
    app_token: str | None,
    listed: Listed,
    roster: Roster,
    send_test: bool = False,
) -> list[Finding]:
    """Return what holds and what does not, asked of the real service.

    The app's token is tried without connecting: a second connection, however short,
    could be handed an event that the running bot waits for.
    """
    findings = await _token(client)
    if not findings[0].ok:
        return findings
    findings.append(await _reach(client, channel))
    if app_token is not None:
        findings.append(await _socket(client, app_token))
    findings.append(await _staff(listed, roster))
    if send_test:
        findings.append(await _test_message(client, channel))
    return findings


async def _token(client: AsyncWebClient) -> list[Finding]:
    item = "SLACK_BOT_TOKEN"
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        return [_problem(item, error)]
    except NETWORK_ERRORS as error:
        return [_unreached(item, error)]
    named = f"{answer.get('user')} in {answer.get('team')}"
    headers = {name.lower(): value for name, value in answer.headers.items()}
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    lacking = sorted(set(SCOPES) - granted)
    scopes = Finding(
        item="Slack scopes",
        ok=not lacking,
        found=f"lacking: {', '.join(lacking)}" if lacking else "all granted",
        mend="install the app again with the printed manifest" if lacking else "",
    )
    return [Finding(item=item, ok=True, found=named), scopes]


async def _reach(client: AsyncWebClient, channel: str) -> Finding:
    item = "SLACK_CHANNEL"
    if not channel.startswith(("C", "G")):
        return Finding(
            item=item,
            ok=False,
            found=f"{channel!r} is not a channel's id",
            mend="take the id (C…) from the channel's details, at the bottom",
        )
    try:
        # Reading is allowed to members only, and needs no scope beyond ours.
        await client.conversations_history(channel=channel, limit=1)
    except SlackApiError as error:
        return _problem(item, error)
    except NETWORK_ERRORS as error:
        return _unreached(item, error)
    return Finding(item=item, ok=True, found=f"the bot is in {channel}")


async def _socket(client: AsyncWebClient, app_token: str) -> Finding:
    item = "SLACK_APP_TOKEN"
    try:
        await client.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        return Finding(
            item=item,
            ok=False,
            found=error_code(error),
            mend="make an app-level token (xapp-…) with the scope connections:write",
        )
    except NETWORK_ERRORS as error:
        return _unreached(item, error)
    return Finding(item=item, ok=True, found="opens a connection")


async def _staff(listed: Listed, roster: Roster) -> Finding:
    item = "SLACK_STAFF"
    if not listed.users and not listed.groups:
        found = "empty: whoever of your own workspace acts in the channel"
        return Finding(item=item, ok=True, found=found)
    try:
        members = await roster.members()
    except RosterUnreadableError as error:
        return Finding(item=item, ok=False, found="unreadable", mend=error.words)
    if not members:
        return Finding(
            item=item,
            ok=False,
            found="the user group is empty",
            mend="add people to the group, or list user ids",
        )
    named = [await roster.name(member) for member in sorted(members)[:5]]
    more = f" and {len(members) - len(named)} more" if len(members) > len(named) else ""
    return Finding(item=item, ok=True, found=f"{', '.join(named)}{more}")


async def _test_message(client: AsyncWebClient, channel: str) -> Finding:
    item = "Slack test message"
    try:
        await client.chat_postMessage(channel=channel, text=words.TEST_MESSAGE)
    except SlackApiError as error:
        return _problem(item, error)
    except NETWORK_ERRORS as error:
        return _unreached(item, error)
    return Finding(item=item, ok=True, found="posted")


def _problem(item: str, error: SlackApiError) -> Finding:
    code = error_code(error)
    return Finding(
        item=item,
        ok=False,
        found=code,
        mend=MENDING.get(code, "see Slack's page on this error"),
    )


def _unreached(item: str, error: BaseException) -> Finding:
    return Finding(
        item=item,
        ok=False,
        found=f"no answer: {type(error).__name__}",
        mend="check SLACK_API_URL and the way to the internet",
    )
