"""Events by both ways: shapes, repeats, injections, observers."""

import asyncio

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import CannotDoError, Change, Channel, Person, SlackStandIn
from bot.playground.slack.events_http import HandshakeError

from .doubles import HandClock, Inbox


async def test_what_people_do_arrives_as_events(
    slack: SlackStandIn, socket_inbox: Inbox, desk: Channel, mia: Person
) -> None:
    """Posts, edits, deletions and reactions arrive, escaped, each with its event id."""
    note = await mia.posts(desk, "2 < 3 & <!channel>")
    await slack.settled()
    await mia.reacts(note, "eyes")
    await slack.settled()
    await mia.edits(note, "better")
    await slack.settled()
    await mia.deletes(note)
    await slack.settled()

    bodies = await socket_inbox.has(4)
    events = [body["event"] for body in bodies]
    assert [(e["type"], e.get("subtype")) for e in events] == [
        ("message", None),
        ("reaction_added", None),
        ("message", "message_changed"),
        ("message", "message_deleted"),
    ]
    assert events[0]["text"] == "2 &lt; 3 &amp; &lt;!channel&gt;"
    assert note.broadcasts == ()
    assert events[2]["message"]["text"] == "better"
    assert events[3]["previous_message"]["ts"] == note.ts
    assert len({body["event_id"] for body in bodies}) == 4


async def test_threads_files_and_mentions_arrive_as_slack_shapes_them(
    slack: SlackStandIn, socket_inbox: Inbox, desk: Channel, mia: Person
) -> None:
    """A broadcast reply names its root, a file its subtype, a mention comes twice."""
    root = await mia.posts(desk, "root")
    await slack.settled()
    await mia.posts(desk, "to all", thread_ts=root.ts, also_in_channel=True)
    await slack.settled()
    await mia.posts(desk, "see", files={"a.txt": b"hello"})
    await slack.settled()
    await mia.posts(desk, f"<@{slack.identity.bot_user_id}> help", raw=True)
    await slack.settled()

    events = [body["event"] for body in await socket_inbox.has(5)]
    assert events[1]["subtype"] == "thread_broadcast"
    assert events[1]["root"]["reply_count"] == 1
    assert events[1]["parent_user_id"] == "U1"
    assert (events[2]["subtype"], events[2]["files"][0]["name"]) == (
        "file_share",
        "a.txt",
    )
    assert sorted(event["type"] for event in events[3:5]) == ["app_mention", "message"]


async def test_people_keep_to_their_own(
    slack: SlackStandIn, desk: Channel, mia: Person
) -> None:
    """Nobody edits another's message or writes where they are not a member."""
    leo = slack.person("U2", "Leo")
    note = await leo.posts(desk, "mine")
    with pytest.raises(CannotDoError):
        await mia.edits(note, "yours")
    desk.members.discard("U1")
    with pytest.raises(CannotDoError):
        await mia.posts(desk, "hello")


async def test_events_are_repeated_until_acknowledged(
    clock: HandClock,
    slack: SlackStandIn,
    http_inbox: Inbox,
    desk: Channel,
    mia: Person,
) -> None:
    """A refused event comes again at once, after a minute, after five, then no more."""
    http_inbox.statuses = [500, 500, 500, 500]
    await mia.posts(desk, "hello")
    await http_inbox.has(2)
    await slack.settled()
    for count, seconds in ((3, 60), (4, 300)):
        clock.seconds += seconds - 1
        slack.tick()
        await slack.settled()
        assert len(http_inbox.bodies) == count - 1
        clock.seconds += 1
        slack.tick()
        await http_inbox.has(count)
        await slack.settled()
    clock.seconds += 3600
    slack.tick()
    await slack.settled()

    assert http_inbox.retries() == [
        (None, None),
        ("1", "http_error"),
        ("2", "http_error"),
        ("3", "http_error"),
    ]
    assert len({body["event_id"] for body in http_inbox.bodies}) == 1


async def test_a_slow_answer_counts_as_none(
    clock: HandClock,
    slack: SlackStandIn,
    http_inbox: Inbox,
    desk: Channel,
    mia: Person,
) -> None:
    """After three seconds Slack hangs up and repeats the event with its reason."""
    http_inbox.hold = asyncio.Event()
    await mia.posts(desk, "hello")
    await http_inbox.has(1)
    clock.seconds += 3
    slack.tick()
    await http_inbox.has(2)
    http_inbox.hold.set()
    await slack.settled()

    assert http_inbox.retries() == [(None, None), ("1", "http_timeout")]


