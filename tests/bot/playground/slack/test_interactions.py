"""Clicks, menus, commands and response URLs with a real Bolt app."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import CannotDoError, Channel, Person, SlackStandIn

from .doubles import (
    BUTTON,
    CARD,
    HandClock,
    Json,
    plain,
    post_card,
)


async def test_a_click_reaches_the_listener_whole(
    app: AsyncApp, client: AsyncWebClient, desk: Channel, mia: Person
) -> None:
    """A pressed button arrives with person, message, channel and value."""
    seen: list[Json] = []

    @app.action("claim")
    async def claim(ack: Any, body: Json) -> None:
        seen.append(body)
        await ack()

    ts = await post_card(client)
    reply = await mia.clicks(desk, ts, "Claim")

    assert reply is not None
    assert reply.status == 200
    assert seen[0]["actions"][0]["value"] == "7"
    assert seen[0]["user"]["id"] == "U1"
    assert seen[0]["container"]["message_ts"] == ts
    assert seen[0]["message"]["blocks"][0]["block_id"] == "card"
    assert mia.errors == []


async def test_an_unanswered_click_shows_an_error(
    clock: HandClock, slack: SlackStandIn, app: AsyncApp, desk: Channel, mia: Person
) -> None:
    """Without an acknowledgement within three seconds the person sees trouble."""
    arrived = asyncio.Event()

    @app.action("claim")
    async def claim() -> None:
        arrived.set()

    ts = await post_card(app.client)
    press = asyncio.create_task(mia.clicks(desk, ts, "claim"))
    await arrived.wait()
    assert not press.done()
    clock.seconds += 3
    slack.tick()

    reply = await press
    assert reply is not None
    assert (reply.status, reply.reason) == (None, "http_timeout")
    assert mia.errors == ["We had some trouble connecting. Try again?"]


async def test_only_what_is_shown_can_be_pressed(
    client: AsyncWebClient, desk: Channel, mia: Person
) -> None:
    """A button that is not there cannot be pressed; the complaint lists what is."""
    ts = await post_card(client)
    with pytest.raises(CannotDoError, match="Claim"):
        await mia.clicks(desk, ts, "Refund")
    with pytest.raises(CannotDoError, match="no message"):
        await mia.clicks(desk, "1.0", "Claim")


async def test_a_confirmation_can_be_declined(
    slack: SlackStandIn, client: AsyncWebClient, desk: Channel, mia: Person
) -> None:
    """A press the person does not confirm is never sent."""
    asked = {key: plain(key) for key in ("title", "text", "confirm", "deny")}
    elements = [{**BUTTON, "confirm": asked}]
    ts = await post_card(client, [{"type": "actions", "elements": elements}])
    sent = len(slack.delivery.log)
    assert await mia.clicks(desk, ts, "Claim", confirms=False) is None
    assert len(slack.delivery.log) == sent


async def test_menus_report_what_was_chosen(
    app: AsyncApp, client: AsyncWebClient, desk: Channel, mia: Person
) -> None:
    """A select and an overflow send the option, and the state remembers the select."""
    seen: list[Json] = []

    @app.action({"block_id": "menus"})
    async def choose(ack: Any, body: Json) -> None:
        seen.append(body)
        await ack()

    options = [{"text": plain(name), "value": name.lower()} for name in ("Wait", "Go")]
    menus = [
        {"type": "static_select", "action_id": "pick", "options": options},
        {"type": "overflow", "action_id": "more", "options": options},
    ]
    block = {"type": "actions", "block_id": "menus", "elements": menus}
    ts = await post_card(client, [block])
    await mia.selects(desk, ts, "pick", "Go")
    await mia.selects(desk, ts, "more", "wait")

    chosen = [body["actions"][0]["selected_option"]["value"] for body in seen]
    assert chosen == ["go", "wait"]
    state = seen[1]["state"]["values"]["menus"]["pick"]
    assert state["selected_option"]["value"] == "go"
    with pytest.raises(CannotDoError, match="not offered"):
        await mia.selects(desk, ts, "pick", "Never")


async def test_slash_commands_answer_to_one_or_all(
    app: AsyncApp, desk: Channel, mia: Person
) -> None:
    """An answer shows to the person alone or to the channel."""

    @app.command("/backorder")
    async def backorder(ack: Any, command: Json) -> None:
        kind = "in_channel" if command["text"] == "loud" else "ephemeral"
        await ack(text=f"You said {command['text']}", response_type=kind)

    await mia.slash(desk, "/backorder", "hush")
    await mia.slash(desk, "/backorder", "loud")

    assert [message.says for message in mia.ephemerals] == ["You said hush"]
    assert [message.says for message in desk.messages] == ["You said loud"]


async def test_response_urls_replace_delete_and_run_out(
    clock: HandClock, app: AsyncApp, client: AsyncWebClient, desk: Channel, mia: Person
) -> None:
    """A response URL changes its message, works five times and for half an hour."""
    urls: list[str] = []

    @app.action("claim")
    async def claim(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        urls.append(body["response_url"])
        await respond(text="Yours now", replace_original=True)

    ts = await post_card(client)
    await mia.clicks(desk, ts, "Claim")
    await desk.hears("Yours now")
    async with aiohttp.ClientSession() as session:
        for _ in range(4):
            async with session.post(urls[0], json={"text": "psst"}) as response:
                assert response.status == 200
        async with session.post(urls[0], json={"text": "psst"}) as response:
            assert (response.status, (await response.json())["error"]) == (
                404,
                "used_url",
            )
        ts = await post_card(client)
        await mia.clicks(desk, ts, "Claim")
        clock.seconds += 1801
        async with session.post(urls[1], json={"text": "psst"}) as response:
            assert (await response.json())["error"] == "expired_url"

    assert [message.says for message in mia.ephemerals] == ["psst"] * 4


async def test_ephemeral_messages_change_only_by_response_url(
    app: AsyncApp, client: AsyncWebClient, desk: Channel, mia: Person
) -> None:
    """A button on an ephemeral message comes without the message and can remove it."""
    bodies: list[Json] = []

    @app.action("claim")
    async def claim(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        bodies.append(body)
        await respond(delete_original=True)

    hint = await client.chat_postEphemeral(
        channel="C1", user="U1", text="hint", blocks=CARD
    )
    await mia.clicks(desk, hint["message_ts"], "Claim")
    await mia._workspace.changes.until(
        lambda: True if not mia.ephemerals else None, timeout=15
    )

    assert "message" not in bodies[0]
    assert bodies[0]["container"]["is_ephemeral"] is True


async def test_shortcuts_reach_the_app(
    app: AsyncApp, desk: Channel, mia: Person
) -> None:
    """A message shortcut carries the message, a global one only the person."""
    seen: list[Json] = []

    @app.shortcut("attach")
    async def attach(ack: Any, body: Json) -> None:
        seen.append(body)
        await ack()

    note = await mia.posts(desk, "look at this")
    await mia.shortcut("attach", note)
    await mia.shortcut("attach")

    assert seen[0]["message"]["ts"] == note.ts
    assert "message" not in seen[1]
