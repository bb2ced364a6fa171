"""``backorder-bot check``: each part against the real thing, one line per item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.settings import Problem, Settings
    from store.engine import Store

#: A guessed secret opens other people's orders; this much is out of reach.
_SECRET_CHARACTERS, _SECRET_VARIETY = 32, 10
#: What the settings of a platform begin with.
_PLATFORMS = _TELEGRAM, _SLACK = ("TELEGRAM_", "SLACK_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing looked at; ``mend`` says what to do when it is not well."""

    ok: bool
    name: str
    told: str
    mend: str = ""

    def __str__(self) -> str:
        mark = "ok   " if self.ok else "mend "
        todo = f" -> {self.mend}" if self.mend and not self.ok else ""
        return f"{mark} {self.name}: {self.told}{todo}"


def check(
    *,
    send_test: Annotated[
        bool, typer.Option("--send-test", help="Also post one message in Slack.")
    ] = False,
    telegram_chat: Annotated[
        str | None,
        typer.Option(
            metavar="ID", help="With --send-test: also write to this Telegram chat."
        ),
    ] = None,
) -> None:
    """Look at settings, policy, database, Telegram and Slack; leaves 1 if one is wrong.

    Nothing is changed and, without --send-test, nothing is sent.
    """
    if telegram_chat is not None and not send_test:
        raise typer.BadParameter("--telegram-chat goes with --send-test")
    well = True
    for item in _items(send_test=send_test, chat=telegram_chat):
        print(item, flush=True)
        well = well and item.ok
    if not well:
        raise typer.Exit(1)


def _items(*, send_test: bool, chat: str | None) -> Iterator[Item]:
    import asyncio

    from bot.settings import BadSettings, load

    wrong: frozenset[str] = frozenset()
    try:
        settings = load(running=True)
        yield Item(ok=True, name="settings", told="complete")
    except BadSettings as error:
        yield from map(_problem, error.problems)
        if error.rest is None:
            return
        settings, wrong = error.rest, frozenset(p.key for p in error.problems)
    # A part is looked at with its own settings or not at all: a default in the place
    # of a wrong one would lead somewhere nobody meant.
    if "POLICY_FILE" not in wrong:
        yield _policy(settings)
    if "DATABASE_URL" not in wrong:
        yield from _database(settings)
    yield from _secret(settings)
    whole = tuple(
        name for name in _PLATFORMS if not any(key.startswith(name) for key in wrong)
    )
    yield from asyncio.run(_platforms(settings, whole, send_test=send_test, chat=chat))


def _problem(problem: Problem) -> Item:
    told = "is not set" if problem.missing else "is wrong"
    shown = "" if problem.value is None else f" ({problem.value})"
    mend = f"expected {problem.expected}"
    return Item(ok=False, name=problem.key, told=f"{told}{shown}", mend=mend)


