"""What the settings accept, refuse and keep to themselves."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.addresses import Address
from bot.settings import BadSettings, Settings, load
from flows.setting import Mode

RUNNING = {
    "TELEGRAM_BOT_TOKEN": "4242:telegram-words",
    "SLACK_BOT_TOKEN": "xoxb-slack-words",
    "SLACK_APP_TOKEN": "xapp-socket-words",
    "SLACK_CHANNEL": "C0STAFF",
    "LINK_SECRET": "thirty-two-characters-of-secrecy",
}


def problems(env: dict[str, str], *, running: bool = False) -> dict[str, str]:
    with pytest.raises(BadSettings) as caught:
        load(env, running=running)
    return {problem.key: str(problem) for problem in caught.value.problems}


def test_nothing_set_means_safe_defaults() -> None:
    """Without any setting the bot watches, stores in a file and polls Telegram."""
    settings = load({})
    assert settings.mode is Mode.WATCH
    assert settings.database_url == "sqlite:///backorder.sqlite3"
    assert settings.telegram_mode == "polling"
    assert settings.ops_bind == Address(host="127.0.0.1", port=9090)
    assert str(settings.policy_file) == "policy.toml"


def test_all_mistakes_are_told_together() -> None:
    """One look shows every wrong key with its value and what was expected."""
    told = problems(
        {
            "MODE": "loud",
            "BIND": "everywhere",
            "TELEGRAM_POLL_INTERVAL": "soon",
            "SLACK_STAFF": "Tom, Eva",
            "SLACK_CHANNEL": "#backorders",
            "DATABASE_URL": "mysql://host/shop",
        }
    )
    assert list(told) == [
        "DATABASE_URL",
        "TELEGRAM_POLL_INTERVAL",
        "SLACK_CHANNEL",
        "SLACK_STAFF",
        "BIND",
        "MODE",
    ]
    assert told["MODE"] == "MODE='loud': expected watch, ask or act"
    assert "'everywhere'" in told["BIND"]
    assert "'soon'" in told["TELEGRAM_POLL_INTERVAL"]


def test_a_mistake_in_a_value_does_not_hide_a_missing_one() -> None:
    """What settings mean together is checked although one of them is wrong."""
    told = problems({"MODE": "loud", "TELEGRAM_MODE": "webhook"})
    assert set(told) == {
        "MODE",
        "TELEGRAM_WEBHOOK_URL",
        "TELEGRAM_WEBHOOK_SECRET",
    }


def test_secrets_are_never_shown() -> None:
    """Neither the settings nor a mistake in them repeat a secret or a password."""
    words = "words-that-nobody-may-read"
    settings = load(
        RUNNING
        | {
            "TELEGRAM_BOT_TOKEN": f"1:{words}",
            "SLACK_SIGNING_SECRET": words,
            "DATABASE_URL": f"postgresql://bot:{words}@db/shop",
        },
        running=True,
    )
    assert words not in repr(settings) + str(settings) + settings.database_shown
    told = problems(
        {
            "TELEGRAM_BOT_TOKEN": words,
            "SLACK_BOT_TOKEN": words,
            "SLACK_APP_TOKEN": words,
            "TELEGRAM_WEBHOOK_SECRET": f"{words}!",
            "DATABASE_URL": f"mysql://bot:{words}@db/shop",
            "TELEGRAM_API_URL": f"https://api.telegram.org/bot1:{words}",
        }
    )
    assert len(told) == 6
    assert words not in "".join(told.values())


def test_plain_http_goes_to_this_machine_only() -> None:
    """A token never crosses a network unencrypted unless somebody insists."""
    plain = {
        "TELEGRAM_API_URL": "http://telegram.lan/bot",
        "SLACK_API_URL": "http://10.0.0.9/api/",
    }
    assert set(problems(plain)) == {
        "TELEGRAM_API_URL",
        "TELEGRAM_FILE_URL",
        "SLACK_API_URL",
    }
    assert load(plain | {"ALLOW_HTTP": "true"}).allow_http
    for host in ("127.0.0.1", "localhost", "[::1]"):
        assert load({"SLACK_API_URL": f"http://{host}:8081/api/"})


def test_the_files_address_follows_the_api() -> None:
    """Whoever names another Bot API need not name its files as well."""
    settings = load({"TELEGRAM_API_URL": "https://telegram.example/bot"})
    assert settings.telegram_file_url == "https://telegram.example/file/bot"
    told = {"TELEGRAM_FILE_URL": "https://files.example/file/bot"}
    assert load(told).telegram_file_url == told["TELEGRAM_FILE_URL"]


def test_webhooks_want_an_address_telegram_can_call() -> None:
    """Telegram calls public https addresses on four ports, and proves itself."""
    hook = {
        "TELEGRAM_MODE": "webhook",
        "TELEGRAM_WEBHOOK_URL": "https://shop.example:8443/telegram",
        "TELEGRAM_WEBHOOK_SECRET": "a-secret_42",
    }
    assert load(hook).telegram_mode == "webhook"
    for wrong in ("http://shop.example/t", "https://shop.example:9000/t", "shop"):
        assert set(problems(hook | {"TELEGRAM_WEBHOOK_URL": wrong})) == {
            "TELEGRAM_WEBHOOK_URL"
        }


def test_slack_needs_a_channel_and_a_way_in() -> None:
    """A bot's token alone hears nobody: Socket Mode or signed HTTP has to be set."""
    told = problems({"SLACK_BOT_TOKEN": "xoxb-1"})
    assert set(told) == {"SLACK_CHANNEL", "SLACK_APP_TOKEN"}
    assert "SLACK_SIGNING_SECRET" in told["SLACK_APP_TOKEN"]
    base = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_CHANNEL": "C0STAFF"}
    assert load(base | {"SLACK_APP_TOKEN": "xapp-1"})
    assert load(base | {"SLACK_SIGNING_SECRET": "0123456789abcdef"})


