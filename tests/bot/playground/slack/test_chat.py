"""Posting, changing and deleting messages with the real slack_sdk client."""

import warnings

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import Channel, SlackStandIn

from .doubles import SECTION, refusal


async def test_posts_and_threads(client: AsyncWebClient, desk: Channel) -> None:
    """A reply hangs below its root and the root counts it."""
    root = await client.chat_postMessage(
        channel="C1", text="Ticket", blocks=[SECTION], unfurl_links=False
    )
    reply = await client.chat_postMessage(
        channel="#backorders", text="more", thread_ts=root["ts"]
    )

    assert [message.says for message in desk.messages] == ["*Late*"]
    assert desk.messages[0].unfurls is False
    assert [message.text for message in desk.thread(root["ts"])] == ["more"]
    assert reply["message"]["thread_ts"] == root["ts"]
    thread = await client.conversations_replies(channel="C1", ts=root["ts"])
    assert [each["text"] for each in thread["messages"]] == ["Ticket", "more"]
    assert thread["messages"][0]["reply_count"] == 1


async def test_a_reply_to_nothing_becomes_a_message(
    client: AsyncWebClient, desk: Channel
) -> None:
    """Slack does not refuse an unknown thread: it silently posts to the channel."""
    answer = await client.chat_postMessage(
        channel="C1", text="lost", thread_ts="1.000001"
    )

    assert "thread_ts" not in answer["message"]
    assert desk.messages[0].text == "lost"
    assert (
        await refusal(client.conversations_replies(channel="C1", ts="1.000001"))
        == "thread_not_found"
    )


async def test_refuses_posts(
    slack: SlackStandIn, client: AsyncWebClient, desk: Channel
) -> None:
    """Each way a post can be wrong has Slack's own code."""
    slack.channel("C2", "elsewhere", has_bot=False)
    slack.channel("C3", "old", is_archived=True)

    assert await refusal(client.chat_postMessage(channel="C9", text="x")) == (
        "channel_not_found"
    )
    assert await refusal(client.chat_postMessage(channel="C2", text="x")) == (
        "not_in_channel"
    )
    assert (
        await refusal(client.chat_postMessage(channel="C3", text="x")) == "is_archived"
    )
    too_long = client.chat_postMessage(channel="C1", text="x" * 40_001)
    assert await refusal(too_long) == "msg_too_long"
    bad = client.chat_postMessage(channel="C1", text="x", blocks=[{"type": "poster"}])
    with pytest.raises(SlackApiError) as caught:
        await bad
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] unsupported type: poster [json-pointer:/blocks/0/type]"
    ]
    broken = client.chat_postMessage(channel="C1", text="x", blocks="[{")
    assert await refusal(broken) == "invalid_blocks_format"
    loose = {"event_type": "ticket"}
    untyped = client.chat_postMessage(channel="C1", text="x", metadata=loose)
    assert await refusal(untyped) == "invalid_metadata_format"
    assert desk.everything == []


async def test_a_message_needs_text(client: AsyncWebClient, desk: Channel) -> None:
    """No text is refused; blocks without text pass with a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the client warns on its own account too
        nothing = client.chat_postMessage(channel="C1", text="")
        assert await refusal(nothing) == "no_text"
        answer = await client.chat_postMessage(channel="C1", blocks=[SECTION])

    assert answer["response_metadata"]["warnings"] == ["missing_text_in_message"]
    assert len(desk.messages) == 1


async def test_updates_only_what_it_may(
    slack: SlackStandIn, client: AsyncWebClient, desk: Channel
) -> None:
    """One's own messages can be edited, ephemeral and foreign ones cannot."""
    mia = slack.person("U1", "Mia")
    note = await mia.posts(desk, "mine")
    card = await client.chat_postMessage(channel="C1", text="card", blocks=[SECTION])
    hint = await client.chat_postEphemeral(channel="C1", user="U1", text="hint")

    await client.chat_update(channel="C1", ts=card["ts"], text="plain now")

    message = desk.message(card["ts"])
    assert message is not None
    assert (message.says, message.blocks, message.edited) == ("plain now", [], True)
    foreign = client.chat_update(channel="C1", ts=note.ts, text="x")
    assert await refusal(foreign) == "cant_update_message"
    fleeting = client.chat_update(channel="C1", ts=hint["message_ts"], text="x")
    assert await refusal(fleeting) == "message_not_found"
    long = client.chat_update(channel="C1", ts=card["ts"], text="x" * 4001)
    assert await refusal(long) == "msg_too_long"


