"""Clients of Slack's Web API: a patient one for questions, a prompt one for answers."""

import ipaddress
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

#: Slack answers in well under a second; the relay and the watchdog try again.
REQUEST_SECONDS = 10.0
_UNKNOWN = "unreadable_answer"
#: What goes wrong between here and Slack, as aiohttp and the SDK raise it. The two
#: last: the SDK reads an answer that is not JSON as if it were.
NETWORK_ERRORS = (
    aiohttp.ClientError,
    OSError,
    TimeoutError,
    AttributeError,
    ValueError,
)


def slack_session() -> aiohttp.ClientSession:
    """Return the one HTTP session for all calls to Slack; the caller closes it."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS))


def prompt_client(
    token: str, *, base_url: str, session: aiohttp.ClientSession
) -> AsyncWebClient:
    """Return a client that repeats nothing: what is due now, or counted elsewhere.

    A repeat after a lost connection doubles a message; waiting out a 429 inside a
    call would outlive a lease or a form's three seconds.
    """
    return _client(AsyncWebClient(token=token, base_url=base_url, session=session), [])


def patient_client(
    token: str, *, base_url: str, session: aiohttp.ClientSession
) -> AsyncWebClient:
    """Return a client for questions: waits when told to, repeats lost calls once."""
    return _client(
        AsyncWebClient(token=token, base_url=base_url, session=session),
        [
            AsyncConnectionErrorRetryHandler(),
            AsyncRateLimitErrorRetryHandler(max_retry_count=2),
        ],
    )


def on_loopback(url: str) -> bool:
    """Tell whether an address is this machine's, where no proxy may stand between.

    The SDK takes a proxy from the environment and knows no exceptions to it.
    """
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def error_code(error: SlackApiError) -> str:
    """Return Slack's word for what went wrong, whatever the answer was made of."""
    data = getattr(error.response, "data", error.response)
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) and code else _UNKNOWN


def status(error: SlackApiError) -> int:
    """Return the HTTP status of a refusal; 0 when the SDK kept none."""
    code = getattr(error.response, "status_code", None)
    if code is None:
        code = getattr(error.response, "status", None)
    return code if isinstance(code, int) else 0


def retry_after(error: SlackApiError) -> float | None:
    """Return how many seconds Slack told us to wait, or None when it did not."""
    headers = getattr(error.response, "headers", None) or {}
    told = next((v for k, v in headers.items() if k.lower() == "retry-after"), "")
    told = told[0] if isinstance(told, list) else told
    return float(told) if told.isascii() and told.isdigit() else None


def _client(client: AsyncWebClient, handlers: list[object]) -> AsyncWebClient:
    client.retry_handlers[:] = handlers  # type: ignore[assignment] # all are handlers
    if on_loopback(client.base_url):
        client.proxy = None
    return client
