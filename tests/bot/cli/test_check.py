"""The check: one line per item, true about the real thing, and changing nothing."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.clock import Clock
from bot.playground.slack import SlackStandIn
from bot.playground.telegram import TelegramStandIn
from store import meta
from store.triggers import ensure

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from store.engine import Store

    from .conftest import Cli

TOKEN = "4242:telegram-words"


@pytest.fixture
def policy_file(folder: Path) -> Path:
    file = folder / "policy.toml"
    file.write_text(
        '[shop]\nname = "Northprint"\nurl = "https://northprint.example"\n'
        'email = "moin@northprint.example"\n'
        'privacy_url = "https://northprint.example/privacy"\n'
    )
    return file


@asynccontextmanager
async def platforms(
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[tuple[TelegramStandIn, SlackStandIn]]:
    """Both platforms on loopback, and the settings that lead to them."""
    clock = Clock()
    slack = SlackStandIn(pace=None)
    telegram = TelegramStandIn(
        token=TOKEN, now=clock.now, clock=clock.machine, username="northprint_bot"
    )
    async with AsyncExitStack() as stack:
        await slack.start()
        stack.push_async_callback(slack.stop)
        await stack.enter_async_context(telegram)
        slack.channel("C0STAFF", "backorders")
        for name, value in {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram.base_url,
            "SLACK_BOT_TOKEN": "xoxb-playground",
            "SLACK_APP_TOKEN": "xapp-playground",
            "SLACK_API_URL": slack.api_url,
            "SLACK_CHANNEL": "C0STAFF",
            "LINK_SECRET": "thirty-two-characters-of-secrecy",
        }.items():
            monkeypatch.setenv(name, value)
        yield telegram, slack


@pytest.mark.usefixtures("shop", "policy_file")
async def test_each_part_is_proved(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, policy, database and both platforms have their line."""
    async with platforms(monkeypatch):
        shown = await asyncio.to_thread(cli, "check")
    marks = {line.split(":")[0] for line in shown.output.splitlines()}
    assert {
        "ok    settings",
        "ok    policy",
        "ok    database",
        "ok    shop relations",
        "ok    changes are noticed",
        "ok    LINK_SECRET",
        "ok    Telegram token",
        "ok    SLACK_BOT_TOKEN",
        "ok    SLACK_CHANNEL",
    } <= marks
    wrong = [line for line in shown.output.splitlines() if line.startswith("mend")]
    assert shown.exit_code == bool(wrong)


@pytest.mark.usefixtures("shop", "policy_file")
async def test_a_test_message_is_sent_when_asked_only(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --send-test nobody hears of a check."""

    def posts(slack: SlackStandIn) -> int:
        return [method for method, _ in slack.calls].count("chat.postMessage")

    async with platforms(monkeypatch) as (telegram, slack):
        await asyncio.to_thread(cli, "check")
        assert posts(slack) == 0
        ada = telegram.person(4711, "Ada", "en", "ada")
        ada.starts()
        told = await asyncio.to_thread(
            cli, "check", "--send-test", "--telegram-chat", "4711"
        )
        assert posts(slack) == 1
        assert telegram.calls["sendmessage"] == 1
    assert "Telegram test message" in told.output


@pytest.mark.usefixtures("policy_file")
def test_a_check_changes_nothing(
    cli: Cli, store: Store, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writing and triggers are tried out and taken back, on each engine."""
    monkeypatch.setenv("DATABASE_URL", store_url)
    shown = cli("check").output
    assert "current and writable" in shown
    assert "ok    changes are noticed: by triggers on all relations" in shown
    with store.write() as connection:
        assert meta.find(connection, "check") is None
        assert "shop_orders" in ensure(connection).put_back


def test_what_is_missing_is_told_with_what_to_do(cli: Cli, folder: Path) -> None:
    """On a bare folder every line says how to go on, and no file appears."""
    shown = cli("check")
    assert shown.exit_code == 1
    lines = shown.output.splitlines()
    assert all(line.startswith("mend") and "->" in line for line in lines)
    told = "\n".join(lines)
    for part in ("TELEGRAM_BOT_TOKEN", "LINK_SECRET", "policy", "database"):
        assert f"mend  {part}: " in told
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("shop", "policy_file")
def test_a_weak_secret_is_noticed(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that is long enough to load may still be one somebody guesses."""
    monkeypatch.setenv("LINK_SECRET", "a" * 40)
    assert "mend  LINK_SECRET: could be guessed" in cli("check").output


@pytest.mark.usefixtures("shop", "policy_file")
async def test_one_wrong_token_hides_nothing_else(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Policy, database and the other platform are looked at all the same."""
    async with platforms(monkeypatch) as (telegram, _):
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "no token")
        shown = (await asyncio.to_thread(cli, "check")).output
        assert not telegram.calls
    assert "mend  TELEGRAM_BOT_TOKEN: is wrong" in shown
    for part in ("policy", "database", "LINK_SECRET", "SLACK_BOT_TOKEN"):
        assert f"ok    {part}" in shown


@pytest.mark.usefixtures("policy_file")
def test_a_default_never_stands_in_for_what_is_wrong(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a wrong address no other database is looked at in its place."""
    monkeypatch.setenv("DATABASE_URL", "mysql://host/shop")
    shown = cli("check").output
    assert "mend  DATABASE_URL: is wrong" in shown
    assert "ok    policy" in shown
    assert "database:" not in shown


@pytest.mark.usefixtures("shop")
def test_a_wrong_policy_is_one_line(cli: Cli, policy_file: Path) -> None:
    """Its mistakes stand in the line, the other items are looked at all the same."""
    policy_file.write_text('[terms]\nship = "never"\n')
    shown = cli("check").output
    assert "mend  policy: policy.toml: line 2" in shown
    assert "ok    database" in shown


@pytest.mark.usefixtures("shop")
def test_a_policy_without_a_shop_is_to_be_mended(cli: Cli, policy_file: Path) -> None:
    """Customers would read an invented name and address; the demo's count as none."""
    policy_file.write_text("")
    lacks = "mend  policy: policy.toml: [shop] does not say its"
    assert f"{lacks} name, url, email, privacy_url -> add" in cli("check").output
    policy_file.write_text(
        '[shop]\nname = "Nord"\nurl = "https://nord.example"\n'
        'email = "hello@shop.example"\nprivacy_url = "https://nord.example/p"\n'
    )
    assert f"{lacks} email -> add" in cli("check").output
