"""Switching what happens by itself, for a bot that runs as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from store import meta
from store.tables import outbox

if TYPE_CHECKING:
    from store.engine import Store

    from .conftest import Cli


def test_the_mode_is_kept_in_the_store(cli: Cli, shop: Store) -> None:
    """The new mode stands where a running bot looks."""
    assert cli("mode").output.startswith("watch:")
    assert cli("mode", "ask").output.startswith("ask:")
    with shop.read() as connection:
        assert meta.find(connection, "mode") == "ask"
    refused = cli("mode", "loud")
    assert refused.exit_code == 2
    assert ": expected one of watch, ask, act; found" in refused.output
    assert cli("mode").output.startswith("ask:")


def test_a_pause_begins_and_ends_once(cli: Cli, shop: Store) -> None:
    """A second pause does not move the first one's beginning."""
    assert cli("resume").exit_code == 1
    assert cli("pause").exit_code == 0
    with shop.read() as connection:
        began = meta.find(connection, "paused_at")
    assert cli("pause").exit_code == 1
    with shop.read() as connection:
        assert meta.find(connection, "paused_at") == began
    assert "paused since" in cli("mode").output
    assert cli("resume").exit_code == 0
    with shop.read() as connection:
        assert meta.find(connection, "paused_at") is None


def test_slack_hears_who_switched(cli: Cli, shop: Store) -> None:
    """Every switch made here stands in the channel, once, as if typed there."""
    for words in ("mode ask", "mode ask", "pause", "pause", "resume", "resume"):
        cli(*words.split())

    with shop.read() as connection:
        cards = connection.execute(select(outbox).order_by(outbox.c.id)).all()
    assert [(card.channel, card.key) for card in cards] == [
        ("slack", "mode"),
        ("slack", "paused"),
        ("slack", "paused"),
    ]
    who = "Somebody at the command line"
    assert [card.payload["summary"] for card in cards] == [
        f"{who} switched the bot to ask",
        f"{who} paused the bot",
        f"{who} let the bot go on",
    ]
