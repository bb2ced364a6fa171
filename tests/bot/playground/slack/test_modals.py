"""Modals and Home tabs, lived through with a real Bolt app."""

import asyncio
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import CannotDoError, Channel, Person, SlackStandIn

from .doubles import (
    CARD,
    HandClock,
    Json,
    field,
    modal,
    post_card,
    refusal,
)


async def test_a_modal_is_opened_filled_and_submitted(
    app: AsyncApp, client: AsyncWebClient, desk: Channel, mia: Person
) -> None:
    """A click opens a modal, errors keep it open, a good answer closes it."""
    answers: list[str] = []

    @app.action("claim")
    async def claim(ack: Any, body: Json) -> None:
        await ack()
        view = modal(field("answer", initial_value="Dear"))
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("reply")
    async def submitted(ack: Any, view: Json) -> None:
        text = view["state"]["values"]["answer"]["value"]["value"]
        if "stupid" in text:
            await ack(response_action="errors", errors={"answer": "Be kind"})
        else:
            answers.append(text)
            await ack()

    ts = await post_card(client)
    await mia.clicks(desk, ts, "Claim")
    view = await mia.sees_modal("Reply")

    assert view.state["answer"]["value"]["value"] == "Dear"
    assert await mia.submits(view, {"answer": "stupid"}) == {"answer": "Be kind"}
    assert mia.modal is view
    assert await mia.submits(view, {"answer": "Gladly"}) == {}
    assert mia.modal is None
    assert answers == ["Gladly"]


@pytest.mark.parametrize(
    ("answer", "titles"),
    [
        ({"response_action": "clear"}, []),
        ({}, ["First"]),
        ({"response_action": "push", "view": modal(title="Third")},
         ["First", "Second", "Third"]),
        ({"response_action": "update", "view": modal(title="Changed")},
         ["First", "Changed"]),
    ],
)  # fmt: skip
async def test_a_submission_can_clear_close_push_and_update(
    slack: SlackStandIn,
    app: AsyncApp,
    mia: Person,
    answer: Json,
    titles: list[str],
) -> None:
    """Each answer to a submission does to the stack what Slack does."""

    @app.view("reply")
    async def submitted(ack: Any) -> None:
        await ack(**answer)

    slack.workspace.views.open("U1", modal(title="First"))
    top = slack.workspace.views.push("U1", modal(title="Second"))
    await mia.submits(top, {"answer": "x"})

    assert [view.title for view in mia.modals] == titles
    assert mia.errors == []


async def test_a_nonsensical_answer_shows_trouble(
    slack: SlackStandIn, app: AsyncApp, mia: Person
) -> None:
    """An update Slack would refuse leaves the modal and shows the person an error."""

    @app.view("reply")
    async def submitted(ack: Any) -> None:
        await ack(response_action="update", view=modal(title="x" * 25))

    view = slack.workspace.views.open("U1", modal())
    await mia.submits(view, {"answer": "x"})

    assert mia.modal is view
    assert "less than 25 characters" in mia.errors[0]


async def test_errors_must_name_fields_of_the_modal(
    slack: SlackStandIn, app: AsyncApp, mia: Person
) -> None:
    """An error for a block that is not there shows the person trouble instead."""

    @app.view("reply")
    async def submitted(ack: Any) -> None:
        await ack(response_action="errors", errors={"elsewhere": "No"})

    view = slack.workspace.views.open("U1", modal())
    assert await mia.submits(view, {"answer": "x"}) == {}
    assert len(mia.errors) == 1


async def test_the_client_itself_refuses_some_values(
    slack: SlackStandIn, mia: Person
) -> None:
    """Empty required fields and texts out of bounds never leave the client."""
    view = slack.workspace.views.open(
        "U1", modal(field("answer", min_length=2, max_length=4))
    )
    for value in ("", "x", "xxxxx"):
        with pytest.raises(CannotDoError):
            await mia.submits(view, {"answer": value})
    with pytest.raises(CannotDoError, match="no field"):
        await mia.submits(view, {"question": "x"})


