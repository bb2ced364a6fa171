"""Recorded shapes: every payload goes through, and none asks for what it must not."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from .doubles import House, WayIn
from .test_actions import PAYLOADS

ASKING = {
    "block_actions_card": "StaffActed",
    "block_actions_menu": "StaffActed",
    "view_submission_reply": "StaffReplied",
    "view_submission_org_install": "StaffReplied",
}
SAMPLES = os.environ.get("BACKORDER_SAMPLES")


def loaded(folder: Path) -> dict[str, dict[str, Any]]:
    return {
        path.stem: json.loads(path.read_text())
        for path in sorted(folder.glob("*.json"))
    }


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_own_payloads(house: House, way: WayIn) -> None:
    """Each of our shapes is acknowledged; only presses and replies become turns."""
    async with house.bot(way):
        for name, body in loaded(PAYLOADS).items():
            if way == "socket" and name in ("url_verification", "app_rate_limited"):
                continue  # these two travel over HTTP alone
            before = len(house.turns.events)
            reply = await house.standin.inject(body)
            assert reply.is_ack, (name, reply)
            new = [type(event).__name__ for event in house.turns.events[before:]]
            # The second form has the first one's view: a repeat, taken once.
            wanted = [ASKING[name]] if name in ASKING else []
            repeat = name == "view_submission_reply"
            assert new == ([] if repeat else wanted), name


@pytest.mark.parametrize("way", ["socket", "http"])
@pytest.mark.skipif(SAMPLES is None, reason="BACKORDER_SAMPLES is not set")
async def test_recorded_payloads(house: House, way: WayIn) -> None:
    """Payloads recorded from real workspaces are acknowledged and change nothing."""
    folder = Path(SAMPLES or "") / "payloads" / "slack"
    bodies = loaded(folder)
    assert bodies
    async with house.bot(way, staff=""):
        for name, body in bodies.items():
            if way == "socket" and name == "url_verification":
                continue  # travels over HTTP alone
            retried = name == "message_thread_reply_retry"
            reply = await house.standin.inject(
                body,
                retry_num=1 if retried else 0,
                retry_reason="http_timeout" if retried else "",
            )
            assert reply.is_ack, (name, reply)
            if name == "url_verification":
                assert reply.body in (
                    body["challenge"],
                    {"challenge": body["challenge"]},
                )
    assert house.turns.events == []
    assert house.turns.failures == []
    assert house.asked == []
    assert house.channel.messages == []
