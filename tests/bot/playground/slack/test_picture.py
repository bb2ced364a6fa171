"""What the page draws: one colleague's screen as JSON."""

import json

from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import Channel, Person, SlackStandIn, picture

from .doubles import CARD, modal


async def test_a_screen_shows_threads_ephemerals_and_modals(
    slack: SlackStandIn, client: AsyncWebClient, desk: Channel, mia: Person
) -> None:
    """A screen is plain JSON with what this person sees and nobody else's."""
    leo = slack.person("U2", "Leo")
    card = await client.chat_postMessage(channel="C1", text="card", blocks=CARD)
    await mia.posts(desk, "on it", thread_ts=card["ts"])
    await client.chat_postEphemeral(channel="C1", user="U1", text="only Mia")
    slack.workspace.views.open("U1", modal(title="Reply"))

    mine = json.loads(json.dumps(picture(slack, mia)))
    shown = mine["channels"][0]["messages"]
    assert [message["text"] for message in shown] == ["card", "only Mia"]
    assert [reply["text"] for reply in shown[0]["replies"]] == ["on it"]
    assert mine["modals"][0]["title"]["text"] == "Reply"
    assert mine["is_connected"] is False
    his = picture(slack, leo)
    assert [each["text"] for each in his["channels"][0]["messages"]] == ["card"]
    assert his["modals"] == []


async def test_a_bot_can_be_spared_its_own_events() -> None:
    """For benchmarks the bot's own posts need not come back as events."""
    async with SlackStandIn(hears_itself=False) as slack:
        slack.channel("C1", "backorders")
        token = slack.identity.bot_token
        client = AsyncWebClient(base_url=slack.api_url, token=token)
        await client.chat_postMessage(channel="C1", text="me")
        await slack.settled()
        assert list(slack.delivery.log) == []
