"""The webhook: updates are pushed, in order per chat, until the bot says 200.

Failing deliveries are repeated at once, then after 2, 4, 8 ... 60 seconds of machine
time; a `Retry-After` header is obeyed instead. Only this machine is ever called.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.playground.telegram import limits
from bot.playground.telegram.arguments import Arguments
from bot.playground.telegram.changes import ChangeKind, Changes
from bot.playground.telegram.files import Http, is_loopback
from bot.playground.telegram.polling import Polling
from bot.playground.telegram.refusals import bad_request
from bot.playground.telegram.updates import Update, UpdateQueue

_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_ANSWER_WITHIN = aiohttp.ClientTimeout(total=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A hook is where updates go, and under which secret."""

    url: str
    secret: str
    max_connections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempts:
    """How often a lane's first update failed; `due_at` is machine time."""

    update_id: int
    failures: int = 0
    delay: float = 1.0
    due_at: float = 0.0


class Webhook:
    """Pushes the queue to the bot's address while one is set."""

    def __init__(
        self,
        *,
        queue: UpdateQueue,
        polling: Polling,
        changes: Changes,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        http: Http,
    ) -> None:
        self._queue = queue
        self._polling = polling
        self._changes = changes
        self._clock = clock
        self._now = now
        self._http = http
        self._hook: Hook | None = None
        self._pusher: asyncio.Task[None] | None = None
        self._attempts: dict[str, _Attempts] = {}
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._last_error: tuple[datetime, str] | None = None
        self._gone_since: float | None = None

    async def set(self, arguments: Arguments) -> bool:
        """Sets, changes or (with an empty URL) removes the address.

        Raises:
            RefusalError: 400, when the platform would not take it.
        """
        url = arguments.text("url").strip()
        if not url:
            return await self.delete(arguments)
        secret = arguments.text("secret_token")
        if len(secret) > limits.SECRET_CHARACTERS:
            raise bad_request("secret token is too long")
        if not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        _check_address(url)
        self._queue.allow(arguments.json("allowed_updates"))
        if arguments.flag("drop_pending_updates"):
            self._queue.drop()
        await self.stop()
        self._hook = Hook(
            url=url,
            secret=secret,
            max_connections=arguments.integer(
                "max_connections",
                limits.WEBHOOK_CONNECTIONS,
                1,
                limits.WEBHOOK_CONNECTIONS_MOST,
            ),
        )
        self._last_error = self._gone_since = None
        self._polling.refused = True
        self._polling.end_for_webhook()
        self.resume()
        self._changes.tell(ChangeKind.RECEIVING, detail="webhook")
        return True

    async def delete(self, arguments: Arguments) -> bool:
        """Removes the address; polling is possible again."""
        await self.stop()
        self._hook = None
        self._polling.refused = False
        if arguments.flag("drop_pending_updates"):
            self._queue.drop()
        self._changes.tell(ChangeKind.RECEIVING, detail="no webhook")
        return True

    def info(self) -> dict[str, Any]:
        """Returns what `getWebhookInfo` tells."""
        hook = self._hook
        body: dict[str, Any] = {
            "url": hook.url if hook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._queue.waiting()),
        }
        if hook is not None:
            body["max_connections"] = hook.max_connections
            body["ip_address"] = "127.0.0.1"
        if self._last_error is not None:
            body["last_error_date"] = int(self._last_error[0].timestamp())
            body["last_error_message"] = self._last_error[1]
        if self._queue.allowed is not None:
            body["allowed_updates"] = sorted(self._queue.allowed)
        return body

    def resume(self) -> None:
        """Starts pushing, when an address is set."""
        if self._hook is not None and self._pusher is None:
            self._pusher = asyncio.create_task(self._push(self._hook))

    async def stop(self) -> None:
        """Stops pushing; what is not confirmed stays."""
        tasks = [*self._sending.values()]
        if self._pusher is not None:
            tasks.append(self._pusher)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._pusher = None
        self._sending.clear()

    async def _push(self, hook: Hook) -> None:
        while True:
            self._queue.arrived.clear()
            wait = self._start_due(hook)
            try:
                async with asyncio.timeout(wait):
                    await self._queue.arrived.wait()
            except TimeoutError:
                continue  # a repeat has come due

    def _start_due(self, hook: Hook) -> float | None:
        """Starts what may go out now; returns the seconds to the next repeat."""
        heads: dict[str, Update] = {}
        self._queue.requeue_repeats()
        for update in self._queue.waiting():
            heads.setdefault(update.lane, update)
        wait: float | None = None
        for lane, update in heads.items():
            if lane in self._sending or len(self._sending) >= hook.max_connections:
                continue
            attempts = self._attempts.get(lane)
            if attempts is None or attempts.update_id != update.id:
                attempts = _Attempts(update_id=update.id)
                self._attempts[lane] = attempts
            late = attempts.due_at - self._clock()
            if late > 0:
                wait = late if wait is None else min(wait, late)
                continue
            task = asyncio.create_task(self._deliver(hook, update, attempts))
            self._sending[lane] = task
        return wait

    async def _deliver(self, hook: Hook, update: Update, attempts: _Attempts) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret}
        error, retry_after, gone = "", 0.0, False
        try:
            async with self._http().post(
                hook.url,
                json=update.to_json(),
                headers=headers if hook.secret else {},
                timeout=_ANSWER_WITHIN,
                allow_redirects=False,
            ) as response:
                await response.read()
                if not 200 <= response.status <= 299:
                    error = (
                        "Wrong response from the webhook: "
                        f"{response.status} {response.reason}"
                    )
                    retry_after = _seconds(response.headers.get("Retry-After"))
                    gone = response.status == 410
        except TimeoutError:
            error = "Read timeout expired"
        except aiohttp.ClientConnectorError:
            error = "Connection refused"
        except aiohttp.ClientError:
            error = "Webhook connection closed"
        self._queue.delivered([update])
        self._sending.pop(update.lane, None)
        if error:
            self._failed(update, attempts, error, retry_after)
        else:
            self._queue.confirm(update.id)
            self._attempts.pop(update.lane, None)
        self._note_gone(gone=gone)
        self._changes.tell(ChangeKind.RECEIVING, detail=error or "delivered")
        self._queue.arrived.set()

    def _failed(
        self, update: Update, attempts: _Attempts, error: str, retry_after: float
    ) -> None:
        self._last_error = (self._now(), error)
        delay, wait = attempts.delay, retry_after
        if not retry_after and attempts.failures:
            most = limits.WEBHOOK_RESEND_MOST.total_seconds()
            delay = wait = min(most, attempts.delay * 2)
        now = self._clock()
        if now + wait > update.expires_at:
            self._queue.confirm(update.id)
        self._attempts[update.lane] = replace(
            attempts, failures=attempts.failures + 1, delay=delay, due_at=now + wait
        )

    def _note_gone(self, *, gone: bool) -> None:
        """Removes the address once it has answered 410 for 23 hours."""
        if not gone:
            self._gone_since = None
            return
        now = self._clock()
        since = self._gone_since = self._gone_since or now
        if now - since > limits.GONE_CLOSES.total_seconds():
            self._hook = None
            self._polling.refused = False
            if self._pusher is not None:
                self._pusher.cancel()
                self._pusher = None


def _seconds(header: str | None) -> float:
    """Returns a Retry-After in seconds; the platform does not read dates either."""
    most = int(limits.RETRY_AFTER_MOST.total_seconds())
    return float(min(most, int(header))) if header and header.isdigit() else 0.0


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise bad_request("invalid webhook URL specified") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise bad_request("invalid webhook URL specified")
    if is_loopback(url):
        return  # on this machine any port and plain http will do
    if parts.scheme == "http":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (port or 443) not in limits.WEBHOOK_PORTS:
        raise bad_request(
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
        )
    raise bad_request("bad webhook: Failed to resolve host: Name or service not known")
