"""Logs: plain lines on stderr, without tokens and without anybody's local values."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from bot.telegram.redaction import TokenFilter, hide_tokens


def configure() -> None:
    """Log from now on as a service does; safe to repeat."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_tokens,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                # The pretty one prints local variables, and those hold secrets.
                exception_formatter=structlog.dev.plain_traceback,
            ),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # Bolt reads SLACK_BOT_TOKEN from the environment as well, and says that it is in
    # nobody's way; a warning that means nothing hides those that mean something.
    logging.getLogger("slack_bolt.AsyncApp").addFilter(_means_something)
    handler = logging.StreamHandler()
    handler.addFilter(TokenFilter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _means_something(record: logging.LogRecord) -> bool:
    return "`token` will be unused" not in record.getMessage()


def _without_tokens(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return {
        name: hide_tokens(value) if isinstance(value, str) else value
        for name, value in event.items()
    }
