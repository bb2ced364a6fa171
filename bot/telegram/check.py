"""Is the Telegram side set up right? One finding per question, with what to mend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from telegram.error import TelegramError

from bot.telegram.client import BotApi, TelegramFatalError
from bot.telegram.delivery import as_channel_error
from bot.telegram.redaction import hide_tokens
from bot.telegram.webhook import check_webhook_url

if TYPE_CHECKING:
    import telegram

    from bot.clock import Clock

_RECENT = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at: well, or with what to mend."""

    ok: bool
    item: str
    told: str
    mend: str = ""


async def check_telegram(
    *,
    token: str,
    api_url: str,
    file_url: str,
    mode: Literal["polling", "webhook"],
    clock: Clock,
    webhook_url: str = "",
    allow_http: bool = False,
    send_test_to: str | None = None,
    test_text: str = "",
) -> list[Finding]:
    """Ask the real service and return what was found; never raises.

    It changes nothing, except that ``send_test_to`` (a chat's id) gets
    ``test_text``.
    """
    try:
        api = BotApi(
            token=token, api_url=api_url, file_url=file_url, allow_http=allow_http
        )
    except ValueError as error:
        return [_bad("Telegram settings", str(error), "see the message")]
    found: list[Finding] = []
    try:
        me = await api.connect()
        found += _identity(me)
        found.append(await _way_in(api, mode, webhook_url, clock))
        if send_test_to is not None:
            found.append(await _test_message(api, send_test_to, test_text))
    except TelegramFatalError as error:
        found.append(_bad("Telegram token", str(error), "set TELEGRAM_BOT_TOKEN"))
    except TelegramError as error:
        found.append(
            _bad(
                "Telegram connection",
                hide_tokens(error.message),
                "check the network and TELEGRAM_API_URL (it ends before the token)",
            )
        )
    finally:
        await api.transport.shutdown()
    return found


def _identity(me: telegram.User) -> list[Finding]:
    found = [_good("Telegram token", f"@{me.username}, bot {me.id}")]
    if me.can_read_all_group_messages:
        found.append(
            _bad(
                "Telegram privacy mode",
                "the bot is given everything said in its groups",
                "@BotFather: /setprivacy, Enable",
            )
        )
    if me.can_join_groups:
        found.append(
            _bad(
                "Telegram groups",
                "anybody may add the bot to a group, where it can tell nothing",
                "@BotFather: /setjoingroups, Disable",
            )
        )
    else:
        found.append(_good("Telegram groups", "the bot stays in private chats"))
    return found


async def _way_in(
    api: BotApi, mode: Literal["polling", "webhook"], url: str, clock: Clock
) -> Finding:
    info = await api.get_webhook_info()
    waiting = f"{info.pending_update_count} updates waiting"
    if mode == "polling":
        if info.url:
            return _bad(
                "Telegram updates",
                "a webhook is set, and Telegram refuses polling beside it",
                "`run` removes it when it starts; stop whoever set it",
            )
        return _good("Telegram updates", f"polling, {waiting}")
    try:
        check_webhook_url(url)
    except TelegramFatalError as error:
        return _bad("Telegram updates", str(error), "set TELEGRAM_WEBHOOK_URL")
    if info.url != url:
        return _bad(
            "Telegram updates",
            "another webhook is set" if info.url else "no webhook is set",
            "`run` sets it when it starts; check TELEGRAM_WEBHOOK_URL",
        )
    now = datetime.fromtimestamp(clock.machine(), tz=UTC)
    if info.last_error_date and now - info.last_error_date < _RECENT:
        return _bad(
            "Telegram updates",
            f"Telegram could not bring an update: {info.last_error_message}",
            "the address must be reachable from outside, with a valid certificate",
        )
    return _good("Telegram updates", f"webhook set, {waiting}")


async def _test_message(api: BotApi, chat: str, text: str) -> Finding:
    try:
        await api.send_text({"chat_id": chat, "text": text})
    except TelegramError as error:
        return _bad(
            "Telegram test message",
            str(as_channel_error(error)),
            "the person must have opened a chat with the bot first",
        )
    return _good("Telegram test message", f"arrived in chat {chat}")


def _good(item: str, told: str) -> Finding:
    return Finding(ok=True, item=item, told=told)


def _bad(item: str, told: str, mend: str) -> Finding:
    return Finding(ok=False, item=item, told=told, mend=mend)
