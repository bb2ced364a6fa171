"""The check names what holds, and for each thing that does not, what to mend."""

from typing import Any

import pytest

from bot.playground.slack import methods
from bot.slack import words
from bot.slack.check import Finding
from bot.slack.service import run_check

from .doubles import House


async def findings(
    house: House, *, send_test: bool = False, **changed: Any
) -> dict[str, Finding]:
    found = await run_check(
        house.settings("socket", **changed), clock=house.clock, send_test=send_test
    )
    return {each.item: each for each in found}


async def test_all_is_well(house: House) -> None:
    """A workspace set up rightly has no problem, and nothing is posted unasked."""
    found = await findings(house)
    assert {each.ok for each in found.values()} == {True}
    assert found["SLACK_BOT_TOKEN"].found == "backorder-bot in Playground"
    assert found["SLACK_STAFF"].found == "Tom Fuller"
    assert house.channel.messages == []
    assert house.standin.sockets.open == []


async def test_test_message_is_posted_when_wanted(house: House) -> None:
    """The test message proves the last step, and only when asked for."""
    found = await findings(house, send_test=True)
    assert found["Slack test message"].ok
    assert [each.says for each in house.channel.messages] == [words.TEST_MESSAGE]


async def test_wrong_bot_token_ends_the_check(house: House) -> None:
    """Without a token nothing else can be asked; the token is named."""
    found = await findings(house, bot_token="xoxb-old")
    assert list(found) == ["SLACK_BOT_TOKEN"]
    assert not found["SLACK_BOT_TOKEN"].ok
    assert "SLACK_BOT_TOKEN" in found["SLACK_BOT_TOKEN"].mend


async def test_each_setting_is_named(house: House) -> None:
    """Channel, app token and staff are each found wrong on their own."""
    house.channel.has_bot = False
    found = await findings(house, app_token="xapp-old", staff="S0NONE")
    assert "invite" in found["SLACK_CHANNEL"].mend
    assert "connections:write" in found["SLACK_APP_TOKEN"].mend
    assert found["SLACK_STAFF"].mend == words.GROUP_UNKNOWN
    assert found["Slack scopes"].ok


async def test_channels_name_is_not_its_id(house: House) -> None:
    """A channel's name would post, but presses in it could not be recognised."""
    found = await findings(house, channel="#backorders")
    assert "id" in found["SLACK_CHANNEL"].mend


async def test_missing_scopes_are_listed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scopes the app lacks are named one by one."""
    monkeypatch.setattr(methods, "SCOPES", "chat:write,commands,users:read")
    found = await findings(house)
    assert found["Slack scopes"].found == (
        "lacking: channels:history, groups:history, usergroups:read"
    )


async def test_empty_group_is_a_problem(house: House) -> None:
    """A group without members locks everybody out."""
    house.standin.group("S0TEAM", "support")
    found = await findings(house, staff="S0TEAM")
    assert not found["SLACK_STAFF"].ok


async def test_slack_out_of_reach(house: House) -> None:
    """No answer at all is told as such."""
    found = await findings(house, api_url="http://127.0.0.1:9/api/")
    assert "SLACK_API_URL" in found["SLACK_BOT_TOKEN"].mend