def _policy(settings: Settings) -> Item:
    from flows.policy import BadPolicy, read_policy

    path, name = settings.policy_file, "policy"
    try:
        policy = read_policy(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        mend = "`backorder-bot init` writes one"
        return Item(ok=False, name=name, told=f"there is no {path}", mend=mend)
    except (OSError, UnicodeDecodeError) as error:
        told = f"{path} cannot be read: {error}"
        return Item(ok=False, name=name, told=told, mend="save it as UTF-8 text")
    except BadPolicy as error:
        told = f"{path}: {'; '.join(error.problems)}"
        return Item(ok=False, name=name, told=told, mend="mend these lines")
    if unsaid := policy.shop.unsaid:
        told = f"{path}: [shop] does not say its {', '.join(unsaid)}"
        mend = "add that; customers would read an invented one"
        return Item(ok=False, name=name, told=told, mend=mend)
    rules = len(policy.data.rules)
    return Item(ok=True, name=name, told=f"{policy.shop.name}, {rules} rules")


def _database(settings: Settings) -> Iterator[Item]:
    from sqlalchemy.exc import SQLAlchemyError

    from store.engine import Store

    store = Store(settings.database_url)
    try:
        yield from _store(store, settings.database_shown)
    except SQLAlchemyError as error:
        told = f"{settings.database_shown}: {reason_of(error)}"
        mend = "check DATABASE_URL, that it is up, and that the user may write"
        yield Item(ok=False, name="database", told=told, mend=mend)
    finally:
        store.close()


def _store(store: Store, where: str) -> Iterator[Item]:
    from store import meta
    from store.curated import faults_of_list
    from store.schema import is_current, missing_in_shop
    from store.triggers import ensure

    name, mend = "database", "`backorder-bot init` brings it up to date"
    if store.is_sqlite and not _has_file(store):
        yield Item(ok=False, name=name, told=f"there is no {where}", mend=mend)
        return
    if not is_current(store.engine):
        told = f"{where} is empty or of another version"
        yield Item(ok=False, name=name, told=told, mend=mend)
        return
    with store.engine.connect() as connection:
        # Tried out and rolled back: nothing of this stays.
        meta.put(connection, "check", "written")
        missing = missing_in_shop(connection)
        compared = ensure(connection).without
        faults = [] if missing else faults_of_list(connection)
        connection.rollback()
    yield Item(ok=True, name=name, told=f"{where}, current and writable")
    if missing:
        told = f"the shop lacks {', '.join(missing)}"
        mend = "add them to the shop's tables or views"
        yield Item(ok=False, name="shop relations", told=told, mend=mend)
    else:
        yield Item(ok=True, name="shop relations", told="all there")
    if not missing:
        yield from _substitutes(faults)
    told = "by triggers on all relations"
    if compared:
        told = f"by triggers; by comparing: {', '.join(compared)}"
    yield Item(ok=True, name="changes are noticed", told=told)


def _substitutes(faults: list[str]) -> Iterator[Item]:
    name, mend = (
        "substitutes",
        "mend the row in shop_substitutes; the bot does without it",
    )
    if not faults:
        yield Item(ok=True, name=name, told="the shop's list makes sense")
    for fault in faults:
        yield Item(ok=False, name=name, told=fault, mend=mend)


def _has_file(store: Store) -> bool:
    from pathlib import Path

    # Connecting would make an empty file, and a check leaves nothing behind.
    return Path(store.engine.url.database or "").exists()


def _secret(settings: Settings) -> Iterator[Item]:
    if settings.link_secret is None:
        return  # the settings said so already
    secret = settings.link_secret.get_secret_value()
    strong = len(secret) >= _SECRET_CHARACTERS and len(set(secret)) >= _SECRET_VARIETY
    yield Item(
        ok=strong,
        name="LINK_SECRET",
        told="strong" if strong else "could be guessed",
        mend="delete its line and run `backorder-bot init`: old links stop working",
    )


async def _platforms(
    settings: Settings, whole: tuple[str, ...], *, send_test: bool, chat: str | None
) -> list[Item]:
    from bot.clock import Clock

    clock = Clock()
    items = []
    if settings.telegram_bot_token is not None and _TELEGRAM in whole:
        from bot.slack.words import TEST_MESSAGE
        from bot.telegram.check import check_telegram

        telegram = await check_telegram(
            token=settings.telegram_bot_token.get_secret_value(),
            api_url=settings.telegram_api_url,
            file_url=settings.telegram_file_url,
            mode=settings.telegram_mode,
            webhook_url=settings.telegram_webhook_url or "",
            allow_http=settings.allow_http,
            clock=clock,
            send_test_to=chat,
            test_text=TEST_MESSAGE,
        )
        items += [
            Item(ok=f.ok, name=f.item, told=f.told, mend=f.mend) for f in telegram
        ]
    if settings.slack_bot_token is not None and _SLACK in whole:
        from bot.slack.service import SlackSettings, run_check

        app, signing = settings.slack_app_token, settings.slack_signing_secret
        slack = await run_check(
            SlackSettings(
                bot_token=settings.slack_bot_token.get_secret_value(),
                channel=settings.slack_channel or "",
                staff=settings.slack_staff,
                app_token=app.get_secret_value() if app else None,
                signing_secret=signing.get_secret_value() if signing else None,
                api_url=settings.slack_api_url,
            ),
            clock=clock,
            send_test=send_test,
        )
        items += [Item(ok=f.ok, name=f.item, told=f.found, mend=f.mend) for f in slack]
    return items
