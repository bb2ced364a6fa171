"""Settings: read once from the environment and ``.env``, all mistakes told together.

Every field's description says what is expected of its value; that is what a mistake
is answered with. Secrets never appear in ``repr``, in errors or in logs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.addresses import (
    TOKEN_IN_URL,
    Address,
    address,
    database,
    on_loopback,
    web_address,
    webhook,
)
from flows.setting import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

ENV_FILE = ".env"
TELEGRAM_API = "https://api.telegram.org/bot"
TELEGRAM_FILES = "https://api.telegram.org/file/bot"
SLACK_API = "https://slack.com/api/"
DEFAULT_DATABASE = "sqlite:///backorder.sqlite3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One wrong setting; ``value`` is None when it is missing or secret."""

    key: str
    expected: str
    value: str | None = None
    missing: bool = False

    def __str__(self) -> str:
        if self.missing:
            return f"{self.key} is not set: expected {self.expected}"
        found = "" if self.value is None else f"={self.value!r}"
        return f"{self.key}{found}: expected {self.expected}"


class BadSettings(Exception):
    """The settings are wrong; ``problems`` holds every mistake, not only the first.

    ``rest`` are the settings without the wrong ones, where they were read at all: to
    look at what the right ones lead to, never to run on.
    """

    def __init__(
        self, problems: tuple[Problem, ...], rest: Settings | None = None
    ) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
        self.rest = rest


def _pattern(pattern: str) -> AfterValidator:
    def check(value: SecretStr | str) -> SecretStr | str:
        bare = value.get_secret_value() if isinstance(value, SecretStr) else value
        if not re.fullmatch(pattern, bare):
            raise ValueError
        return value

    return AfterValidator(check)


_Url = Annotated[str, AfterValidator(web_address)]
_Listen = Annotated[Address, BeforeValidator(address)]


class Settings(BaseSettings):
    """Everything the bot is told from outside; built by ``load``, never changed."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        env_ignore_empty=True,
        enable_decoding=False,
    )

    database_url: Annotated[str, AfterValidator(database)] = Field(
        DEFAULT_DATABASE,
        repr=False,  # may hold a password
        description="an SQLAlchemy URL of an SQLite file or a PostgreSQL database, "
        "like sqlite:///backorder.sqlite3 or postgresql://user@host/shop",
    )
    telegram_bot_token: Annotated[SecretStr, _pattern(r"\d+:\S+")] | None = Field(
        None, description="the token that @BotFather gives, like 123456:ABC…"
    )
    telegram_api_url: _Url = Field(
        TELEGRAM_API,
        description=f"a web address that ends before the token, like {TELEGRAM_API}",
    )
    telegram_file_url: _Url = Field(
        TELEGRAM_FILES,
        description=f"a web address that ends before the token, like {TELEGRAM_FILES}",
    )
    telegram_mode: Literal["polling", "webhook"] = Field(
        "polling", description="polling or webhook"
    )
    telegram_webhook_url: Annotated[str, AfterValidator(webhook)] | None = Field(
        None, description="a public https address on port 443, 80, 88 or 8443"
    )
    telegram_webhook_secret: (
        Annotated[SecretStr, _pattern(r"[A-Za-z0-9_-]{1,256}")] | None
    ) = Field(
        None,
        description="1 to 256 letters, digits, _ or -; `backorder-bot init` makes one",
    )
    telegram_poll_interval: float = Field(
        0.0,
        ge=0,
        le=3600,
        allow_inf_nan=False,
        description="seconds between empty polls, 0 to 3600; 0 waits at Telegram",
    )
    slack_bot_token: Annotated[SecretStr, _pattern(r"xox[be][-.]\S+")] | None = Field(
        None, description="the bot's token of the installed app, like xoxb-…"
    )
    slack_app_token: Annotated[SecretStr, _pattern(r"xapp-\S+")] | None = Field(
        None, description="an app-level token with connections:write, like xapp-…"
    )
    slack_signing_secret: Annotated[SecretStr, _pattern(r"\S{8,}")] | None = Field(
        None, description="the signing secret from the app's basic information"
    )
    slack_api_url: _Url = Field(
        SLACK_API, description=f"a web address like {SLACK_API}"
    )
    slack_channel: Annotated[str, _pattern(r"[CG][A-Z0-9]{2,}")] | None = Field(
        None, description="a channel's id (C…), found in its details at the bottom"
    )
    slack_staff: Annotated[
        str, _pattern(r"(\s*[UWS][A-Z0-9]{2,}\s*(,\s*[UWS][A-Z0-9]{2,}\s*)*)?")
    ] = Field("", description="user ids (U…) or a user group's id (S…), by commas")
    link_secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="at least 16 characters nobody can guess; "
        "`backorder-bot init` makes them",
    )
    bind: _Listen = Field(
        Address(host="127.0.0.1", port=8080),
        description="host:port for webhooks, like 0.0.0.0:8080",
    )
    ops_bind: _Listen = Field(
        Address(host="127.0.0.1", port=9090),
        description="host:port for health and metrics, like 127.0.0.1:9090",
    )
    mode: Mode = Field(Mode.WATCH, description="watch, ask or act")
    policy_file: Path = Field(
        Path("policy.toml"), description="the path of the policy file"
    )
    allow_http: bool = Field(default=False, description="true or false")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values only from ``load``: a test's settings are all there is."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @property
    def database_shown(self) -> str:
        """The database's address without its password."""
        from sqlalchemy import make_url  # noqa: PLC0415 - slow

        return make_url(self.database_url).render_as_string(hide_password=True)

    def require_running(self) -> Self:
        """Return these settings if a bot can run on them.

        Raises:
            BadSettings: Naming all that is missing.
        """
        needed = ("telegram_bot_token", "slack_bot_token", "link_secret")
        missing = [_missing(name) for name in needed if getattr(self, name) is None]
        if missing:
            raise BadSettings(tuple(missing))
        return self


