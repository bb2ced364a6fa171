"""Tokens, pace, faults, look-ups and files with the real slack_sdk client."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import Channel, Pace, SlackStandIn

from .doubles import HandClock, refusal


async def test_knows_who_is_calling(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """Every token opens only what is its own."""
    answer = await client.auth_test()
    assert answer["user_id"] == slack.identity.bot_user_id

    assert (
        await refusal(AsyncWebClient(base_url=slack.api_url).auth_test())
        == "not_authed"
    )
    assert await refusal(client.auth_test(token="xoxb-other")) == "invalid_auth"
    assert (
        await refusal(client.auth_test(token=slack.identity.app_token))
        == "not_allowed_token_type"
    )
    assert (
        await refusal(client.apps_connections_open(app_token=slack.identity.bot_token))
        == "not_allowed_token_type"
    )
    assert await refusal(client.api_call("chat.whisper")) == "unknown_method"


async def test_keeps_the_pace_of_one_message_per_second(
    clock: HandClock, client: AsyncWebClient, desk: Channel
) -> None:
    """After a short burst a channel takes one message per second."""
    for _ in range(5):
        await client.chat_postMessage(channel="C1", text="x")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C1", text="x")

    assert caught.value.response.status_code == 429
    assert caught.value.response["error"] == "ratelimited"
    assert caught.value.response.headers["Retry-After"] == "1"
    clock.seconds += 1
    await client.chat_postMessage(channel="C1", text="x")
    assert len(desk.messages) == 6


async def test_keeps_the_tiers(clock: HandClock, client: AsyncWebClient) -> None:
    """A tier 2 method takes twenty calls, then one every three seconds."""
    for _ in range(20):
        await client.users_list()
    assert await refusal(client.users_list()) == "ratelimited"
    clock.seconds += 3
    await client.users_list()


async def test_pace_can_be_switched_off() -> None:
    """A benchmark may post as fast as it can."""
    standin = SlackStandIn(pace=None)
    await standin.start()
    desk = standin.channel("C1", "backorders")
    client = AsyncWebClient(base_url=standin.api_url, token=standin.identity.bot_token)
    for _ in range(20):
        await client.chat_postMessage(channel="C1", text="x")
    await standin.stop()
    assert len(desk.messages) == 20


async def test_pace_can_be_set() -> None:
    """A test may ask for another burst."""
    standin = SlackStandIn(pace=Pace(clock=lambda: 0.0, post_burst=1))
    await standin.start()
    standin.channel("C1", "backorders")
    client = AsyncWebClient(base_url=standin.api_url, token=standin.identity.bot_token)
    await client.chat_postMessage(channel="C1", text="x")
    assert (
        await refusal(client.chat_postMessage(channel="C1", text="x")) == "ratelimited"
    )
    await standin.stop()


async def test_faults_happen_as_often_as_ordered(
    slack: SlackStandIn, client: AsyncWebClient, desk: Channel
) -> None:
    """Errors, rate limits and lost answers can be ordered."""
    slack.faults.fail("chat.postMessage", times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel="C1", text="x")
        assert caught.value.response.status_code == 500
    slack.faults.refuse("chat.*", "token_revoked")
    assert (
        await refusal(client.chat_postMessage(channel="C1", text="x"))
        == "token_revoked"
    )
    assert desk.messages == []

    client.retry_handlers = []
    slack.faults.drop_before_accept("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C1", text="never")
    slack.faults.drop_after_accept("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C1", text="kept")
    assert [message.text for message in desk.messages] == ["kept"]


async def test_the_clients_retry_handler_gets_through(
    slack: SlackStandIn, client: AsyncWebClient, desk: Channel
) -> None:
    """Ordered rate limits end, so a client that waits gets its message out."""
    slack.faults.ratelimit(times=2, retry_after=0)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    await client.chat_postMessage(channel="C1", text="patient")
    assert desk.messages[0].text == "patient"


@pytest.mark.usefixtures("desk")
async def test_looks_things_up(slack: SlackStandIn, client: AsyncWebClient) -> None:
    """People, groups, the team and channels can be looked up, and only those."""
    mia = slack.person("U1", "Mia Meyer")
    slack.group("S1", "support", mia)
    slack.channel("C2", "elsewhere", has_bot=False)

    assert (await client.users_info(user="U1"))["user"]["real_name"] == "Mia Meyer"
    assert await refusal(client.users_info(user="U9")) == "user_not_found"
    listed = await client.users_list(limit=1)
    assert len(listed["members"]) == 1
    assert listed["response_metadata"]["next_cursor"]
    assert (await client.usergroups_users_list(usergroup="S1"))["users"] == ["U1"]
    assert (await client.usergroups_list())["usergroups"][0]["handle"] == "support"
    assert await refusal(client.usergroups_users_list(usergroup="S9")) == (
        "no_such_subteam"
    )
    assert (await client.team_info())["team"]["domain"] == "playground"
    assert (await client.bots_info())["bot"]["user_id"] == slack.identity.bot_user_id
    assert (await client.conversations_info(channel="C2"))["channel"][
        "is_member"
    ] is False
    assert await refusal(client.conversations_history(channel="C2")) == "not_in_channel"
    await client.conversations_join(channel="C2")
    assert (await client.conversations_history(channel="C2"))["messages"] == []
    opened = await client.conversations_open(users="U1")
    await client.chat_postMessage(channel="U1", text="psst")
    assert slack.workspace.direct_message("U1").id == opened["channel"]["id"]
    assert "U1" in (await client.conversations_members(channel="C1"))["members"]


async def test_history_pages_newest_first(
    client: AsyncWebClient, desk: Channel
) -> None:
    """The client's own cursor iteration meets every message once."""
    for number in range(5):
        await client.chat_postMessage(channel="C1", text=str(number))
    texts = [
        message["text"]
        async for page in await client.conversations_history(channel="C1", limit=2)
        for message in page["messages"]
    ]
    assert texts == ["4", "3", "2", "1", "0"]
    second = desk.messages[1].ts
    after = await client.conversations_history(channel="C1", oldest=second)
    assert len(after["messages"]) == 3


async def test_files_go_up_and_come_down(
    slack: SlackStandIn, client: AsyncWebClient, desk: Channel
) -> None:
    """The client's three-step upload ends in a message; downloads need the token."""
    await client.files_upload_v2(
        channel="C1", filename="a.txt", content="hello", initial_comment="see"
    )
    message = desk.messages[0]
    assert (message.text, message.files[0]["name"]) == ("see", "a.txt")

    url = message.files[0]["url_private"]
    headers = {"Authorization": f"Bearer {slack.identity.bot_token}"}
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as response:
            assert response.status == 403
        async with session.get(url, headers=headers) as response:
            assert await response.read() == b"hello"
    missing = client.files_completeUploadExternal(files=[{"id": "F9", "title": "x"}])
    assert await refusal(missing) == "file_not_found"
