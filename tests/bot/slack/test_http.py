"""Signed HTTP: what is not Slack's, or not readable, never reaches Bolt."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.playground.slack.routes import Reply
from bot.slack.http import BODY_BYTES, SlackHttp

from .doubles import House
from .test_actions import payload

JSON = {"Content-Type": "application/json"}


async def post(house: House, body: bytes, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await house.standin.inject_raw(body, {**JSON, **named})


@pytest.mark.parametrize(
    "stamp", ["", "soon", "1e9", "-5", "١٢٣", "1" * 400, "1700000000"]
)
async def test_odd_or_old_timestamp_is_refused(house: House, stamp: str) -> None:
    """A timestamp that is no number, or long ago, is unsigned and not an error."""
    async with house.bot("http"):
        reply = await post(house, b'{"type":"x"}', X_Slack_Request_Timestamp=stamp)
    assert reply.status == 401


@pytest.mark.parametrize("signature", ["", "v0=", "v0=00", "vé"])
async def test_wrong_signature_is_refused(house: House, signature: str) -> None:
    """A signature that does not fit, or is not even ASCII, is refused."""
    async with house.bot("http"):
        reply = await post(house, b'{"type":"x"}', X_Slack_Signature=signature)
    assert reply.status == 401


async def test_another_apps_secret_is_refused(house: House) -> None:
    """A body signed with another secret presses no button."""
    body = json.dumps(payload("block_actions_card")).encode()
    async with house.bot("http"):
        reply = await house.standin.inject_raw(body, JSON, secret="another")
    assert reply.status == 401
    assert house.turns.events == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"type": "event_callback", ',
        b"[]",
        b'"text"',
        b'{"type":"event_callback","authorizations":[7]}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
async def test_unreadable_body_is_a_bad_request(house: House, body: bytes) -> None:
    """Signed or not, what cannot be read is 400, never a crash Slack would repeat."""
    async with house.bot("http"):
        if body == b"\xff\xfe":
            reply = await house.standin.inject_raw(
                body, {**JSON, "X-Slack-Signature": "v0=00"}
            )
        else:
            reply = await post(house, body)
    assert reply.status == 400


async def test_too_large_a_body_is_refused(house: House) -> None:
    """Nobody fills our memory before proving who they are."""
    async with house.bot("http"):
        reply = await post(house, b" " * (BODY_BYTES + 1))
    assert reply.status == 413


async def test_rate_limited_app_is_acknowledged_and_logged(house: House) -> None:
    """Slack's word that it dropped events is answered 200 and logged as an error."""
    async with house.bot("http"):
        with capture_logs() as logs:
            reply = await house.standin.inject(payload("app_rate_limited"))
    assert reply.is_ack
    assert [each["log_level"] for each in logs] == ["error"]


async def test_address_is_proven(house: House) -> None:
    """The challenge is echoed, so that Slack accepts the address."""
    async with house.bot("http"):
        reply = await house.standin.inject(payload("url_verification"))
    assert reply.body == {"challenge": "prove-it"}


def test_no_secret_no_door(house: House) -> None:
    """Without a signing secret there is no HTTP door at all."""
    app: Any = None
    with pytest.raises(ValueError, match="signing_secret"):
        SlackHttp(app, signing_secret=" ")
    assert house.settings("http").signing_secret
