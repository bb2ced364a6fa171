"""Refusals carry the platform's own words; nothing else in this package makes one."""

from typing import Any


class RefusalError(Exception):
    """The platform refuses a call, in the words and with the code it uses itself."""

    def __init__(
        self,
        code: int,
        description: str,
        *,
        retry_after: int | None = None,
        migrate_to_chat_id: int | None = None,
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.migrate_to_chat_id = migrate_to_chat_id

    def body(self) -> dict[str, Any]:
        """Returns the JSON body that the platform answers with."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        if self.migrate_to_chat_id is not None:
            body["parameters"] = {"migrate_to_chat_id": self.migrate_to_chat_id}
        return body


def bad_request(reason: str) -> RefusalError:
    """Returns a 400 for a call that can never succeed as it stands."""
    return RefusalError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> RefusalError:
    """Returns a 403 for a chat the bot may not write to."""
    return RefusalError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> RefusalError:
    """Returns a 409 for two receivers of one bot's updates."""
    return RefusalError(409, f"Conflict: {reason}")


def too_many_requests(retry_after: int) -> RefusalError:
    """Returns a 429; `retry_after` is in whole seconds, as on the platform."""
    return RefusalError(
        429,
        f"Too Many Requests: retry after {retry_after}",
        retry_after=retry_after,
    )
