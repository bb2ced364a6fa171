"""Links the platform takes: http and https with a real host, and its own tg scheme."""

from urllib.parse import urlsplit

from bot.playground.telegram.refusals import bad_request

_SCHEMES = frozenset({"http", "https", "ton", "tg"})


def _fault(url: str) -> str | None:
    """Returns what is wrong with a link, in the platform's words."""
    if not url or any(character.isspace() for character in url):
        return "Wrong HTTP URL"
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "Wrong HTTP URL"
    if parts.scheme.lower() not in _SCHEMES:
        return "Unsupported URL protocol"
    # A host without a dot, "localhost" above all, is refused by the platform too.
    if parts.scheme.lower() in {"http", "https"} and "." not in host.strip("."):
        return "Wrong HTTP URL"
    return None


def text_link(url: str) -> str | None:
    """Returns the link of an `a` tag, None when the platform would drop it."""
    if _fault(url) is not None:
        return None
    return url if "://" in url else f"http://{url}/"


def check_button_link(url: str) -> None:
    """Passes a link that a button may carry.

    Raises:
        RefusalError: 400, naming the link and its fault.
    """
    fault = _fault(url)
    if fault is not None:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {fault}")