def test_swapped_slack_tokens_are_noticed() -> None:
    """The two tokens look alike to people, so their beginnings are checked."""
    swapped = {"SLACK_BOT_TOKEN": "xapp-1", "SLACK_APP_TOKEN": "xoxb-1"}
    assert set(problems(swapped)) == {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}


def test_running_wants_more_than_looking() -> None:
    """A list can be printed without tokens, the bot cannot run without them."""
    assert load({}).telegram_bot_token is None
    assert set(problems({}, running=True)) == {
        "TELEGRAM_BOT_TOKEN",
        "SLACK_BOT_TOKEN",
        "LINK_SECRET",
    }
    assert load(RUNNING, running=True).slack_channel == "C0STAFF"


def test_an_sqlite_database_needs_a_file() -> None:
    """A database in memory would be another one for each connection."""
    for url in ("sqlite://", "sqlite:///:memory:", "no url"):
        assert set(problems({"DATABASE_URL": url})) == {"DATABASE_URL"}
    for url in (
        "sqlite:////tmp/a.sqlite3",
        "postgres://h/d",
        "postgresql+psycopg:///d",
    ):
        assert load({"DATABASE_URL": url}).database_url == url


def test_the_environment_wins_over_the_file(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``.env`` of the working folder is read, below what the process was given."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / ".env").write_text("MODE=ask\nBIND=:8000\nUNKNOWN=1\nLINK_SECRET=\n")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MODE", "act")
    monkeypatch.delenv("BIND", raising=False)
    settings = load()
    assert settings.mode is Mode.ACT
    assert settings.bind == Address(host="0.0.0.0", port=8000)  # noqa: S104 - said so
    assert settings.link_secret is None


def test_settings_cannot_be_changed() -> None:
    """Who reads a setting later reads the same."""
    settings: Settings = load({})
    with pytest.raises(ValidationError):
        settings.mode = Mode.ACT