@pytest.mark.usefixtures("mia")
async def test_triggers_run_out_and_work_once(
    clock: HandClock, slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """A trigger id is good once, for three seconds, and only if Slack issued it."""
    triggers = slack.workspace.triggers
    first = triggers.trigger("U1")
    await client.views_open(trigger_id=first, view=modal())
    again = client.views_open(trigger_id=first, view=modal())
    assert await refusal(again) == "exchanged_trigger_id"

    old = triggers.trigger("U1")
    clock.seconds += 3.1
    assert await refusal(client.views_open(trigger_id=old, view=modal())) == (
        "expired_trigger_id"
    )
    made_up = client.views_open(trigger_id="1.2.3", view=modal())
    assert await refusal(made_up) == "invalid_trigger_id"
    flawed = modal(title="x" * 25)
    fresh = triggers.trigger("U1")
    assert await refusal(client.views_open(trigger_id=fresh, view=flawed)) == (
        "invalid_arguments"
    )


async def test_the_stack_holds_three(
    slack: SlackStandIn, client: AsyncWebClient, mia: Person
) -> None:
    """Two modals can be pushed onto the first, and only from inside it."""
    triggers = slack.workspace.triggers
    outside = client.views_push(trigger_id=triggers.trigger("U1"), view=modal())
    assert await refusal(outside) == "not_found"
    root = slack.workspace.views.open("U1", modal())
    for _ in range(2):
        inside = triggers.trigger("U1", view_id=root.id)
        await client.views_push(trigger_id=inside, view=modal())
    inside = triggers.trigger("U1", view_id=root.id)
    assert await refusal(client.views_push(trigger_id=inside, view=modal())) == (
        "push_limit_reached"
    )
    assert len(mia.modals) == 3


async def test_views_are_updated_by_id_and_hash(
    slack: SlackStandIn, client: AsyncWebClient, mia: Person
) -> None:
    """An update needs an open view and, with a hash, the one the caller saw."""
    view = slack.workspace.views.open("U1", modal(external_id="ticket-7"))
    view.state["answer"]["value"]["value"] = "half typed"
    seen = view.hash
    await client.views_update(
        external_id="ticket-7",
        hash=seen,
        view=modal(title="New", external_id="ticket-7"),
    )

    assert view.title == "New"
    assert view.state["answer"]["value"]["value"] == "half typed"
    late = client.views_update(view_id=view.id, hash=seen, view=modal())
    assert await refusal(late) == "hash_conflict"
    await mia.closes(view)
    gone = client.views_update(view_id=view.id, view=modal())
    assert await refusal(gone) == "not_found"


@pytest.mark.usefixtures("mia")
async def test_external_ids_are_unique(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """Two views cannot share one external id."""
    slack.workspace.views.open("U1", modal(external_id="one"))
    trigger = slack.workspace.triggers.trigger("U1")
    second = client.views_open(trigger_id=trigger, view=modal(external_id="one"))
    assert await refusal(second) == "duplicate_external_id"


async def test_home_tabs_are_published_with_a_hash(
    app: AsyncApp, client: AsyncWebClient, mia: Person
) -> None:
    """A Home tab keeps its id, guards against races, and its buttons work."""
    pressed = asyncio.Event()

    @app.action("claim")
    async def claim(ack: Any, body: Json) -> None:
        await ack()
        assert "channel" not in body
        pressed.set()

    home = {"type": "home", "blocks": CARD}
    first = await client.views_publish(user_id="U1", view=home)
    seen = first["view"]["hash"]
    await client.views_publish(user_id="U1", view=home, hash=seen)
    late = client.views_publish(user_id="U1", view=home, hash=seen)
    assert await refusal(late) == "hash_conflict"
    nobody = client.views_publish(user_id="U9", view=home)
    assert await refusal(nobody) == "invalid_arguments"

    assert mia.home is not None
    await mia.uses(mia.home, "Claim")
    await asyncio.wait_for(pressed.wait(), 15)


async def test_closing_a_modal_tells_the_app_if_it_asked(
    slack: SlackStandIn, app: AsyncApp, mia: Person
) -> None:
    """A closed modal is reported only with notify_on_close."""
    closed: list[Json] = []

    @app.view_closed("reply")
    async def on_close(ack: Any, body: Json) -> None:
        closed.append(body)
        await ack()

    views = slack.workspace.views
    await mia.closes(views.open("U1", modal()))
    await mia.closes(views.open("U1", modal(notify_on_close=True)), whole_stack=True)

    assert [body["is_cleared"] for body in closed] == [True]