async def test_acknowledged_events_can_be_repeated_on_order(
    slack: SlackStandIn, socket_inbox: Inbox, desk: Channel, mia: Person
) -> None:
    """An ordered repeat brings the same event id although it was acknowledged."""
    slack.faults.repeat_events()
    await mia.posts(desk, "hello")
    first, second = (await socket_inbox.has(2))[:2]
    assert first["event_id"] == second["event_id"]


async def test_interactions_are_never_repeated(
    slack: SlackStandIn, http_inbox: Inbox, desk: Channel, mia: Person
) -> None:
    """A refused slash command is shown to the person and not sent again."""
    http_inbox.statuses = [500]
    reply = await mia.slash(desk, "/backorder", "x")
    await slack.settled()

    assert (reply.status, len(http_inbox.bodies)) == (500, 1)
    assert "dispatch_failed" in mia.errors[0]


async def test_no_retry_header_stops_repeats(
    slack: SlackStandIn, desk: Channel, mia: Person
) -> None:
    """X-Slack-No-Retry on a failure is honoured."""
    heard: list[int] = []

    async def refuse(_request: web.Request) -> web.Response:
        heard.append(1)
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    server = web.Application()
    server.router.add_post("/", refuse)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    with pytest.raises(HandshakeError):
        await slack.deliver_to(url)
    await slack.deliver_to(url, handshake=False)
    heard.clear()
    await mia.posts(desk, "hello")
    await slack.settled()
    await runner.cleanup()

    assert heard == [1]


async def test_anything_can_be_injected(slack: SlackStandIn, http_inbox: Inbox) -> None:
    """Raw payloads travel as their kind does and the status comes back."""
    event = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "x"}}
    assert (await slack.inject(event)).status == 200
    again = await slack.inject(event, retry_num=1, retry_reason="http_timeout")
    assert again.status == 200
    command = {"command": "/backorder", "text": "a b", "team_id": "T1"}
    assert (await slack.inject(command)).status == 200
    assert (await slack.inject({"type": "nonsense"})).status == 200
    challenge = await slack.inject({"type": "url_verification", "challenge": "abc"})
    assert challenge.body == {"challenge": "abc"}

    assert http_inbox.retries()[1] == ("1", "http_timeout")
    assert http_inbox.bodies[2]["text"] == "a b"
    json_type = {"Content-Type": "application/json"}
    forged = await slack.inject_raw(b"{}", json_type, secret="wrong")
    assert forged.status == 401


async def test_observers_hear_every_change(
    slack: SlackStandIn, desk: Channel, mia: Person
) -> None:
    """A page can follow what happens and stop following."""
    seen: list[Change] = []
    stop = slack.subscribe(seen.append)
    note = await mia.posts(desk, "hello")
    stop()
    await mia.deletes(note)

    assert [(each.kind, each.ts) for each in seen if each.ts] == [("message", note.ts)]


async def test_waiting_for_a_message_ends(desk: Channel, mia: Person) -> None:
    """A wait ends with the message, later ones only, or with a timeout."""
    waiting = asyncio.create_task(desk.hears("hello"))
    await asyncio.sleep(0)
    note = await mia.posts(desk, "hello there")
    assert await waiting is note
    with pytest.raises(TimeoutError):
        await desk.hears("hello", after=note.ts, timeout=0.01)
    assert await desk.hears(lambda message: message.user_id == "U1") is note


async def test_group_changes_are_told(
    slack: SlackStandIn, socket_inbox: Inbox, mia: Person
) -> None:
    """New members of a user group reach the app as an event."""
    slack.group("S1", "support", mia)
    slack.group("S1", "support")
    body = (await socket_inbox.has(1))[0]
    assert body["event"]["type"] == "subteam_members_changed"


@pytest.mark.usefixtures("desk")
async def test_the_bot_hears_itself(slack: SlackStandIn) -> None:
    """The bot's own posts come back as events with its bot id, as in real life."""
    client = AsyncWebClient(base_url=slack.api_url, token=slack.identity.bot_token)
    await client.chat_postMessage(channel="C1", text="me")
    await slack.settled()
    packet = slack.delivery.log[0].packet
    assert packet.payload["event"]["bot_id"] == slack.identity.bot_id
