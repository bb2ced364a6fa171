"""No bot token leaves this package in words: every URL of the Bot API holds one."""

from __future__ import annotations

import logging
import re

# Path segments "/bot<id>:<secret>" as in every URL, and a bare token as in messages.
_IN_PATH = re.compile(r"(bot\d+(?::|%3[Aa]))[^/\s\"'?#)>\\]+")
_BARE = re.compile(r"\b(\d{4,}(?::|%3[Aa]))[A-Za-z0-9_-]{20,}")


def hide_tokens(text: str) -> str:
    """Return the text with the secret part of every bot token replaced by stars."""
    return _BARE.sub(r"\1***", _IN_PATH.sub(r"\1***", text))


class TokenFilter(logging.Filter):
    """A log filter that lets every record pass, but none with a token in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place and keep it."""
        message = record.getMessage()
        safe = hide_tokens(message)
        if safe != message:
            record.msg, record.args = safe, None
        if record.exc_text:
            record.exc_text = hide_tokens(record.exc_text)
        return True


def guard_library_logs() -> None:
    """Put the filter on the loggers of the libraries that see URLs; repeatable."""
    for name in ("telegram.Bot", "telegram.request.BaseRequest", "aiohttp.client"):
        logger = logging.getLogger(name)
        if not any(isinstance(one, TokenFilter) for one in logger.filters):
            logger.addFilter(TokenFilter())