async def test_an_update_with_blocks_shows_no_edited_mark(
    client: AsyncWebClient, desk: Channel
) -> None:
    """New blocks replace the old ones quietly and metadata stays."""
    metadata = {"event_type": "ticket", "event_payload": {"id": "7"}}
    card = await client.chat_postMessage(channel="C1", text="card", metadata=metadata)
    await client.chat_update(channel="C1", ts=card["ts"], text="new", blocks=[SECTION])

    assert not desk.messages[0].edited
    history = await client.conversations_history(
        channel="C1", include_all_metadata=True
    )
    assert history["messages"][0]["metadata"] == metadata
    plain = await client.conversations_history(channel="C1")
    assert "metadata" not in plain["messages"][0]


async def test_deletes_and_leaves_a_tombstone(
    slack: SlackStandIn, client: AsyncWebClient, desk: Channel
) -> None:
    """A deleted root stays as a tombstone while replies hang below it."""
    mia = slack.person("U1", "Mia")
    card = await client.chat_postMessage(channel="C1", text="card")
    reply = await mia.posts(desk, "reply", thread_ts=card["ts"])

    assert await refusal(client.chat_delete(channel="C1", ts=reply.ts)) == (
        "cant_delete_message"
    )
    await client.chat_delete(channel="C1", ts=card["ts"])

    assert desk.messages[0].is_tombstone
    gone = client.chat_update(channel="C1", ts=card["ts"], text="x")
    assert await refusal(gone) == "message_not_found"


async def test_ephemerals_reach_one_person_or_nobody(
    slack: SlackStandIn, client: AsyncWebClient, desk: Channel
) -> None:
    """An ephemeral message is seen by its addressee, if the client is open."""
    mia, leo = slack.person("U1", "Mia"), slack.person("U2", "Leo")
    leo.is_away = True
    desk.members.discard("U3")

    for user in ("U1", "U2"):
        await client.chat_postEphemeral(channel="C1", user=user, text="Only you")

    assert (await mia.sees_ephemeral("Only you")).only_for == "U1"
    assert leo.ephemerals == []
    assert desk.everything == []
    stranger = client.chat_postEphemeral(channel="C1", user="U3", text="x")
    assert await refusal(stranger) == "user_not_in_channel"
    mia.reloads()
    assert mia.ephemerals == []


async def test_shows_real_broadcasts(client: AsyncWebClient, desk: Channel) -> None:
    """Unescaped control sequences call everybody, escaped ones nobody."""
    await client.chat_postMessage(channel="C1", text="says <!channel> <@U1>")
    await client.chat_postMessage(channel="C1", text="says &lt;!channel&gt;")
    quiet = {"type": "section", "text": {"type": "plain_text", "text": "<!here>"}}
    loud = {"type": "section", "text": {"type": "mrkdwn", "text": "<!here>"}}
    await client.chat_postMessage(channel="C1", text="x", blocks=[quiet])
    await client.chat_postMessage(channel="C1", text="x", blocks=[loud])

    assert [message.broadcasts for message in desk.messages] == [
        ("channel",),
        (),
        (),
        ("here",),
    ]
    assert desk.messages[0].mentions == ("U1",)
    assert desk.messages[1].says == "says <!channel>"


async def test_permalinks_and_reactions(client: AsyncWebClient, desk: Channel) -> None:
    """A message has a link and takes each reaction once."""
    card = await client.chat_postMessage(channel="C1", text="card")
    link = await client.chat_getPermalink(channel="C1", message_ts=card["ts"])
    assert link["permalink"].endswith(f"/C1/p{card['ts'].replace('.', '')}")

    await client.reactions_add(channel="C1", timestamp=card["ts"], name="eyes")
    again = client.reactions_add(channel="C1", timestamp=card["ts"], name="eyes")
    assert await refusal(again) == "already_reacted"
    odd = client.reactions_add(channel="C1", timestamp=card["ts"], name="no such")
    assert await refusal(odd) == "invalid_name"
    assert list(desk.messages[0].reactions) == ["eyes"]
    await client.reactions_remove(channel="C1", timestamp=card["ts"], name="eyes")
    assert desk.messages[0].reactions == {}