def load(env: Mapping[str, str] | None = None, *, running: bool = False) -> Settings:
    """Return the settings of ``env``, or of the process's environment over ``.env``.

    ``running`` also wants what only ``run`` needs: both bots and the link secret.

    Raises:
        BadSettings: With every mistake, as key, value and what was expected.
    """
    raw = _given(env) if env is not None else _surrounding()
    problems: dict[str, Problem] = {}
    try:
        settings = Settings(**raw)
    except ValidationError as error:
        # A union of types reports once per member: the first is enough.
        for item in error.errors(include_url=False, include_input=False):
            name = str(item["loc"][0])
            problems.setdefault(name, _wrong(name, raw.get(name)))
        settings = Settings(**{k: v for k, v in raw.items() if k not in problems})
    for name, problem in _cross_checks(settings):
        problems.setdefault(name, problem)
    if running:
        try:
            settings.require_running()
        except BadSettings as error:
            for problem in error.problems:
                problems.setdefault(problem.key.lower(), problem)
    if problems:
        order = list(Settings.model_fields)
        sorted_ = tuple(problems[name] for name in sorted(problems, key=order.index))
        raise BadSettings(sorted_, settings)
    return settings


def _surrounding() -> dict[str, Any]:
    files = DotEnvSettingsSource(Settings, env_file=ENV_FILE, env_file_encoding="utf-8")
    return _with_files({**files(), **EnvSettingsSource(Settings)()})


def _given(env: Mapping[str, str]) -> dict[str, Any]:
    lowered = {key.lower(): value for key, value in env.items() if value}
    return _with_files({k: v for k, v in lowered.items() if k in Settings.model_fields})


def _with_files(raw: dict[str, Any]) -> dict[str, Any]:
    """Let the files' address follow the API's where only that was told."""
    api = str(raw.get("telegram_api_url", "")).rstrip("/")
    if api.endswith("/bot") and "telegram_file_url" not in raw:
        raw["telegram_file_url"] = f"{api.removesuffix('/bot')}/file/bot"
    return raw


def _cross_checks(settings: Settings) -> list[tuple[str, Problem]]:
    found = [
        *_in_the_clear(settings),
        *_webhook_mode(settings),
        *_slack(settings),
    ]
    return [(problem.key.lower(), problem) for problem in found]


def _in_the_clear(settings: Settings) -> list[Problem]:
    names = ("telegram_api_url", "telegram_file_url", "slack_api_url")
    return [
        Problem(
            key=name.upper(),
            value=url,
            expected="https, as a token travels with every call; plain http only to "
            "this machine, or with ALLOW_HTTP=true in a network that is yours alone",
        )
        for name in names
        if (url := getattr(settings, name)).startswith("http:")
        and not settings.allow_http
        and not on_loopback(url)
    ]


def _webhook_mode(settings: Settings) -> list[Problem]:
    if settings.telegram_mode != "webhook":
        return []
    needed = ("telegram_webhook_url", "telegram_webhook_secret")
    return [_missing(name) for name in needed if getattr(settings, name) is None]


def _slack(settings: Settings) -> list[Problem]:
    ways = (settings.slack_app_token, settings.slack_signing_secret)
    if settings.slack_bot_token is None:
        return [_missing("slack_bot_token")] if any(ways) else []
    found = []
    if settings.slack_channel is None:
        found.append(_missing("slack_channel"))
    if not any(ways):
        found.append(
            Problem(
                key="SLACK_APP_TOKEN",
                missing=True,
                expected="a way in: SLACK_APP_TOKEN (xapp-…) for Socket Mode, or "
                "SLACK_SIGNING_SECRET for signed HTTP",
            )
        )
    return found


def _missing(name: str) -> Problem:
    return Problem(key=name.upper(), expected=_expected(name), missing=True)


def _wrong(name: str, value: object) -> Problem:
    field = Settings.model_fields[name]
    secret = "SecretStr" in str(field.annotation) or not field.repr
    told = None if secret else TOKEN_IN_URL.sub("bot***", str(value))
    return Problem(key=name.upper(), value=told, expected=_expected(name))


def _expected(name: str) -> str:
    return Settings.model_fields[name].description or ""
